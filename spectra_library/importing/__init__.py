"""Files of others into a library of the user's: ``run`` is the way in."""
