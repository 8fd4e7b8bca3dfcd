"""Numerals as Chinese law writes them: text in, exact `int` or `Decimal` out.

Reads Arabic, full-width, Chinese (一百二十), financial (壹佰贰拾) and mixed (3.5万, 2亿5千万) numerals, digit strings
(二〇二六), fractions with a named denominator (百分之三, 千分之五, 三分之二) and halves (半, 一个半 without its counter).
Anything else is None: a numeral that is not well formed is never guessed at.
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {
    "〇": 0, "零": 0, "○": 0, "Ｏ": 0,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "壹": 1, "贰": 2, "貳": 2, "叁": 3, "參": 3, "肆": 4, "伍": 5, "陆": 6, "陸": 6, "柒": 7, "捌": 8, "玖": 9,
    "兩": 2,
}  # fmt: skip
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
CONTRACTED = {"廿": 20, "卅": 30}
MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
DENOMINATORS = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10000)}

# Every character a numeral may hold, for composing scanners.
ARABIC_CHARACTERS = "0-9０-９"
CHINESE_CHARACTERS = "".join((*DIGITS, *TENS, *CONTRACTED, *MYRIADS))

_NARROW = {ord("０") + d: ord("0") + d for d in range(10)} | {
    ord("．"): ord("."),
    ord("，"): ord(","),
    ord("＋"): ord("+"),
}
_ARABIC = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})++(?:\.[0-9]++)?+|[0-9]++(?:\.[0-9]++)?+)(?P<rest>[十拾百佰千仟万萬亿億]*+)$"
)
_LONGEST = 64


def to_halfwidth(text: str) -> str:
    """Full-width digits, point and comma as ASCII; nothing else changes, so offsets stay."""
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
    (Decimal('0.03'), Decimal('35000.0'), Decimal('3.5'), None)
    """
    text = to_halfwidth(text.strip())
    if not text or len(text) > _LONGEST:
        return None
    if "分之" in text:
        return _fraction(text)
    arabic = _ARABIC.match(text)
    if arabic:
        return _arabic(arabic["number"], arabic["rest"], text)
    if text == "半":
        return Decimal("0.5")
    if text.endswith("半"):
        whole = _chinese(text[:-1])
        return None if whole is None else whole + Decimal("0.5")
    if "点" in text:
        return _spoken_decimal(text)
    whole = _chinese(text)
    return None if whole is None else Decimal(whole)


def _fraction(text: str) -> Decimal | None:
    below, _, above = text.partition("分之")
    denominator = DENOMINATORS.get(below) or parse_number(below)
    numerator = parse_number(above)
    if not denominator or numerator is None or "分之" in above:
        return None
    return numerator / denominator


def _arabic(number: str, multiplier: str, text: str) -> Decimal | None:
    value = Decimal(number.replace(",", ""))
    return value * _multiplier(multiplier)


def _multiplier(marks: str) -> int:
    product = 1
    for mark in marks:
        product *= TENS.get(mark) or MYRIADS[mark]
    return product


def _spoken_decimal(text: str) -> Decimal | None:
    whole_text, _, digits = text.partition("点")
    tail = digits[-1:]
    scale = MYRIADS.get(tail, 1)
    digits = digits[:-1] if tail in MYRIADS else digits
    whole = _chinese(whole_text)
    if whole is None or not digits or any(d not in DIGITS for d in digits):
        return None
    return (whole + Decimal("0." + "".join(str(DIGITS[d]) for d in digits))) * scale


def _chinese(text: str) -> int | None:
    """Value of a purely Chinese (or 2亿5千万-like mixed) integer, by places; None when places are out of order."""
    if len(text) > 1 and all(c in DIGITS or c.isascii() and c.isdigit() for c in text):
        return int("".join(str(DIGITS[c]) if c in DIGITS else c for c in text))
    total = section = digit = 0
    seen = False
    last_place, last_myriad = 10**9, 10**18
    pending_zero = False
    for mark in _tokens(text):
        if mark.isdigit() and mark.isascii():
            if digit:
                return None
            digit, seen = int(mark), True
        elif mark in DIGITS:
            if digit:
                return None
            digit, seen = DIGITS[mark], True
            pending_zero = pending_zero or digit == 0
        elif mark in CONTRACTED:
            if digit or section:
                return None
            section, last_place, seen = CONTRACTED[mark], 10, True
        elif mark in TENS:
            place = TENS[mark]
            if place >= last_place or (
                digit == 0 and place != 10 and not pending_zero and section == 0 and total == 0 and not seen
            ):
                return _bare_multiplier(text)
            section += (digit or 1) * place
            digit, last_place, seen, pending_zero = 0, place, True, False
        elif mark in MYRIADS:
            factor = MYRIADS[mark]
            if not seen:
                return _bare_multiplier(text)
            if factor > last_myriad or (total and section + digit == 0):
                # 万亿: the multiplier applies to all that came before
                total = (total + section + digit) * factor
            else:
                total += (section + digit) * factor
            section = digit = 0
            last_place, last_myriad, pending_zero = 10**9, factor, False
        else:
            return None
    if not seen:
        return None
    if digit and not pending_zero and last_place == 10**9 and last_myriad <= 10**8 and total:
        digit *= last_myriad // 10  # 一万二 = 12000
    elif digit and not pending_zero and 100 <= last_place <= 1000:
        digit *= last_place // 10  # 一百二 = 120
    return total + section + digit


def _tokens(text: str) -> list[str]:
    """Characters, with a run of Arabic digits kept together."""
    return re.findall(r"[0-9]++|.", text)


def _bare_multiplier(text: str) -> int | None:
    """百, 千, 万, 亿 and 千万 without a digit, as in `每百人`, `数千万`."""
    if not text or any(c not in TENS and c not in MYRIADS for c in text):
        return None
    marks = [TENS.get(c) or MYRIADS[c] for c in text]
    return _multiplier(text) if marks == sorted(marks) else None
