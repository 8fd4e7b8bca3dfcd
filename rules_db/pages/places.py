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
_OVERVIEW = """
  SELECT j.*, (SELECT count(*) FROM instrument i WHERE i.jurisdiction = j.code) AS instruments,
    (SELECT count(*) FROM instrument i WHERE i.jurisdiction = j.code
       AND i.status IN ('in_force', 'partly_repealed', 'not_yet_in_force')) AS holding,
    (SELECT max(i.effective_on) FROM instrument i WHERE i.jurisdiction = j.code) AS newest,
    (SELECT count(*) FROM flag f WHERE f.jurisdiction = j.code) AS flagged,
    (SELECT count(DISTINCT f.instrument_id) FROM effect f JOIN instrument i ON i.id = f.instrument_id
       JOIN instrument n ON n.id = f.target_instrument_id
       WHERE i.jurisdiction = j.code AND f.kind = 'implements' AND n.jurisdiction = :nation) AS following,
    (SELECT count(DISTINCT g.gap_id) FROM gap_filling g JOIN instrument i ON i.id = g.instrument_id
       WHERE i.jurisdiction = j.code) AS gaps,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code) AS sources,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code AND s.unreachable_since IS NOT NULL) AS shut,
    (SELECT min(s.unreachable_since) FROM source_health s WHERE s.jurisdiction = j.code) AS shut_since
  FROM jurisdiction j WHERE j.level IN ('province', 'city') ORDER BY j.code"""


@dataclass(frozen=True, slots=True)
class Place:
    """A province or city with its counts. `column` and `row` place its tile, None when it has no place on the map.
    `shade` is 0 (nothing held) to 4; `reach` is `none` (no source), `shut` (a source can't be read) or `open`."""

    facts: Row
    column: int | None
    row: int | None
    shade: int
    reach: str


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """`mapped` have a tile, `others` (cities, sample places) stand below the map."""

    mapped: tuple[Place, ...]
    others: tuple[Place, ...]


def places_page(connection: sqlite3.Connection) -> PlacesPage:
    rows = connection.execute(_OVERVIEW, {"nation": "100000"}).fetchall()
    most = max((row["instruments"] for row in rows), default=0)
    found = [_place(row, most) for row in rows]
    others = (place for place in found if place.column is None and (place.facts["sources"] or place.shade))
    return PlacesPage(tuple(place for place in found if place.column is not None), tuple(others))


def _place(row: Row, most: int) -> Place:
    column, line = TILES.get(row["code"], (None, None))
    shade = -(-4 * row["instruments"] // most) if most else 0
    reach = "none" if not row["sources"] else "shut" if row["shut"] else "open"
    return Place(row, column, line, shade, reach)
