"""Duties that need no link of their own, for the readers' copy: their wording is linked in another place, a person
wrote why nothing is linked to them, or they are those of offices.

In: the working store and the catalogue of its data folder. Out: rows of `duty_answer`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from rules_db.in_force import teach
from rules_db.mapping.catalogue import CatalogueError, catalogue_of
from rules_db.mapping.coverage import Answer, duties


def duty_answers(store: sqlite3.Connection, folder: Path, day: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows (rule version, rule, answer, id of the reason, reason) as of `day` (ISO). A catalogue that can't be read
    gives no row: whoever loads it has opened an issue, and a duty is rather told as open than as answered."""
    try:
        catalogue = catalogue_of(folder)
    except CatalogueError:
        return
    teach(store)
    for duty in duties(store, catalogue, day):
        if duty.answer is not Answer.OPEN:
            reason = duty.reason
            words = (reason.get("reason_id", ""), reason.get("reason", ""))
            yield (duty.row["version"], duty.row["rule_id"], str(duty.answer), *words)
