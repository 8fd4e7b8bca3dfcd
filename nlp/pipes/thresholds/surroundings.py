"""What the words around a threshold say: what is measured, what a ratio is taken of, from when a time limit runs.

In: a text and the offsets of a found threshold. Out: substrings of the text, empty where it doesn't say. Windows are
bounded and end at the clause; a phrase is given only in a form that the tables know, so silence is common and meant.
"""

from __future__ import annotations

import re

from . import patterns
from .lexicon import skip_blanks_back
from .units import Dimension

_WINDOW = 48
_STOPS = "，。；：！？\n\r,;:!?"
_STOP_SET = frozenset(_STOPS)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


# 自…之日起, 从…起: the event a time limit runs from. 自然, 自行 and the like don't open one.
_FROM = re.compile(
    rf"(?:(?<![存现所])在)?(?P<event>(?:自(?![然行治己愿动主身来营建贸])|从(?![事业])|(?<=在))"
    rf"[^{_STOPS}（）()]{{1,44}}?(?:日|时|之)起)(?:计算|算)?的?(?:连续)?[，,]?$"
)
_EVENT_END = re.compile(rf"(?P<word>{_any(patterns.EVENT_ENDS)})的?$")
_EVENT_START = re.compile(
    r"应当|必须|可以|不得|(?<![存现所])在|(?<![关属低高用由对基等])于|(?<![相响适])应(?!急)|并(?!网)"
)
_LINKS = re.compile(rf"(?:{_any(patterns.LINKS)})+$")
_CUT = re.compile(rf"^.*(?:{_any(patterns.PHRASE_CUTS)})")
_MARKER = re.compile(r"^(?:第[^条]{1,8}条|[（(][^）)]{1,4}[）)]|[甲乙丙丁戊]、|[0-9]{1,2}[.、．]|[\u3000 ]+)+")
# 收到申请后，应当在三日内: the event stands in the clause before.
_EARLIER = re.compile(
    rf"(?P<event>[^{_STOPS}（）()]{{2,30}}(?:后|起))[，,][^{_STOPS}后前起]{{0,20}}(?:应当|必须|应|须|在|于)$"
)
_OPENING = re.compile(
    r"^(?:第[^条]{1,8}条[ \u3000]*|[一二三四五六七八九十]{1,3}、|[到至在]?[0-9]{4}年|[但且其该并、]+"
    r"|(?:保证|确保)(?!金))+"
)
_MEASURED = {
    Dimension.TIME: re.compile(rf"[^{_STOPS}（）()《》“”]*(?:{_any(patterns.MEASURED_TIME)})$"),
    Dimension.COUNT: re.compile(
        rf"[^{_STOPS}（）()《》“”]*(?:{_any((*patterns.MEASURED, *patterns.MEASURED_COUNT))})$"
    ),
}
_MEASURED_OTHER = re.compile(rf"[^{_STOPS}（）()《》“”]*(?:{_any(patterns.MEASURED)})$")
_SUM = re.compile(rf"的?(?:数额|金额)?(?P<noun>{_any(patterns.SUMS)})")
_SHARE = re.compile(rf"占(?P<base>[^{_STOPS}、]{{1,20}}?)的?(?:比例|比重|比率|比)$")
_TAKEN_OF = re.compile(rf"(?:{_any(patterns.TAKEN_OF)})")


def trigger(text: str, start: int) -> tuple[int, int] | None:
    """Offsets of the event that a time limit whose span starts at `start` runs from or up to, or None."""
    limit = start
    start = skip_blanks_back(text, start)
    base = max(0, start - _WINDOW)
    window = text[base:start]
    found = _FROM.search(window)
    if found:
        return base + found.start("event"), base + found.end("event")
    clause, complete = _clause(text, start)
    ending = _EVENT_END.search(clause)
    edge = ending.end("word") if ending else len(clause) if text.startswith("前", limit) else 0
    if not edge:
        earlier = _EARLIER.search(window)
        return (base + earlier.start("event"), base + earlier.end("event")) if earlier else None
    opened = [mark.end() for mark in _EVENT_START.finditer(clause, 0, edge - 1)]
    if not opened and not complete:
        return None
    first = max([*opened, _marker_end(clause)])
    if edge - first < 2:
        return None
    offset = start - len(clause)
    return offset + first, offset + edge


def parameter(text: str, start: int, end: int, dimension: Dimension) -> str:
    """What is measured: the noun behind a sum of money (罚款), else the noun phrase before the quantity (保存期限)."""
    behind = _SUM.match(text, end)
    if behind:
        return behind["noun"]
    clause, _ = _clause(text, skip_blanks_back(text, start))
    found = _MEASURED.get(dimension, _MEASURED_OTHER).search(_LINKS.sub("", clause)[-30:])
    if found is None:
        return ""
    noun = _OPENING.sub("", _CUT.sub("", found.group()))
    if len(noun) > 14 and "的" in noun[:-1]:
        noun = noun[noun.rindex("的", 0, len(noun) - 1) + 1 :]
    return noun.strip("的 \u3000") if len(noun) > 1 else ""


def base_of_ratio(text: str, start: int) -> str:
    """What a percentage or multiple whose span starts at `start` is taken of: 违法所得 in 处违法所得一倍, 总面积 in
    占总面积的比例不低于30%."""
    clause, _ = _clause(text, skip_blanks_back(text, start))
    share = _SHARE.search(_LINKS.sub("", clause))
    if share:
        return share["base"]
    opened = max((mark.end() for mark in _TAKEN_OF.finditer(clause)), default=None)
    if opened is None:
        return ""
    base = clause[opened:].strip(" \u3000").removesuffix("的")
    return base if 2 <= len(base) <= 24 and not base.endswith(("应当", "和", "或", "应")) else ""


def _marker_end(clause: str) -> int:
    marker = _MARKER.match(clause)
    return marker.end() if marker else 0


def _clause(text: str, start: int) -> tuple[str, bool]:
    """The words between the last stop and `start`, and whether a stop or the start of the text was in reach."""
    base = max(0, start - _WINDOW)
    cut = start
    while cut > base and text[cut - 1] not in _STOP_SET:
        cut -= 1
    return text[cut:start], cut > base or base == 0
