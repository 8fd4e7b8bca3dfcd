"""What each page shows, read from the public copy: values in, no HTML, no web framework."""
