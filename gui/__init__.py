"""How a person sees and steers it."""
