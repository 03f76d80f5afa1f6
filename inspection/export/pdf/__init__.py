"""Pages to print: one inspection, or the table of a log; drawn by reportlab, laid out by us."""
