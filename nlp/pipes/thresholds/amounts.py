"""Reads a quantity at a numeral: value, unit, and both ends where the text gives two.

In: a text and a match of `HEAD`. Out: an `Amount`, or None when the numeral measures nothing (ordinals, dates, names).
Shapes: a single measure, 十八至六十周岁, 三日至五日, 20±2℃, ±2%, 30%≤荷电状态≤50%, 一万以上十万元以下.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.text.calendar import continued, match_date

from .lexicon import Lexicon, skip_blank, skip_blanks_back
from .measures import CHARACTERS, FRACTION, HEAD, Measure, read_measure, unit_at
from .patterns import NAMING_BEFORE, NO_FIVE
from .units import UNITS, Dimension, Unit

_SECOND = re.compile(
    rf"(?:(?P<list>、)|[ \u3000]?(?:至(?!少|多|今)|到|[~～—–－―﹣∼-]{{1,4}})[ \u3000]?)"
    rf"(?P<sign>[-−＋+]|零下)?(?=[{CHARACTERS}半])"
)
_TOLERANCE = re.compile(r"[ \u3000]?(?:±|\+/-)[ \u3000]?")
_LISTED = frozenset({"次", "day", "person", "year", "month"})

_OF_PEOPLE = re.compile(r"(?:人数|人口)(?:在|为|总数)?$")

# 30%≤荷电状态≤50%
_BETWEEN = re.compile(r"[ \u3000]?[≤<＜≦⩽][^，。；：、\n\r≤<＜≦⩽0-9]{1,16}[≤<＜≦⩽][ \u3000]?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: half-open offsets, exact value, upper end where two are given, unit; `shape` says how it was read."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    unit: Unit
    shape: str = "single"


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
    edge = skip_blanks_back(text, start)
    return text.endswith(("月", "月的", "月份", "月份的"), max(0, edge - 3), edge)


def read_amount(text: str, head: re.Match[str], lexicon: Lexicon) -> Amount | None:
    """The amount at a match of `HEAD`, or None."""
    start = head.start()
    before = text[start - 1 : start]
    edge = skip_blanks_back(text, start)
    if before and before in NO_FIVE and text.startswith("伍", start):
        return None
    if (before and before in NAMING_BEFORE) or text.endswith("第", max(0, edge - 1), edge):
        return None
    first = read_measure(text, head)
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
    if amount is None and (unit := first.unit or _people(text, start, first, lexicon)) is not None:
        amount = Amount(start, first.end, first.value, None, unit)
    if amount is not None and amount.upper is None and amount.value and text[start - 1 : start] == "±":
        return replace(amount, start=start - 1, value=-amount.value, upper=amount.value, shape="±")
    return amount


def _people(text: str, start: int, first: Measure, lexicon: Lexicon) -> Unit | None:
    """人口超过五万, 参加人数一千以上: the noun tells what a bounded number without a unit counts."""
    before = lexicon.before(text, start, 0)
    edge = before.edge if before else skip_blanks_back(text, start)
    if not _OF_PEOPLE.search(text, max(0, edge - 6), edge):
        return None
    return UNITS["人"] if before or lexicon.after(text, first.end, Dimension.COUNT) else None


def read_closing(text: str, position: int, amount: Amount, lexicon: Lexicon) -> Amount | None:
    """`amount` widened by the second half of A以上B以下, which starts at `position`; None when there is none."""
    if text[position : position + 1] in ("至", "到", "、", "，", ",", "且"):
        position += 1
    head = HEAD.match(text, skip_blank(text, position))
    second = read_measure(text, head) if head else None
    if second is None:
        return None
    edge = lexicon.closing(text, second.end)
    joined = _join(amount.value, amount.unit, second.value, second.unit or amount.unit) if edge else None
    if edge is None or joined is None:
        return None
    return Amount(amount.start, edge, *joined, "以上以下")


def _tolerance(text: str, start: int, first: Measure) -> Amount | None:
    """20±2℃, 20℃±2℃, (20±2)℃."""
    mark = _TOLERANCE.match(text, first.end)
    head = HEAD.match(text, mark.end()) if mark else None
    second = read_measure(text, head) if head else None
    if second is None or not second.value:
        return None
    unit, end = second.unit, second.end
    opened = text[start - 1 : start] in ("(", "（")
    if unit is None and opened and text[end : end + 1] in (")", "）"):
        unit, end = unit_at(text, end + 1, second.numeral)
        start -= 1
    unit = unit or first.unit
    if unit is None or (first.unit is not None and first.unit != unit):
        return None
    return Amount(start, end, first.value - second.value, first.value + second.value, unit, "±")


def _range(text: str, start: int, first: Measure, lexicon: Lexicon) -> Amount | None:
    """十八至六十周岁, 三日至五日, 5%～10%, 百分之五至十, 一、两次."""
    mark = _SECOND.match(text, lexicon.skip_remark(text, first.end))
    head = HEAD.match(text, mark.end()) if mark else None
    if mark is None or head is None:
        return None
    if skip_date(text, start) is not None:
        return None
    second = read_measure(text, head)
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
        upper = second.value * _scale_of(text, start)
        return Amount(start, second.end, first.value, upper, first.unit, "至") if upper > first.value else None
    low = first.value
    if first.unit is None:
        if unit.dimension is Dimension.RATIO and head["denominator"]:
            return None
        low = _shared_multiplier(first, second)
    joined = _join(low, first.unit or unit, second.value, unit)
    if joined is None and unit.dimension is Dimension.TIME and mark[0].strip() in ("至", "到"):
        joined = _join(second.value, unit, low, first.unit or unit)  # 开工前20至15分钟: counted down to an event
    return Amount(start, second.end, *joined, "至") if joined else None


def _between(text: str, start: int, first: Measure) -> Amount | None:
    """30%≤荷电状态≤50%: both ends around what is measured. Strict signs read like inclusive ones, as in any range."""
    mark = _BETWEEN.match(text, first.end)
    head = HEAD.match(text, mark.end()) if mark else None
    second = read_measure(text, head) if head else None
    if second is None or second.unit is None:
        return None
    joined = _join(first.value, first.unit or second.unit, second.value, second.unit)
    return Amount(start, second.end, *joined, "≤≤") if joined else None


def _scale_of(text: str, start: int) -> Decimal:
    """百分之五至十: the second numeral is taken of the first one's denominator."""
    return {"千": Decimal("0.1"), "万": Decimal("0.01")}.get(text[start], Decimal(1))


