"""Cosmetic noise out of a text, with a map back: source text in, `Normalised` (text and source offsets) out.

What changes: line ends become one newline; blank lines and outer white space go; a run of blanks becomes one space, or
nothing beside Chinese punctuation; invisible characters go; full-width letters, digits and signs become ASCII; radicals
(as PDF files hold them) become ideographs; ASCII brackets and punctuation inside Chinese become Chinese; the rest is
composed (NFC). What stays: Chinese punctuation, quotation marks, 〔〕 and the order of everything. Private-use
characters stay inside words, where older texts hold rare ideographs, and go at the end of clauses, where editors leave
marks of their own.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from rules_db.model import Block, BlockKind
from rules_db.typography import BLANKS, INVISIBLE, LINE_ENDS, RADICALS, expand

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"

# Full-width forms that are Chinese punctuation and therefore stay as they are.
_KEPT_WIDE = frozenset("！（），：；？～")


def _one_to_one() -> dict[int, int]:
    table = {code: ord(" ") for code in expand(BLANKS)}
    table |= {code: ord("\n") for code in expand(LINE_ENDS)}
    table |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_WIDE}
    table |= {code: ord(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
    table |= {ord(radical): ord(ideograph) for radical, ideograph in RADICALS.items()}
    # Lone surrogates and noncharacters can't be stored or sent: the replacement character says that one was there.
    table |= dict.fromkeys((*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF), 0xFFFD)
    return table


_TRANSLATION = _one_to_one()
_UNSEEN = f"[ \t{INVISIBLE}]{{0,50}}+"
_PRIVATE = "[\ue000-\uf8ff]++"
# Private-use characters after the end of a clause or at either end of a line, and all invisible characters.
_DROPPED = re.compile(
    f"(?:(?<![^\n])|(?<=[。；：，！？）,;:!?)]))(?:{_UNSEEN}{_PRIVATE})++"
    f"|(?<![\ue000-\uf8ff])(?:{_PRIVATE}{_UNSEEN}){{1,8}}+(?![^\n])"
    f"|[{INVISIBLE}]+"
)
_GAP = "[ \t\n]+"
# Characters that composition leaves alone, apart from being a base. Everything else is composed in short pieces: the
# standard library sorts combining marks by insertion, so that one endless run of them would take quadratic time.
_INERT = (
    "\x00-\u02ff\u0370-\u0373\u0375-\u037d\u037f-\u0386\u0388-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2070-\u20cf"
    "\u2100-\u2125\u2127-\u2129\u212c-\u2328\u232b-\u2adb\u2add-\u3029\u3030-\u3098\u309b-\u9fff\uac00-\ud7a3"
    "\ue000-\uf8ff\ufe10-\ufe1f\ufe30-\uffff\U0001f000-\U0001faff\U00020000-\U0002f7ff\U00030000-\U0003134f"
)
_NOT_INERT = re.compile(f"[^{_INERT}]")
_GAPS = re.compile(_GAP)
_GAPS_AND_CLUSTERS = re.compile(f"{_GAP}|[^ \t\n]?[^{_INERT}]{{1,64}}")
_ASCII_PUNCTUATION = re.compile(f"(?<=[{HAN}）》〉”])[,;:?!]|(?<=%)[,;:?!](?=[{HAN}])")
_NO_BLANK_AFTER = frozenset("。，、；：？！（《〈“【〔")
_NO_BLANK_BEFORE = frozenset("。，、；：？！）》〉”】〕")
_WIDE_PUNCTUATION = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_BRACKETS = re.compile(r"[()（）\n]")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """`source_offsets[i]` is where character i of `text` comes from; one more entry marks the end of the source. The
    offsets never fall. `tables` and `headings` are the ranges of the blocks of these kinds in `text`."""

    text: str
    source_offsets: tuple[int, ...]
    tables: tuple[tuple[int, int], ...] = ()
    headings: tuple[tuple[int, int], ...] = ()

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The range of source characters that normalised range [start, end) was made from."""
        first = self.source_offsets[start]
        return first, first if start == end else self.source_offsets[end - 1] + 1

    def from_source(self, offset: int) -> int:
        """The first normalised position that comes from source `offset` or later."""
        return bisect_left(self.source_offsets, offset, 0, len(self.source_offsets) - 1)


