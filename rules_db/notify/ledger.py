"""The ledger of deliveries: each event once per recipient and channel, tried again with growing pauses.

A row is written before a message goes out and settled after: a run that dies between leaves `sending`, and the next one
sends again and says that it may be a repeat. (Better told twice than never.) In: the working store. The caller holds
the data folder's lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules_db.connection import transaction

TOLD, FAILED, SENDING = "told", "failed", "sending"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=24)
_FACTOR = 3


@dataclass(frozen=True, slots=True)
class Line:
    """What the ledger knows of one recipient's channel. `told` and `cut_off` are keys of events; `next_try` and
    `failing_since` are ISO UTC while it fails."""

    told: frozenset[str]
    cut_off: frozenset[str]
    attempts: int
    next_try: str | None
    failing_since: str | None


def subscribed_since(store: sqlite3.Connection, recipient: str, now: str, look_back_days: int) -> str:
    """Since when a recipient is told; a new one is entered, `look_back_days` back from now."""
    start = datetime.fromisoformat(now) - timedelta(days=look_back_days)
    with transaction(store):
        store.execute(
            "INSERT OR IGNORE INTO subscription (recipient, since) VALUES (?, ?)",
            (recipient, start.strftime("%Y-%m-%dT%H:%M:%SZ")),
        )
        row = store.execute("SELECT since FROM subscription WHERE recipient = ?", (recipient,)).fetchone()
    return str(row["since"])


def line(store: sqlite3.Connection, recipient: str, channel: str) -> Line:
    rows = store.execute(
        "SELECT event, state, attempts, first_tried, next_try FROM delivery WHERE recipient = ? AND channel = ?",
        (recipient, channel),
    ).fetchall()
    failed = [row for row in rows if row["state"] == FAILED]
    return Line(
        frozenset(row["event"] for row in rows if row["state"] == TOLD),
        frozenset(row["event"] for row in rows if row["state"] == SENDING),
        max((row["attempts"] for row in failed), default=0),
        max((row["next_try"] for row in failed if row["next_try"]), default=None),
        min((row["first_tried"] for row in failed), default=None),
    )


def begin(store: sqlite3.Connection, recipient: str, channel: str, events: Sequence[str], now: str) -> None:
    """Say that a message with these events goes out now."""
    with transaction(store):
        store.executemany(
            """INSERT INTO delivery (event, recipient, channel, state, attempts, first_tried, last_tried)
               VALUES (?, ?, ?, 'sending', 1, ?, ?)
               ON CONFLICT (event, recipient, channel) DO UPDATE SET state = 'sending', attempts = attempts + 1,
                 last_tried = excluded.last_tried, next_try = NULL WHERE state <> 'told'""",
            [(event, recipient, channel, now, now) for event in events],
        )


def settle(
    store: sqlite3.Connection, recipient: str, channel: str, events: Sequence[str], now: str, error: str = ""
) -> str | None:
    """Say how it went: told, or failed with a reason that names no address. Returns when to try again."""
    attempts = max(_attempts(store, recipient, channel, event) for event in events)
    next_try = pause_after(attempts, now) if error else None
    with transaction(store):
        store.executemany(
            """UPDATE delivery SET state = ?, next_try = ?, error = ?
               WHERE event = ? AND recipient = ? AND channel = ?""",
            [(FAILED if error else TOLD, next_try, error, event, recipient, channel) for event in events],
        )
    return next_try


def pause_after(attempts: int, now: str) -> str:
    """When to try again after the n-th failure: 5 minutes, then three times as long each time, a day at most."""
    pause = min(FIRST_PAUSE * int(_FACTOR ** min(attempts - 1, 10)), LONGEST_PAUSE)
    later = datetime.fromisoformat(now) + pause
    return later.strftime("%Y-%m-%dT%H:%M:%SZ")


def failing(store: sqlite3.Connection) -> list[sqlite3.Row]:
    """Channels with messages that could not be delivered: recipient, channel, how many events, since when, why."""
    return store.execute(
        """SELECT recipient, channel, count(*) AS events, min(first_tried) AS since, max(attempts) AS attempts,
             max(error) AS error FROM delivery WHERE state = 'failed' GROUP BY recipient, channel ORDER BY 1, 2"""
    ).fetchall()


def _attempts(store: sqlite3.Connection, recipient: str, channel: str, event: str) -> int:
    row = store.execute(
        "SELECT attempts FROM delivery WHERE recipient = ? AND channel = ? AND event = ?", (recipient, channel, event)
    ).fetchone()
    return int(row["attempts"])
