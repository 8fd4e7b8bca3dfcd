"""One assessment: a site's profile, a folder of evidence and the store in; a verdict for each control out.

Files are found by name: devices.*, uploads*.*, alerts*.*, documents.*. Nothing outside the folder is read.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rules_db.assess import alerts, devices, papers
from rules_db.assess.findings import MOST_KEPT, Finding, Outcome, Tally, Weight, together
from rules_db.assess.limits import Limit, Limits, catalogue_limits, find_demands, find_limits, own_limit, targets_of
from rules_db.assess.reading import evidence_files, read_rows
from rules_db.assess.uploads import COLUMNS, UploadAudit, upload_columns
from rules_db.connection import StoreError
from rules_db.mapping.applicability import applies
from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.mapping.parties import read_parties
from rules_db.mapping.profiles import Profile

_LOGS = (".csv", ".jsonl")
_LISTS = (".csv", ".jsonl", ".yaml", ".yml")
_AT_MOST, _AT_LEAST = ("le", "lt"), ("ge", "gt")


def assess(
    connection: sqlite3.Connection, catalogue: Catalogue, profile: Profile, folder: Path, as_of: str
) -> dict[str, Any]:
    """Test what files can show, for each control of the catalogue. `as_of` is an ISO day.

    The result is plain: `controls` (outcome, tests with limits, findings, what is missing), `summary` by outcome,
    `problems` that belong to no control. Raises StoreError when the folder can't be read.
    """
    if not folder.is_dir():
        raise StoreError(f"{folder}: no folder with evidence files; see docs/assessment.md for what it holds")
    run = _Run(connection, catalogue, profile, folder, as_of)
    run.read()
    return run.result()


class _Run:
    def __init__(
        self, connection: sqlite3.Connection, catalogue: Catalogue, profile: Profile, folder: Path, as_of: str
    ) -> None:
        self.connection, self.catalogue, self.profile, self.folder = connection, catalogue, profile, folder
        self.as_of = as_of
        self.day = datetime.date.fromisoformat(as_of)
        self.parties = read_parties()
        self.problems: list[Finding] = []
        self.tallies: dict[str, list[Tally]] = {}
        self.tests = [test for test in catalogue.tests.values() if self._concerned(test)]
        self.files: list[str] = []

    def read(self) -> None:
        """Read every kind of file that a test of the site asks for."""
        self._uploads()
        self._alerts()
        self._devices()
        self._papers()

    def result(self) -> dict[str, Any]:
        """The assessment as plain values, controls in catalogue order."""
        controls = []
        for control in self.catalogue.controls.values():
            tallies = self.tallies.get(control["id"], [])
            applicable = applies(control, self.profile)
            outcome = together([tally.outcome for tally in tallies]) if applicable else Outcome.NOT_APPLICABLE
            controls.append(
                {
                    "control": control["id"],
                    "title": control["title"],
                    "title_zh": control["title_zh"],
                    "tier": control["tier"],
                    "outcome": str(outcome),
                    "tests": [_told(tally) for tally in tallies] if applicable else [],
                }
            )
        counts = Counter(control["outcome"] for control in controls)
        return {
            "site": self.profile.site,
            "jurisdiction": self.profile.jurisdiction,
            "as_of": self.as_of,
            "files": sorted(self.files),
            "summary": {str(outcome): counts[str(outcome)] for outcome in Outcome},
            "controls": controls,
            "problems": [asdict(problem) for problem in self.problems],
        }

    def _concerned(self, test: Entry) -> bool:
        return "control" not in test or applies(self.catalogue.controls[test["control"]], self.profile)

    def _tally(self, test: Entry, control: str | None = None) -> Tally:
        tally = Tally(test["id"], test["title"])
        self.tallies.setdefault(control or test["control"], []).append(tally)
        return tally

    def _of_kind(self, kind: str) -> list[Entry]:
        return [test for test in self.tests if test["kind"] == kind]

    def _limits(self, test: Entry, tally: Tally, comparators: tuple[str, ...], *, time: bool = True) -> Limits:
        """The limits of rules for a test, noted in its tally; what binds others only is said too."""
        targets = targets_of(self.catalogue, test["control"])
        targets += [("hardware_item", key) for key in test.get("hardware", ()) if ("hardware_item", key) not in targets]
        found = find_limits(
            self.connection, self.catalogue, self.profile, self.parties, test, targets, comparators, time=time
        )
        tally.limits += [limit.describe() for limit in found.binding]
        if not found.binding:
            tally.limits += [f"binds {limit.bearer} only: {limit.describe()}" for limit in found.others]
        return found

    def _found(self, stem: str, endings: tuple[str, ...], tallies: list[Tally]) -> list[Path]:
        paths = evidence_files(self.folder, stem, *endings)
        if not paths:
            wanted = " or ".join(f"{stem}{ending}" for ending in endings)
            for tally in tallies:
                tally.missing.append(f"no file {wanted} in the evidence folder")
        self.files += [path.name for path in paths]
        return paths

    def _uploads(self) -> None:
        fields = {test["id"]: self._tally(test) for test in self._of_kind("required_field")}
        required = [field for test in self._of_kind("required_field") for field in test["fields"]]
        checksums = [self._tally(test) for test in self._of_kind("checksum")]
        silences = [(test, self._tally(test)) for test in self._of_kind("log_gap")]
        deadlines: dict[str, tuple[Tally, tuple[Limit, ...]]] = {}
        tallies = [*fields.values(), *checksums, *(tally for _test, tally in silences)]
        for test in self._of_kind("report_deadline"):
            tally = self._tally(test)
            tallies.append(tally)
            binding = self._limits(test, tally, _AT_MOST).binding
            tally.idle = not binding
            for event in test["events"]:
                deadlines[event] = (tally, binding)
        gap_limits: list[Limit] = []
        for test, tally in silences:
            gap_limits = self._silence_limits(test, tally)
        columns = upload_columns(self.catalogue.tests.values())
        audit = UploadAudit(
            columns, next(iter(fields.values()), None), required, next(iter(checksums), None),
            silences[0][1] if silences else None, gap_limits, deadlines, self._events(),
        )  # fmt: skip
        if not tallies:
            return
        optional = set(columns) - set(COLUMNS)
        for path in self._found("uploads", _LOGS, tallies):
            audit.read(path.name, read_rows(path, columns, _named(audit.unreadable, path.name), optional))

    def _silence_limits(self, test: Entry, tally: Tally) -> list[Limit]:
        """The rule's limit, else the enterprise's, else the catalogue's, which leads to remarks only."""
        found = list(self._limits(test, tally, _AT_MOST).binding)
        own = own_limit(self.profile, test)
        if not found and own is not None:
            found = [Limit(own.basis, own.comparator, own.value, None, own.unit, own.text, note=own.note)]
            tally.limits.append(own.describe())
        if not found:
            for hardware in test.get("hardware", ()):
                minimums = catalogue_limits(self.catalogue, hardware, test.get("parameter"))
                found += [
                    Limit("catalogue", "le", m.value, None, m.unit, m.text, note=m.note) for _entry, m in minimums
                ]
            tally.limits += [limit.describe() for limit in found]
        if not found:
            tally.missing.append("no limit in a linked rule, the profile or the catalogue")
        return found

    def _events(self) -> frozenset[str]:
        every = self.catalogue.tests.values()
        listed = [event for test in every for event in test.get("events", ())]
        return frozenset(
            listed + [event for test in every for f in test.get("fields", ()) for event in f.get("events", ())]
        )

    def _alerts(self) -> None:
        steps = []
        for test in self._of_kind("alert_time"):
            tally = self._tally(test)
            rules = self._limits(test, tally, _AT_MOST).binding
            own = own_limit(self.profile, test)
            if own is not None:
                own = Limit(own.basis, own.comparator, own.value, None, own.unit, own.text, note=own.note)
                tally.limits.append(
                    own.describe() if not rules else f"only where no rule is in force: {own.describe()}"
                )
            step = alerts.AlertStep(test["step"], tally, rules, own)
            looser = alerts.looser_than_rule(step, self.as_of)
            if looser is not None:
                tally.add(looser)
            steps.append(step)
        if not steps:
            return
        tallies = [step.tally for step in steps]
        end = datetime.datetime.combine(self.day, datetime.time.max)
        for path in self._found("alerts", _LOGS, tallies):
            problem = _to_all(tallies, path.name)
            rows = read_rows(path, alerts.COLUMNS, problem, alerts.OPTIONAL)
            alerts.read_alerts(path.name, rows, steps, end)

    def _devices(self) -> None:
        registers = [(test, self._tally(test)) for test in self._of_kind("device")]
        limits = [(test, self._tally(test)) for test in self._of_kind("device_limit")]
        tallies = [tally for _test, tally in registers + limits]
        if not tallies:
            return
        paths = self._found("devices", _LISTS, tallies)
        known: dict[str, devices.Registered] = {}
        scrap = Tally("", "")
        for path in paths:
            main = registers[0][1] if registers else scrap
            rows = read_rows(path, devices.COLUMNS, _to_all([main], path.name), ("parameter", "value", "unit"))
            devices.read_register(path.name, rows, self.catalogue, self.profile, main, known)
        for test, tally in registers:
            if not paths:
                continue
            devices.compare_with_profile(self.catalogue, self.profile, known, tally)
            demands = find_demands(self.connection, self.profile, self.parties, test, self.as_of)
            tally.limits += [f"{hardware} at each checkpoint: {rule.describe()}" for hardware, rule in demands]
            devices.wanted_at_checkpoints(self.profile, known, demands, tally)
        for test, tally in limits:
            found = self._limits(test, tally, _AT_LEAST, time=False).binding
            current = [limit for limit in found if limit.holds_on(self.as_of)]
            if not current:
                tally.idle = True
                tally.limits.append(f"no rule on {test['parameter']} in force on {self.as_of} is held")
            devices.compare_limit(self.catalogue, test, known, current, tally)

    def _papers(self) -> None:
        for test in self._of_kind("document"):
            concerned = [c["id"] for c in self.catalogue.controls.values() if applies(c, self.profile)]
            tallies = {control: self._tally(test, control) for control in concerned}
            held = papers.Papers()
            for path in self._found("documents", _LISTS, list(tallies.values())):
                rows = read_rows(path, papers.COLUMNS, self._problem(path.name), papers.OPTIONAL)
                papers.read_papers(path.name, rows, self.folder, self.catalogue, self.day, held)
            self.problems += held.stray
            since = self.profile.operating_since
            for control, tally in tallies.items():
                limits_of = self._retention(test, tally)
                papers.check_papers(self.catalogue, control, held, self.day, since, limits_of, tally)

    def _retention(self, test: Entry, tally: Tally) -> Callable[[str], tuple[Limit, ...]]:
        def limits_of(evidence: str) -> tuple[Limit, ...]:
            found = find_limits(
                self.connection, self.catalogue, self.profile, self.parties, test, [("evidence_item", evidence)],
                _AT_LEAST,
            )  # fmt: skip
            tally.limits += [f"{evidence}: {limit.describe()}" for limit in found.binding]
            return found.binding

        return limits_of

    def _problem(self, file: str) -> Callable[[int, str], None]:
        def told(line: int, why: str) -> None:
            if len(self.problems) < MOST_KEPT:
                self.problems.append(Finding(file, line, why, Weight.UNREADABLE))

        return told


def _named(report: Callable[[str, int, str], None], file: str) -> Callable[[int, str], None]:
    return lambda line, why: report(file, line, why)


def _to_all(tallies: list[Tally], file: str) -> Callable[[int, str], None]:
    def told(line: int, why: str) -> None:
        for tally in tallies:
            tally.add(Finding(file, line, why, Weight.UNREADABLE))

    return told


def _told(tally: Tally) -> dict[str, Any]:
    return {
        "test": tally.test,
        "title": tally.title,
        "outcome": str(tally.outcome),
        "examined": tally.examined,
        "limits": tally.limits,
        "missing": tally.missing,
        "counts": {str(weight): count for weight, count in sorted(tally.counts.items())},
        "findings": [asdict(finding) for finding in tally.findings],
    }
