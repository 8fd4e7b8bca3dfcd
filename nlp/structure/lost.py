"""Items whose printed markers were lost: decided markers in, the same with stand-ins for the lost ones out.

Word processors number lists by themselves, and exports drop the numbers of the first items or of some in the middle.
When a list starts at （三） and exactly two unmarked lines stand between its lead and （三）, those are items one and
two; when it jumps from （二） to （五） over two unmarked lines, they are three and four. Anything else stays as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from nlp.structure.markers import Marker, Strength
from nlp.structure.outline import Move, Placement

Decided = tuple[Marker, Placement]
Stretch = tuple[int, int]
_MOST_LOST = 30


def restore_lost_items(text: str, stretches: Sequence[Stretch], decided: Sequence[Decided]) -> list[Decided]:
    """`decided` with stand-ins (empty label) for lost markers. `stretches` are the lines of the passage, in order."""
    restored: list[Decided] = []
    starts = [start for start, _ in stretches]
    marked = {bisect_right(starts, marker.start) - 1 for marker, _ in decided}
    for marker, placement in decided:
        number = placement.reading.number if placement.reading is not None else 0
        missing = number - placement.expected
        if placement.move in (Move.LATE_START, Move.GAP) and 0 < missing <= _MOST_LOST:
            line = bisect_right(starts, marker.start) - 1
            lost = list(range(line - missing, line))
            if starts[line] == marker.start and _are_items(text, stretches, lost, marked, placement.move):
                restored.extend(_stand_in(starts[i], marker, placement, number - line + i) for i in lost)
                placement = replace(placement, move=Move.NEXT)
        restored.append((marker, placement))
    return restored


def _are_items(text: str, stretches: Sequence[Stretch], lost: Sequence[int], marked: set[int], move: Move) -> bool:
    before = lost[0] - 1
    if before < 0 or any(i in marked for i in lost):
        return False
    if not all(text[stretches[i][1] - 1] in "；。;" for i in lost):
        return False
    lead = text[slice(*stretches[before])]
    return lead.endswith(("：", ":")) if move is Move.LATE_START else before in marked


def _stand_in(start: int, marker: Marker, placement: Placement, number: int) -> Decided:
    reading = replace(placement.reading or marker.readings[0], number=number)
    first = placement.move is Move.LATE_START and number == 1
    move = Move.OPEN if first else Move.NEXT
    return (
        Marker(start, start, start, "", (reading,), Strength.PLAIN),
        Placement(move, placement.depth, reading, number),
    )
