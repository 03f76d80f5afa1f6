"""Spectrum files: one reader per file format, strict and our own."""
