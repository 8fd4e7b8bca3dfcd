"""Puts norms together from cues, bearers, conditions, and sanctions.

In: the layers of one unit. Out: `Norm` values in order of their cues. A modal that only introduces a sanction gives way to
the penalty of its segment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.pipes.bearers.bearers import Bearer
from nlp.pipes.conditions.conditions import Conditions
from nlp.pipes.modality.modality import Cue
from nlp.pipes.sanctions.sanctions import Sanction
from nlp.text.clauses import Layout
from rules_db.model import Modality, Norm, Span

_BEFORE_SANCTION = re.compile(
    r"\s*(?:自[^，]{1,40}起|根据[^，]{1,40}|按照[^，]{1,40}|视[^，]{1,20}|依法|[^，]{0,40}(?:依照|按照|根据)[^，]{1,60}|进行批评教育|批评教育|对[^，]{1,40}|没收|.{0,6}批评教育)\s*$"
)


def assemble(
    layout: Layout,
    cues: Sequence[Cue],
    bearers: Sequence[Bearer | None],
    conditions: Sequence[Conditions],
    sanctions: Sequence[Sanction],
) -> tuple[Norm, ...]:
    """Norms in order of their cues."""
    text = layout.text

    def span(start: int, end: int, pattern: str = "") -> Span:
        return Span(start, end, text[start:end], pattern)

    by_segment = {sanction.segment_start: sanction for sanction in sanctions}
    norms = []
    for cue, bearer, condition in zip(cues, bearers, conditions, strict=True):
        segment = layout.segment(cue.start)
        sanction = by_segment.get(segment[0])
        if sanction and introduces(layout, cue, sanction):
            continue
        norms.append(
            Norm(
                cue.modality,
                span(cue.start, cue.end, cue.pattern),
                span(*segment),
                span(bearer.start, bearer.end, bearer.pattern) if bearer else None,
                condition=condition.condition,
                exception=condition.exception,
            )
        )
    for sanction in sanctions:
        norms.append(
            Norm(
                Modality.PENALTY,
                span(sanction.start, sanction.end, sanction.pattern),
                span(sanction.segment_start, sanction.segment_end),
                confidence=sanction.confidence,
                reason=sanction.reason,
            )
        )
    return tuple(sorted(norms, key=lambda norm: norm.cue.start))


def introduces(layout: Layout, cue: Cue, sanction: Sanction) -> bool:
    """Whether the cue only introduces a sanction of its segment: 可以处, 应当依法追究, 要进行批评教育，直至给予….."""
    if cue.modality not in (Modality.OBLIGATION, Modality.PERMISSION):
        return False
    clause = layout.clause(cue.start)
    following = [verb for verb in sanction.verbs if verb >= cue.end]
    if not following:
        return False
    if following[0] < clause[1]:
        return True
    if following[0] > clause[1] + 60 or layout.clause(following[0])[0] != clause[1] + 1:
        return False
    return _BEFORE_SANCTION.match(layout.masked[cue.end : clause[1]]) is not None
