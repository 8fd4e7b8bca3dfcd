"""One package per reading layer: patterns.py holds the data, <pipe>.py the algorithm, factory.py the spaCy part."""
