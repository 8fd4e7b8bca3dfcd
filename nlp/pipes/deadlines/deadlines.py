"""`find_deadlines(text)`: time limits to act, each with the event or date it hangs on.

In: a text (and its thresholds, when they are known already). Out: `Deadline` values in reading order. A time limit
of an event (自收到申请之日起二十日内) carries its threshold and the span of its trigger; a date (2026年6月底前) its ISO
form. Retention periods (保存三年) and bans (三年内不得) are thresholds but no deadlines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nlp.pipes.thresholds.lexicon import skip_blanks_back
from nlp.pipes.thresholds.surroundings import trigger
from nlp.pipes.thresholds.thresholds import find_thresholds
from nlp.text.calendar import find_dates
from nlp.text.numerals import parse_integer
from rules_db.model import Comparator, Span, Threshold

from . import patterns

TIME_UNITS = frozenset({"second", "minute", "hour", "day", "working_day", "week", "month", "year"})


class DeadlineKind(StrEnum):
    """How the limit counts: within a time after an event, at least so long ahead of it, not before a time has passed,
    by a date, or at once."""

    WITHIN = "within"
    AHEAD = "ahead"
    AFTER = "after"
    BY_DATE = "by_date"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`span` covers trigger and limit. `due` is an ISO date, perhaps partial (`2026-06`, `--01-31`, `---10` for the
    tenth of a month), `recurring` whether it comes back every period; both stay empty for limits that count from an
    event."""

    span: Span
    kind: DeadlineKind
    limit: Threshold | None = None
    trigger: Span | None = None
    due: str = ""
    recurring: bool = False


_DAY = r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})"
_EVERY_WINDOW = 4


@dataclass(frozen=True, slots=True)
class _Expressions:
    """The word tables compiled: a date that is due, a day of every month, a part of a year, acting at once."""

    due: re.Pattern[str]
    monthly: re.Pattern[str]
    period: re.Pattern[str]
    at_once: re.Pattern[str]


def compile_expressions() -> _Expressions:
    """Expressions made from the tables of patterns.py as they are now."""
    due = _any(patterns.DUE)
    return _Expressions(
        re.compile(rf"(?:{_any(patterns.PART_OF)})?(?:{due})"),
        re.compile(rf"(?:每月|每个月|次月|当月)的?[ \u3000]?(?P<day>{_DAY})[ \u3000]?日(?:{due})"),
        re.compile(
            rf"(?:(?:{_any(patterns.YEARS)})的?)?(?P<part>{_any(tuple(patterns.PERIODS))})"
            rf"(?:{_any(patterns.WITHIN_PERIOD)})"
        ),
        re.compile(_any(patterns.AT_ONCE)),
    )


def _any(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_EXPRESSIONS = compile_expressions()


def find_deadlines(text: str, thresholds: Sequence[Threshold] | None = None) -> list[Deadline]:
    """Deadlines of `text`, sorted by start. `thresholds` spares finding them again; they must be those of `text`."""
    known = find_thresholds(text) if thresholds is None else thresholds
    found = [deadline for one in known if (deadline := _of_event(text, one)) is not None]
    found += _of_dates(text)
    found += _monthly(text) + _of_periods(text)
    found += [
        Deadline(Span(m.start(), m.end(), m.group(), f"at_once:{m.group()}"), DeadlineKind.AT_ONCE)
        for m in _EXPRESSIONS.at_once.finditer(text)
    ]
    return sorted(found, key=lambda deadline: (deadline.span.start, deadline.span.end))


def _of_event(text: str, limit: Threshold) -> Deadline | None:
    if limit.unit not in TIME_UNITS:
        return None
    kind, word = _kind(limit)
    if kind is None:
        return None
    if kind is DeadlineKind.WITHIN and text.startswith(patterns.NOT_TO_ACT, limit.span.end):
        return None
    event = trigger(text, limit.span.start)
    start = event[0] if event else limit.span.start
    span = Span(start, limit.span.end, text[start : limit.span.end], f"{kind.value}:{word}")
    cause = Span(*event, text[slice(*event)], "trigger") if event else None
    return Deadline(span, kind, limit, cause)


def _kind(limit: Threshold) -> tuple[DeadlineKind | None, str]:
    words = limit.span.text
    for kind, comparators, endings in (
        (DeadlineKind.WITHIN, (Comparator.LE, Comparator.RANGE), patterns.WITHIN),
        (DeadlineKind.AHEAD, (Comparator.GE, Comparator.LE), patterns.AHEAD),
        (DeadlineKind.AFTER, (Comparator.GT, Comparator.GE), patterns.AFTER),
    ):
        if limit.comparator in comparators and words.endswith(endings):
            return kind, words[-1]
    if limit.comparator is Comparator.GE and (words.startswith("前") or "提前" in words):
        return DeadlineKind.AHEAD, "提前" if "提前" in words else "前N"
    return None, ""


def _of_dates(text: str) -> list[Deadline]:
    found = []
    for date in find_dates(text):
        due = _EXPRESSIONS.due.match(text, date.end)
        if due is None:
            continue
        edge = skip_blanks_back(text, date.start)
        every = next((word for word in patterns.EVERY if text.endswith(word, max(0, edge - _EVERY_WINDOW), edge)), None)
        start = edge - len(every) if every else date.start
        span = Span(start, due.end(), text[start : due.end()], f"by_date:{'每' if every else ''}{due.group()}")
        found.append(Deadline(span, DeadlineKind.BY_DATE, due=date.iso, recurring=every is not None))
    return found


def _monthly(text: str) -> list[Deadline]:
    found = []
    for match in _EXPRESSIONS.monthly.finditer(text):
        day = parse_integer(match["day"])
        if day is None or not 1 <= day <= 31:
            continue
        span = Span(match.start(), match.end(), match.group(), "by_date:每月")
        recurring = match.group().startswith("每")
        found.append(Deadline(span, DeadlineKind.BY_DATE, due=f"---{day:02d}", recurring=recurring))
    return found


def _of_periods(text: str) -> list[Deadline]:
    return [
        Deadline(
            Span(match.start(), match.end(), match.group(), "by_date:period"),
            DeadlineKind.BY_DATE,
            due=patterns.PERIODS[match["part"]],
            recurring=match.group().startswith("每"),
        )
        for match in _EXPRESSIONS.period.finditer(text)
    ]
