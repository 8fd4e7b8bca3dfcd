"""The thirty notice-style paragraphs of docs/notice-examples.md read as they are marked there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nlp.extract import extract_record

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "notice-examples.md"
MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)(?:\|([^\[\]|]+))?\]")
LINES = [match[1] for match in re.finditer(r"(?m)^\d+\. (.+)$", PAGE.read_text(encoding="utf-8"))]


def number(value: float | None) -> str:
    return f"{value:g}" if value is not None and value < 1e6 else f"{value:.0f}"


@pytest.mark.parametrize("line", LINES, ids=range(1, len(LINES) + 1))
def test_paragraph(line: str) -> None:
    text = MARK.sub(lambda match: match[1], line)
    norms, thresholds, at, removed = [], [], 0, 0
    for match in MARK.finditer(line):
        at = match.start() - removed
        removed += len(match[0]) - len(match[1])
        if match[3]:
            norms.append((at, match[1], match[2], match[3].replace("-", "")))
        else:
            thresholds.append((at, match[1], match[2]))
    record = extract_record("x", text)
    found = [(n["start"], n["cue"], n["modality"], n["bearer"]) for n in record["norms"]]
    assert [n if n[2] != "penalty" else (*n[:3], "") for n in found] == norms
    read = []
    for t in record["thresholds"]:
        low = number(t["value"])
        bound = low if t["value_max"] is None else f"{low}..{number(t['value_max'])}"
        read.append((t["start"], t["text"], f"{t['comparator']} {bound} {t['unit']}"))
    # a threshold may share its first word with a norm's cue (不得超过): compare by the marked words' end and value
    assert [(a + len(w), v) for a, w, v in read] == [(a + len(w), v) for a, w, v in thresholds]


def test_there_are_thirty() -> None:
    assert len(LINES) == 30
