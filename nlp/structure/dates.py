"""Days that a text states about itself: 题注 lines and final clause in, ISO dates out (`YYYY-MM-DD`).

自公布之日起施行 counts from the day of enactment; a term (有效期五年) ends on the day before the same day N years
later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from nlp.pipes.references.patterns import OWN_NAMES
from nlp.text.calendar import find_dates, parse_date
from nlp.text.numerals import parse_integer


class Act(StrEnum):
    """What happened to a text on a day of its 题注."""

    ADOPTED = "adopted"
    ENACTED = "enacted"
    AMENDED = "amended"
    APPLIES = "applies"


Event = tuple[str, Act]

_LONGEST_NOTE = 1200
_AROUND = 120
"""Characters around a final clause in which its term may stand."""
_LAST_YEAR = 9000
_ENACTED = re.compile(r"公布|发布|颁布|印发")
_ADOPTED = re.compile(r"通过|批准")
_AMENDED = re.compile(r"修订|修正|修改")
_APPLIES = re.compile(r"施行|实施|生效|执行")
_SELF = "|".join(sorted(OWN_NAMES, key=len, reverse=True))
DATE = (
    r"[0-9〇零○一二三四五六七八九十]{2,4} ?年 ?[0-9一二三四五六七八九十]{1,3} ?月 ?[0-9一二三四五六七八九十]{1,3} ?日"
)
APPLIES_FROM = (
    rf"(?:自|从|由|于|在) ?(?:(?P<date>{DATE})"
    r"|[\u4e00-\u9fff]{0,8}(?P<event>公布|发布|印发|颁布|通过|下发|签发|批准)(?:之日|后)起?[满第]?"
    r"(?:(?P<days>[0-9一二三四五六七八九十百]{1,5})[日天](?P<after>后|之后)?)?)"
    r" ?(?:零时|[0-9]{1,2}时)?(?:起|开始)?，?(?:正式)?(?:施行|实施|执行|生效|起效|试行)"
)
"""From when something applies; `day_said` reads a match of it."""
_EFFECTIVE = re.compile(
    rf"(?:(?:本|上述|以上)(?:{_SELF})(?:（[^（）]{{0,20}}）)?，?(?:将|应)?|(?:公告|公布|发布|印发)[^，。；\n《》]{{0,12}}，"
    r"|(?:其他|其余|其它)(?:各)?(?:条款|条文|规定|内容|条)(?:均|则)?)"
    rf"{APPLIES_FROM}"
)
_TERM = re.compile(
    rf"(?:有效期|试行期|执行期|实施期)限?(?:为|是)?，?(?:(?:自.{{0,20}}?)?(?:至|到|截止到|截至) ?(?P<until>{DATE})"
    r"|(?:自.{0,16}?起)?(?P<amount>[0-9一二两三四五六七八九十]{1,3}) ?个?(?P<unit>年|月))"
)


def events_of(lines: Sequence[str]) -> list[Event]:
    """Full dates of the 题注 in `lines`, in order, with what happened on them."""
    events: list[Event] = []
    for line in lines:
        if len(line) > _LONGEST_NOTE or (("。" in line or "；" in line) and not line.startswith(("（", "("))):
            continue
        dates = [found for found in find_dates(line) if len(found.iso) == 10]
        amending = line.startswith(("根据", "（根据"))
        for position, found in enumerate(dates):
            stop = dates[position + 1].start if position + 1 < len(dates) else len(line)
            before = line[max(0, found.start - 2) : found.start]
            kind = _act(line[found.end : stop], amending or before == "根据")
            amending = amending or before == "根据"
            if kind is not None:
                events.append((found.iso, kind))
    return events


def _act(words: str, amending: bool) -> Act | None:
    """The act that the words after a date name; after 根据 an adoption is that of the amending decision."""
    if _AMENDED.search(words) or (amending and _ADOPTED.search(words)):
        return Act.AMENDED
    enacted, applies = _ENACTED.search(words), _APPLIES.search(words)
    if applies and (enacted is None or applies.start() < enacted.start()):
        return Act.APPLIES
    if enacted:
        return Act.ENACTED
    return Act.ADOPTED if _ADOPTED.search(words) else None


def day_of_enactment(events: Sequence[Event]) -> str | None:
    """The day of enactment; without one, the last act of adoption before any amendment (通过, then 批准)."""
    first_acts: list[str] = []
    for day, act in events:
        if act is Act.AMENDED:
            break
        if act is Act.ENACTED:
            return day
        if act is Act.ADOPTED:
            first_acts.append(day)
    return max(first_acts, default=None)


def term_of(text: str, end: int, first_day: str | None, events: Sequence[Event]) -> tuple[str | None, str | None]:
    """Day of effect and day of expiry, from the last final clause of text[:end]. `first_day` is what 自公布之日起
    counts from."""
    effective: str | None = None
    clause_end = 0
    for match in _EFFECTIVE.finditer(text, 0, end):
        effective, clause_end = day_said(match, first_day) or effective, match.end()
    if effective is None:
        effective = next((day for day, act in events if act is Act.APPLIES), None)
    if not clause_end:
        return effective, None
    stop = text.find("\n", clause_end, end)
    term = _TERM.search(text, max(0, clause_end - _AROUND), min(clause_end + _AROUND, stop if stop > 0 else end))
    if term is None:
        return effective, None
    if term["until"]:
        return effective, parse_date(term["until"].replace(" ", ""))
    amount = parse_integer(term["amount"])
    first = _day(effective)
    if amount is None or first is None:
        return effective, None
    return effective, _later(first, amount * (12 if term["unit"] == "年" else 1))


def day_said(match: re.Match[str], first_day: str | None) -> str | None:
    """The day that a match of `APPLIES_FROM` names, or counts from `first_day`, the day of enactment."""
    return parse_date(match["date"].replace(" ", "")) if match["date"] else _counted(first_day, match)


def _counted(first_day: str | None, match: re.Match[str]) -> str | None:
    """自公布之日起施行, 自公布之日起30日后施行: the day after N days have run (民法典 art. 201: the first day does not
    count)."""
    days = parse_integer(match["days"]) if match["days"] else 0
    first = _day(first_day)
    if days is None or first is None or first.year > _LAST_YEAR:
        return None
    return (first + timedelta(days=days + (1 if match["after"] else 0))).isoformat()


def _day(iso: str | None) -> date | None:
    """The day of an ISO date; None for none, for a month or year alone, and for a day that the calendar lacks."""
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None


def _later(day: date, months: int) -> str | None:
    """The last day of a term of `months` that begins on `day`: the day before the same day later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > _LAST_YEAR:
        return None
    for last in (day.day, 30, 29, 28):
        try:
            return (date(year, month + 1, last) - timedelta(days=1)).isoformat()
        except ValueError:
            continue
    return None
