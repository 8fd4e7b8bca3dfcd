"""What part a quantity plays in its sentence, and which way is stricter for the party it binds.

In: a quantity and the text it stands in. Out: a role, and for two quantities of one role a direction. Tightened and
loosened are said of the party that the quantity binds: a time limit on an authority that gets shorter is tightened for
that authority. Where a sentence does not say which way is stricter the answer is "changed", never a guess.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rules_db.model import Comparator, Direction, Modality, Quantity

_DAYS = {
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.4375,
    "year": 365.25,
    "minute": 1 / 1440,
    "second": 1 / 86400,
}
_SCALE: dict[str, tuple[str, float]] = {unit: ("time", factor) for unit, factor in _DAYS.items()} | {
    "working_day": ("working time", 1.0),
    "km": ("length", 1000.0),
    "m": ("length", 1.0),
    "cm": ("length", 0.01),
    "mm": ("length", 0.001),
    "t": ("mass", 1000.0),
    "kg": ("mass", 1.0),
    "g": ("mass", 0.001),
}


class Role(StrEnum):
    """Roles in the order in which they are recognised; the first that fits wins."""

    CASE = "case"
    PENALTY = "penalty"
    RETENTION = "retention"
    VALIDITY = "validity"
    BAN = "ban"
    NOTICE = "notice"
    FREQUENCY = "frequency"
    EXTENSION = "extension"
    DEADLINE = "deadline"
    FLOOR = "floor"
    CEILING = "ceiling"
    BAND = "band"
    PLAIN = "plain"


_HIGHER_IS_STRICTER = frozenset({Role.PENALTY, Role.RETENTION, Role.BAN, Role.NOTICE, Role.FREQUENCY, Role.FLOOR})
_LOWER_IS_STRICTER = frozenset({Role.DEADLINE, Role.CEILING, Role.VALIDITY, Role.EXTENSION})

_SENTENCE_END = re.compile(r"[。；;\n]")
_CASE = re.compile(r"^[^，。；;\n]{0,24}的(?:[，；;。：:、）)]|$)")
_NOT_CASE = re.compile(r"^(?:的)?[^，。；;\n]{0,6}(?:罚款|罚金|拘留)")
_SANCTION_AFTER = re.compile(r"^[^，。；;\n]{0,16}(?:罚款|罚金|拘留|徒刑|拘役|滞纳金|执业活动|赔偿金)")
_SANCTION_BEFORE = re.compile(r"(?:罚款|罚金|处以?|暂停|停止|拘留|加收|加处|徒刑|加倍)[^，。；;\n]{0,24}$")
_RETENTION = re.compile(r"保存|留存|保管|存储|备查|存档|保留|备份|归档")
_VALIDITY = re.compile(r"有效期|有效期限|任期|聘期|使用期限|使用年限")
_BAN_AFTER = re.compile(r"^[^。；;\n]{0,40}?(?:不得|不予|不再|禁止|不受理|限制)")
_ADVANCE = re.compile(r"提前[^，。；;\n]{0,6}$|前$")
_EXTENSION = re.compile(r"延长[^，。；;\n]{0,8}$")
_DUTY = re.compile(r"应当|必须|不得|禁止|须|责令|需要")
_BENEFIT = re.compile(r"可以|免予|减免|免征|优惠|补贴|补助|奖励|优先")
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、])")
_CASE_LEAD = re.compile(r"下列[^，。；：:\n]{0,16}的[，,]([^。；\n]{0,80}[：:])\s*(?:[^：:]{0,2000})?$")
_LIMIT_NOUN = re.compile(r"期限|时限|限期|之日起|时间")


def sentence(text: str, quantity: Quantity) -> tuple[str, str]:
    """The sentence around a quantity: what stands before it and what after. `quantity.start` refers to `text`; where
    the words are not there the first place that has them is taken. For an item of a list of cases (有下列情形之一的，
    应当…：) the consequence that its lead names stands in for the rest of the item."""
    start = quantity.start
    if not text.startswith(quantity.text, start):
        start = max(text.find(quantity.text), 0)
    end = start + len(quantity.text)
    cuts = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    following = _SENTENCE_END.search(text, end)
    opening = cuts[-1] if cuts else 0
    before, after = text[opening:start], text[end : following.end() if following else len(text)]
    if _ITEM.match(before) and (lead := _CASE_LEAD.search(text, 0, opening)):
        return before, f"的，{lead.group(1)}"
    return before, after


def is_time(unit: str) -> bool:
    return unit == "working_day" or unit in _DAYS


def dimension(unit: str) -> str:
    """Units that measure the same thing share a dimension; an unknown unit is its own."""
    if is_time(unit):
        return "time"
    return _SCALE[unit][0] if unit in _SCALE else unit


def role(quantity: Quantity, before: str, after: str) -> Role:
    """The role of a quantity between the words before and after it in its sentence."""
    clause = re.split(r"[，,：:]", before)[-1]
    time = is_time(quantity.unit)
    if _CASE.match(after) and not _NOT_CASE.match(after):
        return Role.CASE
    if _SANCTION_AFTER.match(after) or (not time and _SANCTION_BEFORE.search(clause)) or _time_sanction(time, clause):
        return Role.PENALTY
    if time and _RETENTION.search(before[-30:] + "|" + after[:8]):
        return Role.RETENTION
    if time and _VALIDITY.search(before[-12:] + "|" + after[:6]):
        return Role.VALIDITY
    within = quantity.comparator in (Comparator.LE, Comparator.LT) and "不" not in quantity.text
    if time and within and _BAN_AFTER.match(after):
        return Role.BAN
    if time and (_ADVANCE.search(clause) or quantity.text.endswith("前") or quantity.text.startswith("提前")):
        return Role.NOTICE
    if "/" in quantity.unit and not time:
        return Role.CEILING if quantity.comparator in (Comparator.LE, Comparator.LT) else Role.FREQUENCY
    if time and _EXTENSION.search(clause) and not re.search(r"不得?超过|最长", quantity.text):
        return Role.EXTENSION
    if time and quantity.comparator in (Comparator.LE, Comparator.LT):
        return Role.DEADLINE
    if time and quantity.comparator is Comparator.EQ and _LIMIT_NOUN.search(before[-16:]):
        return Role.DEADLINE
    by_comparator = {
        Comparator.GE: Role.FLOOR,
        Comparator.GT: Role.FLOOR,
        Comparator.LE: Role.CEILING,
        Comparator.LT: Role.CEILING,
        Comparator.RANGE: Role.BAND,
    }
    return by_comparator.get(quantity.comparator, Role.PLAIN)


def _time_sanction(time: bool, clause: str) -> bool:
    return time and bool(re.search(r"(?:暂停|停业整顿|拘留|徒刑)[^，。；;\n]{0,8}$", clause))


def bounds(quantity: Quantity) -> tuple[float, float]:
    """Lower and upper end in the unit's base; an exclusive end lies a hair beyond its number. An open end repeats the
    closed one, so that two quantities with the same comparator differ in one number only."""
    factor = _SCALE[quantity.unit][1] if quantity.unit in _SCALE else 1.0
    low = quantity.value * factor
    high = (quantity.value if quantity.value_max is None else quantity.value_max) * factor
    hair = 1e-9 * max(1.0, abs(low))
    if quantity.comparator is Comparator.GT:
        return low + hair, high + hair
    if quantity.comparator is Comparator.LT:
        return low - hair, high - hair
    return low, high


def same(old: Quantity, new: Quantity) -> bool:
    """Same measure, however it is written (30日 and 三十日)."""
    return (old.comparator, old.value, old.value_max, old.unit) == (
        new.comparator,
        new.value,
        new.value_max,
        new.unit,
    )


def direction(old: Quantity, new: Quantity, part: Role, after: str = "") -> tuple[Direction, str]:
    """Direction of a change between two quantities that play the same part, and why. `after` is the rest of the new
    sentence: for the quantity of a case it says whether a duty or a benefit hangs on it."""
    if old.unit != new.unit and (
        old.unit not in _SCALE or new.unit not in _SCALE or _SCALE[old.unit][0] != _SCALE[new.unit][0]
    ):
        return Direction.CHANGED, f"unit changed from {old.unit} to {new.unit}"
    if old.base and new.base and old.base not in new.base and new.base not in old.base:
        return Direction.CHANGED, f"base changed from {old.base} to {new.base}"
    rises = _sign(old, new, part)
    if rises is None:
        return Direction.CHANGED, "one end rose, the other fell, or the comparison turned round"
    if rises == 0:
        return Direction.CHANGED, "same number in other words"
    stricter_when_rising = _stricter_when_rising(new, part, after)
    if stricter_when_rising is None:
        return Direction.CHANGED, f"{part}: the sentence does not say which way is stricter"
    tightened = (rises > 0) == stricter_when_rising
    moved = "higher" if rises > 0 else "lower"
    return (Direction.TIGHTENED if tightened else Direction.LOOSENED), f"{part}: {moved}"


def _sign(old: Quantity, new: Quantity, part: Role) -> int | None:
    """+1 when no end fell and one rose, -1 the other way round, 0 when neither moved, None when they disagree."""
    old_low, old_high = bounds(old)
    new_low, new_high = bounds(new)
    if part is Role.PENALTY:
        old_low, new_low = _least(old, old_low), _least(new, new_low)
        old_high, new_high = _most(old, old_high), _most(new, new_high)
    elif _faces(old) and _faces(new) and _faces(old) != _faces(new):
        return None
    moves = {(b > a) - (b < a) for a, b in ((old_low, new_low), (old_high, new_high))}
    if moves == {0}:
        return 0
    if moves <= {0, 1}:
        return 1
    return -1 if moves <= {0, -1} else None


def _least(quantity: Quantity, low: float) -> float:
    return 0.0 if quantity.comparator in (Comparator.LE, Comparator.LT) else low


def _most(quantity: Quantity, high: float) -> float:
    return float("inf") if quantity.comparator in (Comparator.GE, Comparator.GT) else high


def _faces(quantity: Quantity) -> str:
    if quantity.comparator in (Comparator.GE, Comparator.GT):
        return "up"
    return "down" if quantity.comparator in (Comparator.LE, Comparator.LT) else ""


def _stricter_when_rising(quantity: Quantity, part: Role, after: str) -> bool | None:
    if part in _HIGHER_IS_STRICTER:
        return True
    if part in _LOWER_IS_STRICTER:
        return False
    if part is Role.CASE:
        faces = _faces(quantity)
        duty, benefit = bool(_DUTY.search(after)), bool(_BENEFIT.search(after))
        if not faces or duty == benefit or "罚款" in after:
            return None
        return (faces == "down") == duty
    return None


def appeared(quantity: Quantity, part: Role) -> Direction:
    """A bound that a continuing provision did not have before: a burden unless it widens or merely describes."""
    if quantity.modality is Modality.PERMISSION and part is Role.DEADLINE:
        return Direction.CHANGED
    if part is Role.EXTENSION:
        return Direction.LOOSENED
    return Direction.TIGHTENED if part in _BURDENS else Direction.CHANGED


def vanished(part: Role, refers_elsewhere: bool) -> Direction:
    """A bound that a continuing provision no longer has: a relief, unless the text now sends the reader to another law
    for it or it bounded no duty."""
    if refers_elsewhere or part not in _BURDENS:
        return Direction.CHANGED
    return Direction.LOOSENED


_BURDENS = frozenset(
    {
        Role.PENALTY, Role.RETENTION, Role.BAN, Role.NOTICE, Role.FREQUENCY, Role.DEADLINE, Role.FLOOR, Role.CEILING,
    }
)  # fmt: skip
