"""The parts of the window: each shows values and emits wishes, none knows the program."""