def normalise(source: str, *, keep_tabs: bool = False) -> Normalised:
    """Normalise one text. With `keep_tabs` a run of blanks that holds a tab becomes a tab, as between table cells.

    Time is linear in the length of `source`; any string is accepted. Normalising twice changes nothing.
    """
    text, kept = _without_invisible(source.translate(_TRANSLATION))
    text = _chinese_punctuation(text)
    scan = _GAPS_AND_CLUSTERS if _NOT_INERT.search(text) else _GAPS
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in scan.finditer(text):
        start, end = match.span()
        found = match.group()
        if found == " " and start > 0 and end < len(text) and not _beside_mark(text, start, end):
            continue
        pieces.append(text[done:start])
        offsets.extend(range(done, start))
        done = end
        if found[0] not in " \t\n":
            replacement = unicodedata.normalize("NFC", found)
        elif not offsets or end == len(text):
            replacement = ""
        else:
            replacement = _gap_as(text, start, end, keep_tabs)
        pieces.append(replacement)
        offsets.extend(min(start + i, end - 1) for i in range(len(replacement)))
    pieces.append(text[done:])
    offsets.extend(range(done, len(text)))
    if kept is not None:
        offsets = [kept[offset] for offset in offsets]
    offsets.append(len(source))
    return Normalised("".join(pieces), tuple(offsets))


def _without_invisible(text: str) -> tuple[str, list[int] | None]:
    """`text` without invisible characters and stray private-use ones, and where each remaining character was; None when
    all remain."""
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for match in _DROPPED.finditer(text):
        pieces.append(text[done : match.start()])
        kept.extend(range(done, match.start()))
        done = match.end()
    if not done:
        return text, None
    pieces.append(text[done:])
    kept.extend(range(done, len(text)))
    return "".join(pieces), kept


def _beside_mark(text: str, start: int, end: int) -> bool:
    """Whether the gap [start, end) touches a mark that carries its own white space."""
    return text[start - 1] in _NO_BLANK_AFTER or text[end : end + 1] in _NO_BLANK_BEFORE


def _gap_as(text: str, start: int, end: int, keep_tabs: bool) -> str:
    gap = text[start:end]
    if "\n" in gap:
        return "\n"
    if keep_tabs and "\t" in gap:
        return "\t"
    return "" if _beside_mark(text, start, end) else " "


def _chinese_punctuation(text: str) -> str:
    """ASCII brackets and punctuation that belong to Chinese text as their full-width forms; lengths stay."""
    if "(" in text or ")" in text:
        text = _chinese_brackets(text)
    return _ASCII_PUNCTUATION.sub(lambda match: _WIDE_PUNCTUATION[match.group()], text)


def _chinese_brackets(text: str) -> str:
    """Pairs that hold Han, or follow neither letter nor digit: dB(A) and f(x) keep theirs."""
    han = [match.start() for match in _HAN_CHARACTER.finditer(text)]
    characters = list(text)
    opened: list[int] = []
    for match in _BRACKETS.finditer(text):
        found, at = match.group(), match.start()
        if found == "\n":
            opened.clear()
        elif found in "(（":
            opened.append(at)
        elif opened:
            start = opened.pop()
            before = text[start - 1 : start]
            holds_han = bisect_right(han, start) < bisect_left(han, at)
            if holds_han or not (before.isascii() and before.isalnum()):
                characters[start], characters[at] = "（", "）"
        elif found == ")" and _HAN_CHARACTER.match(text, at - 1):
            characters[at] = "）"
    return "".join(characters)


def normalise_blocks(blocks: Iterable[Block]) -> Normalised:
    """Normalise the blocks of a converted document. Source offsets count in the block texts joined by newlines."""
    pieces: list[str] = []
    offsets: list[int] = []
    tables: list[tuple[int, int]] = []
    headings: list[tuple[int, int]] = []
    length = base = 0
    for block in blocks:
        part = normalise(block.text, keep_tabs=block.kind is BlockKind.TABLE)
        if part.text:
            if pieces:
                pieces.append("\n")
                offsets.append(max(base - 1, 0))
                length += 1
            pieces.append(part.text)
            offsets.extend(base + offset for offset in part.source_offsets[:-1])
            if block.kind is BlockKind.TABLE:
                tables.append((length, length + len(part.text)))
            elif block.kind is BlockKind.HEADING:
                headings.append((length, length + len(part.text)))
            length += len(part.text)
        base += len(block.text) + 1
    offsets.append(max(base - 1, 0))
    return Normalised("".join(pieces), tuple(offsets), tuple(tables), tuple(headings))
