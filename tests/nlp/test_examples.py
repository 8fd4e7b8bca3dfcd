"""Marked sentences: tests/examples/<pipe>.txt says in the sentence itself what the pipe must find.

A line is one unit; `[words|label]` or `[words|label|label]` marks a find, `⏎` is a line break, `-` an empty label. `#`
starts a comment, `##` a heading. A line without marks must yield nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlp.language import read_units
from nlp.pipes.bearers.bearers import resolve_bearers
from nlp.pipes.conditions.conditions import find_conditions
from nlp.pipes.modality.modality import find_cues
from nlp.pipes.sanctions.sanctions import find_sanctions
from nlp.text.clauses import lay_out

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]]*)\]")
Find = tuple[int, str, tuple[str, ...]]


@dataclass(frozen=True)
class Example:
    """A sentence without its marks, and what they say: offset, words, labels."""

    text: str
    finds: tuple[Find, ...]


def parse(line: str) -> Example:
    text, finds, at = "", [], 0
    for match in MARK.finditer(line):
        text += line[at : match.start()]
        labels = tuple("" if label == "-" else label.replace("⏎", "\n") for label in match.group(2).split("|"))
        finds.append((len(text), match.group(1), labels))
        text += match.group(1)
        at = match.end()
    text += line[at:]
    assert text.count("\n") == 0
    return Example(text.replace("⏎", "\n"), tuple(finds))


def examples(pipe: str) -> list[Example]:
    lines = (EXAMPLES / f"{pipe}.txt").read_text(encoding="utf-8").splitlines()
    return [parse(line) for line in lines if line.strip() and not line.startswith("#")]


def modality(text: str) -> list[Find]:
    return [(cue.start, text[cue.start : cue.end], (cue.modality.value,)) for cue in find_cues(lay_out(text))]


def bearers(text: str) -> list[Find]:
    layout = lay_out(text)
    cues = find_cues(layout)
    return [
        (cue.start, text[cue.start : cue.end], (text[bearer.start : bearer.end] if bearer else "",))
        for cue, bearer in zip(cues, resolve_bearers(layout, cues), strict=True)
    ]


def conditions(text: str) -> list[Find]:
    layout = lay_out(text)
    cues = find_cues(layout)
    return [
        (cue.start, text[cue.start : cue.end], (found.condition, found.exception))
        for cue, found in zip(cues, find_conditions(layout, cues), strict=True)
    ]


def sanctions(text: str) -> list[Find]:
    return [(one.start, text[one.start : one.end], (" ".join(one.kinds),)) for one in find_sanctions(lay_out(text))]


def norms(text: str) -> list[Find]:
    (reading,) = read_units([text])
    return [
        (norm.cue.start, norm.cue.text, (norm.modality.value, norm.bearer.text if norm.bearer else "", norm.deadline))
        for norm in reading.norms
    ]


READERS: dict[str, Callable[[str], list[Find]]] = {
    "modality": modality,
    "bearers": bearers,
    "conditions": conditions,
    "sanctions": sanctions,
    "norms": norms,
}


@pytest.mark.parametrize(
    ("pipe", "example"),
    [pytest.param(pipe, example, id=f"{pipe}-{example.text[:16]}") for pipe in READERS for example in examples(pipe)],
)
def test_marked_sentence(pipe: str, example: Example) -> None:
    assert READERS[pipe](example.text) == list(example.finds)


def test_marks_are_parsed() -> None:
    example = parse("企业[应当|obligation|-]留存，⏎[不得|prohibition|企业]涂改。")
    assert example.text == "企业应当留存，\n不得涂改。"
    assert example.finds == ((2, "应当", ("obligation", "")), (8, "不得", ("prohibition", "企业")))
