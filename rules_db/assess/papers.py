"""Document registers: what evidence is there, whether it is the file it was, still valid, and kept long enough.

Legal periods come from rules linked to the evidence, then from the catalogue's legal retention where it names a period;
the catalogue's suggestion leads to a remark only.
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rules_db.assess.findings import Finding, Tally, Weight
from rules_db.assess.limits import Limit
from rules_db.assess.reading import Row
from rules_db.mapping.catalogue import Catalogue

COLUMNS = ("evidence", "file", "title", "issued_on", "valid_until", "kept_from", "sha256")
OPTIONAL = ("title", "issued_on", "valid_until", "kept_from", "sha256")
_PERIOD = re.compile(r"(\d{1,4}) (day|month|year)s?\b")


@dataclass(frozen=True, slots=True)
class Paper:
    """A line of the register, with its days read. `kept_from` is the first day whose records are still held."""

    register: str
    line: int
    evidence: str
    file: str
    valid_until: datetime.date | None
    kept_from: datetime.date | None
    issued_on: datetime.date | None


@dataclass
class Papers:
    """The register: papers by evidence id, and the faults of each id's lines."""

    by_evidence: dict[str, list[Paper]] = field(default_factory=dict)
    faults: dict[str, list[Finding]] = field(default_factory=dict)
    stray: list[Finding] = field(default_factory=list)


def read_papers(
    register: str, rows: Iterable[Row], folder: Path, catalogue: Catalogue, as_of: datetime.date, into: Papers
) -> None:
    """Take in a register: files are looked up below the evidence folder and hashed where a digest is given."""
    root = folder.resolve()
    for line, (evidence, file, _title, issued, valid, kept, digest) in rows:
        if evidence not in catalogue.evidence:
            into.stray.append(Finding(register, line, f"no evidence {evidence!r} in the catalogue"))
            continue
        faults = into.faults.setdefault(evidence, [])
        try:
            days = [datetime.date.fromisoformat(text) if text else None for text in (issued, valid, kept)]
        except ValueError as error:
            faults.append(Finding(register, line, f"{evidence}: no day: {error}", Weight.UNREADABLE))
            continue
        paper = Paper(register, line, evidence, file, days[1], days[2], days[0])
        into.by_evidence.setdefault(evidence, []).append(paper)
        path = (root / file).resolve() if file and "\x00" not in file else root
        if not file or not path.is_relative_to(root) or not path.is_file():
            faults.append(Finding(register, line, f"{evidence}: no file {file!r} in the evidence folder"))
        elif digest and _digest(path) != digest.lower():
            faults.append(Finding(register, line, f"{evidence}: {file} has another SHA-256 than the register says"))
        if paper.issued_on and paper.issued_on > as_of:
            faults.append(Finding(register, line, f"{evidence}: {file} is dated {paper.issued_on}, after {as_of}"))


def check_papers(
    catalogue: Catalogue, control: str, papers: Papers, as_of: datetime.date, since: str | None,
    limits_of: Callable[[str], Sequence[Limit]], tally: Tally,
) -> None:  # fmt: skip
    """Every evidence item of a control: there, valid on `as_of`, and kept as long as its limits say.

    `since` is the day the site began to operate: nothing older can be asked for.
    """
    for evidence in catalogue.controls[control]["evidence"]:
        title = catalogue.evidence[evidence]["title"]
        held = papers.by_evidence.get(evidence, [])
        for fault in papers.faults.get(evidence, ()):
            tally.add(fault)
        if not held:
            tally.missing.append(f"{evidence} {title}: no line in a document register")
            continue
        tally.examined += len(held)
        latest = max(held, key=lambda paper: (paper.valid_until or datetime.date.max, paper.line))
        if latest.valid_until is not None and latest.valid_until < as_of:
            why = f"{evidence} {title}: expired on {latest.valid_until}"
            tally.add(Finding(latest.register, latest.line, why))
        limits = [limit for limit in limits_of(evidence) if limit.holds_on(as_of.isoformat())]
        limits = limits or list(_written(catalogue.evidence[evidence]["retention_legal"], "legal retention", evidence))
        for limit in limits:
            _check_age(held, limit, as_of, since, Weight.VIOLATION, tally)
        suggested = catalogue.evidence[evidence]["retention_suggested"]
        for limit in _written(suggested, "suggested retention, own practice", evidence):
            _check_age(held, limit, as_of, since, Weight.REMARK, tally)


def _check_age(
    held: Sequence[Paper], limit: Limit, as_of: datetime.date, since: str | None, weight: Weight, tally: Tally
) -> None:
    dated = [paper for paper in held if paper.kept_from is not None]
    if not dated:
        if weight is Weight.VIOLATION:
            why = f"{held[0].evidence}: kept_from is not stated; limit {limit.describe()}"
            tally.add(Finding(held[0].register, held[0].line, why, Weight.UNREADABLE, limit.basis, limit.rule_id))
        return
    oldest = min(dated, key=lambda paper: (paper.kept_from or as_of, paper.line))
    asked = before(as_of, round(limit.value), limit.unit)
    if oldest.kept_from is None or asked is None or oldest.kept_from <= asked:
        return
    if since is not None and oldest.kept_from.isoformat() <= since:
        return
    why = (
        f"{oldest.evidence}: kept from {oldest.kept_from}, records from {asked} are asked for; limit {limit.describe()}"
    )
    if since is None and weight is Weight.VIOLATION:
        weight, why = Weight.UNREADABLE, f"{why}; the profile does not say since when the site operates"
    tally.add(Finding(oldest.register, oldest.line, why, weight, limit.basis, limit.rule_id))


def before(day: datetime.date, amount: int, unit: str) -> datetime.date | None:
    """The day `amount` units earlier; None where it can't be told (another unit, or before the calendar begins)."""
    try:
        if unit in ("day", "week"):
            return day - datetime.timedelta(days=amount * (7 if unit == "week" else 1))
        if unit in ("month", "year"):
            year, month = divmod(day.year * 12 + day.month - 1 - amount * (12 if unit == "year" else 1), 12)
            return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None
    return None


def _written(text: str, note: str, evidence: str) -> Iterable[Limit]:
    """The period at the beginning of a catalogue text, if there is one."""
    match = _PERIOD.match(text)
    if match:
        yield Limit("catalogue", "ge", float(match[1]), None, match[2], match[0], note=f"{note} of {evidence}")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
