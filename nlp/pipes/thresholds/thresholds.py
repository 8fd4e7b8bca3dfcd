"""`find_thresholds(text)`: every quantity that bounds a norm, with comparator, exact value, unit, and its surroundings.

Reading order: `find_thresholds` walks the numerals; amounts.py reads numeral and unit; `_bound` here looks left and
right through lexicon.py for comparator words; frequency.py handles 每年一次; surroundings.py fills parameter, base and
trigger. Words are data in patterns.py, units in units.py. Windows have fixed lengths: time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nlp.text.lexicon import scan
from rules_db.model import Comparator, Span, Threshold

from . import surroundings
from .amounts import Amount, is_day_of_month, read_amount, read_closing, skip_date
from .frequency import frequency, precedes_count
from .lexicon import DEFAULT, Bound, Lexicon, skip_blanks_back
from .measures import HEAD, HEAD_STARTS
from .patterns import (
    BARE_COUNTS,
    FAR_REACHING,
    LOOKALIKES,
    MAJORITY,
    NOT_OCCASIONS,
    ONLY_COUNTED,
    QUOTED,
    RELATIVE_BEFORE,
)
from .units import Dimension

# Confidence: how far the reading rests on explicit words.
EXPLICIT = 1.0  # a comparator word or sign beside the number, or both ends of a range
BARE = 0.9  # no comparator, but a unit that seldom merely counts: 有效期五年
APART = 0.8  # comparator and number stand apart: 至少保存三年
COUNTED = 0.6  # no comparator and a unit that often merely counts: 由三人组成
BEFORE_EVENT = 0.7  # 届满前三个月: read as at least that long before

_RECENT = re.compile(r"(?<![将接附邻临相])近$")  # 近三年: with a time no estimate but the stretch up to now

_EVE = re.compile(r"[为至][^，。；：、！？\n]{1,23}的前$")  # 至竣工的前一日: where a period ends, no length of time
_ONLY = re.compile(r"(?:仅|只)[^，。；：、！？\n有]{1,6}$")  # 仅作出, 只允许牵引


def find_thresholds(text: str, lexicon: Lexicon = DEFAULT) -> list[Threshold]:
    """Thresholds of `text` in reading order, never overlapping; `text[span.start:span.end] == span.text`.

    Values are exact: 万 and 亿 are multiplied out, a range has its lower end in `value`. `span.pattern` names the shape
    and the words that were read. Pure, linear in `len(text)`.
    """
    return list(_walk(text, lexicon))


def _walk(text: str, lexicon: Lexicon) -> Iterator[Threshold]:
    done = 0
    for head in scan(HEAD_STARTS, HEAD, text):
        start = head.start()
        if start < done:
            continue
        amount = read_amount(text, head, lexicon)
        if amount is None or amount.unit.dimension is Dimension.TIME:
            skipped = skip_date(text, start) if amount is None or amount.upper is None else None
            if skipped is not None:
                done = skipped
                continue
        if amount is None:
            continue
        if amount.unit.name == "day" and is_day_of_month(text, start):
            done = amount.end  # 每月一日至五日: the second end is a day of the month, too
            continue
        found = frequency(text, amount, done, lexicon) if amount.unit.name == "次" else None
        found = found or _bound(text, amount, done, lexicon)
        if found is not None:
            yield found
            done = found.span.end


def _bound(text: str, amount: Amount, floor: int, lexicon: Lexicon) -> Threshold | None:
    if amount.unit.dimension is Dimension.TIME and text.endswith(
        ("每", "每隔", "最后"), 0, skip_blanks_back(text, amount.start)
    ):
        return None  # the period of a frequency or of a duty that recurs, a day of the calendar
    before = lexicon.before(text, amount.start, floor)
    after = lexicon.after(text, amount.end, amount.unit.dimension)
    if before is None and text.startswith("半数", amount.start) and text.endswith(MAJORITY, floor, amount.start):
        before = Bound(MAJORITY, Comparator.GT, amount.start - len(MAJORITY))
    if before is not None and after is not None and after.word.endswith(("前", "后", "内")):
        if before.word == "满" and text[before.edge - 1 : before.edge] in ("届", "期"):
            before = None  # 有效期届满三十日前: the term has run out, not thirty days
        elif after.word.endswith("后"):
            after = None
    confidence, gap = EXPLICIT, ""
    if after is not None and after.word.endswith("以上") and amount.upper is None:
        widened = read_closing(text, lexicon.skip_remark(text, after.edge), amount, lexicon)
        if widened is not None:
            return _made(text, widened, before, None, Comparator.RANGE, EXPLICIT, "")
    if before is None and after is None and not _names_period(text, amount):
        apart = lexicon.apart(text, amount.start, floor, amount.unit)
        if apart is not None and not _is_article(amount, apart[0]):
            (before, gap), confidence = apart, APART
    if amount.upper is not None:
        return _made(text, amount, before, after, Comparator.RANGE, confidence, gap)
    if before is not None:
        comparator = lexicon.inclusion(text, amount.end, None, before.comparator)
        return _made(text, amount, before, after, comparator, confidence, gap)
    if after is not None:
        return _made(text, amount, None, after, after.comparator, confidence, gap)
    return _bare(text, amount, lexicon)


def _bare(text: str, amount: Amount, lexicon: Lexicon) -> Threshold | None:
    """A quantity without comparator: bounds something by its unit, or measures nothing."""
    start, unit = amount.start, amount.unit
    edge = skip_blanks_back(text, start)
    left = text[max(0, edge - 4) : edge]
    if (
        text.startswith(LOOKALIKES, start)
        or _is_idiom(text, amount)
        or (text[start - 1 : start], text[amount.end : amount.end + 1]) == QUOTED
    ):
        return None
    recent = unit.dimension is Dimension.TIME and _RECENT.search(left) is not None
    if (left.endswith(("每", "含", "每隔", *lexicon.approximate)) and not recent) or text.startswith(
        ("左右", "上下"), amount.end
    ):
        return None
    confidence = BARE
    if unit.dimension is Dimension.TIME:
        if precedes_count(text, amount.end) or _names_period(text, amount):
            return None
        if left[-1:] == "前" and _counts_back(text, amount, left):
            made = _made(text, replace(amount, start=edge - 1), None, None, Comparator.GE, BEFORE_EVENT, "")
            return replace(made, span=replace(made.span, pattern="before:前N"))
        if amount.value == 1 and _EVE.search(text[max(0, edge - 26) : edge]):
            return None
    elif not unit.bare:
        several = amount.value >= 2 and (
            (unit.name == "person" and left[-1:] not in ("前", "上", "下", "的"))
            or (unit.name == "次" and text[start] != "二" and not text.startswith(NOT_OCCASIONS, amount.end))
        )
        only = unit.name in ONLY_COUNTED and _ONLY.search(text[max(0, edge - 7) : edge])
        if not several and not only and not text.endswith(BARE_COUNTS.get(unit.name, "\0"), 0, edge):
            return None
        confidence = COUNTED
    return _made(text, amount, None, None, Comparator.EQ, confidence, "")


def _is_idiom(text: str, amount: Amount) -> bool:
    """一年比一年, 一天比一天: steady growth, no amount."""
    words = text[amount.start : amount.end]
    return text.startswith(f"比{words}", amount.end) or text.endswith(f"{words}比", 0, amount.start)


def _is_article(amount: Amount, word: Bound) -> bool:
    """多于劳动者一方: behind a far comparator 一 is no count, but 至少有一名 is."""
    return amount.unit.dimension is Dimension.COUNT and amount.value == 1 and word.word not in FAR_REACHING


def _names_period(text: str, amount: Amount) -> bool:
    """上一年, 每一天, 前三年平均: a stretch of the calendar, no amount of time."""
    if amount.unit.dimension is not Dimension.TIME:
        return False
    edge = skip_blanks_back(text, amount.start)
    left = text[edge - 1 : edge]
    if amount.value == 1 and left and left in RELATIVE_BEFORE:
        return True
    return text.startswith(("平均", "年平均", "年均"), amount.end) or (
        left == "前" and text.startswith("的平均", amount.end)
    )


def _counts_back(text: str, amount: Amount, left: str) -> bool:
    """届满前三个月 counts back from an event; 前三年平均 and 此前三个月 name a period."""
    if len(left) < 2 or left[-2] in "之此的以从按照为于近，。；、（( \n":
        return False
    return not text.startswith(("的", "平均", "收入", "年平均", "工资", "、", "为", "核定", "剔除"), amount.end)


def _made(
    text: str,
    amount: Amount,
    before: Bound | None,
    after: Bound | None,
    comparator: Comparator,
    confidence: float,
    gap: str,
) -> Threshold:
    inner = bool(gap) and amount.upper is not None  # 多于名额的三分之一至一倍: the range says all
    start = amount.start if inner or before is None else before.edge
    end = after.edge if after else amount.end
    unit, dimension = amount.unit.name, amount.unit.dimension
    words = f"{before.word if before else ''}{'…' if gap else ''}N{after.word if after else ''}"
    pattern = (
        f"{comparator.value}:{words}" if amount.shape == "single" else f"{comparator.value}:{words}:{amount.shape}"
    )
    base = trigger = ""
    if dimension is Dimension.RATIO:
        base = gap.strip().removesuffix("的") if gap else surroundings.base_of_ratio(text, start)
    elif dimension is Dimension.TIME and gap.endswith(("后", "起")):
        trigger = gap.rpartition("至")[2]
    elif dimension is Dimension.TIME:
        found = surroundings.trigger(text, start)
        trigger = text[found[0] : found[1]] if found else ""
    # 罚款金额为违法所得一倍: what is measured stands before what it is taken of
    measured_by = text.rfind(base, 0, start) if base and not gap else before.edge if before else start
    parameter = surroundings.parameter(text, measured_by, end, dimension)
    span = Span(start, end, text[start:end], pattern)
    return Threshold(span, comparator, amount.value, amount.upper, unit, parameter, base, trigger, confidence)
