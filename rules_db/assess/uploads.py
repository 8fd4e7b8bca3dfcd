"""Transmission logs, one pass: fields, checksums, silences and late reports; memory does not grow with the log.

In: rows (line, cells in the order of COLUMNS + extra fields). Out: findings in the tallies given.
The checksum of a row is the SHA-256 of the payload's UTF-8 bytes, in hex.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rules_db.assess.findings import Finding, Tally, Weight
from rules_db.assess.limits import Limit, within
from rules_db.assess.reading import Row, moment
from rules_db.mapping.catalogue import Entry
from rules_db.mapping.profiles import converted, convertible
from rules_db.workdays import due_date

COLUMNS = ("code", "event", "event_at", "uploaded_at", "payload", "sha256")
_SOFT = frozenset({"claim", "practice"})
_SHORT = frozenset({"second", "minute", "hour"})
_SECOND = {"second": 1, "minute": 60, "hour": 3600}
Due = tuple[Limit, datetime.date | None]


@dataclass
class UploadAudit:
    """State of the pass. `deadlines` maps an event to its tests' tallies and limits; the other tallies may be absent
    when the catalogue has no such test for the site."""

    columns: tuple[str, ...]
    fields: Tally | None
    required: Sequence[Mapping[str, object]]
    checksums: Tally | None
    silence: Tally | None
    gap_limits: Sequence[Limit]
    deadlines: Mapping[str, tuple[Tally, Sequence[Limit]]]
    events: frozenset[str]
    _last: datetime.datetime | None = None
    _last_file: str = ""
    _last_line: int = 0
    _gaps: list[tuple[Limit, Limit]] = field(default_factory=list)
    _due: dict[tuple[str, datetime.date], tuple[Due, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        comparable = [limit for limit in self.gap_limits if convertible(limit.unit, "second")]
        self._gaps = [(limit, _in_seconds(limit)) for limit in comparable]

    def unreadable(self, file: str, line: int, why: str) -> None:
        """A row that can't be read leaves every test of the log open; for the fields it is a fault."""
        for tally in self._tallies():
            weight = Weight.VIOLATION if tally is self.fields else Weight.UNREADABLE
            tally.add(Finding(file, line, why, weight))

    def read(self, file: str, rows: Iterable[Row]) -> None:
        """Take in the rows of one file, in the order of upload."""
        plan = self._field_plan()
        fields, checksums, silence = self.fields, self.checksums, self.silence
        sha256 = hashlib.sha256
        for line, cells in rows:
            code, event, event_at, uploaded_at, payload, digest = cells[:6]
            if fields is not None:
                fields.examined += 1
                empty = [name for name, place, _soft in plan.get(event, plan[""]) if not cells[place].strip()]
                if empty or event not in self.events:
                    self._report_fields(fields, file, line, event, empty, plan)
            if checksums is not None and payload and digest:
                checksums.examined += 1
                if sha256(payload.encode()).hexdigest() != digest.lower():
                    checksums.add(Finding(file, line, f"the payload of {code or 'a row'} has another checksum"))
            try:
                uploaded = moment(uploaded_at) if uploaded_at else None
                happened = moment(event_at) if event_at else None
            except ValueError as error:
                self.unreadable(file, line, f"no time: {error}")
                continue
            if uploaded is None:
                continue
            if silence is not None:
                self._listen(silence, file, line, uploaded)
            watched = self.deadlines.get(event)
            if watched is not None and happened is not None:
                self._compare(watched[0], file, line, event, code, happened, uploaded)

    def _tallies(self) -> list[Tally]:
        found = [tally for tally in (self.fields, self.checksums, self.silence) if tally is not None]
        seen = {id(tally) for tally in found}
        for tally, _limits in self.deadlines.values():
            if id(tally) not in seen:
                seen.add(id(tally))
                found.append(tally)
        return found

    def _field_plan(self) -> dict[str, list[tuple[str, int, bool]]]:
        """Event → fields that its rows must hold: name, column, and whether only a claim or practice asks for it."""
        every = [f for f in self.required if "events" not in f]
        plan: dict[str, list[Mapping[str, object]]] = {"": every}
        for event in self.events:
            plan[event] = every + [f for f in self.required if event in f.get("events", ())]  # type: ignore[operator]
        return {
            event: [(str(f["name"]), self.columns.index(str(f["name"])), f["tier"] in _SOFT) for f in wanted]
            for event, wanted in plan.items()
        }

    def _report_fields(
        self,
        tally: Tally,
        file: str,
        line: int,
        event: str,
        empty: list[str],
        plan: Mapping[str, list[tuple[str, int, bool]]],
    ) -> None:
        soft = {name for name, _place, soft in plan.get(event, plan[""]) if soft}
        hard = [name for name in empty if name not in soft]
        if hard:
            tally.add(Finding(file, line, f"missing: {', '.join(hard)}", basis="catalogue"))
        if len(hard) < len(empty):
            claimed = ", ".join(name for name in empty if name in soft)
            why = f"missing: {claimed} (asked for by a claim only)"
            tally.add(Finding(file, line, why, Weight.REMARK, "catalogue"))
        if event and event not in self.events:
            tally.add(Finding(file, line, f"unknown event {event!r}; known: {', '.join(sorted(self.events))}"))

    def _listen(self, tally: Tally, file: str, line: int, uploaded: datetime.datetime) -> None:
        last = self._last
        if last is not None:
            tally.examined += 1
            silent = (uploaded - last).total_seconds()
            if silent < 0:
                before = f"the row at {self._last_file}:{self._last_line}"
                why = f"uploaded at {uploaded}, before {before}: the log is not in order"
                tally.add(Finding(file, line, why, Weight.REMARK))
                return
            for limit, in_seconds in self._gaps:
                if not within(silent, in_seconds) and limit.holds_on(last.date().isoformat()):
                    weight = Weight.REMARK if limit.basis == "catalogue" else Weight.VIOLATION
                    since = f"{self._last_file}:{self._last_line}"
                    why = f"silent for {_hours(silent)} since {since}; limit {limit.describe()}"
                    tally.add(Finding(file, line, why, weight, limit.basis, limit.rule_id))
                    break
        self._last, self._last_file, self._last_line = uploaded, file, line

    def _compare(
        self, tally: Tally, file: str, line: int, event: str, code: str,
        happened: datetime.datetime, uploaded: datetime.datetime,
    ) -> None:  # fmt: skip
        day = happened.date()
        due = self._due.get((event, day))
        if due is None:
            try:
                due = _dues(self.deadlines[event][1], day)
            except (ValueError, OverflowError) as error:
                tally.add(Finding(file, line, f"no deadline can be counted: {error}", Weight.UNREADABLE))
                return
            self._due[event, day] = due
        if not due:
            why = f"no deadline for {event} in force on {day}"
            tally.add(Finding(file, line, why, Weight.UNREADABLE, "rule"))
            return
        tally.examined += 1
        if uploaded < happened:
            why = f"{code}: uploaded at {uploaded}, before the event at {happened}"
            tally.add(Finding(file, line, why, Weight.REMARK))
            return
        for limit, last in due:
            if last is not None:
                late, until = uploaded.date() > last, str(last)
            else:
                end = happened + datetime.timedelta(seconds=limit.value * _SECOND[limit.unit])
                late, until = uploaded > end, str(end)
            if late:
                why = f"{code}: {event} on {day} was due by {until}, uploaded {uploaded}; limit {limit.describe()}"
                tally.add(Finding(file, line, why, Weight.VIOLATION, limit.basis, limit.rule_id))
                return


def upload_columns(tests: Iterable[Entry]) -> tuple[str, ...]:
    """The columns of a transmission log: the fixed ones, then those that only the catalogue's field lists name."""
    extra = {f["name"] for test in tests for f in test.get("fields", ())} - set(COLUMNS)
    return (*COLUMNS, *sorted(extra))


def _dues(limits: Sequence[Limit], day: datetime.date) -> tuple[Due, ...]:
    """Limits in force on a day with the last day of each, the earliest first; short limits run from the very event."""
    found: list[Due] = []
    for limit in limits:
        if limit.holds_on(day.isoformat()):
            if limit.unit in _SHORT:
                found.append((limit, None))
            else:
                amount = round(limit.value)
                if amount != limit.value:
                    raise ValueError(f"{limit.value:g} {limit.unit} is no whole number")
                found.append((limit, due_date(amount, limit.unit, day).due))
    return tuple(sorted(found, key=lambda due: due[1] or day))


def _in_seconds(limit: Limit) -> Limit:
    value = converted(limit.value, limit.unit, "second")
    return Limit(limit.basis, limit.comparator, value, limit.value_max, "second", limit.text)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"
