"""Quantities that bound a norm: comparator, value, unit, and what they are taken of."""
