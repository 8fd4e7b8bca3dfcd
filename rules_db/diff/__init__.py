"""Comparison of two expressions of one instrument: alignment, wording, typed meaning, and how to show it."""
