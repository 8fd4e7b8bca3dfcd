"""When a norm applies and when not: conditions and exceptions."""
