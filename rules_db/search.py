"""Search over the public copy: filling the pair index, ranked hits with highlighted windows, exact counts.

Shared by the command line, the pages and Datasette's own search box. A row matches when its text holds what was asked,
to the character; titles, validity and rarity only order the hits.
In: a connection to the public copy and what a person typed. Out: `SearchResult`.
"""

from __future__ import annotations

import html
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.query import NOTHING, clauses, match_expression, parse_query
from rules_db.segment import find_spans, index_text

# Ranking costs time in proportion to the rows ranked: beyond this many matches only the first are ranked, and rows are
# stored so that what holds today and nationally comes first.
CANDIDATES = 10_000
# CROSS JOIN below keeps SQLite from walking a filter's index and asking the search index row by row.
WINDOW_BEFORE, WINDOW_LENGTH = 24, 110

_INDEXES = (("provision", "id", "text"), ("instrument", "rowid", "title"), ("rule", "rowid", "statement"))
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One provision. `snippet` is HTML: escaped text with <mark>; `windows` the same as (text, spans to highlight)."""

    id: int
    instrument_id: str
    expression_id: str
    eid: str
    instrument_title: str
    label: str
    heading: str
    container: str
    text: str
    snippet: str
    valid_from: str | None
    valid_to: str | None
    version_date: str | None
    status: str
    jurisdiction: str
    instrument_type: str
    document_number: str | None
    tier: str
    url: str | None
    snapshot_sha256: str | None
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`total` counts all matches, `hits` are those from `offset` on."""

    total: int
    hits: tuple[SearchHit, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of text with the ranges in it to highlight; `cut_before` and `cut_after` say what was left off."""

    text: str
    spans: tuple[tuple[int, int], ...]
    cut_before: bool
    cut_after: bool


def fill_index(connection: sqlite3.Connection) -> None:
    """Fill the (empty) search indexes of a public copy. FTS5's own 'rebuild' would index text that isn't segmented."""
    for table, key, column in _INDEXES:
        reader = connection.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}")  # noqa: S608 (names above)
        while rows := reader.fetchmany(_BATCH):
            connection.executemany(
                f"INSERT INTO {table}_fts(rowid, {column}) VALUES (?, ?)",  # noqa: S608 (names above)
                [(row[0], index_text(row[1])) for row in rows],
            )
        connection.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('optimize')")  # noqa: S608 (names above)


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int = 20,
    offset: int = 0,
    jurisdiction: str | None = None,
    instrument_type: str | None = None,
    status: str | None = None,
    as_of: str | None = None,
) -> SearchResult:
    """Provisions that match, best first. `jurisdiction`, `instrument_type` and `status` must be equal to the column;
    `as_of` (ISO date) keeps what was valid on that day. An empty query, or one without a word, finds nothing."""
    parsed = parse_query(query)
    expression = parsed.expression()
    if expression == NOTHING:
        return SearchResult(0, (), ())
    where, arguments = _filters(jurisdiction, instrument_type, status, as_of)
    total = _count(connection, expression, where, arguments)
    if total == 0 or limit <= 0:
        return SearchResult(total, (), parsed.terms)
    rows = connection.execute(
        f"""SELECT p.*, ranked.score FROM (
              SELECT c.id, c.score * (1 + (c.instrument_id IN (
                  SELECT i.id FROM instrument_fts t JOIN instrument i ON i.rowid = t.rowid
                  WHERE instrument_fts MATCH :match))) * (1 + 0.5 * c.holds) AS score
              FROM (
                SELECT f.rowid AS id, bm25(provision_fts) AS score, p.instrument_id,
                  CASE p.status WHEN 'in_force' THEN 1 WHEN 'partly_repealed' THEN 1 WHEN 'not_yet_in_force' THEN 0.8
                    ELSE 0 END AS holds
                FROM provision_fts f CROSS JOIN provision p ON p.id = f.rowid
                WHERE provision_fts MATCH :match {where} LIMIT :candidates) c
              ORDER BY 2, 1 LIMIT :limit OFFSET :offset) ranked
            JOIN provision p ON p.id = ranked.id ORDER BY ranked.score, p.id""",  # noqa: S608 (constants of this module)
        {**arguments, "match": expression, "candidates": CANDIDATES, "limit": limit, "offset": max(0, offset)},
    ).fetchall()
    return SearchResult(total, tuple(_hit(row, parsed.terms) for row in rows), parsed.terms)


def find_titles(connection: sqlite3.Connection, query: str, limit: int = 5) -> list[sqlite3.Row]:
    """Instruments whose title matches, those in force and the newest first."""
    return connection.execute(
        """SELECT i.* FROM instrument_fts t JOIN instrument i ON i.rowid = t.rowid WHERE instrument_fts MATCH ?
           ORDER BY i.status NOT IN ('in_force', 'partly_repealed', 'not_yet_in_force'), i.effective_on DESC LIMIT ?""",
        (match_expression(query), limit),
    ).fetchall()


def find_scattered(
    connection: sqlite3.Connection, query: str, limit: int = 5
) -> tuple[list[tuple[str, int]], list[sqlite3.Row]]:
    """For a search that found no provision with all its words: how many provisions hold each word (or one of its
    alternatives), and the instruments that hold them all between title and provisions, those with the most words in
    the title first, then those with the most such provisions."""
    counts: list[tuple[str, int]] = []
    held: list[dict[str, int]] = []
    titled: Counter[str] = Counter()
    for words, expression in clauses(query):
        rows = connection.execute(
            """SELECT p.instrument_id, count(*) FROM provision_fts f CROSS JOIN provision p ON p.id = f.rowid
               WHERE provision_fts MATCH ? GROUP BY 1""",
            (expression,),
        ).fetchall()
        titles = connection.execute(
            "SELECT i.id FROM instrument_fts t JOIN instrument i ON i.rowid = t.rowid WHERE instrument_fts MATCH ?",
            (expression,),
        ).fetchall()
        counts.append((words, sum(row[1] for row in rows)))
        held.append({row[0]: 0 for row in titles} | {row[0]: row[1] for row in rows})
        titled.update(row[0] for row in titles)
    common = set.intersection(*map(set, held)) if len(held) > 1 else set()
    ranked = sorted(common, key=lambda key: (-titled[key], -min(numbers[key] for numbers in held), key))[:limit]
    found = [connection.execute("SELECT * FROM instrument WHERE id = ?", (key,)).fetchone() for key in ranked]
    return counts, found


def windows(text: str, terms: Sequence[str], *, most: int = 2, length: int = WINDOW_LENGTH) -> list[Window]:
    """The parts of a text around matches, in order; the beginning of the text when nothing matches."""
    flat = text.replace("\n", " ").replace("\t", " ")
    spans = find_spans(flat, terms)
    if not spans:
        return [Window(flat[:length], (), False, len(flat) > length)]
    found: list[Window] = []
    reached = 0
    for start, _end in spans:
        if start < reached or len(found) == most:
            continue
        first = max(reached, start - WINDOW_BEFORE)
        if first <= WINDOW_BEFORE // 2 and not found:
            first = 0
        last = min(len(flat), first + length)
        if len(flat) - last <= WINDOW_BEFORE // 2:
            last = len(flat)
        last = max([last, *(b for a, b in spans if a < last < b)])  # a match is not cut in two
        inside = tuple((max(a, first) - first, min(b, last) - first) for a, b in spans if a < last and b > first)
        found.append(Window(flat[first:last], inside, first > reached, last < len(flat)))
        reached = last
    return found


def snippet_html(text: str | None, typed: str | None) -> str:
    """Windows around what was typed, as HTML: everything escaped, matches in <mark>, cuts shown as …"""
    return _snippet(text or "", parse_query(typed or "").terms)


def highlight_html(text: str, terms: Sequence[str]) -> str:
    """The whole text as escaped HTML with the matches in <mark>."""
    return _marked(text, find_spans(text, terms))


def register_functions(connection: sqlite3.Connection) -> None:
    """SQL functions for canned queries and for Datasette's own search box, whose `escape_fts` is replaced."""
    connection.create_function("escape_fts", 1, _match, deterministic=True)
    connection.create_function("guiji_match", 1, _match, deterministic=True)
    connection.create_function("guiji_snippet", 2, snippet_html, deterministic=True)


def _match(typed: object) -> str:
    return match_expression("" if typed is None else str(typed))


def _filters(
    jurisdiction: str | None, instrument_type: str | None, status: str | None, as_of: str | None
) -> tuple[str, dict[str, object]]:
    parts: list[str] = []
    arguments: dict[str, object] = {}
    for name, value in (("jurisdiction", jurisdiction), ("instrument_type", instrument_type), ("status", status)):
        if value:
            parts.append(f"AND p.{name} = :{name}")
            arguments[name] = value
    if as_of:
        parts.append(
            "AND p.status <> 'draft' AND (p.valid_from IS NULL OR p.valid_from <= :as_of) "
            "AND (p.valid_to IS NULL OR p.valid_to > :as_of)"
        )
        arguments["as_of"] = as_of
    return " ".join(parts), arguments


def _count(connection: sqlite3.Connection, expression: str, where: str, arguments: dict[str, object]) -> int:
    if where:
        source = "provision_fts f CROSS JOIN provision p ON p.id = f.rowid"
    else:
        source = "provision_fts f"
    row = connection.execute(
        f"SELECT count(*) FROM {source} WHERE provision_fts MATCH :match {where}",  # noqa: S608 (constants)
        {**arguments, "match": expression},
    ).fetchone()
    return int(row[0])


def _hit(row: sqlite3.Row, terms: Sequence[str]) -> SearchHit:
    fields = {name: row[name] for name in SearchHit.__slots__ if name != "snippet"}
    return SearchHit(snippet=_snippet(row["text"], terms), **fields)


def _snippet(text: str, terms: Sequence[str]) -> str:
    parts = []
    found = windows(text, terms)
    for window in found:
        parts.append("…" if window.cut_before else "")
        parts.append(_marked(window.text, window.spans))
    return "".join(parts) + ("…" if found[-1].cut_after else "")


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [html.escape(text[last:start]), "<mark>", html.escape(text[start:end]), "</mark>"]
        last = end
    return "".join(parts) + html.escape(text[last:])
