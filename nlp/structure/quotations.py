"""Quotations of an amending text, taken out so that its instructions can be read: text in, `Masked` out.

Amending texts quote whole articles. Three printings occur and are told apart: nested marks inside a quotation; each
paragraph of a long quotation opened again and only the last one closed; straight marks that don't say which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLACEHOLDERS = "\ue000-\uf8ff"
"""What stands for a quotation in `Masked.text`: one character of the private use area each."""
_FIRST, _LAST = 0xE000, 0xF8FF
_ALIEN = re.compile(f"[{PLACEHOLDERS}]")
_MARK = re.compile("[“”]")
_STRAIGHT = re.compile('["＂]')
_CLOSES_PARAGRAPH = re.compile(r"”[。；，、]?[ \u3000]*$|[。；：！？]”")


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` with each outermost quotation as one placeholder; `offsets[i]` is where character i of it begins in the
    source, with one more entry for the end."""

    text: str
    quotations: tuple[str, ...]
    offsets: tuple[int, ...]

    def quoted(self, placeholders: str) -> list[str]:
        """What the placeholders in a stretch of `text` stand for, in order."""
        return [self.quotations[ord(found) - _FIRST] for found in _ALIEN.findall(placeholders)]


def mask_quotations(source: str) -> Masked:
    """A quotation that is never closed ends with its line. More quotations than there are placeholders (6,400) are left
    in the text. Time is linear."""
    text = _ALIEN.sub("□", source)
    if _STRAIGHT.search(text):
        text = _directed(text)
    pieces: list[str] = []
    quotations: list[str] = []
    offsets: list[int] = []
    at = 0
    for start, stop, content in _quotations(text, source):
        if _FIRST + len(quotations) > _LAST:
            break
        pieces += (text[at:start], chr(_FIRST + len(quotations)))
        offsets += (*range(at, start), start)
        quotations.append(content)
        at = stop
    pieces.append(text[at:])
    offsets += range(at, len(text) + 1)
    return Masked("".join(pieces), tuple(quotations), tuple(offsets))


def _directed(text: str) -> str:
    """Straight marks opened and closed in turn within each line."""
    lines = []
    for line in text.split("\n"):
        pieces = _STRAIGHT.split(line)
        joined = pieces[0]
        for n, piece in enumerate(pieces[1:]):
            joined += ("“", "”")[n % 2] + piece
        lines.append(joined)
    return "\n".join(lines)


def _quotations(text: str, source: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, content) of outermost quotations, both marks inside the range; content without the marks that only
    open a further paragraph, as the source has it."""
    opened = text.find("“")
    while opened >= 0:
        stop, content = _read(text, source, opened)
        yield opened, stop, content
        opened = text.find("“", stop)


def _read(text: str, source: str, opened: int) -> tuple[int, str]:
    depth, at, kept = 1, opened + 1, opened + 1
    pieces: list[str] = []
    for match in _MARK.finditer(text, at):
        place = match.start()
        if match.group() == "”":
            depth -= 1
            if depth == 0:
                pieces.append(source[kept:place])
                return place + 1, "".join(pieces)
        elif depth == 1 and text[place - 1] == "\n" and _goes_on(text, place):
            pieces.append(source[kept:place])
            kept = place + 1
        else:
            depth += 1
    end = text.find("\n", opened)
    end = len(text) if end < 0 else end
    return end, source[opened + 1 : end]


def _goes_on(text: str, mark: int) -> bool:
    """Whether a “ at the start of a line inside a quotation only opens the next paragraph of it, and quotes no word: it
    finds no partner in its line, or one that ends a sentence or the line."""
    end = text.find("\n", mark)
    line = text[mark : len(text) if end < 0 else end]
    opens, closes = line.count("“"), line.count("”")
    return opens > closes or (opens == closes and _CLOSES_PARAGRAPH.search(line) is not None)
