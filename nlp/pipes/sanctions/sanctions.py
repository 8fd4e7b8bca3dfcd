"""Reads penalty segments: one `Sanction` per segment, at its first sanction verb."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.pipes.sanctions import patterns
from nlp.text.clauses import Layout

_SANCTION = re.compile(patterns.SANCTION)


@dataclass(frozen=True, slots=True)
class Sanction:
    """`[start, end)` is the cue, the first sanction verb of the segment `[segment_start, segment_end)`."""

    start: int
    end: int
    segment_start: int
    segment_end: int
    kinds: tuple[str, ...] = ()


def find_sanctions(layout: Layout) -> tuple[Sanction, ...]:
    found: list[Sanction] = []
    for match in _SANCTION.finditer(layout.masked):
        segment = layout.segment(match.start())
        if found and found[-1].segment_start == segment[0]:
            continue
        found.append(Sanction(match.start(), match.end(), *segment))
    return tuple(found)
