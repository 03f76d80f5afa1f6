"""What the papers declare, understood, and compared with what was identified."""
