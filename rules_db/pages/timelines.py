"""The page of texts through time: which text of which instrument held from when to when, one line an instrument.

In: the public copy and what a reader narrows by. Out: `TimelinePage` with bars placed in percent of its width, so that
the picture fits any screen.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from rules_db.pages.searching import choices
from rules_db.search import find_titles

LINES = 50
LINE, TOP = 46, 30
# A text in force has no end: its bar runs this far beyond the day of the data.
_AHEAD = timedelta(days=400)
_MOST_TICKS = 6
# No label this near an edge, in percent: it would be cut on a phone.
_EDGE = 6
# In the order of the legend.
_STATES = ("in_force", "partly_repealed", "suspended", "not_yet_in_force", "superseded", "repealed", "expired")


@dataclass(frozen=True, slots=True)
class Bar:
    """One text; `x` and `width` in percent of the picture. `start` and `end` are its ISO dates, end None = open.
    `state` is its status on the day of the picture."""

    expression_id: str
    state: str
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
    """`total` counts the instruments that match; `ticks` are years or half years, `today` is the day, with their place
    in percent of the picture; `states` are those of its bars, for the legend."""

    lines: tuple[Line, ...]
    total: int
    ticks: tuple[tuple[str, float], ...]
    today: float
    height: int
    places: tuple[sqlite3.Row, ...]
    kinds: tuple[str, ...]
    states: tuple[str, ...]


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
    lines = tuple(_line(n, group, scale, day) for n, group in enumerate(chosen))
    states = {bar.state for line in lines for bar in line.bars}
    return TimelinePage(
        lines,
        len(texts),
        scale.ticks(),
        scale.x(today),
        TOP + LINE * len(lines) + 14,
        *choices(connection),
        tuple(state for state in _STATES if state in states),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(100 * min(1.0, max(0.0, share)), 2)

    def ticks(self) -> tuple[tuple[str, float], ...]:
        years = range(self.first.year + 1, self.last.year + 1)
        if len(years) <= 2:
            starts = (date(year, month, 1) for year in (self.first.year, *years) for month in (1, 7))
            placed = ((f"{day:%Y-%m}", self.x(day)) for day in starts if self.first < day < self.last)
            return tuple((label, x) for label, x in placed if _EDGE < x < 100 - _EDGE)
        step = -(-len(years) // _MOST_TICKS)
        return tuple((str(year), self.x(date(year, 1, 1))) for year in years if year % step == 0)


def _line(n: int, group: list[sqlite3.Row], scale: _Scale, day: str) -> Line:
    bars = []
    for row in group:
        start = scale.x(date.fromisoformat(row["valid_from"]))
        end = scale.x(date.fromisoformat(row["valid_to"]) if row["valid_to"] else scale.last)
        width = round(max(0.3, end - start), 2)
        bars.append(Bar(row["id"], _state(row, day), row["valid_from"], row["valid_to"], start, width))
    first = group[0]
    return Line(first["instrument_id"], first["title"], first["jurisdiction_name"], TOP + LINE * n, tuple(bars))


def _state(row: sqlite3.Row, day: str) -> str:
    """The status on the day: that of the data says how a text ended, or that it holds in part only."""
    status = str(row["status"])
    if row["valid_from"] > day:
        return "not_yet_in_force"
    if row["valid_to"] and row["valid_to"] <= day:
        return status if status in ("repealed", "expired") else "superseded"
    ended_later = row["valid_to"] and status not in ("partly_repealed", "suspended")
    return "in_force" if ended_later or status == "not_yet_in_force" else status
