"""Readiness of one site: evidence files against the limits that the store holds."""
