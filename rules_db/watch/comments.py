"""Until when comments on a draft are taken: the day named in its text or notice. Pure.

In: text, and the day of the document (for days without a year). Out: ISO day or None. A sentence counts when it speaks
of opinions and names a day as an end: 请于…前反馈意见, 意见反馈截止时间为…, 征求意见时间为…至….
"""

from __future__ import annotations

import re
from datetime import date

_SENTENCE = re.compile(r"[。；;\n]")
_SUBJECT = ("意见", "建议", "反馈")
_DAY = r"(?:(?P<year{n}>\d{{4}})年)?(?P<month{n}>\d{{1,2}})月(?P<day{n}>\d{{1,2}})日"
_ENDS = (
    re.compile(_DAY.format(n="") + r"(?:（[^（）]{0,10}）)?(?:\d{1,2}[:：]\d\d|\d{1,2}时)?(?:之?前|以前|截止|为止|止)"),
    re.compile(r"(?:截止|截至)(?:时间|日期)?(?:为|是|至|到|：|:)?" + _DAY.format(n="")),
    re.compile(r"日?(?:至|到|—|－|-|–|~|～){1,2}" + _DAY.format(n="")),
)
_ALL = re.compile(_DAY.format(n=""))


def comments_until(text: str, document_day: str | None) -> str | None:
    """The last such day of the text."""
    days = [
        day
        for sentence in _SENTENCE.split(text)
        if any(word in sentence for word in _SUBJECT)
        for pattern in _ENDS
        for match in pattern.finditer(sentence)
        if (day := _day(match, sentence, document_day))
    ]
    return max(days, default=None)


def _day(match: re.Match[str], sentence: str, document_day: str | None) -> str | None:
    month, day = int(match["month"]), int(match["day"])
    year = int(match["year"]) if match["year"] else _year(match, sentence, document_day)
    if year is None:
        return None
    try:
        found = date(year, month, day).isoformat()
    except ValueError:
        return None
    return found if document_day is None or found >= document_day else None


def _year(match: re.Match[str], sentence: str, document_day: str | None) -> int | None:
    """A day without a year: of the span it ends, else the first such day after the document."""
    earlier = [known for known in _ALL.finditer(sentence[: match.start("month")]) if known["year"]]
    if earlier:
        return int(earlier[-1]["year"]) + (int(match["month"]) < int(earlier[-1]["month"]))
    if document_day is None:
        return None
    start = date.fromisoformat(document_day)
    return start.year + ((int(match["month"]), int(match["day"])) < (start.month, start.day))
