"""Who must act: the party that a norm is addressed to."""
