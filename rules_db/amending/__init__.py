"""Amending decisions: what their instructions make of the text before them, and whether the published text agrees."""
