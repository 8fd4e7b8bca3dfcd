"""Numerals as Chinese law writes them: text in, exact `int` or `Decimal` out.

Reads Arabic, full-width, Chinese (一百二十), financial (壹佰贰拾) and mixed (3.5万, 2亿5千万) numerals, digit strings
(二〇二六), fractions (百分之三, 千分之五, 三分之二), spoken decimals (三点五万) and halves (半, 一半). Anything else is
None: a numeral that is not well formed is never guessed at.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

DIGITS = {"零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}

# Other spellings, mapped character by character, so that lengths and offsets stay.
VARIANTS = {
    "〇": "零", "○": "零", "Ｏ": "零", "两": "二", "兩": "二",
    "壹": "一", "贰": "二", "貳": "二", "叁": "三", "參": "三", "肆": "四", "伍": "五", "陆": "六", "陸": "六",
    "柒": "七", "捌": "八", "玖": "九", "拾": "十", "佰": "百", "仟": "千", "萬": "万", "億": "亿",
}  # fmt: skip
CONTRACTED = {"廿": "二十", "卅": "三十"}

# What a numeral may hold, for composing scanners: class bodies of a regular expression.
ARABIC_CHARACTERS = "0-9０-９"
CHINESE_CHARACTERS = "".join((*DIGITS, *TENS, *MYRIADS, *VARIANTS, *CONTRACTED))

_LONGEST = 40
_NARROW = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_PLAIN = str.maketrans(VARIANTS | CONTRACTED)
_ARABIC = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})++(?:\.[0-9]++)?+|[0-9]++(?:\.[0-9]++)?+)([十百千万亿]*+)")
_SPOKEN = re.compile(r"([^点]{1,12})点([零一二三四五六七八九]{1,12})([十百千万亿]*+)")
_DIGIT_STRING = re.compile(r"[零一二三四五六七八九0-9]{2,}+")
_BARE_MULTIPLIER = re.compile(r"[十百千]?[百千]?[万亿]?")
_ONE = r"(?:[一二三四五六七八九]|[0-9]{1,4})"
# Below ten thousand, places in falling order, 零 allowed wherever a place is skipped.
_SECTION = re.compile(rf"零?(?:({_ONE})千)?零?(?:({_ONE})百)?零?(?:({_ONE}?)十)?零?({_ONE})?")


def to_halfwidth(text: str) -> str:
    """Full-width digits, point and comma as ASCII; the length stays, so offsets do."""
    return text.translate(_NARROW)


def parse_integer(text: str) -> int | None:
    """The integer that `text` writes, or None. Accepts what `parse_number` does when the value is whole.

    >>> parse_integer("二千零二十六"), parse_integer("二〇二六"), parse_integer("３万"), parse_integer("十十")
    (2026, 2026, 30000, None)
    """
    number = parse_number(text)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def parse_number(text: str) -> Decimal | None:
    """The exact number that `text` writes, or None. 百分之三 is 0.03: callers that want 3 per cent scale it themselves.

    >>> parse_number("百分之三"), parse_number("3.5万"), parse_number("三点五"), parse_number("三分之一万")
    (Decimal('0.03'), Decimal('35000'), Decimal('3.5'), None)
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    return _number(to_halfwidth(text).translate(_PLAIN))


@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal | None:
    if "分之" in text:
        return _fraction(text)
    arabic = _ARABIC.fullmatch(text)
    if arabic:
        return _whole_if_whole(Decimal(arabic[1].replace(",", "")) * _product(arabic[2]))
    spoken = _SPOKEN.fullmatch(text)
    if spoken:
        whole = _integer(spoken[1])
        if whole is None:
            return None
        fraction = "".join(str(DIGITS[digit]) for digit in spoken[2])
        return _whole_if_whole(Decimal(f"{whole}.{fraction}") * _product(spoken[3]))
    if text == "半":
        return Decimal("0.5")
    if text.endswith("半"):
        whole = _integer(text[:-1])
        return None if whole is None else whole + Decimal("0.5")
    whole = _integer(text)
    return None if whole is None else Decimal(whole)


def _fraction(text: str) -> Decimal | None:
    below, _, above = text.partition("分之")
    denominator = _number(below) if "分之" not in below else None
    numerator = _number(above) if "分之" not in above else None
    if not denominator or numerator is None or above[-1:] in ("万", "亿"):
        return None
    return numerator / denominator


def _product(marks: str) -> int:
    product = 1
    for mark in marks:
        product *= TENS.get(mark) or MYRIADS[mark]
    return product


def _whole_if_whole(number: Decimal) -> Decimal:
    """Without the trailing zeros that multiplying leaves (35000.0)."""
    whole = number.to_integral_value()
    return whole if whole == number else number


def _integer(text: str) -> int | None:
    """A Chinese integer, or one such as 2亿5千万 that mixes in Arabic digits; None when its places are out of order."""
    if _DIGIT_STRING.fullmatch(text):
        return int("".join(str(DIGITS.get(mark, mark)) for mark in text))
    if text and _BARE_MULTIPLIER.fullmatch(text):
        return _product(text)
    for mark, factor in (("亿", 10**8), ("万", 10**4)):
        if mark in text:
            left, _, right = text.rpartition(mark)
            high, low = _integer(left), _integer(right) if right else 0
            if high is None or low is None or low >= factor or mark in left or right[:1] in ("百", "千"):
                return None
            if len(right) == 1:
                low *= factor // 10  # 一万二 is 12,000
            return high * factor + low
    return _below_myriad(text)


def _below_myriad(text: str) -> int | None:
    section = _SECTION.fullmatch(text)
    if not text or section is None:
        return None
    thousands, hundreds, tens, ones = section.groups()
    total = (_one(thousands) * 1000 if thousands else 0) + (_one(hundreds) * 100 if hundreds else 0)
    if tens is not None:
        total += (_one(tens) if tens else 1) * 10
    if ones:
        scale = 1
        if text[-2:-1] != "零" and tens is None and (hundreds or thousands):
            scale = 10 if hundreds else 100  # 一百二 is 120, 一千二 is 1,200
        total += _one(ones) * scale
    return total


def _one(text: str) -> int:
    return DIGITS[text] if text in DIGITS else int(text)
