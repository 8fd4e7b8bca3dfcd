"""The page of texts through time: which text of which instrument held from when to when, one line an instrument.

In: the public copy and what a reader narrows by. Out: `TimelinePage` with bars placed in the units of its picture.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from rules_db.pages.searching import choices
from rules_db.search import find_titles

LINES = 50
WIDTH, LINE, LEFT, TOP = 1000, 26, 300, 30
# A text in force has no end: its bar runs this far beyond the day of the data.
_AHEAD = timedelta(days=400)
_MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One text; `x` and `width` in units of the picture. `start` and `end` are its ISO dates, end None = open."""

    expression_id: str
    status: str
    start: str
    end: str | None
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One instrument with its texts, the oldest first; `y` is the top of its line."""

    instrument_id: str
    title: str
    place: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """`total` counts the instruments that match; `ticks` are years with their place, `today` the place of the day."""

    lines: tuple[Line, ...]
    total: int
    ticks: tuple[tuple[int, float], ...]
    today: float
    height: int
    places: tuple[sqlite3.Row, ...]
    kinds: tuple[str, ...]


def timeline_page(
    connection: sqlite3.Connection,
    day: str,
    *,
    title: str | None = None,
    jurisdiction: str | None = None,
    instrument_type: str | None = None,
) -> TimelinePage:
    """The instruments that changed last, at most `LINES`. `day` is ISO; `title` is searched like everywhere."""
    named = [row["id"] for row in find_titles(connection, title, 1_000)] if title else None
    where = """(:place IS NULL OR i.jurisdiction = :place) AND (:kind IS NULL OR i.instrument_type = :kind)
      AND e.valid_from IS NOT NULL AND e.status <> 'draft'"""
    rows = connection.execute(
        f"""SELECT e.id, e.instrument_id, i.title, i.jurisdiction_name, e.status, e.valid_from, e.valid_to
            FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE {where}
            ORDER BY e.instrument_id, e.valid_from, e.id""",  # noqa: S608 (constant)
        {"place": jurisdiction, "kind": instrument_type},
    ).fetchall()
    texts: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        if named is None or row["instrument_id"] in named:
            texts.setdefault(row["instrument_id"], []).append(row)
    chosen = sorted(texts.values(), key=lambda group: (group[-1]["valid_from"], group[0]["id"]), reverse=True)[:LINES]
    dates = [date.fromisoformat(row["valid_from"]) for group in chosen for row in group]
    today = date.fromisoformat(day)
    scale = _Scale(min([*dates, today - timedelta(days=365)]), max([*dates, today]) + _AHEAD)
    lines = tuple(_line(n, group, scale) for n, group in enumerate(chosen))
    return TimelinePage(
        lines,
        len(texts),
        scale.ticks(),
        scale.x(today),
        TOP + LINE * len(lines) + 14,
        *choices(connection),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(LEFT + (WIDTH - LEFT) * min(1.0, max(0.0, share)), 1)

    def ticks(self) -> tuple[tuple[int, float], ...]:
        years = range(self.first.year + 1, self.last.year + 1)
        step = -(-len(years) // _MOST_TICKS) if years else 1
        return tuple((year, self.x(date(year, 1, 1))) for year in years if year % step == 0)


def _line(n: int, group: list[sqlite3.Row], scale: _Scale) -> Line:
    bars = []
    for row in group:
        start = scale.x(date.fromisoformat(row["valid_from"]))
        end = scale.x(date.fromisoformat(row["valid_to"]) if row["valid_to"] else scale.last)
        width = round(max(2.0, end - start), 1)
        bars.append(Bar(row["id"], row["status"], row["valid_from"], row["valid_to"], start, width))
    first = group[0]
    return Line(first["instrument_id"], first["title"], first["jurisdiction_name"], TOP + LINE * n, tuple(bars))
