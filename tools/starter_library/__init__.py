"""Builds the libraries that come with the program.  Run by people, not shipped."""
