"""Sentence, segment and clause boundaries of one unit of regulation text.

In: the text of one unit (article, passage). Out: a `Layout` whose `masked` copy hides what is quoted, titled or
bracketed (same length, so offsets hold) and whose boundary tables answer "which clause holds this offset" by bisection.
Everything is one linear pass; a bracket or quote that is never closed hides nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

HIDDEN = "□"
"""Stands in `masked` for a character inside 《》, quotes or brackets; never itself punctuation."""

_PAIRS = {"《": "》", "“": "”", "「": "」", "『": "』", "（": "）", "(": ")", "〔": "〕", "[": "]", "【": "】"}
_CLOSERS = frozenset(_PAIRS.values())
_BRACKETS = frozenset("（([【")
_DELIMITERS = re.compile(r'[《》“”「」『』（）()〔〕\[\]【】"]')
# A comma between digits (1,200) cuts nothing.
_CLAUSE_CUT = re.compile(r"[，；;：:。！？!?\n,](?<!\d,(?=\d))")
_SEGMENT_CHARS = frozenset("。；;\n")
_SENTENCE_CHARS = frozenset("。！？!?\n")
_LAST_CLAUSES = 40
_MARKER = re.compile(
    r"[ \t　]*(?:"
    r"第[一二三四五六七八九十百千零〇\d]+[编章节条款](?:之[一二三四五六七八九十]+)?[ \t　]*"
    r"|[（(][一二三四五六七八九十百零\d]+[）)][ \t　]*"
    r"|[一二三四五六七八九十百]+[、．.][ \t　]*"
    r"|[\d０-９]{1,3}(?:[、．]|\.(?!\d)|[）)])[ \t　]*"
    r"|[①-⑳][ \t　]*"
    r")?"
)
_MARKER_STARTS = frozenset(" \t　第（(一二三四五六七八九十百①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
"""What a marker may start with, decimal digits apart."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Boundaries of one unit. `clauses[i]` and friends are (start, end) without the closing mark; they are sorted and
    do not overlap. `brackets` are the insides of round and square brackets, left to right, outermost only. `leads` maps
    the start of a line with a list marker to the line above that introduces the list (it ends in a colon)."""

    text: str
    masked: str
    clauses: tuple[tuple[int, int], ...]
    segments: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    lines: tuple[tuple[int, int], ...]
    brackets: tuple[tuple[int, int], ...]
    leads: dict[int, tuple[int, int]]
    _clause_starts: list[int]
    _segment_starts: list[int]
    _sentence_starts: list[int]
    _line_starts: list[int]

    def clause_index(self, offset: int) -> int:
        return bisect_right(self._clause_starts, offset) - 1

    def clause(self, offset: int) -> tuple[int, int]:
        return self.clauses[self.clause_index(offset)]

    def segment(self, offset: int) -> tuple[int, int]:
        return self.segments[bisect_right(self._segment_starts, offset) - 1]

    def sentence_index(self, offset: int) -> int:
        return bisect_right(self._sentence_starts, offset) - 1

    def sentence(self, offset: int) -> tuple[int, int]:
        return self.sentences[self.sentence_index(offset)]

    def line(self, offset: int) -> tuple[int, int]:
        return self.lines[bisect_right(self._line_starts, offset) - 1]

    def head(self, start: int) -> int:
        """Where the words of a piece that starts at `start` begin: behind the list marker, when it opens a line."""
        return start if start and self.text[start - 1] != "\n" else marker_end(self.text, start)

    def clauses_between(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Clauses that start in [start, end), at most the last 40: no reader is quadratic on endless sentences."""
        first, last = bisect_left(self._clause_starts, start), bisect_left(self._clause_starts, end)
        return self.clauses[max(first, last - _LAST_CLAUSES) : last]

    def lead(self, offset: int) -> str:
        """Masked words of the list lead above the line of the offset; empty when it is no list item."""
        start, end = self.leads.get(self.line(offset)[0], (0, 0))
        return self.masked[start:end]

    def closing(self, clause: tuple[int, int]) -> str:
        """The mark that ends the clause; empty at the end of the text."""
        return self.text[clause[1] : clause[1] + 1]


