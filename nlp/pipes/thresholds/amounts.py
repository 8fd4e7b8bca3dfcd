"""Reads a quantity at a numeral: value, unit, and both ends where the text gives two.

In: a text and a match of `HEAD`. Out: an `Amount`, or None when the numeral measures nothing (ordinals, dates, names).
Shapes: 三年, 一年半, 一年零六个月, 百分之三, 三分之二, 5%, 十八至六十周岁, 三日至五日, 20±2℃, 一万以上十万元以下.
Every expression is possessive or bounded, so a hostile run of numerals costs linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.text.calendar import continued, match_date
from nlp.text.numerals import ARABIC_CHARACTERS, CHINESE_CHARACTERS, parse_number

from .lexicon import Lexicon
from .patterns import NAMING_BEFORE, NOT_BEFORE, PERIODS
from .units import UNITS, Dimension, Unit, lookup

_CHARACTERS = ARABIC_CHARACTERS + CHINESE_CHARACTERS
# 千 and 百 that open a unit (千克, 百帕, 百分点) are no part of the numeral; 千米 is a unit behind Arabic digits only.
_NO_PREFIX = r"(?!千[克瓦伏帕卡焦赫欧]|百帕|百分)"
_MULTIPLIER = rf"(?:(?!千米){_NO_PREFIX}[十百千万亿])"
_ARABIC = (
    rf"[{ARABIC_CHARACTERS}]++(?:[,，][0-9]{{3}}(?![0-9]))*+(?:[.．][{ARABIC_CHARACTERS}]++)?+"
    rf"(?:{_MULTIPLIER}++(?:[{ARABIC_CHARACTERS}]++{_MULTIPLIER}++)?+)?+"
)
_CHINESE = (
    rf"(?:{_NO_PREFIX}[{CHINESE_CHARACTERS}])++(?:点[{CHINESE_CHARACTERS}]++)?+"
    rf"(?:[{ARABIC_CHARACTERS}]{{1,8}}+(?:{_NO_PREFIX}[{CHINESE_CHARACTERS}])*+)?+"
)
NUMBER = rf"(?:{_ARABIC}|{_CHINESE}|半|双(?=倍))"
HEAD = re.compile(rf"(?<![第.．{_CHARACTERS}])(?P<denominator>[{_CHARACTERS}]{{1,6}}分之)?+(?P<number>{NUMBER})")
_SECOND = re.compile(
    rf"(?:(?P<list>、)|[ \u3000]?(?:至(?!少|多|今)|到|[~～—–－―﹣∼-]{{1,4}})[ \u3000]?)"
    rf"(?P<sign>[-−＋+]|零下)?(?=[{_CHARACTERS}半])"
)
_TOLERANCE = re.compile(r"[ \u3000]?(?:±|\+/-)[ \u3000]?")
_SPACE = re.compile(r"[ \t\u3000\u00a0]{0,2}[）)]?")
_SPACES = re.compile(r"[ \t\u3000\u00a0]{0,2}")
_HUNDRED = Decimal(100)
_HALVES = frozenset({"year", "day", "hour", "times", "month"})
_HALF_LOOKALIKES = ("数", "径", "价", "年", "月", "成", "自", "天", "日", "小时")
_SLASHED = re.compile(r"[/／](?P<below>[2-9]|10)(?![0-9/／.])")
_LISTED = frozenset({"次", "day", "person", "year", "month"})

_AND_A_HALF = re.compile(r"个半(?P<unit>月|小时|钟头)")
# 30%≤荷电状态≤50%
_BETWEEN = re.compile(r"[ \u3000]?[≤<＜≦⩽][^，。；：、\n\r≤<＜≦⩽0-9]{1,16}[≤<＜≦⩽][ \u3000]?")

FRACTION = Unit("percent", Dimension.RATIO, False, "ratio")
"""Unit of 三分之二 and 1/3, in per cent. A fraction without a comparator word is a share, not a bound."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: half-open offsets, exact value, upper end where two are given, unit; `shape` says how it was read."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    unit: Unit
    shape: str = "single"


@dataclass(frozen=True, slots=True)
class _End:
    """One end of an amount, perhaps without a unit of its own."""

    end: int
    value: Decimal
    unit: Unit | None
    numeral: str


def skip_date(text: str, start: int) -> int | None:
    """Where the date that starts at `start` ends, its second end (至8日) included; None when there is no date.
    A number of years or months that a comparator bounds (三千年以上) is none."""
    found = match_date(text, start)
    if found is None:
        return None
    if found.text[-1] in "年月" and text.startswith(("以上", "以内", "以下", "及以上", "内"), found.end):
        return None
    while (following := continued(text, found)) is not None:
        found = following
    return found.end


def is_day_of_month(text: str, start: int) -> bool:
    """每月十五日, 次月5日: a day of the calendar although no month is named."""
    return text[max(0, start - 1) : start] == "月" or text.endswith(
        ("月的", "月份的", "月份"), max(0, start - 3), start
    )


