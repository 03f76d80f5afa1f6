"""The pages of the window: they show frozen values and emit wishes, and know no threads."""
