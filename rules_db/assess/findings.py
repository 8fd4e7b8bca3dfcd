"""What a test found: findings with file and line, kept up to a number, counted beyond it; verdicts out of them.

Pure values; nothing here reads a file or the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MOST_KEPT = 1000  # findings a test keeps in full; all are counted


class Outcome(StrEnum):
    """The verdict words of an assessment. `met` speaks for what files can show, and for nothing else."""

    MET = "met"
    NOT_MET = "not met"
    NOT_SHOWN = "not shown"
    NOT_APPLICABLE = "not applicable"


class Weight(StrEnum):
    """A violation decides the verdict; an unreadable row leaves it open; a remark rests on practice or claim only."""

    VIOLATION = "violation"
    UNREADABLE = "unreadable"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row and what is wrong with it. `line` counts from 1, 0 = the file as a whole; `rule` is a rule id or empty;
    `basis` says what the finding rests on (rule, enterprise, catalogue, format)."""

    file: str
    line: int
    why: str
    weight: Weight = Weight.VIOLATION
    basis: str = "format"
    rule: str = ""


@dataclass
class Tally:
    """Findings of one test on one control while files stream by."""

    test: str
    title: str
    limits: list[str] = field(default_factory=list)
    examined: int = 0
    missing: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    counts: dict[Weight, int] = field(default_factory=dict)
    idle: bool = False  # no rule asks for what the test looks at, and no row speaks of it

    def add(self, finding: Finding) -> None:
        """Count a finding and keep it while there is room."""
        self.counts[finding.weight] = self.counts.get(finding.weight, 0) + 1
        if self.counts[finding.weight] <= MOST_KEPT:
            self.findings.append(finding)

    @property
    def outcome(self) -> Outcome:
        """Not met beats not shown beats met; a test that nothing asks for is not applicable."""
        if self.counts.get(Weight.VIOLATION):
            return Outcome.NOT_MET
        if self.idle and not self.examined and not self.missing and not self.counts:
            return Outcome.NOT_APPLICABLE
        if self.missing or not self.examined or self.counts.get(Weight.UNREADABLE):
            return Outcome.NOT_SHOWN
        return Outcome.MET


def together(outcomes: list[Outcome]) -> Outcome:
    """The verdict of a control from those of its tests that apply; no test at all shows nothing."""
    for outcome in (Outcome.NOT_MET, Outcome.NOT_SHOWN, Outcome.MET):
        if outcome in outcomes:
            return outcome
    return Outcome.NOT_SHOWN