def read_amount(text: str, head: re.Match[str], lexicon: Lexicon) -> Amount | None:
    """The amount at a match of `HEAD`, or None."""
    start = head.start()
    before = text[start - 1 : start]
    if before and before in NAMING_BEFORE:
        return None
    first = _read_end(text, head)
    if first is None:
        return None
    if first.unit is not None and before.isascii() and before.isalpha() and first.unit.dimension is not Dimension.RATIO:
        return None
    start, first = _signed(text, start, first)
    amount = (
        _tolerance(text, start, first)
        or _range(text, start, first, lexicon)
        or _open_range(text, start, first, lexicon)
    )
    amount = amount or _between(text, start, first)
    if amount is None and first.unit is not None:
        amount = Amount(start, first.end, first.value, None, first.unit)
    if amount is not None and amount.upper is None and text[start - 1 : start] == "±":
        return replace(amount, start=start - 1, value=-amount.value, upper=amount.value, shape="±")
    return amount


def read_closing(text: str, position: int, amount: Amount, lexicon: Lexicon) -> Amount | None:
    """`amount` widened by the second half of A以上B以下, which starts at `position`; None when there is none."""
    if text[position : position + 1] in ("至", "到", "、", "，", ",", "且"):
        position += 1
    head = HEAD.match(text, position)
    second = _read_end(text, head) if head else None
    if second is None:
        return None
    edge = lexicon.closing(text, second.end)
    joined = _join(amount.value, amount.unit, second.value, second.unit or amount.unit) if edge else None
    if edge is None or joined is None:
        return None
    return Amount(amount.start, edge, *joined, "以上以下")


def _read_end(text: str, head: re.Match[str]) -> _End | None:
    numeral, end = head["number"], head.end()
    value = Decimal(2) if numeral == "双" else parse_number(numeral.replace("，", ","))
    if value is None or (numeral == "零" and head["denominator"] is None):
        return None
    if head["denominator"]:
        below = parse_number(head["denominator"][:-2])
        if not below:
            return None
        unit = UNITS["%"] if head["denominator"] in ("百分之", "千分之", "万分之") else FRACTION
        return _End(end, value * _HUNDRED / below, unit, numeral)
    if (numeral, text[end : end + 1]) in (("半", "数"), ("一", "半")):  # 半数以上, 一半以上
        return _End(end + 1, _HUNDRED / 2, FRACTION, numeral)
    slashed = _SLASHED.match(text, end)
    if slashed and value.is_signed() is False and value < int(slashed["below"]) and value == int(value):
        return _End(slashed.end(), value * _HUNDRED / int(slashed["below"]), FRACTION, numeral)
    if numeral[0] in "百千万亿":  # 百人, 万元: no number of its own
        return None
    return _with_unit(text, end, value, numeral)


def _with_unit(text: str, end: int, value: Decimal, numeral: str) -> _End:
    unit, unit_end = _unit(text, end, numeral)
    halved = _AND_A_HALF.match(text, end)
    if halved:  # 两个半月
        return _End(halved.end(), value + Decimal("0.5"), UNITS["个" + halved["unit"]], numeral)
    if unit is None:
        return _End(end, value, None, numeral)
    if unit.name.startswith("次/") and unit.name[2:] in PERIODS:
        name, times = PERIODS[unit.name[2:]]
        value, unit = value * times, replace(unit, name=f"次/{name}")
    if unit.name in _HALVES and text.startswith("半", unit_end) and not text.startswith(_HALF_LOOKALIKES, unit_end + 1):
        value += Decimal("0.5")
        unit_end += 1
    if unit.family in ("month", "second"):
        value, unit, unit_end = _compound(text, unit_end, value, unit)
    if unit.name == "year" and value != value.to_integral_value():
        value, unit = value * 12, UNITS["个月"]
        value = value.to_integral_value() if value == value.to_integral_value() else value
    return _End(unit_end, value, unit, numeral)


def _compound(text: str, end: int, value: Decimal, unit: Unit) -> tuple[Decimal, Unit, int]:
    """一年零六个月, 2小时30分钟: a second, smaller unit of the same family right behind the first."""
    head = HEAD.match(text, end + 1 if text.startswith("又", end) else end)
    if head is None or head["denominator"]:
        return value, unit, end
    more = parse_number(head["number"])
    smaller, smaller_end = _unit(text, head.end(), head["number"])
    if more is None or smaller is None or smaller.family != unit.family or smaller.scale >= unit.scale:
        return value, unit, end
    return value * unit.scale / smaller.scale + more, smaller, smaller_end


def _unit(text: str, end: int, numeral: str) -> tuple[Unit | None, int]:
    space = _SPACES.match(text, end)
    position = space.end() if space else end
    found = lookup(text, position)
    if found is None:
        return None, end
    spelling, unit = found
    if (
        spelling[0].isascii()
        and spelling[0].isalpha()
        and not numeral[-1:].isdigit()
        and numeral[-1:] not in "十百千万亿"
    ):
        return None, end
    unit_end = position + len(spelling)
    if text.startswith(_NOT_BEFORE.get(spelling, ()), unit_end) and spelling in _NOT_BEFORE:
        return None, end
    return unit, unit_end


_NOT_BEFORE: dict[str, tuple[str, ...]] = {spelling: tuple(words.split()) for spelling, words in NOT_BEFORE.items()}


