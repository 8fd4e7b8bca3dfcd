"""Which words command, forbid, allow, recommend: deontic cues and their scope."""