def marker_end(text: str, start: int) -> int:
    """Where the text of a line begins once its list marker (（一）, 1., 第三条) is skipped."""
    first = text[start : start + 1]
    if first not in _MARKER_STARTS and not first.isdecimal():
        return start
    match = _MARKER.match(text, start)
    return match.end() if match else start


def lay_out(text: str) -> Layout:
    """Boundaries of `text`; never raises, whatever the text."""
    hidden, brackets = _hidden_ranges(text)
    masked = _hide(text, hidden)
    cuts = [match.start() for match in _CLAUSE_CUT.finditer(masked)]
    size = len(masked)
    clause_starts, clauses = _pieces(cuts, size)
    segment_starts, segments = _pieces([at for at in cuts if masked[at] in _SEGMENT_CHARS], size)
    sentence_starts, sentences = _pieces([at for at in cuts if masked[at] in _SENTENCE_CHARS], size)
    line_starts, lines = _pieces([at for at in cuts if masked[at] == "\n"], size)
    return Layout(
        text,
        masked,
        clauses,
        segments,
        sentences,
        lines,
        tuple(brackets),
        _list_leads(text, masked, lines),
        clause_starts,
        segment_starts,
        sentence_starts,
        line_starts,
    )


def _pieces(cuts: list[int], size: int) -> tuple[list[int], tuple[tuple[int, int], ...]]:
    """Starts of the pieces between the marks at `cuts` (one character each), and their ranges."""
    starts = [0, *[at + 1 for at in cuts]]
    return starts, tuple(zip(starts, [*cuts, size], strict=True))


def _hide(text: str, hidden: list[tuple[int, int]]) -> str:
    if not hidden:
        return text
    pieces, at = [], 0
    for start, end in hidden:
        pieces.append(text[at:start])
        pieces.append(HIDDEN * (end - start))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _list_leads(text: str, masked: str, lines: tuple[tuple[int, int], ...]) -> dict[int, tuple[int, int]]:
    """For each line with a marker, the nearest line above that ends in a colon, with nothing but items between."""
    found: dict[int, tuple[int, int]] = {}
    lead: tuple[int, int] | None = None
    for start, end in lines if len(lines) > 1 else ():
        line = masked[start:end]
        if not line.strip():
            continue
        marked = marker_end(text, start) > start + len(line) - len(line.lstrip())
        if marked and lead:
            found[start] = lead
        elif line.rstrip().endswith(("：", ":")):
            lead = (start, end)
        elif not marked:
            lead = None
    return found


def _hidden_ranges(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Ranges to hide (delimiters included, outermost, never across a line break) and the insides of brackets."""
    hidden: list[tuple[int, int]] = []
    brackets: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    line_end = -1
    straight: int | None = None
    for match in _DELIMITERS.finditer(text):
        mark, at = match.group(), match.start()
        if at > line_end:
            stack, straight = [], None
            line_end = text.find("\n", at)
            line_end = len(text) if line_end < 0 else line_end
        if mark == '"':
            if straight is None:
                straight = at
            else:
                _add(hidden, straight, at + 1)
                straight = None
        elif mark in _PAIRS:
            stack.append((mark, at))
        elif mark in _CLOSERS and stack and _PAIRS[stack[-1][0]] == mark:
            opener, start = stack.pop()
            if not stack:
                _add(hidden, start, at + 1)
                if opener in _BRACKETS:
                    brackets.append((start + 1, at))
    return hidden, brackets


def _add(hidden: list[tuple[int, int]], start: int, end: int) -> None:
    """Append a range, swallowing earlier ones inside it; keeps the list sorted and free of overlap."""
    while hidden and hidden[-1][0] >= start:
        hidden.pop()
    if not hidden or hidden[-1][1] <= start:
        hidden.append((start, end))
