"""Reads the clauses that stand before a cue's clause in its sentence: whom they bring in, and what they are otherwise.

In: a `Layout` and ranges of clauses. Out: a `Party`, or yes or no.
"""

from __future__ import annotations

import re

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.heads import ends_in_party, heads, skip_leading, trim_adverbs
from nlp.pipes.bearers.parties import Party, subject
from nlp.pipes.bearers.topics import is_bare_thing, is_place, lists_having, may_name_party
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import Layout, marker_end
from nlp.text.lexicon import alternation

EXCEPTING = re.compile(r"除[^，]*外$")
_ITS_THING = re.compile(r"其(?![中他余它])[^，]*(?<![无有失生]效)(?<!终止)(?<!不变)")
_DECIDING = re.compile(r"办结|作出[^，]{0,20}决定|[颁核]发|告知申请人")
_DONE_TO = re.compile(r"[^，]{0,10}?(?:要求|责令|责成|拒绝|督促|告知|通知|允许|帮助|协助|对|为|终止)其(?![他余中])")
_OBSERVER = re.compile("发现|认为|机关|部门|机构|政府|法院|委员会")
"""What is done to the only party of a condition is done by somebody else: 投放人拒不改正的，可以拒绝其投放."""
_APPLICANT = re.compile(rf"(?:{alternation(patterns.APPLICANTS)})$")
_COUNT = "[一二三四五六七八九十百千万\\d]"
_ABSENT = re.compile(rf"{alternation(patterns.ABSENCES)}|(?:不足|不满|超过|达到|少于|多于|在)?{_COUNT}+[人名]")
_AUTHORITY_ACT = re.compile(alternation(patterns.AUTHORITY_ACTS))
_BY = re.compile(r"(?<![理自事经缘])由(?!于|此|来)")
_AGENT_REACH = 80
_NOT_SETTLED = re.compile(r"(?:对[^，]{1,20})?(?:另有|尚未|没有|未)")


def head_of(layout: Layout, clause: tuple[int, int]) -> int:
    """Where the words of a clause begin, behind a list marker."""
    return min(layout.head(clause[0]), clause[1])


def earlier_subject(
    layout: Layout,
    before: tuple[tuple[int, int], ...],
    position: int,
    sentence: tuple[int, int],
) -> Party | None:
    """Subject of an earlier clause: with a predicate of its own, or a bare phrase set off by a comma."""
    start, end = before[position]
    head = head_of(layout, (start, end))
    if _lists_having(layout, head):
        return None
    if "的" in layout.masked[head:end] and ends_in_party(layout.masked, head, end):
        named = subject(layout.masked, head, end, True)
        if named is not None and named.end >= end - 1:
            return named
    party = subject(layout.masked, head, end, False) or _agent_inside(layout, head, end)
    if party is not None and _gives_occasion(layout.masked, party, end):
        return None
    if party is not None or layout.masked.endswith("的", start, end):
        return party
    opens = start in (sentence[0], layout.segment(start)[0])
    last = position == len(before) - 1
    if not opens and not (last and "的" in layout.masked[start:end]):
        return None
    bare = subject(layout.masked, head, trim_adverbs(layout.masked, head, end), True)
    if bare is None or last:
        return bare
    return bare if may_name_party(layout.masked[head:end]) else None


def _gives_occasion(masked: str, party: Party, end: int) -> bool:
    """Whether the clause only tells the occasion: 国家另有规定的, …的业主提议."""
    if masked[party.start : party.end] in patterns.REGIONS and _NOT_SETTLED.match(masked, party.end, end):
        return True
    return masked.startswith("提议", party.end)


def _agent_inside(layout: Layout, head: int, end: int) -> Party | None:
    """Who does what a thing undergoes: 数据|由运营方核对."""
    by = _BY.search(layout.masked, head, min(end, head + _AGENT_REACH))
    return subject(layout.masked, by.start(), end, False) if by else None


def is_addressed(layout: Layout, party: Party, end: int, right: str) -> bool:
    """Whether the party of a condition is one whom an authority's act concerns, not the one who acts."""
    if _ABSENT.match(layout.masked, party.end, end):
        return True
    if (
        _DONE_TO.match(right)
        and layout.masked[end - 1] == "的"
        and not heads(layout.masked, party.end, end)
        and not _OBSERVER.search(layout.masked, party.start, end)
    ):
        return True
    return (_AUTHORITY_ACT.match(right) or _DECIDING.search(right)) is not None and _APPLICANT.search(
        layout.masked[party.start : party.end]
    ) is not None


def is_thing(layout: Layout, start: int, end: int) -> bool:
    """Whether the clause right before the cue's clause is a thing, the grammatical subject of the cue."""
    head = head_of(layout, (start, end))
    words = layout.masked[head:end]
    if words.startswith("因"):
        return False
    if words.endswith("等") or (_ITS_THING.fullmatch(words) and words[-1] not in "的时后前"):
        return True
    opens = start in (layout.segment(start)[0], layout.sentence(start)[0])
    if not opens or _lists_having(layout, head):
        return False
    content = layout.masked[skip_leading(layout.masked, head, end) : end].strip()
    return is_bare_thing(content, layout.sentence(start)[0] == layout.segment(start)[0])


def opens_case(layout: Layout, head: int, end: int, party: Party) -> bool:
    """Between two cues of a sentence, only a case (…的, …时) or a short plain phrase brings in another subject."""
    if layout.masked[end - 1] in "的时后前":
        return True
    return party.end - party.start <= 12 and party.start <= head + 4


def _lists_having(layout: Layout, head: int) -> bool:
    """An item that starts with 有 lists what somebody must have: its noun is no subject."""
    line = layout.line(head)[0]
    return line < head == marker_end(layout.text, line) and lists_having(layout.masked[head : head + 2])


def is_place_alone(layout: Layout, cue: Cue, before: tuple[tuple[int, int], ...], sentence: tuple[int, int]) -> bool:
    """A ban that opens its sentence with nothing but a place binds everybody there: 库区内不得…."""
    clause = layout.clause(cue.start)
    before = tuple(one for one in before if not EXCEPTING.match(layout.masked, head_of(layout, one), one[1]))
    first = before[0] if before else clause
    words = layout.masked[head_of(layout, first) : min(first[1], cue.start)].strip()
    opens = first[0] == sentence[0] or (first == clause and not before)
    return opens and len(before) <= 1 and bool(words) and is_place(words)
