"""Reads one numeral with its unit: 三年, 一年半, 一年零六个月, 百分之三, 三分之二, 1/3, 半数, 1,200万元, 3次/季度.

In: a text and a match of `HEAD`. Out: a `Measure`, perhaps without a unit, or None when the numeral is no number. Every
expression is possessive or bounded, so a hostile run of numerals costs linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from nlp.text.numerals import ARABIC_CHARACTERS, CHINESE_CHARACTERS, parse_number

from .patterns import NOT_BEFORE, PERIODS
from .units import UNITS, Dimension, Unit, lookup

CHARACTERS = ARABIC_CHARACTERS + CHINESE_CHARACTERS
# 千 and 百 that open a unit (千克, 百帕, 百分点) are no part of the numeral; 千米 is a unit behind Arabic digits only.
_NO_PREFIX = r"(?!千[克瓦伏帕卡焦赫欧]|百帕|百分)"
_BLANK = r"[ \u3000\u00a0]"
_MULTIPLIER = rf"(?:(?!千米){_NO_PREFIX}[十百千万亿])"
_ARABIC = (
    rf"[{ARABIC_CHARACTERS}]++(?:[,，][0-9]{{3}}(?![0-9]))*+(?:[.．][{ARABIC_CHARACTERS}]++)?+"
    rf"(?:{_BLANK}?{_MULTIPLIER}++(?:[{ARABIC_CHARACTERS}]++{_MULTIPLIER}++)?+)?+"
)
_CHINESE = (
    rf"(?:{_NO_PREFIX}[{CHINESE_CHARACTERS}])++(?:点[{CHINESE_CHARACTERS}]++)?+"
    rf"(?:[{ARABIC_CHARACTERS}]{{1,8}}+(?:{_NO_PREFIX}[{CHINESE_CHARACTERS}])*+)?+"
)
# 上半年 and 下半年 are parts of a year, 三个月以上半年以下 is a half year.
_HALF = r"(?:(?<!(?<!以)[上下])半|半(?!年))"
NUMBER = rf"(?:{_ARABIC}|{_CHINESE}|{_HALF}|双(?=倍))"
HEAD_STARTS = re.compile(f"[{CHARACTERS}半双]")
HEAD = re.compile(rf"(?<![第.．{CHARACTERS}])(?P<denominator>[{CHARACTERS}]{{1,6}}分之)?+(?P<number>{NUMBER})")
_TIDY = str.maketrans({"，": ",", " ": None, "\u3000": None, "\u00a0": None})
_SPACES = re.compile(r"[ \t\u3000\u00a0]{0,2}")
_HUNDRED = Decimal(100)
_HALVES = frozenset({"day", "hour", "month", "times", "year"})
_HALF_LOOKALIKES = ("价", "天", "小时", "年", "径", "成", "数", "日", "月", "自")
_SLASHED = re.compile(r"[/／](?P<below>[2-9]|10)(?![0-9/／.])")
_ROUND = re.compile(r"(?:年|人|名|户|吨|亩|公里|米|平方米)(?:及?以上|以下|以内)")
_AND_A_HALF = re.compile(r"个半(?P<unit>月|小时|钟头)")
_NOT_BEFORE: dict[str, tuple[str, ...]] = {spelling: tuple(words.split()) for spelling, words in NOT_BEFORE.items()}

FRACTION = Unit("percent", Dimension.RATIO, False, "ratio")
"""Unit of 三分之二 and 1/3, in per cent. A fraction without a comparator word is a share, not a bound."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, perhaps without a unit of its own (十八 in 十八至六十周岁). `end` is where it ends in the text,
    `numeral` the digits as written."""

    end: int
    value: Decimal
    unit: Unit | None
    numeral: str


def read_measure(text: str, head: re.Match[str]) -> Measure | None:
    """The measure at a match of `HEAD`. Percentages, permilles and fractions come in per cent, half years in months."""
    numeral, end = head["number"], head.end()
    value = Decimal(2) if numeral == "双" else parse_number(numeral.translate(_TIDY))
    if value is None or (numeral == "零" and head["denominator"] is None):
        return None
    if head["denominator"]:
        below = parse_number(head["denominator"][:-2])
        if not below:
            return None
        unit = UNITS["%"] if head["denominator"] in ("百分之", "千分之", "万分之") else FRACTION
        return Measure(end, value * _HUNDRED / below, unit, numeral)
    if (numeral, text[end : end + 1]) in (("半", "数"), ("一", "半")):  # 半数以上, 一半以上
        return Measure(end + 1, _HUNDRED / 2, FRACTION, numeral)
    slashed = _SLASHED.match(text, end)
    if slashed and value < int(slashed["below"]) and value == int(value):
        return Measure(slashed.end(), value * _HUNDRED / int(slashed["below"]), FRACTION, numeral)
    if numeral[0] in "百千万亿" and not (len(numeral) == 1 and _ROUND.match(text, end)):
        return None  # 百人, 万元: no number of its own, but 百年以上
    return _with_unit(text, end, value, numeral)


def _with_unit(text: str, end: int, value: Decimal, numeral: str) -> Measure:
    unit, unit_end = unit_at(text, end, numeral)
    halved = _AND_A_HALF.match(text, end)
    if halved:  # 两个半月
        return Measure(halved.end(), value + Decimal("0.5"), UNITS["个" + halved["unit"]], numeral)
    if unit is None:
        return Measure(end, value, None, numeral)
    if unit.name.startswith("次/") and unit.name[2:] in PERIODS:
        name, times = PERIODS[unit.name[2:]]
        value, unit = value * times, replace(unit, name=f"次/{name}")
    if unit.name in _HALVES and text.startswith("半", unit_end) and not text.startswith(_HALF_LOOKALIKES, unit_end + 1):
        value += Decimal("0.5")
        unit_end += 1
    if unit.family in ("month", "second"):
        value, unit, unit_end = _compound(text, unit_end, value, unit)
    if unit.name == "year" and value != value.to_integral_value():
        value, unit = value * 12, UNITS["个月"]
        value = value.to_integral_value() if value == value.to_integral_value() else value
    return Measure(unit_end, value, unit, numeral)


def _compound(text: str, end: int, value: Decimal, unit: Unit) -> tuple[Decimal, Unit, int]:
    """一年零六个月, 2小时30分钟: a second, smaller unit of the same family right behind the first."""
    head = HEAD.match(text, end + 1 if text.startswith("又", end) else end)
    if head is None or head["denominator"]:
        return value, unit, end
    more = parse_number(head["number"])
    smaller, smaller_end = unit_at(text, head.end(), head["number"])
    if more is None or smaller is None or smaller.family != unit.family or smaller.scale >= unit.scale:
        return value, unit, end
    return value * unit.scale / smaller.scale + more, smaller, smaller_end


def unit_at(text: str, end: int, numeral: str) -> tuple[Unit | None, int]:
    """The unit right behind a numeral that ends at `end` and where it ends; (None, end) when there is none or when it
    is the start of another word. A unit in Latin letters needs Arabic digits before it."""
    space = _SPACES.match(text, end)
    position = space.end() if space else end
    found = lookup(text, position)
    if found is None:
        return None, end
    spelling, unit = found
    if (
        spelling[0].isascii()
        and spelling[0].isalpha()
        and not numeral[-1:].isdigit()
        and numeral[-1:] not in "十百千万亿"
    ):
        return None, end
    unit_end = position + len(spelling)
    if text.startswith(_NOT_BEFORE.get(spelling, ()), unit_end) and spelling in _NOT_BEFORE:
        return None, end
    return unit, unit_end
