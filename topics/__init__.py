"""Documents in, themes and their change out; pure functions over arrays and frames."""