def _tolerance(text: str, start: int, first: _End) -> Amount | None:
    """20±2℃, 20℃±2℃, (20±2)℃."""
    mark = _TOLERANCE.match(text, first.end)
    head = HEAD.match(text, mark.end()) if mark else None
    second = _read_end(text, head) if head else None
    if second is None:
        return None
    unit, end = second.unit, second.end
    opened = text[start - 1 : start] in ("(", "（")
    if unit is None and opened and text[end : end + 1] in (")", "）"):
        unit, end = _unit(text, end + 1, second.numeral)
        start -= 1
    unit = unit or first.unit
    if unit is None or (first.unit is not None and first.unit != unit):
        return None
    return Amount(start, end, first.value - second.value, first.value + second.value, unit, "±")


def _range(text: str, start: int, first: _End, lexicon: Lexicon) -> Amount | None:
    """十八至六十周岁, 三日至五日, 5%～10%, 百分之五至十, 一、两次."""
    mark = _SECOND.match(text, lexicon.skip_remark(text, first.end))
    head = HEAD.match(text, mark.end()) if mark else None
    if mark is None or head is None:
        return None
    if skip_date(text, start) is not None:
        return None
    second = _read_end(text, head)
    if second is None:
        return None
    if mark["sign"] in ("-", "−", "零下"):
        second = replace(second, value=-second.value)
    if mark["list"]:
        neighbours = second.value == first.value + 1 <= 10 and first.unit is None and second.unit is not None
        if not neighbours or second.unit is None or second.unit.name not in _LISTED or text[start - 1 : start] == "、":
            return None
    unit = second.unit
    if unit is None:
        if first.unit is None or first.unit.dimension is not Dimension.RATIO or first.unit is FRACTION:
            return None
        return Amount(start, second.end, first.value, second.value * _scale_of(text, start), first.unit, "至")
    low = first.value
    if first.unit is None:
        if unit.dimension is Dimension.RATIO and head["denominator"]:
            return None
        low = _shared_multiplier(first, second)
    joined = _join(low, first.unit or unit, second.value, unit)
    return Amount(start, second.end, *joined, "至") if joined else None


def _between(text: str, start: int, first: _End) -> Amount | None:
    """30%≤荷电状态≤50%: both ends around what is measured. Strict signs read like inclusive ones, as in any range."""
    mark = _BETWEEN.match(text, first.end)
    head = HEAD.match(text, mark.end()) if mark else None
    second = _read_end(text, head) if head else None
    if second is None or second.unit is None:
        return None
    joined = _join(first.value, first.unit or second.unit, second.value, second.unit)
    return Amount(start, second.end, *joined, "≤≤") if joined else None


def _scale_of(text: str, start: int) -> Decimal:
    """百分之五至十: the second numeral is taken of the first one's denominator."""
    return {"千": Decimal("0.1"), "万": Decimal("0.01")}.get(text[start], Decimal(1))


def _shared_multiplier(first: _End, second: _End) -> Decimal:
    """五至十万: the multiplier of the second end holds for the first as long as that keeps the order."""
    mark = second.numeral[-1]
    factor = {"万": 10**4, "亿": 10**8}.get(mark)
    if factor and first.numeral[-1] not in "万亿" and first.value * factor <= second.value:
        return first.value * factor
    return first.value


def _open_range(text: str, start: int, first: _End, lexicon: Lexicon) -> Amount | None:
    """一万以上十万元以下罚款: the first end leaves its unit to the second, and both leave 元 to 罚款."""
    if first.unit is not None or not text.startswith("以上", first.end):
        return None
    head = HEAD.match(text, first.end + 2)
    second = _read_end(text, head) if head else None
    edge = lexicon.closing(text, second.end) if second else None
    if second is None or edge is None:
        return None
    unit = second.unit or (UNITS["元"] if text.startswith(("罚款", "的罚款"), edge) else None)
    joined = _join(first.value, unit, second.value, unit) if unit else None
    return Amount(start, edge, *joined, "以上以下") if joined else None


def _join(low: Decimal, unit: Unit, high: Decimal, other: Unit) -> tuple[Decimal, Decimal, Unit] | None:
    """Both ends in one unit, the smaller of the two, when the two convert exactly and stand in order."""
    if unit.name != other.name:
        if not unit.family or unit.family != other.family:
            return None
        small = unit if unit.scale <= other.scale else other
        low, high, unit = low * unit.scale / small.scale, high * other.scale / small.scale, small
    return (low, high, unit) if low < high else None


def _signed(text: str, start: int, first: _End) -> tuple[int, _End]:
    """-20℃ and 零下20℃. A hyphen behind a digit, a Latin letter or a unit sign joins, it doesn't negate."""
    if text.endswith("零下", max(0, start - 2), start):
        return start - 2, replace(first, value=-first.value)
    sign, before = text[start - 1 : start], text[max(0, start - 2) : start - 1]
    if sign and sign in "-−－" and not (before.isascii() and before.isalnum()) and before not in ("℃", "%", "％"):
        return start - 1, replace(first, value=-first.value)
    return start, first
