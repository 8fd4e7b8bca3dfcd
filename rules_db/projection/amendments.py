"""What outstanding amendments would make of the newest text, place by place, for the readers' copy.

In: the working store. Out: rows of `computed_amendment`. They are a computation at the time of publication and say so;
the store itself keeps none of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from rules_db.amending.answers import preview
from rules_db.instruments import InstrumentRef
from rules_db.model import EffectKind
from rules_db.projection.provisions import clean


def computed_amendments(store: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """Rows (instrument, number, decision, instruction, label, before, after, reason) in the order of the decisions. An
    instruction that could not be carried out has a reason and no words."""
    instruments = store.execute(
        """SELECT id, iri, title, title_key FROM instrument WHERE id IN (
             SELECT target_instrument_id FROM effect WHERE kind = ? AND state = 'outstanding') ORDER BY id""",
        (EffectKind.AMENDS,),
    ).fetchall()
    for row in instruments:
        made = preview(store, InstrumentRef(*row))
        if made is None:
            continue
        computed, decisions = made
        titles = [decision.title for decision in decisions for _operation in decision.operations]
        number = 0
        for title, outcome in zip(titles, computed.outcomes, strict=True):
            words = clean(outcome.operation.span.text)
            for applied in outcome.touched:
                number += 1
                before, after = clean(applied.before), clean(applied.text)
                yield (row["id"], number, clean(title), words, applied.label, before, after, "")
            if outcome.reason:
                number += 1
                yield (row["id"], number, clean(title), words, "", "", "", outcome.reason)
