"""Typed changes of quantities between provisions that continue each other.

In: the quantities of the old and the new side of one link, with the texts they stand in and the hunks between them.
Out: what tightened, loosened, changed, came or went. Quantities are paired by where they stand in the aligned text, by
the words around them and by what they measure; equal pairs are silent.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from rules_db.diff.canonical import fold
from rules_db.diff.direction import appeared, direction, moved_base, same, vanished
from rules_db.diff.pairing import best_pairs, stretches
from rules_db.diff.result import Hunk, HunkKind, ThresholdChange
from rules_db.diff.roles import Role, Setting, setting
from rules_db.diff.units import dimension
from rules_db.model import Direction, Quantity

_ENOUGH = 0.55
_EVENT = 0.4
_BOUNDS = frozenset({Role.FLOOR, Role.CEILING, Role.BAND, Role.PLAIN})
_REACH = 60
_REPLACED = 0.85
_WINDOW = 24
_NUMBER = re.compile(r"[\d零〇一二三四五六七八九十百千万亿两半.]+")
_UNREAD = re.compile(r"(?<!第)[\d一二三四五六七八九十百千万半两]")
_OTHER_LAW = re.compile(r"(?:依照|按照|适用|根据|依据)(?:[^，。；]{0,12}《|[^，。；]{0,8}(?:有关)?法律)")


@dataclass(frozen=True, slots=True)
class Placed:
    """A quantity, the provision it stands in (position on its side of the link, label, text) and where it stands in
    the joined text of that side."""

    quantity: Quantity
    side: int
    label: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A placed quantity with what its sentence says, and the words around it without their numbers."""

    placed: Placed
    setting: Setting
    before: str
    after: str

    @property
    def part(self) -> Role:
        return self.setting.role


def compare_quantities(
    old: Sequence[Placed], new: Sequence[Placed], hunks: Sequence[Hunk], partner: Sequence[str], origin: Sequence[str]
) -> list[ThresholdChange]:
    """Changes between the two sides of one link, in the order of the new text, removals last.

    `partner[k]` is the label of the new provision that best continues old provision k of the link, `origin[k]` the
    label of the old one behind new provision k: a quantity without a counterpart is reported between those two.
    """
    left, right = [_known(item) for item in old], [_known(item) for item in new]
    positions = _Positions(hunks)
    pairs = _pair(left, right, positions)
    changes: list[tuple[tuple[int, int], ThresholdChange]] = []
    for i, j in pairs:
        before, after = left[i], right[j]
        if change := _paired(before, after):
            changes.append(((0, after.placed.position), change))
    paired_old, paired_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for j, item in enumerate(right):
        if j not in paired_new and not positions.stood_before(item.placed):
            placed = item.placed
            found = appeared(placed.quantity, item.part)
            changes.append(
                (
                    (0, placed.position),
                    ThresholdChange(
                        origin[placed.side], placed.label, None, placed.quantity, found, f"{item.part}: new in the text"
                    ),
                )
            )
    elsewhere = _cites_another_law(hunks)
    for i, item in enumerate(left):
        if i not in paired_old and not positions.still_stands(item.placed):
            placed = item.placed
            found, reason = vanished(item.part, elsewhere), f"{item.part}: no longer there"
            if _UNREAD.search(positions.replacement(placed)):
                found, reason = Direction.CHANGED, f"{item.part}: other words that are not read as a quantity"
            change = ThresholdChange(placed.label, partner[placed.side], placed.quantity, None, found, reason)
            changes.append(((1, placed.position), change))
    return [change for _, change in sorted(changes, key=lambda pair: pair[0])]


def whole_provision(placed: Sequence[Placed], found: Direction) -> list[ThresholdChange]:
    """Quantities of a provision that was added or deleted as a whole; ADDED or REMOVED says only that."""
    if found is Direction.ADDED:
        return [ThresholdChange("", p.label, None, p.quantity, found, "in a new provision") for p in placed]
    return [ThresholdChange(p.label, "", p.quantity, None, found, "in a deleted provision") for p in placed]


def _known(placed: Placed) -> _Known:
    found = setting(placed.text, placed.quantity)
    return _Known(placed, found, _words(found.before[-_WINDOW:]), _words(found.after[:_WINDOW]))


def _paired(old: _Known, new: _Known) -> ThresholdChange | None:
    before, after = old.placed.quantity, new.placed.quantity
    if not same(before, after):
        found, reason = direction(before, old.setting, after, new.setting)
    elif moved_base(before, after):
        found, reason = Direction.CHANGED, f"base changed from {before.base} to {after.base}"
    else:
        return None
    return ThresholdChange(old.placed.label, new.placed.label, before, after, found, reason)


def _pair(left: Sequence[_Known], right: Sequence[_Known], positions: _Positions) -> list[tuple[int, int]]:
    """Pairs of indices: first quantities that measure the same, then, among what is left, one that replaces another in
    place."""
    pairs = []
    for rows, columns in stretches(len(left), len(right)):
        alike = best_pairs(rows, columns, lambda i, j: _likeness(left[i], right[j], positions), _ENOUGH)
        taken_old, taken_new = {i for i, _ in alike}, {j for _, j in alike}
        free_old = [i for i in rows if i not in taken_old]
        free_new = [j for j in columns if j not in taken_new]
        replaced = best_pairs(free_old, free_new, lambda i, j: _replacement(left[i], right[j], positions), _ENOUGH)
        pairs.extend(alike + replaced)
    return sorted(pairs)


