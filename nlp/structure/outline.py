"""Which marker candidates are markers, and how deep: a least-cost reading of the whole sequence.

Numbering is a constraint: a list counts 1, 2, 3 …, a deeper list opens at 1, a list that goes on closes what lies
below it. Each candidate may continue an open list, open a deeper one, restart one, or be plain text; each choice that
breaks a constraint has a cost, and the cheapest reading of the whole sequence wins, so that a later marker can decide
what an earlier one was. In: markers. Out: one `Placement` per marker.

The search keeps a bounded number of states (beam): its time is linear in the number of markers whatever they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from nlp.structure.markers import RANK, Marker, MarkerClass, Reading, Strength

BEAM_WIDTH = 12
BEAM_MARGIN = 12.0
MAX_DEPTH = 8


class Move(StrEnum):
    """What a marker does to the outline. TEXT is no marker; the last four break the counting and are reported."""

    NEXT = "next"
    OPEN = "open"
    RESTART = "restart"
    TEXT = "text"
    GAP = "gap"
    REPEAT = "repeat"
    BACK = "back"
    LATE_START = "late_start"


@dataclass(frozen=True, slots=True)
class Placement:
    """The decision on one marker: `depth` counts from 0 within its own list tree, and is -1 for TEXT. `expected` is the
    number that would have kept the count."""

    move: Move
    depth: int = -1
    reading: Reading | None = None
    expected: int = 0


_AS_TEXT = Placement(Move.TEXT)

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class _Path(Generic[S]):
    """A state of the search with its cost and the decisions that led to it, as a linked list."""

    cost: float
    state: S
    placement: Placement | None = None
    before: _Path[S] | None = None


Moves = Callable[[S, Marker], Iterable[tuple[float, S, Placement]]]


def least_cost(markers: Sequence[Marker], start: S, moves: Moves[S]) -> list[Placement]:
    """The cheapest sequence of placements under `moves`; among equals, the one whose moves come first."""
    beam: list[_Path[S]] = [_Path(0.0, start)]
    for marker in markers:
        best: dict[S, _Path[S]] = {}
        for path in beam:
            for cost, state, placement in moves(path.state, marker):
                total = path.cost + cost
                known = best.get(state)
                if known is None or total < known.cost:
                    best[state] = _Path(total, state, placement, path)
        paths = sorted(best.values(), key=lambda path: path.cost)[:BEAM_WIDTH]
        limit = paths[0].cost + BEAM_MARGIN
        beam = [path for path in paths if path.cost <= limit]
    placements: list[Placement] = []
    step: _Path[S] | None = beam[0]
    while step is not None and step.placement is not None:
        placements.append(step.placement)
        step = step.before
    placements.reverse()
    return placements


# --- the spine: 编 章 节 条 -------------------------------------------------------------------------------------------

_SpineState = tuple[int, int, int, int, int]
"""Last number of 编, 章, 节, 条 and 之N. 条 counts through all containers, 节 restarts in each 章; 章 counts through
the 编 of some codes and restarts in others: it is kept as a negative number until the first 章 of a 编 has come."""

_CONTAINERS = {MarkerClass.PART: 0, MarkerClass.CHAPTER: 1, MarkerClass.SECTION: 2}
_SPINE_TEXT = {Strength.CITATION: 0.5, Strength.INLINE: 0.5, Strength.PLAIN: 4.0, Strength.STRONG: 12.0}
_SPINE_ACCEPT = {Strength.CITATION: 3.5, Strength.INLINE: 0.0, Strength.PLAIN: 0.4, Strength.STRONG: 0.0}


def _spine_moves(state: _SpineState, marker: Marker) -> Iterable[tuple[float, _SpineState, Placement]]:
    reading = marker.readings[0]
    if reading.marker_class is MarkerClass.ARTICLE:
        yield from _article_moves(state, marker, reading)
    else:
        yield _container_move(state, reading, marker)
    yield _SPINE_TEXT[marker.strength], state, _AS_TEXT


def _article_moves(
    state: _SpineState, marker: Marker, reading: Reading
) -> Iterable[tuple[float, _SpineState, Placement]]:
    last, last_sub = state[3], state[4]
    number, sub = reading.number, reading.sub
    expected = last + 1
    if (sub == 0 and number == expected) or (sub and number == last and sub == last_sub + 1):
        move, cost = Move.NEXT, 0.0
    elif last == 0:
        move, cost = Move.LATE_START, 5.0
    elif (number, sub) == (last, last_sub):
        move, cost = Move.REPEAT, 8.0
    elif number == 1 and not sub:
        move, cost = Move.RESTART, 6.0
    elif number < last or (number == last and sub < last_sub):
        move, cost = Move.BACK, 10.0
    else:
        move, cost = Move.GAP, 5.0 + min(3.0, 0.1 * (number - last))
    if marker.strength is Strength.INLINE and move is not Move.NEXT:
        return
    yield (
        cost + _SPINE_ACCEPT[marker.strength],
        (*state[:3], number, sub),
        Placement(move, len(_CONTAINERS), reading, expected),
    )


def _container_move(state: _SpineState, reading: Reading, marker: Marker) -> tuple[float, _SpineState, Placement]:
    level = _CONTAINERS[reading.marker_class]
    part, chapter, section, article, article_sub = state
    last = (part, abs(chapter), section)[level]
    may_restart = level == 1 and chapter < 0
    number = reading.number
    if number == last + 1 or (number == 1 and may_restart):
        move, cost = Move.NEXT, 0.0
    elif last == 0:
        move, cost = Move.LATE_START, 3.0
    elif number == last:
        move, cost = Move.REPEAT, 6.0
    elif number < last:
        move, cost = (Move.RESTART, 6.0) if number == 1 else (Move.BACK, 7.0)
    else:
        move, cost = Move.GAP, 4.0
    if level == 0:
        after = (number, -abs(chapter), 0, article, article_sub)
    elif level == 1:
        after = (part, number, 0, article, article_sub)
    else:
        after = (part, chapter, number, article, article_sub)
    return cost + _SPINE_ACCEPT[marker.strength], after, Placement(move, level, reading, last + 1)


def solve_spine(markers: Sequence[Marker]) -> list[Placement]:
    """Placements of 编章节条 candidates; depth is 0 for 编 to 3 for 条."""
    return least_cost(markers, (0, 0, 0, 0, 0), _spine_moves)


# --- lists: （一）1.（1）① below an article, 一、（一）1. in a notice -----------------------------------------

_Frame = tuple[MarkerClass, tuple[int, ...], int]
_Closed = tuple[tuple[MarkerClass, int], ...]
_ListState = tuple[tuple[_Frame, ...], _Closed]
"""Open lists from the outside in, and the last number of each family whose list was closed: （一）… of a policy paper
counts through all 一、二、三、."""

_LIST_TEXT = {
    MarkerClass.CHINESE: 5.0,
    MarkerClass.BRACKETED: 6.0,
    MarkerClass.NUMBER: 5.0,
    MarkerClass.BRACKETED_NUMBER: 5.0,
    MarkerClass.CIRCLED: 5.0,
}
_LIST_TEXT_OTHER = 2.5
_RUNS_ON = 0.3
_LATE_START = 5.5
"""Above the cost of taking 二、三级… for text, below that of doing so for 二、 and 三、 alike."""
_INLINE_TEXT = 2.5
_CITATION_TEXT = 1.5


def _list_moves(state: _ListState, marker: Marker) -> Iterable[tuple[float, _ListState, Placement]]:
    frames, closed = state
    inline = marker.strength is Strength.INLINE
    for reading in marker.readings:
        frame: _Frame = (reading.marker_class, reading.prefix, reading.number)
        known = next((depth for depth, open_frame in enumerate(frames) if open_frame[0] is frame[0]), None)
        if known is not None:
            cost, move, expected = _count_on(frames[known], reading, marker.fresh)
            if not (inline and move not in (Move.NEXT, Move.RESTART)):
                after = (*frames[:known], frame), _close(closed, frames[known + 1 :])
                yield cost, after, Placement(move, known, reading, expected)
        elif len(frames) < MAX_DEPTH:
            cost, move = _opening(frames, closed, reading)
            if not (inline and move is Move.LATE_START):
                yield cost + inline, ((*frames, frame), closed), Placement(move, len(frames), reading, 1)
    yield _cost_of_text(marker), state, _AS_TEXT


def _close(closed: _Closed, frames: Sequence[_Frame]) -> _Closed:
    if not frames:
        return closed
    numbers = dict(closed)
    numbers.update((frame[0], frame[2]) for frame in frames)
    return tuple(sorted(numbers.items()))


def _cost_of_text(marker: Marker) -> float:
    if marker.strength is Strength.INLINE:
        return _INLINE_TEXT
    if marker.strength is Strength.CITATION:
        return _CITATION_TEXT
    return min(_LIST_TEXT.get(reading.marker_class, _LIST_TEXT_OTHER) for reading in marker.readings)


def _count_on(frame: _Frame, reading: Reading, fresh: bool) -> tuple[float, Move, int]:
    _, prefix, last = frame
    number = reading.number
    expected = last + 1
    if number == expected and reading.prefix == prefix:
        return 0.0, Move.NEXT, expected
    if reading.prefix and reading.prefix != prefix:
        # 2.1 after 1.4: the prefix moved on, which the numbers themselves say.
        return (0.0, Move.RESTART, 1) if number == 1 and reading.prefix > prefix else (4.0, Move.GAP, expected)
    if number == 1:
        return (0.2 if fresh else 3.0), Move.RESTART, expected
    if number == last:
        return 4.0, Move.REPEAT, expected
    if number < last:
        return 6.0, Move.BACK, expected
    return 3.0 + min(2.0, 0.2 * (number - last)), Move.GAP, expected


def _opening(frames: Sequence[_Frame], closed: _Closed, reading: Reading) -> tuple[float, Move]:
    """Cost and move of a list that opens with `reading` below all open ones."""
    if reading.number == 1:
        cost, move = 0.0, Move.OPEN
    elif dict(closed).get(reading.marker_class) == reading.number - 1:
        cost, move = _RUNS_ON, Move.NEXT
    else:
        cost, move = _LATE_START, Move.LATE_START
    if frames and RANK[reading.marker_class] < RANK[frames[-1][0]]:
        cost += 2.0
    if reading.prefix and (not frames or (*frames[-1][1], frames[-1][2]) != reading.prefix):
        cost += 2.0
    return cost, move


def solve_list(markers: Sequence[Marker]) -> list[Placement]:
    """Placements of list candidates below one article, or in one notice; depth 0 is the outermost list."""
    start: _ListState = ((), ())
    return least_cost(markers, start, _list_moves)
