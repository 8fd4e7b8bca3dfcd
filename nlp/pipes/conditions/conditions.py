"""Conditions and exceptions around a cue.

In: a `Layout` and its cues. Out: one `Conditions` per cue, in words of the text. A condition is what stands before the
cue in its segment and says when the norm applies (…的, …时, 经批准后); an exception is a proviso after it (但…除外,
or a sentence that leaves other law untouched) or a 除…外 before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.pipes.conditions import patterns
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import Layout
from nlp.text.lexicon import alternation


@dataclass(frozen=True, slots=True)
class Conditions:
    """Texts of what must hold and of what is excepted; empty where nothing is said."""

    condition: str = ""
    exception: str = ""


_CASE_END = re.compile(rf"(?:{alternation(patterns.CASE_ENDINGS)})$")
_CASE_OPEN = re.compile(rf"\s*(?:{alternation(patterns.CASE_OPENINGS)})(?![营济然治方口业事])")
_PROVISO = re.compile(rf"\s*(?:{alternation(patterns.EXCEPTION_OPENINGS)})")
_EXCEPTED = re.compile(alternation(patterns.EXCEPTION_ENDINGS))
_EXCEPT_BEFORE = re.compile(r"除[^。；]{1,120}?(?:以外|之外|外|除外)(?=$|[，,])")
_LONGEST = 1000
_OWN_CASE = re.compile(r"(?:在|经|因|自|对|未经|如)[^，]{1,80}?(?:时|后|前|的情况下|期间|批准|同意|起|的)$")


def find_conditions(layout: Layout, cues: tuple[Cue, ...]) -> tuple[Conditions, ...]:
    """One entry per cue."""
    return tuple(Conditions(_condition(layout, cue), _exception(layout, cue)) for cue in cues)


def _condition(layout: Layout, cue: Cue) -> str:
    segment, clause = layout.segment(cue.start), layout.clause(cue.start)
    before = layout.clauses_between(segment[0], clause[0])
    cases = [piece for piece in before if _is_case(layout, piece)]
    if cases:
        start = layout.head(cases[0][0])
        end = cases[-1][1]
        return layout.text[max(start, end - _LONGEST) : end].strip()
    left = layout.masked[max(layout.head(clause[0]), cue.start - 120) : cue.start]
    own = _OWN_CASE.search(left)
    if own and own.group() != left:
        return layout.text[cue.start - len(own.group()) : cue.start].strip()
    return ""


def _is_case(layout: Layout, piece: tuple[int, int]) -> bool:
    head = layout.head(piece[0])
    if piece[1] - head > _LONGEST:
        return False
    words = layout.masked[head : piece[1]].strip()
    return bool(words) and (_CASE_END.search(words) is not None or _CASE_OPEN.match(words) is not None)


def _exception(layout: Layout, cue: Cue) -> str:
    """The proviso behind the cue up to the end of its sentence or of a sentence of its own, else 除…外 before it."""
    sentence, clause = layout.sentence(cue.start), layout.clause(cue.start)
    after = layout.clauses_between(clause[1] + 1, min(sentence[1], clause[1] + 400))
    for start, end in after:
        words = layout.masked[start:end]
        if _PROVISO.match(words) or _EXCEPTED.search(words):
            segment = layout.segment(start)
            return layout.text[start : min(segment[1], start + 300)].strip()
    number = layout.sentence_index(cue.start)
    if number + 1 < len(layout.sentences):
        start, end = layout.sentences[number + 1]
        words = layout.masked[start : min(end, start + 80)]
        if _EXCEPTED.search(words) and (words.startswith(("法律", "国家", "但", "另有")) or "另有规定" in words):
            return layout.text[start : min(end, start + 300)].strip()
    own = _EXCEPT_BEFORE.search(layout.masked, max(sentence[0], cue.start - 200), cue.start)
    return layout.text[own.start() : own.end()].strip() if own else ""
