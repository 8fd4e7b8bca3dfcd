"""Alert logs: times from raised to acknowledged and to resolved, against the limits in force when it was raised.

A rule's limit comes first; where no rule holds, the enterprise's own limit is used and called so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules_db.assess.findings import Finding, Tally, Weight
from rules_db.assess.limits import Limit, within
from rules_db.assess.reading import Row, moment
from rules_db.mapping.profiles import converted, convertible

COLUMNS = ("alert", "raised_at", "acknowledged_at", "resolved_at", "cause")
OPTIONAL = ("cause",)


@dataclass(frozen=True, slots=True)
class AlertStep:
    """One step that has a limit: its column, tally, the rules' limits and the enterprise's own."""

    column: str
    tally: Tally
    rules: Sequence[Limit]
    own: Limit | None

    def limits_on(self, day: str) -> list[Limit]:
        """Rules in force on a day; the enterprise's own limit only where there is none."""
        held = [limit for limit in self.rules if limit.holds_on(day)]
        return held or ([self.own] if self.own is not None else [])


def read_alerts(file: str, rows: Iterable[Row], steps: Sequence[AlertStep], as_of: datetime.datetime) -> None:
    """Compare each alert's steps with their limits; a step not taken is late once its time has passed on `as_of`."""
    for line, cells in rows:
        alert = cells[0] or "an alert without number"
        try:
            times = {name: moment(cell) if cell else None for name, cell in zip(COLUMNS[1:4], cells[1:4], strict=True)}
        except ValueError as error:
            _unreadable(steps, file, line, f"{alert}: no time: {error}")
            continue
        raised = times["raised_at"]
        if raised is None:
            _unreadable(steps, file, line, f"{alert}: raised_at is empty")
            continue
        for step in steps:
            _compare(step, file, line, alert, raised, times[step.column], as_of)


def _compare(
    step: AlertStep, file: str, line: int, alert: str, raised: datetime.datetime, done: datetime.datetime | None,
    as_of: datetime.datetime,
) -> None:  # fmt: skip
    limits = step.limits_on(raised.date().isoformat())
    word = step.column.removesuffix("_at")
    if not limits:
        why = f"{alert}: no limit in force on {raised.date()}, and none set by the enterprise"
        step.tally.add(Finding(file, line, why, Weight.UNREADABLE, "rule"))
        return
    step.tally.examined += 1
    if done is not None and done < raised:
        why = f"{alert}: {word} at {done}, before it was raised at {raised}"
        step.tally.add(Finding(file, line, why))
        return
    taken = ((done or as_of) - raised).total_seconds()
    for limit in limits:
        if not convertible(limit.unit, "second"):
            why = f"{alert}: a limit in {limit.unit} can't be compared with clock times: {limit.describe()}"
            step.tally.add(Finding(file, line, why, Weight.UNREADABLE, limit.basis, limit.rule_id))
            continue
        if not within(converted(taken, "second", limit.unit), limit):
            state = f"{word} after {_span(taken)}" if done else f"not {word} after {_span(taken)}"
            why = f"{alert}: {state}; limit {limit.describe()}"
            step.tally.add(Finding(file, line, why, Weight.VIOLATION, limit.basis, limit.rule_id))
            return


def looser_than_rule(step: AlertStep, day: str) -> Finding | None:
    """A limit of the enterprise that allows more than the rule in force on a day."""
    for limit in step.rules:
        if step.own is None or not limit.holds_on(day) or not convertible(limit.unit, step.own.unit):
            continue
        if converted(step.own.value, step.own.unit, limit.unit) > limit.value:
            why = f"the enterprise set {step.own.text}, the rule allows less: {limit.describe()}"
            return Finding("profile", 0, why, Weight.REMARK, "rule", limit.rule_id)
    return None


def _unreadable(steps: Sequence[AlertStep], file: str, line: int, why: str) -> None:
    for step in steps:
        step.tally.add(Finding(file, line, why, Weight.UNREADABLE))


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
