"""Norms put together from cues, bearers, conditions, deadlines and sanctions."""
