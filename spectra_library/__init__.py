"""What a spectrum is, and which known substance it resembles.

Knows nothing of instruments, logs or windows.
"""