def _likeness(old: _Known, new: _Known, positions: _Positions) -> float:
    """0.5 for standing at the same place of the aligned text, 0.5 for the same words around, a little for the same
    part, the same event that starts it, and the same number; 0 across dimensions."""
    before, after = old.placed.quantity, new.placed.quantity
    if dimension(before.unit) != dimension(after.unit):
        return 0.0
    score = 0.5 * positions.nearness(old.placed, new.placed) + 0.5 * _context(old, new)
    if old.part is new.part:
        score += 0.1
    elif not {old.part, new.part} <= _BOUNDS:
        score -= 0.15
    if before.trigger and after.trigger:  # sentences that changed places keep their events
        score += _EVENT * (Indel.normalized_similarity(before.trigger, after.trigger) - 0.5)
    return score + (0.2 if same(before, after) else 0.0)


def _replacement(old: _Known, new: _Known, positions: _Positions) -> float:
    """As `_likeness`, across dimensions: only for quantities in one place that play one part (三倍 to 五万元)."""
    near, around = positions.nearness(old.placed, new.placed), _context(old, new)
    if near <= _REPLACED - 0.05 or old.part is not new.part or (around <= 0.4 and old.part is not Role.PENALTY):
        return 0.0
    return max(_ENOUGH, 0.5 * near + 0.5 * around)


def _context(old: _Known, new: _Known) -> float:
    before = Indel.normalized_similarity(old.before, new.before)
    after = Indel.normalized_similarity(old.after, new.after)
    return max(before, after) * 0.6 + min(before, after) * 0.4


def _words(text: str) -> str:
    return _NUMBER.sub("#", fold(text))


class _Positions:
    """Translates a place in the old text into the new text by the hunks between them."""

    def __init__(self, hunks: Sequence[Hunk]) -> None:
        self._old: list[int] = []
        self._new: list[int] = []
        self._hunks = list(hunks)
        i = j = 0
        for hunk in hunks:
            self._old.append(i)
            self._new.append(j)
            i += len(hunk.old)
            j += len(hunk.new)

    def nearness(self, old: Placed, new: Placed) -> float:
        """1 at the same place, falling to 0 at _REACH characters; two ends of one replaced stretch are near anyway."""
        if not self._hunks:
            return 0.0
        gaps = [
            abs(self._translated(a) - b)
            for a, b in (
                (old.position, new.position),
                (old.position + len(old.quantity.text), new.position + len(new.quantity.text)),
            )
        ]
        index = self._index(self._old, old.position)
        replaced = self._hunks[index].kind is not HunkKind.EQUAL and index == self._index(self._new, new.position)
        return max(_REPLACED if replaced else 0.0, 1.0 - min(gaps) / _REACH)

    def replacement(self, old: Placed) -> str:
        """The new text of the stretch in which an old quantity was replaced; empty where it was not."""
        if not self._hunks:
            return ""
        hunk = self._hunks[self._index(self._old, old.position)]
        return "" if hunk.kind is HunkKind.EQUAL or len(hunk.new) > _REACH else hunk.new

    def still_stands(self, old: Placed) -> bool:
        """Whether the words of an old quantity are in the new text, at their place or in what replaced it: then it was
        merely not read there, and the law dropped nothing."""
        hunk, inside = self._hunk(self._old, old.position)
        words = old.quantity.text
        if hunk is None or hunk.kind is not HunkKind.EQUAL:
            return hunk is not None and bool(words) and words in hunk.new
        return inside + len(words) <= len(hunk.old)

    def stood_before(self, new: Placed) -> bool:
        """The same for a new quantity and the old text."""
        hunk, inside = self._hunk(self._new, new.position)
        words = new.quantity.text
        if hunk is None or hunk.kind is not HunkKind.EQUAL:
            return hunk is not None and bool(words) and words in hunk.old
        return inside + len(words) <= len(hunk.new)

    def _hunk(self, starts: Sequence[int], position: int) -> tuple[Hunk | None, int]:
        """The hunk at a position of one side, and how far into it; an empty side before it is passed over."""
        if not self._hunks:
            return None, 0
        index = self._index(starts, position)
        return self._hunks[index], position - starts[index]

    @staticmethod
    def _index(starts: Sequence[int], position: int) -> int:
        return bisect_right(starts, position) - 1

    def _translated(self, position: int) -> float:
        index = self._index(self._old, position)
        hunk = self._hunks[index]
        inside = position - self._old[index]
        if hunk.kind is HunkKind.EQUAL or not hunk.old:
            return self._new[index] + inside
        return self._new[index] + inside * len(hunk.new) / len(hunk.old)


def _cites_another_law(hunks: Sequence[Hunk]) -> bool:
    """True when the new wording sends the reader to another law that the old wording did not name."""
    return any(hunk.kind is not HunkKind.EQUAL and _OTHER_LAW.search(hunk.new) for hunk in hunks)
