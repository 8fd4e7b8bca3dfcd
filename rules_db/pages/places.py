"""The page of provinces: what each has published, how it follows the nation, and whether its sources can be read.

In: the public copy. Out: `PlacesPage`; tiles stand where one looks for a province on a map, one step a province.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

Row = sqlite3.Row

# Column and row of each province-level code in a map of equal tiles.
TILES = {
    "110000": (6, 2), "120000": (7, 2), "130000": (6, 3), "140000": (5, 2), "150000": (5, 1), "210000": (8, 2),
    "220000": (8, 1), "230000": (8, 0), "310000": (8, 4), "320000": (7, 4), "330000": (7, 5), "340000": (6, 4),
    "350000": (6, 6), "360000": (6, 5), "370000": (7, 3), "410000": (5, 3), "420000": (5, 4), "430000": (5, 5),
    "440000": (5, 6), "450000": (4, 6), "460000": (4, 7), "500000": (3, 4), "510000": (2, 4), "520000": (3, 5),
    "530000": (2, 6), "540000": (0, 4), "610000": (4, 3), "620000": (2, 2), "630000": (1, 3), "640000": (3, 2),
    "650000": (0, 2), "710000": (8, 6), "810000": (6, 7), "820000": (5, 7),
}  # fmt: skip
# Names of two letters (ISO 3166-2:CN) for tiles too narrow for the English name.
LETTERS = {
    "110000": "BJ", "120000": "TJ", "130000": "HE", "140000": "SX", "150000": "NM", "210000": "LN", "220000": "JL",
    "230000": "HL", "310000": "SH", "320000": "JS", "330000": "ZJ", "340000": "AH", "350000": "FJ", "360000": "JX",
    "370000": "SD", "410000": "HA", "420000": "HB", "430000": "HN", "440000": "GD", "450000": "GX", "460000": "HI",
    "500000": "CQ", "510000": "SC", "520000": "GZ", "530000": "YN", "540000": "XZ", "610000": "SN", "620000": "GS",
    "630000": "QH", "640000": "NX", "650000": "XJ", "710000": "TW", "810000": "HK", "820000": "MO",
}  # fmt: skip
COLUMNS, ROWS = 9, 8
# What is held by the day: instruments with a text that had begun by then (or whose beginning is unknown); `holds` when
# one of their texts was valid, or without a day is in force or to come.
_OVERVIEW = """
  WITH held AS (
    SELECT i.id, i.jurisdiction, max(e.valid_from) AS newest, max(CASE WHEN :day IS NULL
        THEN i.status IN ('in_force', 'partly_repealed', 'not_yet_in_force')
        ELSE e.status <> 'draft' AND (e.valid_to IS NULL OR e.valid_to > :day) END) AS holds
    FROM instrument i JOIN expression e ON e.instrument_id = i.id
    WHERE :day IS NULL OR e.valid_from IS NULL OR e.valid_from <= :day GROUP BY i.id)
  SELECT j.*, count(h.id) AS instruments, coalesce(sum(h.holds), 0) AS holding, max(h.newest) AS newest,
    (SELECT count(*) FROM flag f JOIN held ON held.id = f.instrument_id WHERE f.jurisdiction = j.code) AS flagged,
    (SELECT count(DISTINCT f.instrument_id) FROM effect f JOIN held ON held.id = f.instrument_id
       JOIN instrument n ON n.id = f.target_instrument_id
       WHERE held.jurisdiction = j.code AND f.kind = 'implements' AND n.jurisdiction = :nation) AS following,
    (SELECT count(DISTINCT g.gap_id) FROM gap_filling g JOIN held ON held.id = g.instrument_id
       WHERE held.jurisdiction = j.code) AS gaps,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code) AS sources,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code AND s.unreachable_since IS NOT NULL) AS shut,
    (SELECT min(s.unreachable_since) FROM source_health s WHERE s.jurisdiction = j.code) AS shut_since
  FROM jurisdiction j LEFT JOIN held h ON h.jurisdiction = j.code
  WHERE j.level IN ('province', 'city') GROUP BY j.code ORDER BY j.code"""


@dataclass(frozen=True, slots=True)
class Place:
    """A province or city with its counts. `column` and `row` place its tile, None when it has no place on the map.
    `shade` is 0 (nothing held) to 4; `reach` is `none` (no source), `shut` (a source can't be read) or `open`."""

    facts: Row
    letters: str
    column: int | None
    row: int | None
    shade: int
    reach: str


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """`mapped` have a tile, `others` (cities, sample places) stand below the map. `lines` are those of both that hold
    something or are watched, `bare` counts the rest."""

    mapped: tuple[Place, ...]
    others: tuple[Place, ...]
    lines: tuple[Place, ...]
    bare: int


def places_page(connection: sqlite3.Connection, day: str | None = None) -> PlacesPage:
    """`day` (ISO) counts what was held by then; None = all that is held."""
    rows = connection.execute(_OVERVIEW, {"nation": "100000", "day": day}).fetchall()
    most = max((row["instruments"] for row in rows), default=0)
    found = [_place(row, most) for row in rows]
    mapped = tuple(place for place in found if place.column is not None)
    others = tuple(place for place in found if place.column is None and (place.facts["sources"] or place.shade))
    lines = tuple(place for place in mapped + others if place.facts["sources"] or place.facts["instruments"])
    return PlacesPage(mapped, others, lines, len(mapped) + len(others) - len(lines))


def _place(row: Row, most: int) -> Place:
    column, line = TILES.get(row["code"], (None, None))
    shade = -(-4 * row["instruments"] // most) if most else 0
    reach = "none" if not row["sources"] else "shut" if row["shut"] else "open"
    return Place(row, LETTERS.get(row["code"], ""), column, line, shade, reach)
