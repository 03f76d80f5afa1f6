"""How to get a spectrum out of an instrument.  Knows nothing of libraries, logs or windows."""
