"""A provincial text laid over the national one: what it repeats, tightens, loosens, contradicts or adds.

In: the comparison of the two (national text as the old one). Out: rows in the order of the provincial text, then what
the province does not speak of. Silence is no repeal: the national rule applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules_db.diff.result import Entry, InstrumentDiff, NormField
from rules_db.model import Direction, Modality


class Stance(StrEnum):
    """How a provincial provision stands to the national one."""

    REPEATS = "repeats"
    TIGHTENS = "tightens"
    LOOSENS = "loosens"
    CONTRADICTS = "contradicts"
    VARIES = "varies"
    ADDS = "adds"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """One provision of either text. `reasons` name the limits or norms behind the stance; `check` asks a person."""

    stance: Stance
    national: tuple[str, ...]
    provincial: tuple[str, ...]
    similarity: float
    reasons: tuple[str, ...]
    check: bool


# A duty where the other text permits is stricter, not contrary; contrary is what can't be obeyed together.
_CONTRARY = frozenset(
    {
        (Modality.OBLIGATION, Modality.PROHIBITION),
        (Modality.PROHIBITION, Modality.OBLIGATION),
        (Modality.PROHIBITION, Modality.PERMISSION),
        (Modality.PERMISSION, Modality.PROHIBITION),
    }
)


def overlay(diff: InstrumentDiff) -> list[OverlayRow]:
    """Rows for every provision of both texts."""
    rows = [_row(entry, diff) for entry in diff.entries]
    return [row for row in rows if row.provincial] + [row for row in rows if not row.provincial]


def to_json(rows: list[OverlayRow]) -> list[dict[str, Any]]:
    return [
        {
            "stance": row.stance,
            "national": list(row.national),
            "provincial": list(row.provincial),
            "similarity": round(row.similarity, 4),
            "reasons": list(row.reasons),
            "check": row.check,
        }
        for row in rows
    ]


def _row(entry: Entry, diff: InstrumentDiff) -> OverlayRow:
    link = entry.link
    stance, reasons = _stance(entry, diff)
    # to loosen or contradict a higher text is grave, and only as sure as the match: a person decides
    check = link.needs_review or stance in (Stance.LOOSENS, Stance.CONTRADICTS)
    return OverlayRow(stance, link.old_labels, link.new_labels, link.similarity, tuple(reasons), check)


def _stance(entry: Entry, diff: InstrumentDiff) -> tuple[Stance, list[str]]:
    link = entry.link
    if not link.old_labels:
        return Stance.ADDS, []
    if not link.new_labels:
        return Stance.SILENT, []
    contrary = [
        f"{change.old.modality} → {change.new.modality}: {change.new.cue}{change.new.action}"
        for change in diff.norms
        if change.what is NormField.MODALITY
        and change.old
        and change.new
        and change.new_label in link.new_labels
        and (change.old.modality, change.new.modality) in _CONTRARY
    ]
    if contrary:
        return Stance.CONTRADICTS, contrary
    limits = [c for c in diff.thresholds if c.old_label in link.old_labels and c.new_label in link.new_labels]
    told = [f"{c.old.text if c.old else '—'} → {c.new.text if c.new else '—'} ({c.direction})" for c in limits]
    directions = {change.direction for change in limits}
    if Direction.LOOSENED in directions:
        return Stance.LOOSENS, told
    if Direction.TIGHTENED in directions:
        return Stance.TIGHTENS, told
    if not entry.substantive:
        return Stance.REPEATS, told
    return Stance.VARIES, told
