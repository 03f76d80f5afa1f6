"""Who works with the program, what each may do, and how a PIN is checked."""
