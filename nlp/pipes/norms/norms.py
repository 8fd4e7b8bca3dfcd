"""Puts norms together from cues, bearers, conditions, deadlines and sanctions.

In: the layers of one unit. Out: `Norm` values in order of their cues. A modal that only introduces a sanction gives way
to the penalty of its segment. For a penalty, `condition` is the offence, `action` what is done to the offender and
`consequence` the kinds of sanction; for any other norm `consequence` is the sanction that the same sentence attaches to
its breach.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.pipes.bearers.naming import Bearer
from nlp.pipes.conditions.conditions import Conditions
from nlp.pipes.deadlines.deadlines import Deadline
from nlp.pipes.modality.modality import Cue
from nlp.pipes.sanctions.sanctions import Sanction
from nlp.text.clauses import Layout
from rules_db.model import Modality, Norm, Span

_BEFORE_SANCTION = re.compile(
    r"\s*(?:自[^，]{1,40}起|根据[^，]{1,40}|按照[^，]{1,40}|视[^，]{1,20}|依法|[^，]{0,40}(?:依照|按照|根据)[^，]{1,60}"
    r"|进行批评教育|批评教育|对[^，]{1,40}|没收|.{0,6}批评教育)\s*$"
)
_PUNISHING = re.compile(r"(?:依法|[依按]照?[^，。；]{1,16}?)(?:给予|予以)?处罚")
_REACH = 60
_LONGEST = 2000
"""Longer statements are cut: no law has them, and a hostile text must not make every norm as long as itself."""
_BREACH = re.compile(r"(?:未|不|逾期|拒不|违反|否则)")


def assemble(
    layout: Layout,
    cues: Sequence[Cue],
    bearers: Sequence[Bearer | None],
    conditions: Sequence[Conditions],
    sanctions: Sequence[Sanction],
    deadlines: Sequence[Deadline] = (),
) -> tuple[Norm, ...]:
    """Norms in order of their cues."""
    by_segment = {sanction.segment_start: sanction for sanction in sanctions}
    norms = [_penalty(layout, sanction, deadlines) for sanction in sanctions]
    for index, (cue, bearer, condition) in enumerate(zip(cues, bearers, conditions, strict=True)):
        sanction = by_segment.get(layout.segment(cue.start)[0]) if by_segment else None
        if sanction and introduces(layout, cue, sanction):
            continue
        following = cues[index + 1].start if index + 1 < len(cues) else len(layout.text)
        norms.append(_norm(layout, cue, bearer, condition, deadlines, _breached(sanctions, layout, cue), following))
    return tuple(sorted(norms, key=lambda norm: norm.cue.start))


def introduces(layout: Layout, cue: Cue, sanction: Sanction) -> bool:
    """Whether the cue only introduces a sanction of its segment: 可以处, 应当依法追究, 要进行批评教育，直至给予…; or
    adds a talk to it: 责令改正，并可以约谈…."""
    if cue.modality is Modality.PROHIBITION:
        return cue.start > sanction.start and layout.text.startswith(("禁止其", "并禁止其"), cue.start)
    if cue.modality not in (Modality.OBLIGATION, Modality.PERMISSION):
        return False
    if sanction.start < cue.start and (
        layout.text.startswith("约谈", cue.end) or _PUNISHING.match(layout.masked, cue.end)
    ):
        return True
    clause = layout.clause(cue.start)
    following = next((verb for verb in sanction.verbs if verb >= cue.end), None)
    if following is None:
        return False
    if following < clause[1]:
        return True
    if following > clause[1] + _REACH or layout.clause(following)[0] != clause[1] + 1:
        return False
    return _BEFORE_SANCTION.match(layout.masked[cue.end : min(clause[1], cue.end + 4 * _REACH)]) is not None


def _span(layout: Layout, start: int, end: int, pattern: str = "") -> Span:
    """A span of the unit, white space at its ends taken off."""
    text = layout.text
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end, text[start:end], pattern)


def _norm(
    layout: Layout,
    cue: Cue,
    bearer: Bearer | None,
    condition: Conditions,
    deadlines: Sequence[Deadline],
    sanction: Sanction | None,
    following: int,
) -> Norm:
    segment, clause = layout.segment(cue.start), layout.clause(cue.start)
    if following >= segment[1]:
        stop = segment[1]
    elif following < clause[1]:
        stop = following
    else:
        stop = layout.clause(following)[0] - 1
    stop = max(cue.end, min(stop, cue.end + _LONGEST))
    reasons = [reason for reason in (cue.reason, bearer.reason if bearer else "") if reason]
    start = min(segment[0], cue.start)
    return Norm(
        modality=cue.modality,
        cue=Span(cue.start, cue.end, layout.text[cue.start : cue.end], cue.pattern),
        clause=_span(layout, max(start, cue.start - _LONGEST), min(max(segment[1], cue.end), cue.end + _LONGEST)),
        bearer=Span(bearer.start, bearer.end, layout.text[bearer.start : bearer.end], bearer.pattern)
        if bearer
        else None,
        action=layout.text[cue.end : stop].strip("，,：: \n"),
        condition=condition.condition,
        exception=condition.exception,
        deadline=_deadlines(deadlines, layout.clause(start)[0] if not condition.condition else clause[0], stop),
        consequence=layout.text[sanction.start : min(sanction.segment_end, sanction.start + _LONGEST)].strip()
        if sanction
        else "",
        confidence=round(min(cue.confidence, bearer.confidence if bearer else 1.0), 2),
        reason="; ".join(reasons),
    )


def _penalty(layout: Layout, sanction: Sanction, deadlines: Sequence[Deadline]) -> Norm:
    return Norm(
        modality=Modality.PENALTY,
        cue=Span(sanction.start, sanction.end, layout.text[sanction.start : sanction.end], sanction.pattern),
        clause=_span(layout, sanction.segment_start, sanction.segment_end),
        action=layout.text[sanction.start : sanction.segment_end].strip("，,：: \n"),
        condition=sanction.offence or sanction.provision,
        deadline=_deadlines(deadlines, sanction.start, sanction.segment_end),
        consequence=", ".join(sanction.kinds),
        confidence=sanction.confidence,
        reason=sanction.reason,
    )


def _deadlines(deadlines: Sequence[Deadline], start: int, end: int) -> str:
    """Time limits inside [start, end), in words of the text."""
    if not deadlines:
        return ""
    return "；".join(one.span.text for one in deadlines if start <= one.span.start and one.span.end <= end)


def _breached(sanctions: Sequence[Sanction], layout: Layout, cue: Cue) -> Sanction | None:
    """The first sanction behind the cue in its sentence whose segment names a breach."""
    if not sanctions:
        return None
    sentence = layout.sentence(cue.start)
    for sanction in sanctions:
        if sanction.start > cue.end and sanction.start < sentence[1]:
            if _BREACH.search(layout.masked, max(cue.end, sanction.segment_start), sanction.start):
                return sanction
        elif sanction.start >= sentence[1]:
            break
    return None
