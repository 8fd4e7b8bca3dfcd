"""What holds on a given day: the span of validity and the status of each expression of one instrument.

The store keeps what sources state; what follows from dates, later expressions and repeals is worked out here.
In: expressions in order of validity, the day. Out: one `Standing` each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.model import InstrumentStatus
from rules_db.timeline import day_after

# A later expression is in force: true of an expression, never of an instrument, so no InstrumentStatus.
SUPERSEDED = "superseded"
_FINAL = frozenset({InstrumentStatus.REPEALED, InstrumentStatus.EXPIRED, InstrumentStatus.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Stated:
    """An expression as the store holds it; dates ISO, None = not known."""

    id: str
    effective_on: str | None
    expires_on: str | None
    status: str

    @property
    def over_on(self) -> str | None:
        """The first day after its stated term; `expires_on` is the last day on which it applies."""
        return day_after(self.expires_on) if self.expires_on else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Valid in [valid_from, valid_to); `current` marks the expression that speaks for its instrument."""

    id: str
    valid_from: str | None
    valid_to: str | None
    status: str
    current: bool


def standings(
    expressions: Sequence[Stated], repealed_on: str | None, today: str, partly_on: str | None = None
) -> list[Standing]:
    """Standing of each expression on the day `today`. A draft is never valid and never ends another expression;
    `partly_on` is the first day on which a part of the instrument no longer applies."""
    law = [e for e in expressions if e.status != InstrumentStatus.DRAFT]
    ends: dict[str, str | None] = {}
    for i, expression in enumerate(law):
        following = law[i + 1].effective_on if i + 1 < len(law) else None
        limits = [day for day in (following, expression.over_on, repealed_on) if day]
        end = min(limits) if limits else None
        start = expression.effective_on
        # An end that isn't after the start closes nothing: such dates contradict each other and are left to a person.
        ends[expression.id] = end if end is None or start is None or end > start else following
    begun = [e for e in law if e.effective_on is None or e.effective_on <= today]
    speaker = (begun or law or list(expressions))[-1] if expressions else None
    found = []
    for expression in expressions:
        draft = expression.status == InstrumentStatus.DRAFT
        later = expression in law and speaker in law and law.index(expression) < law.index(speaker)
        found.append(
            Standing(
                expression.id,
                None if draft else expression.effective_on,
                None if draft else ends[expression.id],
                _status(expression, ends.get(expression.id), repealed_on, partly_on, today, overtaken=later),
                expression is speaker,
            )
        )
    return found


def _status(
    expression: Stated, end: str | None, repealed_on: str | None, partly_on: str | None, today: str, *, overtaken: bool
) -> str:
    if expression.status == InstrumentStatus.DRAFT:
        return InstrumentStatus.DRAFT
    if overtaken:
        return SUPERSEDED
    if expression.status in _FINAL:
        return expression.status
    if expression.effective_on and expression.effective_on > today:
        return InstrumentStatus.NOT_YET_IN_FORCE
    if end and end <= today:
        if repealed_on and end == repealed_on:
            return InstrumentStatus.REPEALED
        return InstrumentStatus.EXPIRED if end == expression.over_on else SUPERSEDED
    if partly_on and partly_on <= today and expression.status == InstrumentStatus.IN_FORCE:
        return InstrumentStatus.PARTLY_REPEALED
    return expression.status
