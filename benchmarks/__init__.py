"""Measurements, not tests: each module prints figures of one run. See README.md for figures and how they were taken."""