def _shared_multiplier(first: Measure, second: Measure) -> Decimal:
    """五至十万: the multiplier of the second end holds for the first as long as that keeps the order."""
    mark = second.numeral[-1]
    factor = {"万": 10**4, "亿": 10**8}.get(mark)
    if factor and first.numeral[-1] not in "万亿" and first.value * factor <= second.value:
        return first.value * factor
    return first.value


def _open_range(text: str, start: int, first: Measure, lexicon: Lexicon) -> Amount | None:
    """一万以上十万元以下罚款: the first end leaves its unit to the second, and both leave 元 to 罚款."""
    if first.unit is not None or not text.startswith("以上", first.end):
        return None
    head = HEAD.match(text, skip_blank(text, first.end + 2))
    second = read_measure(text, head) if head else None
    edge = lexicon.closing(text, second.end) if second else None
    if second is None or edge is None:
        return None
    unit = second.unit or (UNITS["元"] if text.startswith(("罚款", "的罚款"), edge) else None)
    joined = _join(first.value, unit, second.value, unit) if unit else None
    return Amount(start, edge, *joined, "以上以下") if joined else None


def _join(low: Decimal, unit: Unit, high: Decimal, other: Unit) -> tuple[Decimal, Decimal, Unit] | None:
    """Both ends in one unit, the smaller of the two, when the two convert exactly and stand in order. A fraction up to
    a multiple (三分之一至一倍) comes in times."""
    if unit is FRACTION and other.name == "times":
        low, unit = low / other.scale, other
    if unit.name != other.name:
        if not unit.family or unit.family != other.family:
            return None
        small = unit if unit.scale <= other.scale else other
        low, high, unit = low * unit.scale / small.scale, high * other.scale / small.scale, small
    return (low, high, unit) if low < high else None


def _signed(text: str, start: int, first: Measure) -> tuple[int, Measure]:
    """-20℃ and 零下20℃. A hyphen behind a digit, a Latin letter or a unit sign joins, it doesn't negate."""
    if text.endswith("零下", max(0, start - 2), start):
        return start - 2, replace(first, value=-first.value)
    sign, before = text[start - 1 : start], text[max(0, start - 2) : start - 1]
    if sign and sign in "-−－" and not (before.isascii() and before.isalnum()) and before not in ("℃", "%", "％"):
        return start - 1, replace(first, value=-first.value)
    return start, first
