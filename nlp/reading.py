"""What the pipes read out of one unit of text (article, 款, notice passage), free of spaCy.

Values only: every span counts characters of the unit's own text; who places the unit in a document shifts the offsets.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules_db.model import Definition, Norm, Reference, Span, Threshold


@dataclass(frozen=True, slots=True)
class UnitReading:
    """All layers of one unit, each in order of start. `hardware` spans carry the device id in `pattern`."""

    norms: tuple[Norm, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    references: tuple[Reference, ...] = ()
    definitions: tuple[Definition, ...] = ()
    hardware: tuple[Span, ...] = ()
