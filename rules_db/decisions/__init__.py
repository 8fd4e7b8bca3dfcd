"""What people decided about changes: a small writable database beside the published copy, kept as an audit log."""
