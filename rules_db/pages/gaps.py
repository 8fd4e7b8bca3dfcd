"""The pages of gaps and of claims: what the law leaves open, and what is said about it without a source.

In: the public copy. Out: frozen page values.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass

Row = sqlite3.Row
Rows = tuple[sqlite3.Row, ...]
# Where the catalogue keeps tiers: kind → table.
_TIERED = (
    ("gap", "gap"),
    ("control", "control"),
    ("hardware_item", "hardware_item"),
    ("evidence_item", "evidence_item"),
)
_CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class GapEntry:
    """`openers` pairs each title that leaves the gap open with the instruments held under such a title."""

    gap: Row
    openers: tuple[tuple[str, Rows], ...]
    fillings: Rows


@dataclass(frozen=True, slots=True)
class GapsPage:
    """Open gaps first."""

    entries: tuple[GapEntry, ...]
    open: int
    filled: int


@dataclass(frozen=True, slots=True)
class CatalogueClaim:
    """An entry of the catalogue, or a parameter of a device, that rests on a claim. `id` leads to its card."""

    kind: str
    id: str
    title: str
    title_zh: str
    source: str


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """`claims` is None when the copy is older than that table."""

    claims: Rows | None
    verdicts: tuple[tuple[str, int], ...]
    entries: tuple[CatalogueClaim, ...]
    instruments: Rows


def gaps_page(connection: sqlite3.Connection) -> GapsPage:
    entries = []
    for gap in connection.execute("SELECT * FROM gap ORDER BY id").fetchall():
        fillings = connection.execute(
            """SELECT f.*, i.title AS instrument_title, i.jurisdiction_name, e.version_date, p.label, p.text
               FROM gap_filling f JOIN instrument i ON i.id = f.instrument_id
                 JOIN expression e ON e.id = f.expression_id
                 LEFT JOIN provision p ON p.expression_id = f.expression_id AND p.eid = f.eid
               WHERE f.gap_id = ? ORDER BY e.version_date, i.title""",
            (gap["id"],),
        ).fetchall()
        openers = tuple((title, _held(connection, title)) for title in listed(gap["left_open_by"]))
        entries.append(GapEntry(gap, openers, tuple(fillings)))
    filled = sum(bool(entry.fillings) for entry in entries)
    return GapsPage(
        tuple(sorted(entries, key=lambda entry: bool(entry.fillings))), open=len(entries) - filled, filled=filled
    )


def claims_page(connection: sqlite3.Connection) -> ClaimsPage:
    claims = None
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'claim'").fetchone():
        claims = tuple(connection.execute("SELECT * FROM claim ORDER BY n"))
    return ClaimsPage(
        claims,
        tuple(Counter(row["verdict"] for row in claims or ()).most_common()),
        tuple(_catalogue_claims(connection)),
        tuple(
            connection.execute(
                """SELECT id, title, jurisdiction_name, document_number, tier, url FROM instrument
                   WHERE tier IN ('press', 'claim') ORDER BY tier, title LIMIT 200"""
            )
        ),
    )


def listed(value: str) -> tuple[str, ...]:
    """A column that holds a JSON list, or plain words."""
    if not value.startswith("["):
        return (value,) if value else ()
    return tuple(str(part) for part in json.loads(value))


def _held(connection: sqlite3.Connection, title: str) -> Rows:
    return tuple(connection.execute("SELECT id, title FROM instrument WHERE instr(title, ?) ORDER BY title", (title,)))


def _catalogue_claims(connection: sqlite3.Connection) -> list[CatalogueClaim]:
    found = []
    for kind, table in _TIERED:
        rows = connection.execute(
            f"SELECT id, title, title_zh, source FROM {table} WHERE tier = ? ORDER BY id",  # noqa: S608 (names above)
            (_CLAIM,),
        )
        found += [CatalogueClaim(kind, row["id"], row["title"], row["title_zh"], row["source"]) for row in rows]
    for row in connection.execute("SELECT id, title, title_zh, parameters FROM hardware_item ORDER BY id"):
        if not row["parameters"].startswith("["):
            continue
        for parameter in json.loads(row["parameters"]):
            if parameter["tier"] == _CLAIM:
                title = f"{row['title']}: {parameter['name']}"
                title_zh = f"{row['title_zh']}：{parameter.get('name_zh', parameter['name'])}"
                found.append(CatalogueClaim("parameter", row["id"], title, title_zh, parameter["source"]))
    return found
