"""Citations of provisions and instruments."""
