"""Decisions, labels and exposure in; error rates, weekly counts and effects out. Pure."""
