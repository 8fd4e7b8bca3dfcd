"""Definitions of terms, apart from norms."""
