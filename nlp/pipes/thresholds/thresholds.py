"""`find_thresholds(text)`: every quantity that bounds a norm, with comparator, exact value, unit, and its surroundings.

Reading order: `find_thresholds` walks the numerals of the text; `_read_amount` reads numeral and unit (and ranges that
share a unit); `_bound` looks left and right for comparator words; `_frequency` handles 每年…一次; `_around` fills
parameter, base and trigger. Words are data in patterns.py, units in units.py. Every look to the left is a window of
fixed length, every regex is possessive or bounded: time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from nlp.text.numerals import ARABIC_CHARACTERS, CHINESE_CHARACTERS, parse_number
from rules_db.model import Comparator, Span, Threshold

from . import patterns
from .units import FIRST_CHARACTERS, UNITS, Dimension, Unit, lookup

_N = ARABIC_CHARACTERS + CHINESE_CHARACTERS + "半"
_NUMBER = (
    rf"(?:[{ARABIC_CHARACTERS}]++(?:,[0-9]{{3}}(?![0-9]))*+(?:[.．][{ARABIC_CHARACTERS}]++)?+(?:(?!千[克米瓦伏帕卡焦赫])[十百千])*+[万亿]*+"
    rf"|(?:(?!千[克瓦伏帕卡焦赫]|千米)[{CHINESE_CHARACTERS}]|千(?=米))++(?:点[{CHINESE_CHARACTERS}]++)?+(?:[{ARABIC_CHARACTERS}]++)?+|半)"
)
_HEAD = re.compile(
    rf"(?<![第{_N}.．A-Za-z])(?P<fraction>[百千万]分之)?(?P<number>{_NUMBER})(?P<half>半(?=[年个]))?",
)
_RANGE = re.compile(
    rf"\s?(?:至少?(?!少)|到|[~～—–－―﹣-]{{1,4}}|、)\s?(?P<fraction>[百千万]分之)?(?P<number>{_NUMBER})"
)
_TOLERANCE = re.compile(rf"\s?(?:±|\+/-)\s?(?P<number>{_NUMBER})")
_INCLUDING = re.compile(r"[（(](?:不?含|包括|不包括|含本数|不含本数|均?含)[^）)。\n]{0,10}[）)]")
_SPACE = re.compile(r"[ \t\u3000\u00a0]{0,2}")
_PER = {
    "百分之": ("percent", Decimal(1)),
    "千分之": ("percent", Decimal("0.1")),
    "万分之": ("percent", Decimal("0.01")),
}
_DATE = re.compile(
    r"(?:[0-9０-９]{4}|[一二][零〇○一二三四五六七八九0-9]{3})\s?年(?:\s?[0-9０-９一二三四五六七八九十]{1,3}\s?月(?:\s?[0-9０-９一二三四五六七八九十]{1,3}\s?[日号])?)?"
    r"|[0-9０-９一二三四五六七八九十]{1,2}月(?:[0-9０-９一二三四五六七八九十]{1,3}[日号])?"
)


def _before_words() -> dict[str, Comparator]:
    words = {word: comparator for word, comparator in patterns.PLAIN_BEFORE}
    for word, positive, negative in patterns.COMPARING:
        if word not in patterns.NEGATED_ONLY:
            words[word] = positive
        for negation in patterns.NEGATIONS if negative else ():
            words[negation + word] = negative  # type: ignore[assignment]
    return words


BEFORE = _before_words()
_BEFORE_LENGTHS = sorted({len(word) for word in BEFORE}, reverse=True)
_BEFORE_ENDINGS = tuple(sorted({word[-1] for word in BEFORE}))
_AFTER = sorted(patterns.AFTER, key=lambda row: -len(row[0]))
_AFTER_FIRST = frozenset(row[0][0] for row in _AFTER)
_GAP = re.compile(
    rf"(?P<word>{'|'.join(sorted(BEFORE, key=lambda w: (-len(w), w)))})(?P<gap>[^，。；：、！？\n\r（）()《》,;:\"”“处罚缴]{{1,20}})$"
)
_EVERY = re.compile(
    rf"每(?P<count>[{_N}]{{1,3}})?(?P<period>{'|'.join(sorted(patterns.PERIODS, key=lambda w: (-len(w), w)))})"
    r"(?P<gap>[^，。；：！？\n\r每]{0,20})$"
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A numeral with its unit, or a range of two that share it."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None
    unit: Unit
    spelling: str


_PERCENT = UNITS["%"]


def find_thresholds(text: str) -> list[Threshold]:
    """Thresholds of `text` in reading order, never overlapping; `text[span.start:span.end] == span.text`.

    Values are exact: 万 and 亿 are multiplied out, a range has its lower end in `value`. Pure, linear in `len(text)`.
    """
    return list(_walk(text))


def _walk(text: str) -> Iterator[Threshold]:
    done = 0
    for head in _HEAD.finditer(text):
        start = head.start()
        if start < done:
            continue
        amount = _read_amount(text, head)
        if amount is None:
            date = _DATE.match(text, start)
            if date:
                done = date.end()
            continue
        if isinstance(amount, int):
            done = amount
            continue
        found = _bound(text, amount, done)
        if found is not None:
            done = found.span.end
            yield found


def _read_amount(text: str, head: re.Match[str]) -> _Amount | int | None:
    """The amount at a numeral; an offset to go on from when the numeral is a date; None when it is nothing."""
    start, end = head.span()
    before = text[start - 1 : start]
    if before in patterns.NAMING_BEFORE and before:
        return None
    value = parse_number(head["number"])
    if value is None:
        return None
    if head["half"]:
        value += Decimal("0.5")
    if head["fraction"]:
        _, scale = _PER[head["fraction"]]
        upper, end = _percent_upper(text, end, scale)
        return _Amount(start, end, value * scale, upper, _PERCENT, head["fraction"])
    tolerance = _TOLERANCE.match(text, end)
    second = tolerance or _RANGE.match(text, end)
    if second:
        other = parse_number(second["number"])
        read = _unit_at(text, second.end(), second["number"]) if other is not None else None
        if read and other is not None and not (not tolerance and second["fraction"]):
            unit, spelling, unit_end = read
            if tolerance:
                return _Amount(start, unit_end, value - other, value + other, unit, spelling)
            if value < other and not _is_date(text, start):
                value, other = _same_scale(head["number"], second["number"], value, other)
                return _Amount(start, unit_end, value, other, unit, spelling)
    if _is_date(text, start):
        date = _DATE.match(text, start)
        return date.end() if date else None
    read = _unit_at(text, end, head["number"])
    if read is None:
        return None
    unit, spelling, unit_end = read
    if head["half"] is None and text.startswith("半", unit_end) and spelling in ("年", "天", "小时", "个小时"):
        value += Decimal("0.5")
        unit_end += 1
    if unit.name in ("year",) and value != value.to_integral_value():
        unit, value = UNITS["个月"], value * 12
    lower_end = unit_end
    tolerance = _TOLERANCE.match(text, unit_end)
    if tolerance:
        other = parse_number(tolerance["number"])
        read = _unit_at(text, tolerance.end(), tolerance["number"])
        if other is not None and read and read[0] == unit:
            return _Amount(start, read[2], value - other, value + other, unit, spelling)
    second = _RANGE.match(text, unit_end)
    if second and not second.group(0).startswith("、"):
        other = parse_number(second["number"])
        read = _unit_at(text, second.end(), second["number"])
        if other is not None and read:
            joined = _convert(value, unit, other, read[0])
            if joined:
                return _Amount(start, read[2], *joined, spelling)
    return _Amount(start, lower_end, value, None, unit, spelling)


def _same_scale(first: str, second: str, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """5至10万: the multiplier of the second holds for the first when that has none."""
    mark = second[-1:]
    if mark in "万亿" and first[-1:] not in "十百千万亿" and low < high:
        low *= {"万": 10**4, "亿": 10**8}[mark]
    return low, high


def _percent_upper(text: str, end: int, scale: Decimal) -> tuple[Decimal | None, int]:
    second = _RANGE.match(text, end)
    if second and not second.group(0).startswith("、"):
        value = parse_number(second["number"])
        if value is not None and (second["fraction"] or lookup(text, second.end()) is None):
            return value * (_PER[second["fraction"]][1] if second["fraction"] else scale), second.end()
    return None, end


def _convert(low: Decimal, unit: Unit, high: Decimal, other: Unit) -> tuple[Decimal, Decimal, Unit] | None:
    """Both ends in one unit, the smaller of the two, when the two convert exactly."""
    if unit.name == other.name:
        return low, high, unit
    if unit.scale is None or other.scale is None or unit.family != other.family:
        return None
    if unit.scale <= other.scale:
        return low, high * other.scale / unit.scale, unit
    return low * unit.scale / other.scale, high, other


def _unit_at(text: str, end: int, number: str) -> tuple[Unit, str, int] | None:
    space = _SPACE.match(text, end)
    position = space.end() if space else end
    if text[position : position + 1] not in FIRST_CHARACTERS:
        return None
    spelling = lookup(text, position)
    if spelling is None:
        return None
    unit_end = position + len(spelling)
    if spelling[0].isascii() and spelling[0].isalpha() and not number[-1:].isdigit():
        return None
    if any(text.startswith(word, unit_end) for word in patterns.NOT_BEFORE.get(spelling, ())):
        return None
    return UNITS[spelling], spelling, unit_end


def _is_date(text: str, start: int) -> bool:
    date = _DATE.match(text, start)
    if date:
        rest = text[date.end() - 1 : date.end()]
        if rest == "月" and text.startswith(("以内", "以上", "以下"), date.end()):
            return False
        return True
    # 每月十五日, 次月10日, 当月5日
    return False


def _bound(text: str, amount: _Amount, floor: int) -> Threshold | None:
    if amount.unit.name == "次":
        frequency = _frequency(text, amount, floor)
        if frequency:
            return frequency
    comparator: Comparator | None = None
    start, end = amount.start, amount.end
    value, upper, unit = amount.value, amount.upper, amount.unit
    pattern: list[str] = []
    sign = text[start - 1 : start]
    if sign in ("±", "-", "－", "−", "+", "＋") and sign:
        if sign == "±":
            value, upper, start = -value, value, start - 1
            pattern.append("±")
    left = _before(text, start, floor)
    if left:
        start, word = left
        comparator = BEFORE[word]
        pattern.append(word)
    position = end
    including = _INCLUDING.match(text, position)
    if including:
        position = including.end()
    suffix = _after(text, position, unit)
    if suffix:
        word, after = suffix
        end = position + len(word)
        pattern.append("-" + word)
        comparator = comparator or after
        including = _INCLUDING.match(text, end)
        second_at = including.end() if including else end
        if after is Comparator.GE and upper is None and word.endswith("以上"):
            closed = _closing(text, second_at, amount)
            if closed:
                value, upper, unit, end = closed
                pattern.append("-以下")
    if comparator is None and left is None:
        gap = _gap(text, amount, floor)
        if gap:
            start, word = gap
            comparator = BEFORE[word]
            pattern.append(word + "…")
    if upper is not None:
        comparator = Comparator.RANGE
    if comparator is None:
        if not _bare(text, amount, floor):
            return None
        comparator = Comparator.EQ
    span = Span(start, end, text[start:end], "threshold:" + ("+".join(pattern) or "bare"))
    return Threshold(span, comparator, value, upper, unit.name)


def _before(text: str, start: int, floor: int) -> tuple[int, str] | None:
    """The longest comparator word that ends at the amount, and where its span starts, leads included."""
    stop = start
    while stop > floor and text[stop - 1] in " \u3000\u00a0":
        stop -= 1
    if text.startswith("人民币", stop - 3) and stop - 3 >= floor:
        stop -= 3
    if not text.endswith(_BEFORE_ENDINGS, floor, stop):
        return None
    for length in _BEFORE_LENGTHS:
        word = text[stop - length : stop] if stop - length >= floor else ""
        if word in BEFORE:
            if word == "满" and text[stop - 2 : stop - 1] in "届期充圆":
                return None
            at = stop - length
            for lead in patterns.LEADS:
                if text.endswith(lead, floor, at):
                    return at - len(lead), word
            return at, word
    return None


def _after(text: str, position: int, unit: Unit) -> tuple[str, Comparator] | None:
    if text[position : position + 1] not in _AFTER_FIRST:
        return None
    for word, comparator, dimensions in _AFTER:
        if text.startswith(word, position) and (dimensions is None or unit.dimension in dimensions):
            if word == "内" and text.startswith(("容", "部", "蒙", "外"), position + 1):
                return None
            return word, comparator
    return None


def _closing(text: str, position: int, amount: _Amount) -> tuple[Decimal, Decimal, Unit, int] | None:
    """The second half of A以上B以下."""
    if text[position : position + 1] in ("至", "、", "，", ",", "到"):
        position += 1
    head = _HEAD.match(text, position)
    if head is None:
        return None
    value = parse_number(head["number"])
    if value is None:
        return None
    position = head.end()
    if head["fraction"]:
        value, unit = value * _PER[head["fraction"]][1], _PERCENT
    else:
        read = _unit_at(text, position, head["number"])
        if read is None:
            unit = amount.unit
        else:
            unit, _, position = read
            if text.startswith("半", position) and unit.name == "year":
                value, position = value + Decimal("0.5"), position + 1
    including = _INCLUDING.match(text, position)
    position = including.end() if including else position
    for word in patterns.CLOSING:
        if text.startswith(word, position):
            joined = _convert(amount.value, amount.unit, value, unit)
            if joined is None or joined[0] > joined[1]:
                return None
            return *joined, position + len(word)
    return None


def _gap(text: str, amount: _Amount, floor: int) -> tuple[int, str] | None:
    if amount.unit.dimension is not Dimension.RATIO:
        return None
    base = max(floor, amount.start - 26)
    found = _GAP.search(text[base : amount.start])
    return (base + found.start(), found["word"]) if found else None


def _frequency(text: str, amount: _Amount, floor: int) -> Threshold | None:
    base = max(floor, amount.start - 30)
    every = _EVERY.search(text[base : amount.start])
    if every is None:
        return None
    period, times = patterns.PERIODS[every["period"]]
    count = parse_number(every["count"]) if every["count"] else Decimal(1)
    if not count:
        return None
    per = Decimal(times) / count
    if period == "month" and every["count"] and count != 1:
        period, per = "year", Decimal(12) / count
    left = _before(text, amount.start, floor)
    suffix = _after(text, amount.end, amount.unit)
    end = amount.end + (len(suffix[0]) if suffix else 0)
    comparator = BEFORE[left[1]] if left else suffix[1] if suffix else Comparator.EQ
    if not left:
        inner = re.search(rf"(?:至少|不少于|最少|最多|至多|不得少于|不超过|不得超过)", every["gap"])
        if inner:
            comparator = BEFORE[inner.group()]
    upper = None if amount.upper is None else amount.upper * per
    if upper is not None:
        comparator = Comparator.RANGE
    start = base + every.start()
    span = Span(start, end, text[start:end], "threshold:每")
    return Threshold(span, comparator, amount.value * per, upper, f"次/{period}")


def _bare(text: str, amount: _Amount, floor: int) -> bool:
    """Whether a quantity without comparator bounds anything by itself."""
    before = text[max(0, amount.start - 2) : amount.start]
    if before.endswith(patterns.APPROXIMATE_BEFORE) or text.startswith(("左右", "多", "余"), amount.end):
        return False
    if before.endswith("每") or re.search(r"[（(](?:不?含|包括)$", text[max(0, amount.start - 4) : amount.start]):
        return False
    return amount.unit.bare
