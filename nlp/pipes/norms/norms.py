"""Puts norms together from cues, bearers, conditions, and sanctions."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.pipes.bearers.bearers import Bearer
from nlp.pipes.conditions.conditions import Conditions
from nlp.pipes.modality.modality import Cue
from nlp.pipes.sanctions.sanctions import Sanction
from nlp.text.clauses import Layout
from rules_db.model import Modality, Norm, Span


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

    punished = {sanction.segment_start for sanction in sanctions}
    norms = []
    for cue, bearer, condition in zip(cues, bearers, conditions, strict=True):
        segment = layout.segment(cue.start)
        if segment[0] in punished:
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
                span(sanction.start, sanction.end, "sanction"),
                span(sanction.segment_start, sanction.segment_end),
            )
        )
    return tuple(sorted(norms, key=lambda norm: norm.cue.start))
