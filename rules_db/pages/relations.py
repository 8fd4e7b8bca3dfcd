"""The relations of an instrument as a picture: who acts on it on the left, on whom it acts on the right.

In: the public copy and an instrument. Out: a `RelationGraph` with boxes placed in the units of its picture; the
template draws them, so that every piece of text is escaped there.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SIDE = 8
BOX, MIDDLE, GAP = 250, 200, 84
_ROW, _BOX_HEIGHT, _TOP = 68, 58, 6
# Full-width characters of the title font that fit into a line of a box, and of the box in the middle.
_BOX_LINE, _MIDDLE_LINE = 18, 14
_BOX_LINES, _MIDDLE_LINES = 2, 4
# What changes the law comes before what carries it on, and that before what only speaks of it.
_WEIGHT = ("repeals", "replaces", "amends", "suspends", "finalises", "implements", "issues", "forwards")
# Relations that are applied or not; the others hold as soon as they are told.
_ACTS = ("repeals", "replaces", "amends", "suspends")


@dataclass(frozen=True, slots=True)
class Node:
    """One other instrument. `instrument_id` is None when the text names one that isn't held. `kinds` are the relations,
    the weightiest first, with how often each is told; `open` = not yet in the text it acts on, or
    that text isn't held."""

    instrument_id: str | None
    title: str
    lines: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...]
    open: bool
    y: int


@dataclass(frozen=True, slots=True)
class RelationGraph:
    """`left` acts on the instrument, `right` is acted on by it, at most `SIDE` each; the totals count all of them.
    `middle_x` and `right_x` are the left edges of their columns; a side without nodes takes no room."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    left_total: int
    right_total: int
    lines: tuple[str, ...]
    middle_x: int
    middle_y: int
    right_x: int
    width: int
    height: int


def relation_graph(connection: sqlite3.Connection, instrument_id: str, title: str) -> RelationGraph | None:
    """None when nothing is known to act on the instrument and it acts on nothing."""
    acting = _others(
        connection,
        """SELECT f.instrument_id AS other, f.instrument_id AS held, i.title, f.kind, count(*) AS n,
             min(f.state <> 'applied') AS open, max(coalesce(f.effective_on, '')) AS day
           FROM effect f JOIN instrument i ON i.id = f.instrument_id
           WHERE f.target_instrument_id = :id AND f.instrument_id <> :id GROUP BY f.instrument_id, f.kind""",
        instrument_id,
    )
    acted_on = _others(
        connection,
        """SELECT coalesce(f.target_instrument_id, f.target_title) AS other, f.target_instrument_id AS held,
             coalesce(i.title, f.target_title) AS title, f.kind, count(*) AS n, min(f.state <> 'applied') AS open,
             max(coalesce(f.effective_on, '')) AS day
           FROM effect f LEFT JOIN instrument i ON i.id = f.target_instrument_id
           WHERE f.instrument_id = :id AND f.target_instrument_id IS NOT :id GROUP BY other, f.kind""",
        instrument_id,
    )
    if not acting and not acted_on:
        return None
    left, right = acting[:SIDE], acted_on[:SIDE]
    rows = max(len(left), len(right), 2)
    height = rows * _ROW + _TOP
    middle_x = BOX + GAP if left else 0
    right_x = middle_x + MIDDLE + GAP
    return RelationGraph(
        _placed(left, rows),
        _placed(right, rows),
        len(acting),
        len(acted_on),
        wrapped(title, _MIDDLE_LINE, _MIDDLE_LINES),
        middle_x,
        height // 2,
        right_x,
        right_x + BOX if right else middle_x + MIDDLE,
        height,
    )


def wrapped(text: str, room: int, most: int) -> tuple[str, ...]:
    """`text` in at most `most` lines of `room` full-width characters (others about half); an ellipsis marks a cut."""
    lines: list[str] = []
    line, used = "", 0.0
    for character in text:
        width = 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55
        if used + width > room:
            if len(lines) == most - 1:
                return (*lines, line[:-1] + "…")
            lines.append(line)
            line, used = "", 0.0
        line += character
        used += width
    return (*lines, line)


def _others(connection: sqlite3.Connection, query: str, instrument_id: str) -> list[Node]:
    """One node for each other instrument, the weightiest relations first, then the newest."""
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in connection.execute(query, {"id": instrument_id}):
        groups.setdefault(row["other"], []).append(row)
    found = []
    for rows in groups.values():
        rows.sort(key=lambda row: (_weight(row["kind"]), row["kind"]))
        head = rows[0]
        node = Node(
            head["held"],
            head["title"],
            wrapped(head["title"], _BOX_LINE, _BOX_LINES),
            tuple((row["kind"], row["n"]) for row in rows),
            all(row["open"] and (row["kind"] in _ACTS or row["held"] is None) for row in rows),
            0,
        )
        found.append((_weight(head["kind"]), max(row["day"] for row in rows), node))
    found.sort(key=lambda entry: (entry[2].title, entry[2].instrument_id or ""))
    found.sort(key=lambda entry: entry[1], reverse=True)
    found.sort(key=lambda entry: entry[0])
    return [node for _weight_of, _day, node in found]


def _weight(kind: str) -> int:
    return _WEIGHT.index(kind) if kind in _WEIGHT else len(_WEIGHT)


def _placed(nodes: Sequence[Node], rows: int) -> tuple[Node, ...]:
    """The nodes one under the other, centred on the picture's height."""
    first = _TOP // 2 + (rows - len(nodes)) * _ROW // 2 + (_ROW - _BOX_HEIGHT) // 2
    return tuple(
        Node(node.instrument_id, node.title, node.lines, node.kinds, node.open, first + n * _ROW)
        for n, node in enumerate(nodes)
    )
