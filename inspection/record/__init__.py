"""What customs writes down of an inspection besides what was measured: its parts, its fields, its exports."""
