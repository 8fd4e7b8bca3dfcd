"""Characters that text from outside may not bring to a terminal, a report or a log. Standard library only."""

from __future__ import annotations

import re

# What moves a terminal's cursor or makes text read otherwise than it is: controls but tab and newline, and overrides of
# direction. Not among the tables of rules_db.typography, which decide how texts are read.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
