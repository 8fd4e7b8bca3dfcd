"""Typography of Chinese text as tables, and the key that is the same for two texts that differ in nothing else.

Standard library only: nlp cleans texts with these tables, rules_db tells by the key whether the wording changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Radicals that PDF fonts put in place of ideographs and that Unicode does not map by itself.
RADICALS = dict(
    zip(
        "⺁⺇⺌⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "厂几小母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0"
LINE_ENDS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)


def expand(ranges: str) -> Iterable[int]:
    """Code points of a string of characters and ranges `a-z`, as in a regular expression's class."""
    for match in re.finditer(r"(.)-(.)|(.)", ranges, re.DOTALL):
        first, last, single = match.groups()
        yield from range(ord(first), ord(last) + 1) if first else (ord(single),)


_KEY_PAIRS = (
    ("（〔【［[{｛〈", "("),
    ("）〕】］]}｝〉", ")"),
    ("“”‘’「」『』＂＇〝〞\"'`´", '"'),
    ("‐‑‒–—―−－─━～〜∼∽~", "-"),
    ("∶", ":"),
    ("·•・‧●", "·"),
)


def _key_table() -> dict[int, int | None]:
    table: dict[int, int | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    table |= {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
    table |= {ord(radical): ord(ideograph) for radical, ideograph in RADICALS.items()}
    for variants, plain in _KEY_PAIRS:
        table |= dict.fromkeys(map(ord, variants), ord(plain))
    table |= dict.fromkeys((9, 10, 32, *expand(BLANKS), *expand(LINE_ENDS), *expand(INVISIBLE)), None)
    return table


_KEY_TABLE = _key_table()


def comparison_key(text: str) -> str:
    """`text` without what is cosmetic: equal keys mean that two texts differ at most in white space, line wrapping,
    invisible characters, character width, and the variants of brackets, quotation marks and dashes.

    Superscripts, circled numbers and units stay apart (10² is not 102). Use it to compare, never to show.
    """
    return text.translate(_KEY_TABLE)
