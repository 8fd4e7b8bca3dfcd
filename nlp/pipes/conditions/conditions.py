"""Conditions and exceptions around a cue."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import Layout


@dataclass(frozen=True, slots=True)
class Conditions:
    """Texts of what must hold and of what is excepted; empty where nothing is said."""

    condition: str = ""
    exception: str = ""


def find_conditions(layout: Layout, cues: tuple[Cue, ...]) -> tuple[Conditions, ...]:
    """One entry per cue."""
    return tuple(Conditions() for _ in cues)
