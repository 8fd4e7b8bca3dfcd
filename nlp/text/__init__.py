"""Characters, numbers and dates, before any law is read."""
