"""Text in, fields and vectors out. Imports nothing of ours and touches nothing but its arguments."""
