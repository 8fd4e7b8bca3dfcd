"""Text as tokens of the search index, and the way back from a match to the characters it covers.

Chinese is indexed as overlapping pairs of characters: a run of n Han characters gives the n-1 pairs and the last
character alone, so that a phrase of pairs is exactly a substring, and a single character is a prefix. Words of other
scripts and numbers stay whole. Tokens are joined by blanks and read by SQLite's `ascii` tokenizer, which takes every
non-ASCII character as part of a word whatever its Unicode version.
In: any text. Out: token text, FTS5 phrases, spans of matches. No database here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from operator import add

# 〇 and 々 behave as Han characters in dates and names; the compatibility block is folded away by NFKC.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_START = re.compile(rf"[{_HAN}]")
_GAP = r"[\W_]*"


@cache
def _simplified() -> Callable[[str], str]:
    """OpenCC's table from traditional to simplified characters, read when the first Han character turns up."""
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


class _Folding(dict[int, str]):
    """Character → its search form (NFKC, lower case, simplified), filled as characters turn up.

    One character at a time: index and query fold alike, whatever stands beside. Words that differ between regions
    (軟體, 软件) are other words.
    """

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        if _HAN_START.match(folded):
            folded = _simplified()(folded)
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Search form of a text: width, case, and traditional or simplified characters don't matter. May change the
    length."""
    return text.translate(_FOLDING)


def index_text(text: str) -> str:
    """The tokens of a text, joined by blanks, as the index holds them."""
    tokens: list[str] = []
    for match in _TOKEN.finditer(fold(text)):
        run = match.group()
        if _HAN_START.match(run):
            tokens.extend(map(add, run, run[1:]))
            tokens.append(run[-1])
        else:
            tokens.append(run)
    return " ".join(tokens)


def phrase(term: str) -> str | None:
    """The FTS5 phrase that matches where the term stands in the text; None when the term holds no word character.

    Punctuation and white space inside the term match any punctuation, or none between scripts.
    """
    runs = _TOKEN.findall(fold(term))
    if not runs:
        return None
    tokens: list[str] = []
    for run in runs:
        if _HAN_START.match(run):
            tokens.extend(run[i : i + 2] for i in range(len(run)))
        else:
            tokens.append(run)
    prefix = ""
    if _HAN_START.match(runs[-1]):
        if len(runs[-1]) > 1:
            tokens.pop()
        else:
            prefix = "*"
    return f'"{" ".join(tokens)}"{prefix}'


def find_spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Half-open ranges of `text` that the terms cover, merged and in order."""
    patterns = [pattern for term in terms if (pattern := _pattern(term)) is not None]
    if not patterns:
        return []
    pieces = [_FOLDING[ord(character)] for character in text]
    folded = "".join(pieces)
    spans = [match.span() for pattern in patterns for match in pattern.finditer(folded)]
    if not spans:
        return []
    if len(folded) != len(text) or any(len(piece) != 1 for piece in pieces):
        back = [i for i, piece in enumerate(pieces) for _ in piece]
        spans = [(back[start], back[end - 1] + 1) for start, end in spans]
    return _merged(spans)


def _pattern(term: str) -> re.Pattern[str] | None:
    runs = _TOKEN.findall(fold(term))
    if not runs:
        return None
    parts = []
    for run in runs:
        if _HAN_START.match(run):
            parts.append(re.escape(run))
        else:
            parts.append(rf"(?<![^\W_{_HAN}]){re.escape(run)}(?![^\W_{_HAN}])")
    return re.compile(_GAP.join(parts))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
