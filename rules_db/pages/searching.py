"""The search page: hits, titles, and the filters with how many there are to choose from."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rules_db.search import SearchResult, find_scattered, find_titles, search

PAGE_SIZE = 20
# Deep pages cost more than they are worth; a reader narrows the search instead.
LAST_OFFSET = 1_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader chose; None = everything."""

    jurisdiction: str | None = None
    instrument_type: str | None = None
    status: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`words` and `scattered` help when no provision holds all words: how many hold each, which texts hold them all."""

    query: str
    filters: Filters
    result: SearchResult
    offset: int
    titles: tuple[sqlite3.Row, ...]
    jurisdictions: tuple[sqlite3.Row, ...]
    types: tuple[str, ...]
    statuses: tuple[str, ...]
    words: tuple[tuple[str, int], ...] = ()
    scattered: tuple[sqlite3.Row, ...] = ()

    @property
    def first(self) -> int:
        return self.offset + 1

    @property
    def last(self) -> int:
        return self.offset + len(self.result.hits)

    @property
    def next_offset(self) -> int | None:
        following = self.offset + PAGE_SIZE
        return following if following < self.result.total and following <= LAST_OFFSET else None

    @property
    def previous_offset(self) -> int | None:
        return max(0, self.offset - PAGE_SIZE) if self.offset else None


def search_page(connection: sqlite3.Connection, query: str, filters: Filters, offset: int) -> SearchPage:
    """All that the search page shows. `offset` is brought into range."""
    offset = min(max(0, offset), LAST_OFFSET)
    result = search(
        connection,
        query,
        limit=PAGE_SIZE,
        offset=offset,
        jurisdiction=filters.jurisdiction,
        instrument_type=filters.instrument_type,
        status=filters.status,
        as_of=filters.as_of,
    )
    places, types = choices(connection)
    statuses = connection.execute("SELECT status FROM expression GROUP BY 1 ORDER BY count(*) DESC, 1").fetchall()
    several = not result.total and len(set(result.terms)) > 1
    words, scattered = find_scattered(connection, query) if several else ([], [])
    return SearchPage(
        query,
        filters,
        result,
        offset,
        tuple(find_titles(connection, query)) if query.strip() and not offset else (),
        places,
        types,
        tuple(row[0] for row in statuses),
        tuple(words),
        tuple(scattered),
    )


def choices(connection: sqlite3.Connection) -> tuple[tuple[sqlite3.Row, ...], tuple[str, ...]]:
    """What a reader may narrow by: jurisdictions that have published something, and kinds of instruments."""
    places = connection.execute(
        """SELECT j.code, j.name, j.name_en, count(*) AS n
           FROM instrument i JOIN jurisdiction j ON j.code = i.jurisdiction
           GROUP BY j.code ORDER BY j.code <> '100000', j.code"""
    )
    types = connection.execute("SELECT instrument_type FROM instrument GROUP BY 1 ORDER BY count(*) DESC, 1")
    return tuple(places), tuple(row[0] for row in types)
