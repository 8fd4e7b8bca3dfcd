"""Sentences of tests/examples with marks of their own form, which say in the sentence what must be found."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "examples"
Expected = tuple[int | str, ...]


@cache
def marked(name: str, mark: re.Pattern[str]) -> tuple[tuple[str, tuple[Expected, ...]], ...]:
    """(sentence without marks, what it must give) for every line that is no comment: start, end and the further groups
    of `mark`, whose first group is the words themselves. A line without marks must give nothing."""
    found = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        text, position, expected = "", 0, []
        for match in mark.finditer(line):
            text += line[position : match.start()]
            words, *labels = match.groups()
            expected.append((len(text), len(text) + len(words), *labels))
            text += words
            position = match.end()
        found.append((text + line[position:], tuple(expected)))
    return tuple(found)
