"""Which way a changed quantity went for the party it binds.

In: two quantities and the role they play. Out: a direction and the reason in words. Tightened and loosened are said of
the party that the quantity binds: a shorter time to comply, a higher fine, a stricter limit, a longer duty to keep is
tightened, and a time limit on an authority that gets shorter is tightened for that authority. Where the sentence does
not say which way is stricter the answer is "changed", never a guess.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from rules_db.diff.roles import Role, Setting, is_capped
from rules_db.diff.units import factor, measure
from rules_db.model import Comparator, Direction, Modality, Quantity

_SAME_LENGTH = 0.03
"""Relative difference below which 三个月 and 九十日, or 一年 and 十二个月, are the same length."""

_SAME_BASE = 0.6

_HIGHER_IS_STRICTER = frozenset({Role.PENALTY, Role.RETENTION, Role.BAN, Role.NOTICE, Role.FREQUENCY, Role.FLOOR})
_LOWER_IS_STRICTER = frozenset({Role.DEADLINE, Role.CEILING, Role.VALIDITY, Role.EXTENSION})
_LIMITS = frozenset({Role.FLOOR, Role.CEILING, Role.BAND})
_BURDENS = (_HIGHER_IS_STRICTER | _LOWER_IS_STRICTER) - {Role.VALIDITY, Role.EXTENSION}

_PER = re.compile(r"每(?!年|月|日|季|半年|次)[^，。；\d零〇一二三四五六七八九十百千万]{1,5}$")
_PENALTY = re.compile(r"处.{0,40}罚|倍.{0,6}罚")
_DUTY = re.compile(r"应当|必须|不得|禁止|须|责令|需要")
_BENEFIT = re.compile(r"可以|免予|减免|免征|优惠|补贴|补助|奖励|优先")

_UPWARD = (Comparator.GE, Comparator.GT)
_DOWNWARD = (Comparator.LE, Comparator.LT)


def same(old: Quantity, new: Quantity) -> bool:
    """Same bound, however it is written (30日 and 三十日)."""
    return (old.comparator, old.value, old.value_max, old.unit) == (
        new.comparator,
        new.value,
        new.value_max,
        new.unit,
    )


def moved_base(old: Quantity, new: Quantity) -> bool:
    """True when both name what the percentage or multiple is taken of and name different things (违法所得, 货值金额);
    股份总额 and 股份总数 are the same thing."""
    if not old.base or not new.base or old.base in new.base or new.base in old.base:
        return False
    return Indel.normalized_similarity(old.base, new.base) < _SAME_BASE


def direction(old: Quantity, old_setting: Setting, new: Quantity, new_setting: Setting) -> tuple[Direction, str]:
    """Direction of a change between two paired quantities that are not the same, and why."""
    part = new_setting.role
    if old_setting.role is not part and Role.CASE in (old_setting.role, part):
        return Direction.CHANGED, f"was {old_setting.role}, is {part}"
    if measure(old.unit) != measure(new.unit):
        return Direction.CHANGED, f"unit changed from {old.unit} to {new.unit}"
    if moved_base(old, new):
        return Direction.CHANGED, f"base changed from {old.base} to {new.base}"
    per = [match.group() if (match := _PER.search(place.before)) else "" for place in (old_setting, new_setting)]
    if per[0] != per[1]:
        return Direction.CHANGED, f"counted differently: {per[0] or 'in all'}, {per[1] or 'in all'}"
    if part in _LIMITS and Comparator.RANGE in (old.comparator, new.comparator):
        return _by_containment(old, new, part)
    rises = _rises(old, new, part)
    if rises is None:
        return Direction.CHANGED, "one end rose, the other fell, or the comparison turned round"
    if rises == 0:
        return Direction.CHANGED, "same number in other words"
    stricter_when_rising = _stricter_when_rising(new, new_setting)
    if stricter_when_rising is None:
        return Direction.CHANGED, f"{part}: the sentence does not say which way is stricter"
    tightened = (rises > 0) == stricter_when_rising
    moved = "higher" if rises > 0 else "lower"
    return (Direction.TIGHTENED if tightened else Direction.LOOSENED), f"{part}: {moved}"


def appeared(quantity: Quantity, part: Role) -> Direction:
    """A bound that a continuing provision did not have before: a burden, unless it widens, describes, or dates a right
    that is itself new."""
    if part is Role.EXTENSION:
        return Direction.LOOSENED
    dated_right = (
        part is Role.DEADLINE and quantity.modality is Modality.PERMISSION and not is_capped(quantity)
    )  # 可以适当延长，但最长不得超过90日 is a cap and no right
    return Direction.CHANGED if part not in _BURDENS or dated_right else Direction.TIGHTENED


def vanished(part: Role, refers_elsewhere: bool) -> Direction:
    """A bound that a continuing provision no longer has: a relief, unless the text now sends the reader to another law
    for it or it bounded no duty."""
    return Direction.LOOSENED if part in _BURDENS and not refers_elsewhere else Direction.CHANGED


def _stricter_when_rising(quantity: Quantity, place: Setting) -> bool | None:
    if place.role in _HIGHER_IS_STRICTER:
        return True
    if place.role in _LOWER_IS_STRICTER:
        return False
    faces = _faces(quantity)
    if place.role is not Role.CASE or not faces:
        return None
    if _PENALTY.search(place.consequence):
        return False  # the line between the light and the heavy bracket: the lower it is, the more cases are heavy
    duty, benefit = bool(_DUTY.search(place.consequence)), bool(_BENEFIT.search(place.consequence))
    return None if duty == benefit else (faces == "down") == duty


def _by_containment(old: Quantity, new: Quantity, part: Role) -> tuple[Direction, str]:
    """A band that lies within the old one allows less; a bound that becomes a band, or a band that loses an end, is
    read as a band with an open end."""
    (old_low, old_high), (new_low, new_high) = _band(old), _band(new)
    if (old_low, old_high) == (new_low, new_high):
        return Direction.CHANGED, "same number in other words"
    if old_low <= new_low and new_high <= old_high:
        return Direction.TIGHTENED, f"{part}: narrower"
    if new_low <= old_low and old_high <= new_high:
        return Direction.LOOSENED, f"{part}: wider"
    return Direction.CHANGED, "one end rose, the other fell, or both moved the same way"


def _band(quantity: Quantity) -> tuple[float, float]:
    low, high = _ends(quantity, Role.BAND)
    if quantity.comparator in _UPWARD:
        return low, float("inf")
    return (float("-inf"), high) if quantity.comparator in _DOWNWARD else (low, high)


def _rises(old: Quantity, new: Quantity, part: Role) -> int | None:
    """+1 when no end fell and one rose, -1 the other way round, 0 when neither moved, None when they disagree."""
    if part is not Role.PENALTY and _faces(old) and _faces(new) and _faces(old) != _faces(new):
        return None
    tolerance = _SAME_LENGTH if old.unit != new.unit else 0.0
    ends = zip(_ends(old, part), _ends(new, part), strict=True)
    moves = {_move(before, after, tolerance) for before, after in ends} - {0}
    if not moves:
        return 0
    return moves.pop() if len(moves) == 1 else None


def _ends(quantity: Quantity, part: Role) -> tuple[float, float]:
    """Lower and upper end in the unit's base. An exclusive end lies a hair beyond its number. A fine of 以下 starts at
    nothing; elsewhere the open end repeats the closed one, so that two bounds of one kind differ in one number only."""
    low = quantity.value * factor(quantity.unit)
    high = low if quantity.value_max is None else quantity.value_max * factor(quantity.unit)
    hair = 1e-9 * max(1.0, abs(low))
    if quantity.comparator is Comparator.GT:
        low, high = low + hair, high + hair
    elif quantity.comparator is Comparator.LT:
        low, high = low - hair, high - hair
    if part is Role.PENALTY and quantity.comparator in _DOWNWARD:
        low = 0.0
    if part is Role.PENALTY and quantity.comparator in _UPWARD:
        high = float("inf")
    return low, high


def _move(old: float, new: float, tolerance: float) -> int:
    if old == new or abs(new - old) <= tolerance * max(abs(old), abs(new)):
        return 0
    return 1 if new > old else -1


def _faces(quantity: Quantity) -> str:
    if quantity.comparator in _UPWARD:
        return "up"
    return "down" if quantity.comparator in _DOWNWARD else ""
