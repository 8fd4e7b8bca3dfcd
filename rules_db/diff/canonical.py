"""Canonical forms that the comparison works on: what is folded away is exactly what never counts as a change of law.

In: the text of a provision. Out: a folded string (width, brackets, quotes, dashes, spaces unified) and, for finding
similar provisions, a masked string in which every 第X条 reads alike. Both are for comparing only and never shown.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

HAN_NUMERAL = "零〇一二三四五六七八九十百千万两"
REFERENCE = re.compile(
    rf"第[（(]?(?:[{HAN_NUMERAL}]{{1,12}}|\d{{1,5}})[）)]?[编章节条款项目](?:之[{HAN_NUMERAL}]{{1,4}})?"
)
_BRACKETED = re.compile(rf"第\(([{HAN_NUMERAL}]{{1,12}})\)([款项目])")
SPACE = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")

# Characters that differ between two printings of one sentence without its words differing. Full-width ASCII is added
# by rule below; the ideographic comma 、 and full stop 。 are words of punctuation of their own and stay.
_VARIANTS = {
    "(": "〔［【﹝〖",
    ")": "〕］】﹞〗",
    '"': "“”„‟″「」『』＂",
    "'": "‘’‚‛′＇",
    "-": "‐‑‒–—―−－─",
    "·": "•‧・･∙⋅",
    "~": "～〜∼",
    "%": "％",
    "《": "〈＜",
    "》": "〉＞",
}
_FOLD = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLD.update({ord(variant): base for base, variants in _VARIANTS.items() for variant in variants})

PUNCTUATION = frozenset("，。、；：！？,;:!?\"'“”‘’《》〈〉（）()〔〕[]【】「」『』…—·")
"""Marks whose coming and going alone is a matter for the ledger. Signs that carry a value (% ≥ ± . -) are not here."""


def fold(text: str) -> str:
    """Unify width, brackets, quotes and dashes, drop space and invisible characters, read 第（一）项 as 第一项."""
    folded = SPACE.sub("", text).translate(_FOLD)
    return _BRACKETED.sub(r"第\1\2", folded) if "第(" in folded else folded


def mask(text: str) -> str:
    """Fold, then make every reference to a numbered unit alike, so that renumbering does not look like rewording."""
    return REFERENCE.sub(_masked, fold(text))


def _masked(match: re.Match[str]) -> str:
    unit = next(character for character in match.group() if character in "编章节条款项目")
    return f"第#{unit}"


def bare(text: str) -> str:
    """Folded text without punctuation: equal bare texts differ in furniture only."""
    return "".join(character for character in fold(text) if character not in PUNCTUATION)


def body(text: str, label: str) -> str:
    """The text of a provision without its own label and the space after it; the label is not part of its wording."""
    stripped = text.lstrip()
    if label and stripped.startswith(label):
        return stripped[len(label) :].lstrip(" \t\u3000\n、.．")
    return stripped


def body_offset(text: str, label: str) -> int:
    """How many characters `body` cut from the front."""
    return len(text) - len(body(text, label))


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_WRITTEN_NUMBER = re.compile(rf"\d[\d,.]*[万亿]*|[{HAN_NUMERAL}亿]+")


def number(text: str) -> Decimal | None:
    """Value of a text that is one number and nothing else (300, 3万, 1,000, 三百, 一万五千), else None."""
    if not _WRITTEN_NUMBER.fullmatch(text):
        return None
    if text[0] in "0123456789":
        digits = text.rstrip("万亿")
        try:
            value = Decimal(digits.replace(",", ""))
        except InvalidOperation:
            return None
        for power in text[len(digits) :]:
            value *= _POWERS[power]
        return value
    if not any(character in _POWERS for character in text):
        return Decimal("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif _POWERS[character] < 10_000:
            section += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            total = ((total + section + digit) or 1) * _POWERS[character]
            section = digit = 0
    return Decimal(total + section + digit)
