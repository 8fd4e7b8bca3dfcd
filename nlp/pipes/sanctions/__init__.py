"""Penalty segments: kinds of sanction, who imposes them and what they punish."""
