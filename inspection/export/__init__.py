"""Log entries to files that other programs read; every file is replaced in one step."""
