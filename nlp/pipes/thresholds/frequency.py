"""Frequencies: 每年一次, 每半年至少检查一次, 每3个月不少于两次, 两年复核一次.

In: a text and an amount in 次. Out: a threshold in 次/year, 次/month … whose span starts at the period, or None when no
period stands before it in the clause.
"""

from __future__ import annotations

import re
from decimal import Decimal

from nlp.text.numerals import ARABIC_CHARACTERS, CHINESE_CHARACTERS, parse_number
from rules_db.model import Comparator, Span, Threshold

from .amounts import Amount
from .lexicon import Bound, Lexicon
from .patterns import PERIODS
from .units import Dimension

_WINDOW = 34
_COUNT = f"[{ARABIC_CHARACTERS}{CHINESE_CHARACTERS}]{{1,4}}"
_PERIOD = "|".join(sorted(PERIODS, key=lambda word: (-len(word), word)))
_STOPS = r"，。；：！？\n\r,;"
_EVERY = re.compile(
    rf"每(?:间?隔)?[ \u3000]?(?P<count>{_COUNT})?[ \u3000]?(?P<period>{_PERIOD})(?P<gap>[^{_STOPS}每]{{0,24}})$"
)
# Without 每 a period counts only when little but a verb stands between it and the number: 五年至少进行一次.
_MODEST = r"[^，。；：！？\n\r,;、每内后前以中仅只可累连第起满期度0-9０-９]{0,6}"
_PLAIN = re.compile(rf"(?<![第每])(?P<count>{_COUNT})[ \u3000]?(?P<period>{_PERIOD})(?P<gap>{_MODEST})$")
_AHEAD = re.compile(rf"{_MODEST}{_COUNT}[ \u3000]?次(?!以|性|日|年|月|会)")


def precedes_count(text: str, end: int) -> bool:
    """Whether a period that ends at `end` is the period of a frequency (两年复核一次) and no time limit of its own."""
    return _AHEAD.match(text, end) is not None


def frequency(text: str, amount: Amount, floor: int, lexicon: Lexicon) -> Threshold | None:
    """The frequency that `amount` (in 次) is the count of. Thirds of a year and the like are rounded to 28 digits."""
    base = max(floor, amount.start - _WINDOW)
    window = text[base : amount.start]
    period = _EVERY.search(window)
    explicit = period is not None
    if period is None:
        period = _PLAIN.search(window)
        if period is None or amount.value > 12:
            return None
    count = parse_number(period["count"]) if period["count"] else Decimal(1)
    if not count:
        return None
    name, per = _per(period["period"], count)
    start = base + period.start()
    comparator, end = Comparator.EQ, amount.end
    inner = lexicon.before(text, amount.start, floor) or _far(lexicon, text, amount, base + period.start("gap"))
    outer = lexicon.before(text, start, floor)
    after = lexicon.after(text, amount.end, Dimension.COUNT)
    if after is not None and not explicit:
        return None
    if inner is not None:
        comparator = inner.comparator
    elif after is not None:
        comparator, end = after.comparator, after.edge
    elif outer is not None and outer.word in ("至少", "最少", "不少于", "最多", "至多"):
        comparator, start = outer.comparator, outer.edge
    upper = None if amount.upper is None else amount.upper * per
    if upper is not None:
        comparator = Comparator.RANGE
    word = inner.word if inner else after.word if after else ""
    span = Span(start, end, text[start:end], f"frequency:{'每' if explicit else ''}N{period['period']}…{word}N次")
    return Threshold(span, comparator, amount.value * per, upper, f"次/{name}", confidence=1.0 if explicit else 0.8)


def _far(lexicon: Lexicon, text: str, amount: Amount, floor: int) -> Bound | None:
    found = lexicon.apart(text, amount.start, floor, amount.unit)
    return found[0] if found else None


def _per(period: str, count: Decimal) -> tuple[str, Decimal]:
    """Unit of the frequency and how often one occurrence in `count` periods is in it. Several months count by the year,
    as 每3个月一次 is 4 次/year; a quotient that does not come out even stays a decimal."""
    name, times = PERIODS[period]
    if name == "month" and count != 1:
        name, times = "year", 12
    return name, Decimal(times) / count
