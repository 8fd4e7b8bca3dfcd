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

import numpy as np
from rapidfuzz.distance import Indel
from scipy.optimize import linear_sum_assignment

from rules_db.diff.canonical import fold
from rules_db.diff.direction import appeared, direction, moved_base, same, vanished
from rules_db.diff.result import Hunk, HunkKind, ThresholdChange
from rules_db.diff.roles import Role, Setting, setting
from rules_db.diff.units import dimension
from rules_db.model import Direction, Quantity

_ENOUGH = 0.55
_REACH = 60
_REPLACED = 0.85
_WINDOW = 24
_NUMBER = re.compile(r"[\d零〇一二三四五六七八九十百千万亿两半.]+")
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
    """A placed quantity with what its sentence says."""

    placed: Placed
    setting: Setting

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
    pairs = _pair(left, right, _Positions(hunks))
    changes: list[tuple[tuple[int, int], ThresholdChange]] = []
    for i, j in pairs:
        before, after = left[i], right[j]
        if change := _paired(before, after):
            changes.append(((0, after.placed.position), change))
    paired_old, paired_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for j, item in enumerate(right):
        if j not in paired_new:
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
        if i not in paired_old:
            placed = item.placed
            found = vanished(item.part, elsewhere)
            changes.append(
                (
                    (1, placed.position),
                    ThresholdChange(
                        placed.label,
                        partner[placed.side],
                        placed.quantity,
                        None,
                        found,
                        f"{item.part}: no longer there",
                    ),
                )
            )
    return [change for _, change in sorted(changes, key=lambda pair: pair[0])]


def whole_provision(placed: Sequence[Placed], found: Direction) -> list[ThresholdChange]:
    """Quantities of a provision that was added or deleted as a whole; ADDED or REMOVED says only that."""
    if found is Direction.ADDED:
        return [ThresholdChange("", p.label, None, p.quantity, found, "in a new provision") for p in placed]
    return [ThresholdChange(p.label, "", p.quantity, None, found, "in a deleted provision") for p in placed]


def _known(placed: Placed) -> _Known:
    return _Known(placed, setting(placed.text, placed.quantity))


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
    if not left or not right:
        return []
    scores = np.array([[_score(a, b, positions) for b in right] for a in left])
    rows, columns = linear_sum_assignment(np.where(scores >= _ENOUGH, scores**2, 0.0), maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if scores[r, c] >= _ENOUGH]


def _score(old: _Known, new: _Known, positions: _Positions) -> float:
    """0.5 for standing at the same place of the aligned text, 0.5 for the same words around, a little for the same
    part and number. Quantities of different dimensions pair only where one replaces the other in place."""
    near = positions.nearness(old.placed, new.placed)
    around = _context(old, new)
    score = 0.5 * near + 0.5 * around
    before, after = old.placed.quantity, new.placed.quantity
    if dimension(before.unit) != dimension(after.unit):
        replaced = near > 0.8 and old.part is new.part and (around > 0.4 or old.part is Role.PENALTY)
        return max(score, _ENOUGH) if replaced else 0.0
    score += 0.1 if old.part is new.part else -0.15
    return score + (0.2 if same(before, after) else 0.0)


def _context(old: _Known, new: _Known) -> float:
    before = Indel.normalized_similarity(_words(old.setting.before[-_WINDOW:]), _words(new.setting.before[-_WINDOW:]))
    after = Indel.normalized_similarity(_words(old.setting.after[:_WINDOW]), _words(new.setting.after[:_WINDOW]))
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
