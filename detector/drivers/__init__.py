"""One instrument family per file."""
