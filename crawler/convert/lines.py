"""Join lines that were wrapped by a page or a terminal into paragraphs again (Chinese: without a space).

In: cleaned lines, blank ones as ''. Out: paragraphs. A line is joined to the one before it only when that one is full,
doesn't end a sentence, and this one starts no marker: a wrong join hides an article, a missing one only splits a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_NUMERAL: Final = "[0-9０-９〇零一二三四五六七八九十百千]"
MARKER: Final = re.compile(
    rf"第{_NUMERAL}{{1,8}}(?:编|分编|章|节|条|款|项)(?:之{_NUMERAL}{{1,3}})?(?![款项规之的、和或至])"
    rf"|[（(]{_NUMERAL}{{1,4}}[）)]"
    rf"|[一二三四五六七八九十]{{1,4}}[、.．]"
    r"|[0-9０-９]{1,3}(?:[、．）)]|\.(?![0-9]))"
    r"|[①-⑳]|附件|附录|附表|附则|抄送|附[:：]|[*•●■◆—]"
)
_SENTENCE_END: Final = re.compile(r"[。！？!?；;：:][”’」』）)]?$")
_LATIN_EDGE: Final = re.compile(r"[A-Za-z0-9,.]$")
_LATIN_START: Final = re.compile(r"^[A-Za-z]")
_FULL: Final = 0.85  # of the usual width: below it a line ended because its paragraph did
_MIN_WIDTH: Final = 15
_WRAPPED_SHARE: Final = 0.5


def starts_marker(line: str) -> bool:
    """Whether a line begins an article, an item, a numbered heading or an annex."""
    return MARKER.match(line) is not None


def ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line[-2:]) is not None


def append(parts: list[str], line: str) -> None:
    """Go on with the paragraph `parts` (to be joined when it is whole): a space only between Latin words."""
    spaced = bool(parts) and _LATIN_EDGE.search(parts[-1][-1:]) and _LATIN_START.search(line[:1])
    parts.append(f" {line}" if spaced else line)


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Paragraphs of a text file. Lines come back as they are, without blanks, unless the file is evidently wrapped."""
    filled = [line for line in lines if line]
    width = _wrap_width(filled)
    if width is None:
        return filled
    result: list[list[str]] = []
    previous = ""
    for line in lines:
        full = len(previous) >= _FULL * width
        if result and line and full and not ends_sentence(previous) and not starts_marker(line):
            append(result[-1], line)
        elif line:
            result.append([line])
        previous = line
    return ["".join(parts) for parts in result]


def _wrap_width(lines: Sequence[str]) -> int | None:
    """The width a text was wrapped at: most lines are about as long as the longest and stop in mid-sentence."""
    if len(lines) < 6:
        return None
    ordered = sorted(map(len, lines))
    width = ordered[int(len(ordered) * 0.9)]
    full = [line for line in lines if _FULL * width <= len(line) <= width * 1.1]
    broken = sum(not ends_sentence(line) for line in full)
    if width < _MIN_WIDTH or width > 120 or ordered[-1] > 1.3 * width:
        return None
    return width if len(full) >= _WRAPPED_SHARE * len(lines) and broken >= _WRAPPED_SHARE * len(full) else None
