"""An instrument made of Python that sits behind the wire; drivers do not know it."""
