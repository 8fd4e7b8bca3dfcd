"""The decisions store: one append-only, hash-chained log in `decisions.db`; a change's newest entry is its decision.

In: who decides what, when. Out: rows. There is no second table that could disagree with the log: what holds now is read
from it. Each entry's hash covers the entry and the hash before it, so that an edit, a deletion or a new order shows.
Cutting off the end, or writing all of it anew, leaves a sound chain: against that the newest hash is kept outside as an
anchor (with each daily run, and in each backup), and the log must still hold every anchor.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rules_db.connection import StoreError, connect, transaction
from rules_db.controls import CONTROLS

SEVERITIES: Final = ("none", "low", "medium", "high", "critical")
BEFORE_THE_FIRST: Final = "0" * 64
LONGEST_NOTE, LONGEST_NAME = 4_000, 120
_CHANGE_ID = re.compile(r"[0-9A-Za-z_.:-]{1,200}")
_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS decision_log (
         n INTEGER PRIMARY KEY,
         decided_at TEXT NOT NULL,
         decided_by TEXT NOT NULL,
         change_id TEXT NOT NULL,
         decision TEXT NOT NULL,
         previous_hash TEXT NOT NULL,
         hash TEXT NOT NULL UNIQUE
       ) STRICT""",
    "CREATE INDEX IF NOT EXISTS decision_log_change ON decision_log(change_id, n)",
    # against slips; whoever writes the file itself is found by the chain
    """CREATE TRIGGER IF NOT EXISTS decision_log_no_update BEFORE UPDATE ON decision_log
         BEGIN SELECT raise(ABORT, 'decisions are added, never edited'); END""",
    """CREATE TRIGGER IF NOT EXISTS decision_log_no_delete BEFORE DELETE ON decision_log
         BEGIN SELECT raise(ABORT, 'decisions are added, never deleted'); END""",
)


class DecisionError(StoreError):
    """A decision that can't be taken as given; the message names the field."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one change. `due_on` is an ISO day or empty."""

    relevant: bool
    severity: str
    owner: str
    due_on: str
    note: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its place in the log."""

    n: int
    change_id: str
    decision: Decision
    decided_by: str
    decided_at: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Length of the log and hash of its newest entry at some moment, kept outside the log."""

    n: int
    hash: str


def checked(*, relevant: bool, severity: str, owner: str = "", due_on: str = "", note: str = "") -> Decision:
    """A decision from what a person typed. Raises DecisionError naming what to correct."""
    if severity not in SEVERITIES:
        raise DecisionError(f"severity {severity!r} is none of {', '.join(SEVERITIES)}")
    due_on = due_on.strip()
    if due_on:
        try:
            day = datetime.date.fromisoformat(due_on).isoformat()
        except ValueError:
            day = ""
        if day != due_on:
            raise DecisionError(f"due date {due_on!r} is no day YYYY-MM-DD")
    owner, note = owner.strip(), note.replace("\r\n", "\n").strip()
    for name, value, longest in (("owner", owner, LONGEST_NAME), ("note", note, LONGEST_NOTE)):
        if len(value) > longest:
            raise DecisionError(f"{name} has {len(value)} characters; at most {longest} are kept")
        if CONTROLS.search(value):
            raise DecisionError(f"{name} holds control characters; leave them out")
    return Decision(relevant, severity, owner, due_on, note)


@contextmanager
def open_log(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection | None]:
    """The log; None when it is to be read and nobody has decided anything yet. Writing makes it where there is none.
    Raises StoreError when the file can't be used."""
    if not write and not path.exists():
        yield None
        return
    connection = connect(path, read_only=not write)
    try:
        if write:
            with transaction(connection):
                for statement in _SCHEMA:
                    connection.execute(statement)
        yield connection
    except sqlite3.DatabaseError as error:
        raise StoreError(f"the decisions log can't be used ({error}); 'guiji verify' tells more") from error
    finally:
        connection.close()


