"""On-site devices named in a text."""
