"""Marker candidates of a line, where 第三条, （一）, 1. may begin a provision: text in, `Marker` values out.

A marker is only a candidate: whether 一、 or 第五条 really opens a provision is decided by the outline solver, from the
order of all candidates. What this module knows is how a marker looks and how strongly its surroundings speak for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from nlp.text.numerals import parse_integer


class MarkerClass(StrEnum):
    """Families of markers that count on their own. The first four make the spine; the others make lists."""

    PART = "编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    CHINESE = "一、"
    BRACKETED = "（一）"
    NUMBER = "1."
    BRACKETED_NUMBER = "（1）"
    CIRCLED = "①"
    LOWER = "a."
    UPPER = "A."
    ROMAN = "i."
    DECIMAL_2 = "1.1"
    DECIMAL_3 = "1.1.1"
    DECIMAL_4 = "1.1.1.1"


SPINE = frozenset({MarkerClass.PART, MarkerClass.CHAPTER, MarkerClass.SECTION, MarkerClass.ARTICLE})
RANK = {marker_class: rank for rank, marker_class in enumerate(MarkerClass)}
"""Usual order of nesting (立法技术规范, GB/T 9704: 一、（一）1.（1）①): a higher rank sits deeper."""


class Strength(IntEnum):
    """How strongly the surroundings speak for a marker: it looks like a citation, stands inside a line, opens a line,
    is set off by a blank."""

    CITATION = 0
    INLINE = 1
    PLAIN = 2
    STRONG = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a marker: family, number, and the N of 第X条之N (0 without). For 1.2.3 `prefix` is (1, 2)."""

    marker_class: MarkerClass
    number: int
    sub: int = 0
    prefix: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """A candidate at [start, end) of the text; `body` is where the text after it begins (after the heading of 编章节).
    `label` is as printed, without blanks. `fresh` says that an unmarked line stands between this marker and the one
    before it."""

    start: int
    end: int
    body: int
    label: str
    readings: tuple[Reading, ...]
    strength: Strength
    fresh: bool = False


_CHINESE = "〇零一二三四五六七八九十百千"
_ORDINAL = f"(?:[{_CHINESE}](?: ?[{_CHINESE}]){{0,8}}|[0-9]{{1,4}})"
_SPINE = re.compile(
    rf"第 ?(?P<number>{_ORDINAL}) ?(?P<unit>分 ?编|编|章|节|条|部 ?分)"
    rf"(?: ?之 ?(?P<sub>[一二三四五六七八九十]{{1,3}}|[0-9]{{1,2}})(?![{_CHINESE}倍]))?"
)
_UNITS = {
    "编": MarkerClass.PART,
    "分编": MarkerClass.PART,
    "部分": MarkerClass.PART,
    "章": MarkerClass.CHAPTER,
    "节": MarkerClass.SECTION,
    "条": MarkerClass.ARTICLE,
}
# What follows 第X条 or 第X章 when it is cited. A provision may still begin so (第八条 和…): hence only a weak marker.
_CITED = re.compile(
    r" ?(?:[、，。；：）》”,;)]|第|[款项目]|规定|所(?:称|列|规定)|之规定|的|和|与|或|及|至|到|中|以[前后下上外]"
    r"|之[一二三四五六七八九十])"
)
_FIRST_ARTICLE = re.compile(rf"第 ?{_ORDINAL} ?条(?= |$|[^款项、，。的之])")
_LONGEST_HEADING = 60
_SENTENCE_END = "。；！？”）"