def append(log: sqlite3.Connection, change_id: str, decision: Decision, *, by: str, now: str) -> Decided:
    """Add a decision. `by` is the person, `now` ISO UTC. The caller has made sure that the change exists. Raises
    DecisionError for an unusable id or name."""
    by = by.strip()
    if not by or len(by) > LONGEST_NAME or CONTROLS.search(by):
        raise DecisionError(f"who decides must be named in 1 to {LONGEST_NAME} characters")
    if not _CHANGE_ID.fullmatch(change_id):
        raise DecisionError(f"{change_id!r} is no id of a change; 'guiji decide list --open' shows them")
    record = json.dumps(asdict(decision), ensure_ascii=False, sort_keys=True)
    with transaction(log):
        last = anchor(log)
        n, previous = (last.n + 1, last.hash) if last else (1, BEFORE_THE_FIRST)
        digest = _hash(n, now, by, change_id, record, previous)
        log.execute(
            "INSERT INTO decision_log VALUES (?, ?, ?, ?, ?, ?, ?)", (n, now, by, change_id, record, previous, digest)
        )
    return Decided(n, change_id, decision, by, now, digest)


def anchor(log: sqlite3.Connection) -> Anchor | None:
    """What to keep outside; None for an empty log."""
    row = log.execute("SELECT n, hash FROM decision_log ORDER BY n DESC LIMIT 1").fetchone()
    return Anchor(row["n"], row["hash"]) if row else None


def history(log: sqlite3.Connection, change_id: str) -> list[Decided]:
    """All decisions about a change, oldest first; the last one holds."""
    rows = log.execute("SELECT * FROM decision_log WHERE change_id = ? ORDER BY n", (change_id,))
    return [_decided(row) for row in rows]


def current(log: sqlite3.Connection) -> dict[str, Decided]:
    """The decision that holds, by change."""
    rows = log.execute(
        "SELECT * FROM decision_log WHERE n IN (SELECT max(n) FROM decision_log GROUP BY change_id) ORDER BY n"
    )
    return {row["change_id"]: _decided(row) for row in rows}


def faults(log: sqlite3.Connection, anchors: Iterable[Anchor] = ()) -> list[str]:
    """What is wrong with the log, one line each; empty when every entry is as it was written and every anchor holds."""
    found: list[str] = []
    hashes: dict[int, str] = {}
    previous, expected = BEFORE_THE_FIRST, 1
    for row in log.execute("SELECT * FROM decision_log ORDER BY n"):
        n = row["n"]
        if n != expected:
            found.append(f"decision {expected}: missing; the log goes on with {n}")
        elif row["previous_hash"] != previous:
            found.append(f"decision {n}: does not follow the entry before it")
        own = _hash(n, row["decided_at"], row["decided_by"], row["change_id"], row["decision"], row["previous_hash"])
        if own != row["hash"]:
            found.append(f"decision {n}: was edited after it was written")
        hashes[n], previous, expected = row["hash"], row["hash"], n + 1
    for kept in sorted(set(anchors), key=lambda a: (a.n, a.hash)):
        if kept.n not in hashes:
            found.append(f"decision {kept.n}: was in the log when its hash was kept outside, and is gone")
        elif hashes[kept.n] != kept.hash:
            found.append(f"decision {kept.n}: is another one than when its hash was kept outside")
    return found


def _hash(n: int, at: str, by: str, change_id: str, record: str, previous: str) -> str:
    whole = json.dumps([n, at, by, change_id, record, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _decided(row: sqlite3.Row) -> Decided:
    try:
        decision = Decision(**json.loads(row["decision"]))
    except (ValueError, TypeError) as error:
        raise DecisionError(
            f"decision {row['n']} can't be read; 'guiji verify' tells what was done to the log"
        ) from error
    return Decided(row["n"], row["change_id"], decision, row["decided_by"], row["decided_at"], row["hash"])
