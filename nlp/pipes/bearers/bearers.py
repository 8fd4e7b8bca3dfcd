"""Resolves who must act for each cue."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import Layout


@dataclass(frozen=True, slots=True)
class Bearer:
    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


def resolve_bearers(layout: Layout, cues: tuple[Cue, ...]) -> tuple[Bearer | None, ...]:
    """One entry per cue; None when the text names no party."""
    found: list[Bearer | None] = []
    for cue in cues:
        start, _ = layout.clause(cue.start)
        found.append(Bearer(start, cue.start, "adjacent") if cue.start > start else None)
    return tuple(found)
