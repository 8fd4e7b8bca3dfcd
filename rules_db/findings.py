"""What a check of the doctor says: `Finding`s, which each say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """`warn` wants a person soon, `fail` means that the next run can't be relied on."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was seen, and what to do when it isn't well."""

    check: str
    outcome: Outcome
    found: str
    do: str = ""

    def as_row(self) -> dict[str, str]:
        return {"check": self.check, "outcome": str(self.outcome), "found": self.found, "do": self.do}
