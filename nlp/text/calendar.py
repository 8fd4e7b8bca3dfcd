"""Dates as Chinese documents write them: text in, ISO 8601 text with offsets out.

Reads 2026年5月6日, 二〇二六年五月六日, ２０２６年５月, 一九九0年, 2026-05-06, 2026/5/6, 2026.5.6, and dates without a
year (5月6日). What the text leaves out stays out: a month is `2026-05`, a year `2026`, a date without a year `--05-06`
(ISO 8601:2000, as in XML Schema). A day that the calendar does not have is no date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .lexicon import scan
from .numerals import parse_integer, to_halfwidth

_CHINESE = "〇零○一二三四五六七八九"
_YEAR = rf"(?:[12１２][0-9０-９]{{3}}|[一二][{_CHINESE}0-9]{{3}})"
_SMALL = "(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}|廿[一二三四五六七八九]?|卅一?)"
_GAP = r"[ \u3000\u00a0]?"
_DATE = re.compile(
    rf"(?P<year>{_YEAR}){_GAP}年(?:{_GAP}(?P<month>{_SMALL}){_GAP}月(?:{_GAP}(?P<day>{_SMALL}){_GAP}[日号])?)?"
    rf"|(?P<iso_year>[12][0-9]{{3}})(?P<mark>[-/.])(?P<iso_month>[0-9]{{1,2}})(?P=mark)(?P<iso_day>[0-9]{{1,2}})(?![0-9.])"
    rf"|(?P<only_month>{_SMALL}){_GAP}月(?:{_GAP}(?P<only_day>{_SMALL}){_GAP}[日号])?"
)
_FIND = re.compile(rf"(?<![0-9０-９.{_CHINESE}十百千万个第])(?:{_DATE.pattern})")
_STARTS = re.compile("[0-9０-９一二三四五六七八九十廿卅]")
_ISO_HINT = re.compile(r"[12][0-9]{3}[-/.][0-9]")
_CONTINUED = re.compile(
    rf"(?P<join>[至到~～—–-]{{1,2}}|、)(?:(?P<month>{_SMALL})月)?(?:(?P<day>{_SMALL})[日号])?(?=[^0-9]|$)"
)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a text: half-open offsets, the words, and ISO 8601 with what was left out truncated."""

    start: int
    end: int
    text: str
    iso: str


def parse_date(text: str) -> str | None:
    """ISO form of a text that is a date and nothing else; None when it isn't.

    >>> parse_date("二〇二六年五月六日"), parse_date("2026年5月"), parse_date("5月6日"), parse_date("2026年2月30日")
    ('2026-05-06', '2026-05', '--05-06', None)
    """
    text = text.strip()
    found = _DATE.fullmatch(text)
    return _iso(found) if found else None


def match_date(text: str, position: int) -> DateSpan | None:
    """The date that starts exactly at `position`, or None. `12月` counts, `12个月` doesn't."""
    found = _DATE.match(text, position)
    if found is None:
        return None
    iso = _iso(found)
    return DateSpan(found.start(), found.end(), found.group(), iso) if iso else None


def find_dates(text: str) -> list[DateSpan]:
    """All dates in reading order, without overlap. The end of a range takes the year and month that only its start
    names: `2026年4月至6月` gives 2026-04 and 2026-06. Linear in the text."""
    found: list[DateSpan] = []
    done = 0
    if "年" not in text and "月" not in text and _ISO_HINT.search(text) is None:
        return found
    for match in scan(_STARTS, _FIND, text):
        if match.start() < done:
            continue
        iso = _iso(match)
        if iso is None:
            continue
        found.append(DateSpan(match.start(), match.end(), match.group(), iso))
        done = match.end()
        while (following := continued(text, found[-1])) is not None:
            found.append(following)
            done = following.end
    return found


def continued(text: str, first: DateSpan) -> DateSpan | None:
    """The second end of a date range right behind `first` (至6月, —8日), completed from it; None when there is none."""
    match = _CONTINUED.match(text, first.end)
    if match is None or not (match["month"] or match["day"]):
        return None
    year, month, day = _parts(first.iso)
    if match["month"]:
        month, day = _number(match["month"]), _number(match["day"]) if match["day"] else None
    elif day is None:
        return None
    else:
        day = _number(match["day"])
    iso = _compose(year, month, day)
    start = match.end("join")
    return DateSpan(start, match.end(), text[start : match.end()], iso) if iso else None


def _iso(match: re.Match[str]) -> str | None:
    if match["iso_year"]:
        return _compose(int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"]))
    if match["year"]:
        return _compose(
            parse_integer(match["year"]),
            _number(match["month"]) if match["month"] else None,
            _number(match["day"]) if match["day"] else None,
        )
    return _compose(None, _number(match["only_month"]), _number(match["only_day"]) if match["only_day"] else None)


def _number(text: str) -> int:
    """0 stands for a numeral that is none, which no calendar accepts."""
    return parse_integer(to_halfwidth(text)) or 0


def _compose(year: int | None, month: int | None, day: int | None) -> str | None:
    """ISO text of what is known, or None when the calendar has no such day. Without a year, 29 February is allowed."""
    if month is None:
        return None if year is None else f"{year:04d}"
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    head = "--" if year is None else f"{year:04d}-"
    return f"{head}{month:02d}" if day is None else f"{head}{month:02d}-{day:02d}"


def _parts(iso: str) -> tuple[int | None, int | None, int | None]:
    if iso.startswith("--"):
        numbers: list[int | None] = [None, *(int(part) for part in iso[2:].split("-"))]
    else:
        numbers = [int(part) for part in iso.split("-")]
    year, month, day = (*numbers, None, None)[:3]
    return year, month, day
