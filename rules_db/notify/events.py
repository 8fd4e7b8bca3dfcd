"""What there is to tell one recipient: texts for readers, troubles for maintainers. Pure, apart from reading the store.

An event has a key that never changes, so that the ledger can say whether it was told. A trouble that lasts gets a new
key on the days of `REPEAT_AFTER_DAYS`, its end one more; the end is only told to those who heard of the trouble.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules_db.mapping.parties import Parties
from rules_db.watch.matching import KINDS, RANK, Subject, kind_for
from rules_db.watch.news import NO_REGULATION
from rules_db.watch.profiles import Recipient, Watched

REPEAT_AFTER_DAYS = (3, 7, 14, 28, 56, 112, 224)
# Stages whose every issue is a maintainer's affair; of others only errors are.
_STAGES = ("crawl", "gate", "notify")


@dataclass(frozen=True, slots=True)
class TextEvent:
    """A text that concerns the recipient; `kind` is the most urgent one among the `watches` it meets."""

    key: str
    subject: Subject
    kind: str
    watches: tuple[Watched, ...]


@dataclass(frozen=True, slots=True)
class TroubleEvent:
    """A source or stage in trouble. `state` is new, still or over; times are ISO UTC."""

    key: str
    name: str
    code: str
    message: str
    since: str
    state: str


Event = TextEvent | TroubleEvent


def texts_for(recipient: Recipient, subjects: Sequence[Subject], parties: Parties, since: str) -> list[TextEvent]:
    """Texts recorded from `since` on that a reader wants, the most urgent first."""
    floor = RANK[KINDS[recipient.at_least]]
    events = []
    for subject in subjects:
        if subject.recorded_at < since:
            continue
        met = [(kind_for(watch, subject, parties), watch) for watch in recipient.watches]
        kinds = [kind for kind, _watch in met if kind is not None]
        if not kinds:
            continue
        kind = min(kinds, key=RANK.__getitem__)
        if RANK[kind] <= floor:
            watches = tuple(watch for its, watch in met if its == kind)
            events.append(TextEvent(f"text:{subject.expression_id}", subject, kind, watches))
    return sorted(events, key=lambda event: RANK[event.kind])


def troubles(store: sqlite3.Connection, since: str, told: Collection[str], now: str) -> list[TroubleEvent]:
    """Troubles open now, and the ends of those among `told` (keys of events). Newest first. A page that is no
    regulation is news, no trouble."""
    rows = store.execute(
        """SELECT s.name, i.* FROM issue i LEFT JOIN source s ON s.id = i.source_id
           WHERE (i.stage IN (SELECT value FROM json_each(?)) OR i.severity IN ('error', 'abort'))
             AND i.code <> ?
             AND (i.resolved_at IS NULL OR i.resolved_at >= ?)
           ORDER BY i.first_seen DESC, i.id""",
        (json.dumps(_STAGES), NO_REGULATION, since),
    ).fetchall()
    events = []
    for row in rows:
        known = [key for key in told if key.startswith(f"trouble:{row['id']}:")]
        if row["resolved_at"] is None:
            number = sum(_time(now) - _time(row["first_seen"]) >= timedelta(days=days) for days in REPEAT_AFTER_DAYS)
            key, state = f"trouble:{row['id']}:{number}", "still" if known else "new"
        elif known:
            key, state = f"trouble:{row['id']}:over", "over"
        else:
            continue
        events.append(
            TroubleEvent(key, row["name"] or row["subject"], row["code"], row["message"], row["first_seen"], state)
        )
    return events


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
