"""Automatic numbering of Word documents as the text that Word prints.

In: numbering.xml and the (numId, level) of one paragraph after another. Out: labels such as 第三条, （二）, 1.2. The
numbers of a regulation are often made by Word and stand nowhere in the text; without them no article could be cited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from crawler.convert.package import attribute, child, local

_DIGITS: Final = "零一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_CHINESE: Final = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "ideographTraditional",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    )
)
_PLACE: Final = re.compile(r"%([1-9])")
_LEVELS: Final = 9
_SPACED: Final = re.compile(r"(?:[编章节条]|[0-9A-Za-z.])$")


@dataclass(frozen=True, slots=True)
class Level:
    """`text` holds %1…%9 for the counters of the levels; `restart` is the level (from 1) whose step resets this one."""

    format: str
    text: str
    start: int
    suffix: str
    legal: bool
    style: str | None


class Numbering:
    """Counters of one document. Call `label` once for each numbered paragraph, in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._instances: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[str] = set()
        self._styles: dict[str, tuple[str, int]] = {}
        if root is not None:
            self._load(root)

    def of_style(self, style: str) -> tuple[str, int] | None:
        """(numId, level) that numbering.xml links to a paragraph style."""
        return self._styles.get(style)

    def label(self, number_id: str, level: int) -> str:
        """The next label at a level, empty for bullets and unknown lists."""
        instance = self._instances.get(number_id)
        if instance is None or not 0 <= level < _LEVELS:
            return ""
        abstract, overrides, starts = instance
        levels = {**self._abstract.get(abstract, {}), **overrides}
        if level not in levels:
            return ""
        counters = self._counters.setdefault(abstract, [None] * _LEVELS)
        if number_id not in self._started:
            self._started.add(number_id)
            for place in starts:
                counters[place] = None
        for place in range(level + 1):
            first = starts.get(place, levels[place].start) if place in levels else 1
            value = counters[place]
            if place == level:
                counters[place] = first if value is None else value + 1
            elif value is None:
                counters[place] = first
        for place in range(level + 1, _LEVELS):
            counters[place] = None
        return _render(levels, counters, level)

    def _load(self, root: etree._Element) -> None:
        for element in root:
            if local(element) == "abstractNum":
                key = attribute(element, "abstractNumId") or ""
                self._abstract[key] = dict(_level(inner) for inner in element if local(inner) == "lvl")
        for element in root:
            if local(element) != "num":
                continue
            key = attribute(element, "numId") or ""
            abstract = attribute(child(element, "abstractNumId"), "val") or ""
            overrides: dict[int, Level] = {}
            starts: dict[int, int] = {}
            for override in (inner for inner in element if local(inner) == "lvlOverride"):
                place = integer(attribute(override, "ilvl"), 0)
                if (level := child(override, "lvl")) is not None:
                    overrides[place] = _level(level)[1]
                if (start := child(override, "startOverride")) is not None:
                    starts[place] = integer(attribute(start, "val"), 1)
            self._instances[key] = (abstract, overrides, starts)
            for place, level_of in self._abstract.get(abstract, {}).items():
                if level_of.style:
                    self._styles.setdefault(level_of.style, (key, place))


def integer(text: str | None, default: int) -> int:
    """A small non-negative number of an attribute, else the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def _level(element: etree._Element) -> tuple[int, Level]:
    return integer(attribute(element, "ilvl"), 0), Level(
        format=attribute(child(element, "numFmt"), "val") or "decimal",
        text=attribute(child(element, "lvlText"), "val") or "",
        start=integer(attribute(child(element, "start"), "val"), 1),
        suffix=attribute(child(element, "suff"), "val") or "tab",
        legal=child(element, "isLgl") is not None,
        style=attribute(child(element, "pStyle"), "val"),
    )


def _render(levels: dict[int, Level], counters: list[int | None], level: int) -> str:
    current = levels[level]
    if current.format in ("bullet", "none") and "%" not in current.text:
        return "" if current.format == "bullet" else current.text

    def counted(match: re.Match[str]) -> str:
        place = int(match.group(1)) - 1
        style = "decimal" if current.legal else levels[place].format if place in levels else "decimal"
        return number(counters[place] or 0, style)

    label = _PLACE.sub(counted, current.text)
    return f"{label} " if label and current.suffix != "nothing" and _SPACED.search(label) else label


def number(value: int, style: str) -> str:
    """A counter in one of Word's number formats; unknown formats print in figures."""
    if style in _CHINESE:
        return chinese(value)
    if style == "chineseLegalSimplified":
        return chinese(value, _LEGAL, "拾佰仟")
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if style in ("lowerLetter", "upperLetter") and value >= 1:
        letter = chr(ord("a" if style == "lowerLetter" else "A") + (value - 1) % 26)
        return letter * min((value - 1) // 26 + 1, 4)
    if style in ("lowerRoman", "upperRoman") and 1 <= value < 4000:
        return _roman(value) if style == "upperRoman" else _roman(value).lower()
    if style == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(value))
    if style == "decimalZero":
        return f"{value:02d}"
    return "" if style == "none" else str(value)


def chinese(value: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """1 → 一, 12 → 十二, 105 → 一百零五, up to 9999; larger values print in figures."""
    if not 0 <= value <= 9999:
        return str(value)
    if value < 10:
        return digits[value]
    parts: list[str] = []
    gap = False
    for power in range(3, -1, -1):
        digit = value // 10**power % 10
        if digit:
            parts.append(digits[0] if gap and parts else "")
            parts.append(digits[digit] + (units[power - 1] if power else ""))
            gap = False
        else:
            gap = True
    text = "".join(parts)
    return text[1:] if 10 <= value < 20 and digits is _DIGITS else text


def _roman(value: int) -> str:
    text = ""
    for amount, mark in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += mark * (value // amount)
        value %= amount
    return text
