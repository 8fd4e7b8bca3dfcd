"""The page of one change: what changed, and what people decided about it.

In: the published copy, the decisions log. Out: a page value. Names, owners and notes are for people who are logged in;
everybody else who may read the site sees whether it was found relevant, how severe, and until when.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from rules_db.decisions.log import Decided, Decision

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class ChangePage:
    """`decisions` are newest first: the first one holds. `flag` is the row of the text's flag, where it has one.
    `before` and `after` are the words of the provision on both sides, where it has one."""

    change: Row
    flag: Row | None
    before: str
    after: str
    decisions: tuple[Decided, ...]


def change_page(connection: sqlite3.Connection, change_id: str) -> ChangePage | None:
    """The page without decisions; None for a change that is not published."""
    change = connection.execute("SELECT * FROM change WHERE id = ?", (change_id,)).fetchone()
    if change is None:
        return None
    flag = connection.execute("SELECT * FROM flag WHERE expression_id = ?", (change["to_expression_id"],)).fetchone()
    before = _words(connection, change["from_expression_id"], change["from_label"])
    after = _words(connection, change["to_expression_id"], change["to_label"])
    return ChangePage(change, flag, before, after, ())


def _words(connection: sqlite3.Connection, expression_id: str | None, label: str) -> str:
    row = connection.execute(
        "SELECT text FROM provision WHERE expression_id = ? AND label = ? AND label <> '' ORDER BY ord LIMIT 1",
        (expression_id, label),
    ).fetchone()
    return str(row[0]) if row else ""


def with_decisions(page: ChangePage, history: list[Decided], *, named: bool) -> ChangePage:
    """The page with its decisions; `named` keeps names and notes."""
    shown = history if named else [_unnamed(entry) for entry in history]
    return replace(page, decisions=tuple(reversed(shown)))


def _unnamed(entry: Decided) -> Decided:
    decision = Decision(entry.decision.relevant, entry.decision.severity, "", entry.decision.due_on, "")
    return replace(entry, decision=decision, decided_by="")
