"""Telling people: what there is to tell, in which words, through which channel, and what was told already."""
