"""Gaps: what an instrument leaves unspecified, and the later text that may fill it.

A gap names words of its field (the document must hold one), groups of words (each group must be met within one unit)
and what the filling must contain: a time limit, any quantity, or a norm. A text older than the one that left the gap
open can't fill it. A hit is a proposal with its place, for a person to confirm; nothing here reads law into silence.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.readings import ExpressionReading, Unit

# A title quoted inside another one; a title that is quoted as a whole is its own.
_QUOTED = re.compile(r"(?<=.)《[^《》]*》|《[^《》]*》(?=.)")
_TIME_UNITS = frozenset({"second", "minute", "hour", "day", "working_day", "week", "month", "year"})


@dataclass(frozen=True, slots=True)
class GapFilling:
    """A unit that seems to fill a gap: which, where, and why we think so."""

    gap_id: str
    gap_title: str
    eid: str
    label: str
    reason: str


def opened_on(connection: sqlite3.Connection, catalogue: Catalogue) -> dict[str, str]:
    """Gap id → date of the first held text that leaves it open; gaps whose opener is not held are absent."""
    dated = connection.execute(
        """SELECT i.title, min(e.version_date) AS day FROM instrument i JOIN expression e ON e.instrument_id = i.id
           WHERE e.version_date IS NOT NULL GROUP BY i.id"""
    ).fetchall()
    opened = {}
    for gap in catalogue.gaps.values():
        days = [row["day"] for row in dated if leaves_open(gap["left_open_by"], row["title"])]
        if days:
            opened[gap["id"]] = min(days)
    return opened


def find_fillings(
    catalogue: Catalogue, reading: ExpressionReading, title: str, opened: Mapping[str, str] | None = None
) -> list[GapFilling]:
    """Units of an expression that seem to fill a gap left open by another instrument; one per gap, the first.

    `opened` gives the day since which a gap is open (ISO dates): an expression of an earlier day does not fill it.
    """
    found = []
    for gap in catalogue.gaps.values():
        if leaves_open(gap["left_open_by"], title):
            continue
        if opened and reading.version_date and reading.version_date < opened.get(gap["id"], ""):
            continue
        if not any(word in title or word in reading.text for word in gap["context"]):
            continue
        for unit in reading.units:
            reason = _fills(gap, unit, reading)
            if reason:
                found.append(GapFilling(gap["id"], gap["title"], unit.provision.eid, unit.provision.label, reason))
                break
    return found


def record_fillings(
    connection: sqlite3.Connection, reading: ExpressionReading, fillings: list[GapFilling], now: str
) -> int:
    """Keep fillings; returns how many are new."""
    return sum(
        connection.execute(
            """INSERT OR IGNORE INTO gap_filling (gap_id, instrument_id, expression_id, eid, reason, recorded_at)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (filling.gap_id, reading.instrument_id, reading.id, filling.eid, filling.reason, now),
        ).rowcount
        for filling in fillings
    )


def leaves_open(openers: Sequence[str], title: str) -> bool:
    """Whether a title is of an instrument that leaves the gap open, not of one that quotes it (贯彻《…》的细则)."""
    own = _QUOTED.sub("", title)
    return any(opener in own for opener in openers)


def _fills(gap: Entry, unit: Unit, reading: ExpressionReading) -> str | None:
    hits = []
    for group in gap["topic_words"]:
        hit = next((word for word in group if word in unit.provision.text), None)
        if hit is None:
            return None
        hits.append(hit)
    words = "、".join(hits)
    if gap["needs"] == "norm":
        norm = next((r for r in reading.rules if r.unit_eid == unit.provision.eid), None)
        if norm is None:
            return None
        article = "an" if norm.modality[0] in "aeiou" else "a"
        return f"{unit.provision.label} speaks of {words} and states {article} {norm.modality}"
    for threshold in reading.thresholds:
        # the quantity must stand in the sentence that speaks of the gap, not just in the same section
        if threshold.unit_eid != unit.provision.eid:
            continue
        if gap["needs"] == "time_limit" and threshold.quantity.unit not in _TIME_UNITS:
            continue
        sentence = _sentence(reading.text, threshold.start, unit)
        if all(any(word in sentence for word in group) for group in gap["topic_words"]):
            return f"{unit.provision.label} speaks of {words} and sets {threshold.quantity.text}"
    return None


def _sentence(text: str, offset: int, unit: Unit) -> str:
    start = max(text.rfind("。", unit.base, offset), text.rfind("\n", unit.base, offset), unit.base - 1) + 1
    ends = [end for end in (text.find("。", offset, unit.end), text.find("\n", offset, unit.end)) if end >= 0]
    return text[start : min(ends, default=unit.end)]
