"""Time limits with the event they run from."""