_LIST = re.compile(
    rf"(?P<chinese>[{_CHINESE}]{{1,5}}) ?[、.](?![0-9])"
    rf"|[（(〔【\[] ?(?P<bracketed>[{_CHINESE}]{{1,5}}) ?[）)〕】\]]"
    r"|(?P<decimal>[0-9]{1,3}(?:\.[0-9]{1,3}){1,3})(?![0-9.%‰°])(?= ?[^\s0-9])"
    r"|(?P<number>[0-9]{1,3}) ?[、.](?![0-9])"
    r"|[（(〔\[] ?(?P<bracketed_number>[0-9]{1,3}) ?[）)〕\]]"
    rf"|(?P<half_number>[0-9]{{1,3}})[）)]|(?P<half_chinese>[{_CHINESE}]{{1,5}})[）)]"
    r"|(?P<circled>[①-⑳㉑-㉟㊱-㊿❶-❿])|(?P<packed>[⑴-⒇㈠-㈩⒈-⒛])"
    r"|(?P<roman_sign>[Ⅰ-Ⅻⅰ-ⅻ]) ?[、.]?"
    r"|[（(]?(?P<letter>[A-Za-z]{1,5})(?:[）)、]|\.(?![A-Za-z0-9]))"
)
_CLAUSE_NUMBER = re.compile(r"(?P<number>[0-9]{1,2}) [\u4e00-\u9fff][^。；：，、\n0-9]{0,24}")
# 二、三级网点… and （一）、（二）项所列… are text unless the count needs them.
_NUMERAL = re.compile(f"[{_CHINESE}]")
_CITED_ITEM = re.compile("[、至和及或与项款目]")
_INLINE = re.compile(
    rf"(?<=[：；。:;]) ?(?:[（(](?P<bracketed>[{_CHINESE}]{{1,3}})[）)]|(?P<chinese>[{_CHINESE}]{{1,3}})、"
    r"|(?P<number>[0-9]{1,2})[.、](?![0-9])|(?P<circled>[①-⑳]))"
)
_ROMAN = re.compile(r"(?=[ivxl])l?x{0,3}(?:ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


@lru_cache(maxsize=4096)
def ordinal(text: str) -> int | None:
    """The number of a marker, blanks inside ignored; None when it is not a well-formed numeral."""
    return parse_integer(text.replace(" ", ""))


def markers_of_line(text: str, start: int, end: int, *, fresh: bool) -> Iterator[Marker]:
    """Candidates in the line at [start, end), in order: those that open the line (第三条 （一） gives two) and those
    inside it that follow the end of a sentence. The work is linear in the length of the line."""
    at = start
    while at < end:
        marker = _spine_marker(text, at, end, fresh, opens_line=True) or _list_marker(text, at, end, fresh)
        if marker is None:
            break
        yield marker
        if marker.strength is Strength.CITATION:
            break
        at, fresh = marker.body, False
    yield from _inline_markers(text, at, end)


def _blank(text: str, at: int, end: int) -> bool:
    return at < end and text[at] in " \t\n"


def _spine_marker(text: str, at: int, end: int, fresh: bool, *, opens_line: bool) -> Marker | None:
    match = _SPINE.match(text, at, end)
    if match is None:
        return None
    unit = _UNITS[match["unit"].replace(" ", "")]
    number, sub = ordinal(match["number"]), ordinal(match["sub"]) if match["sub"] else 0
    if number is None or sub is None or (sub and unit is not MarkerClass.ARTICLE):
        return None
    stop = match.end()
    set_off = stop == end or _blank(text, stop, end)
    if unit is MarkerClass.ARTICLE:
        cited = _CITED.match(text, stop, end) is not None
        if cited and not (set_off and text[stop + 1 : stop + 2] not in "、，。；：）,;)款项目"):
            strength = Strength.CITATION
        elif set_off or text[stop : stop + 1] in "【〔（":
            strength = Strength.STRONG if opens_line else Strength.PLAIN
        else:
            strength = Strength.PLAIN if opens_line else Strength.INLINE
        body = stop + 1 if _blank(text, stop, end) else stop
    else:
        body = _end_of_heading(text, stop, end)
        heading = text[stop:body].strip()
        if not opens_line or len(heading) > _LONGEST_HEADING or heading.endswith(("。", "；", "，", "：")):
            return None
        cited = _CITED.match(text, stop, end) is not None and not set_off
        strength = Strength.CITATION if cited else Strength.STRONG
    label = match.group().replace(" ", "")
    return Marker(at, stop, body, label, (Reading(unit, number, sub),), strength, fresh)


def _end_of_heading(text: str, start: int, end: int) -> int:
    """Where the heading of a 章 ends: with the line, or before a run-on 第X条."""
    article = _FIRST_ARTICLE.search(text, start, min(end, start + _LONGEST_HEADING))
    return article.start() if article is not None else end


def _list_marker(text: str, at: int, end: int, fresh: bool) -> Marker | None:
    match = _LIST.match(text, at, end)
    if match is None:
        return _clause_number(text, at, end, fresh)
    readings = _readings(match)
    if not readings:
        return None
    stop = match.end()
    body = stop + 1 if _blank(text, stop, end) else stop
    weak = _CITED_ITEM if match.lastgroup != "chinese" else _NUMERAL
    strength = Strength.CITATION if weak.match(text, body, end) else Strength.PLAIN
    return Marker(at, stop, body, match.group().strip().replace(" ", ""), readings, strength, fresh)


def _clause_number(text: str, at: int, end: int, fresh: bool) -> Marker | None:
    """The bare number of a clause of a standard (4 要求): weak, and only before a heading."""
    match = _CLAUSE_NUMBER.fullmatch(text, at, min(end, at + _LONGEST_HEADING))
    if match is None or match.end() != end:
        return None
    reading = Reading(MarkerClass.NUMBER, int(match["number"]))
    stop = match.end("number")
    return Marker(at, stop, stop + 1, match["number"], (reading,), Strength.CITATION, fresh)


def _readings(match: re.Match[str]) -> tuple[Reading, ...]:
    group = match.lastgroup
    found = match[group] if group else ""
    if group in ("chinese", "bracketed", "half_chinese", "number", "bracketed_number", "half_number"):
        number = ordinal(found)
        family = {
            "chinese": MarkerClass.CHINESE,
            "number": MarkerClass.NUMBER,
            "bracketed": MarkerClass.BRACKETED,
            "half_chinese": MarkerClass.BRACKETED,
        }.get(group, MarkerClass.BRACKETED_NUMBER)
        return (Reading(family, number),) if number is not None else ()
    if group == "decimal":
        path = tuple(int(part) for part in found.split("."))
        family = (MarkerClass.DECIMAL_2, MarkerClass.DECIMAL_3, MarkerClass.DECIMAL_4)[len(path) - 2]
        return (Reading(family, path[-1], prefix=path[:-1]),)
    if group == "circled":
        return (Reading(MarkerClass.CIRCLED, _circled(found)),)
    if group == "packed":
        first, family = next(pair for pair in _PACKED if pair[0] <= found)
        return (Reading(family, ord(found) - ord(first) + 1),)
    if group == "roman_sign":
        return (Reading(MarkerClass.ROMAN, (ord(found) - 0x2160) % 16 + 1),)
    return _letter_readings(found)


_PACKED = (("㈠", MarkerClass.BRACKETED), ("⒈", MarkerClass.NUMBER), ("⑴", MarkerClass.BRACKETED_NUMBER))


def _circled(sign: str) -> int:
    for first, base in (("㊱", 36), ("㉑", 21), ("❶", 1), ("①", 1)):
        if sign >= first:
            return ord(sign) - ord(first) + base
    raise ValueError(f"not a circled number: {sign!r}")


def _letter_readings(found: str) -> tuple[Reading, ...]:
    """i, v and x are letters and roman numerals at once: both readings stay open."""
    readings: list[Reading] = []
    if len(found) == 1:
        family = MarkerClass.LOWER if found.islower() else MarkerClass.UPPER
        readings.append(Reading(family, ord(found.lower()) - ord("a") + 1))
    if (found.islower() or found.isupper()) and _ROMAN.match(found.lower()):
        values = [_ROMAN_VALUES[sign] for sign in found.lower()]
        pairs = zip(values, [*values[1:], 0], strict=True)
        readings.append(Reading(MarkerClass.ROMAN, sum(-a if a < b else a for a, b in pairs)))
    return tuple(readings)


def _inline_markers(text: str, at: int, end: int) -> Iterator[Marker]:
    """Run-on articles and items: 第X条 after the end of a sentence, （一） after a colon, semicolon or full stop."""
    found: list[Marker] = []
    for match in _SPINE.finditer(text, at, end):
        if match["unit"] != "条" or match.start() == at:
            continue
        before = text[max(at, match.start() - 2) : match.start()].rstrip(" ")
        if not before or before[-1] not in _SENTENCE_END:
            continue
        marker = _spine_marker(text, match.start(), end, False, opens_line=False)
        if marker is not None and marker.strength is not Strength.CITATION:
            found.append(marker)
    for match in _INLINE.finditer(text, at, end):
        readings = _readings(match)
        if readings and match.end() < end:
            label = match.group().strip()
            found.append(Marker(match.end() - len(label), match.end(), match.end(), label, readings, Strength.INLINE))
    found.sort(key=lambda marker: marker.start)
    yield from found
