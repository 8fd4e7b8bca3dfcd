"""crawler brings bytes: it knows sites and file formats, and knows no law."""
