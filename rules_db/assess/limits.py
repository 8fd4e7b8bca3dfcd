"""Limits for a test: thresholds of linked rules, each with its days of validity, chosen by words of the catalogue.

In: the store, the catalogue, a site, a test. Out: `Limit`s with the rule behind each. No limit is written in code.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.in_force import in_force
from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.mapping.parties import Parties
from rules_db.mapping.profiles import Profile
from rules_db.mapping.site_rules import holds_at
from rules_db.model import InstrumentStatus

TIME_UNITS = frozenset({"second", "minute", "hour", "day", "working_day", "week", "month", "year"})
_SENTENCE_END = re.compile(r"[。\n]")
_CLAUSE_END = re.compile(r"[，,、；;。：:\n]")
_BINDING = ("obligation", "prohibition")


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound with its source. `valid_from`/`valid_to` are ISO days, half-open; None = unknown start, no end.

    `basis` is rule, enterprise or catalogue; only a rule's limit is law. `note` says what a reader must know,
    `status` how the rule's text stands.
    """

    basis: str
    comparator: str
    value: float
    value_max: float | None
    unit: str
    text: str
    valid_from: str | None = None
    valid_to: str | None = None
    rule_id: str = ""
    place: str = ""
    link: str = ""
    target: str = ""
    bearer: str = ""
    note: str = ""
    status: str = InstrumentStatus.IN_FORCE

    def holds_on(self, day: str) -> bool:
        """Whether the limit is in force on an ISO day."""
        return in_force(self.status, self.valid_from, self.valid_to, day)

    def describe(self) -> str:
        """The limit and its source in one line."""
        since = f", since {self.valid_from}" if self.valid_from else ""
        until = f", until {self.valid_to}" if self.valid_to else ""
        where = f" ({self.place}, rule {self.rule_id}{since}{until})" if self.rule_id else f" ({self.basis})"
        return f"{self.text}{where}{'; ' + self.note if self.note else ''}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What was found for a test: limits that bind the site, and those that bind other parties only."""

    binding: tuple[Limit, ...]
    others: tuple[Limit, ...]


def find_limits(
    connection: sqlite3.Connection,
    catalogue: Catalogue,
    profile: Profile,
    parties: Parties,
    test: Entry,
    targets: Sequence[tuple[str, str]],
    comparators: Iterable[str],
    *,
    time: bool = True,
) -> Limits:
    """Thresholds of all validities that meet the test's words, from rules linked to `targets` or filling its gap.

    `targets` are pairs of kind and id as in the mapping table; `time` keeps time limits only. A limit is kept for each
    rule version, so that a change of the rule changes the limit from its day on.
    """
    wanted = set(comparators)
    found: dict[tuple[str, str | None, float, str], tuple[Limit, bool]] = {}
    for row in _rows(connection, targets, test.get("gap")):
        if row["comparator"] not in wanted or (time and row["unit"] not in TIME_UNITS):
            continue
        if row["modality"] not in _BINDING or not holds_at(row["jurisdiction"], profile.jurisdiction):
            continue
        if not meets(test, row["text"], row["start"], row["end"], row["parameter"] or row["trigger_event"]):
            continue
        limit = _limit(row)
        key = (limit.rule_id, limit.valid_from, limit.value, limit.unit)
        found.setdefault(key, (limit, parties.binds(row["bearer"], profile.activities)))
    ordered = [found[key] for key in sorted(found, key=lambda key: (key[1] or "", key[0], key[2], key[3]))]
    return Limits(
        tuple(limit for limit, binds in ordered if binds), tuple(limit for limit, binds in ordered if not binds)
    )


def targets_of(catalogue: Catalogue, control: str) -> list[tuple[str, str]]:
    """A control, its evidence and its devices, as the mapping table names targets."""
    entry = catalogue.controls[control]
    found = [("control", control)] + [("evidence_item", key) for key in entry["evidence"]]
    return found + [("hardware_item", key) for key in entry.get("hardware", ())]


def own_limit(profile: Profile, test: Entry) -> Limit | None:
    """The enterprise's own limit for a test, marked as such."""
    own = profile.own_limit(test["own_limit"]) if "own_limit" in test else None
    if own is None:
        return None
    measure = own.measure
    note = "enterprise-set, no law" + (f"; by {own.set_by}" if own.set_by else "")
    text = f"{measure.value:g} {measure.unit}"
    return Limit("enterprise", "le", measure.value, None, measure.unit, text, own.set_on or None, None, note=note)


def catalogue_limits(catalogue: Catalogue, hardware: str, parameter: str | None = None) -> list[tuple[Entry, Limit]]:
    """The catalogue's minimums of a device type, each with its tier in the note."""
    found = []
    for entry in catalogue.hardware[hardware]["parameters"]:
        if parameter is None or parameter == entry["name"]:
            text = f"{entry['name']} {entry['comparator']} {entry['value']:g} {entry['unit']}"
            note = f"{hardware}, tier {entry['tier']}"
            limit = Limit(
                "catalogue", entry["comparator"], entry["value"], entry.get("value_max"), entry["unit"], text, note=note
            )
            found.append((entry, limit))
    return found


def within(value: float, limit: Limit) -> bool:
    """Whether a value in the limit's unit keeps the limit."""
    if limit.comparator == "range":
        return limit.value <= value <= (limit.value if limit.value_max is None else limit.value_max)
    return {
        "ge": value >= limit.value,
        "gt": value > limit.value,
        "le": value <= limit.value,
        "lt": value < limit.value,
        "eq": value == limit.value,
    }[limit.comparator]


def meets(test: Entry, text: str, start: int, end: int, subject: str) -> bool:
    """Whether the quantity at [start, end) is about the test's words and is followed by one of `then`.

    `subject` is what the quantity measures or what starts it, where that was read; else the sentence must do.
    """
    begins = max(text.rfind("。", 0, start), text.rfind("\n", 0, start)) + 1
    stop = _SENTENCE_END.search(text, end)
    sentence = subject or text[begins : stop.start() if stop else len(text)]
    if not all(any(word in sentence for word in group) for group in test.get("words", ())):
        return False
    if "then" not in test:
        return True
    after = text[end:].lstrip("，,、") if end < len(text) else ""
    clause_end = _CLAUSE_END.search(after)
    clause = after[: clause_end.start()] if clause_end else after
    return any(word in clause for word in test["then"])


def _limit(row: sqlite3.Row) -> Limit:
    suspect = bool(row["stamp"]) and row["stamp"] != row["fingerprint"]
    note = f"link {row['link']} is suspect: nobody has reviewed this wording yet" if suspect else ""
    if not row["link"]:
        note = f"seems to fill gap {row['gap']}; confirm it"
    return Limit(
        "rule", row["comparator"], row["value"], row["value_max"], row["unit"], row["quantity"], row["valid_from"],
        row["valid_to"], row["rule_id"], f"《{row['title']}》{row['label']}", row["link"] or "", row["target"] or "",
        row["bearer"], note, row["status"],
    )  # fmt: skip


def _rows(connection: sqlite3.Connection, targets: Sequence[tuple[str, str]], gap: str | None) -> list[Any]:
    return connection.execute(
        """WITH source AS (
             SELECT m.rule_id, m.id AS link, m.stamp, m.target_id AS target, NULL AS gap
             FROM mapping m JOIN json_each(:targets) t
               ON m.target_kind = t.value ->> 0 AND m.target_id = t.value ->> 1
             WHERE m.status IN ('accepted', 'suspect')
             UNION ALL
             SELECT rv.rule_id, NULL, '', NULL, f.gap_id
             FROM gap_filling f JOIN rule_place p ON p.expression_id = f.expression_id
               AND (p.eid = f.eid OR substr(p.eid, 1, length(f.eid) + 2) = f.eid || '__')
             JOIN rule_version rv ON rv.id = p.rule_version_id AND rv.superseded_at IS NULL
             WHERE f.gap_id = :gap)
           SELECT DISTINCT s.link, s.stamp, s.target, s.gap, rv.rule_id, rv.label, rv.modality, rv.bearer,
             rv.fingerprint, rv.valid_from, rv.valid_to, rv.status, i.title, i.jurisdiction, e.text, t.start,
             t."end" AS "end", t.parameter, t.trigger_event, t.comparator, t.value, t.value_max, t.unit,
             t.text AS quantity
           FROM source s JOIN rule_version rv ON rv.rule_id = s.rule_id AND rv.superseded_at IS NULL
           JOIN threshold t ON t.rule_version_id = rv.id AND t.superseded_at IS NULL
           JOIN expression e ON e.id = t.expression_id JOIN instrument i ON i.id = e.instrument_id
           ORDER BY s.link IS NULL, s.link, rv.rule_id, rv.n, t.start""",
        {"targets": json.dumps(targets), "gap": gap},
    ).fetchall()


def find_demands(
    connection: sqlite3.Connection, profile: Profile, parties: Parties, test: Entry, day: str
) -> list[tuple[str, Limit]]:
    """Device types that rules in force on a day demand in words of the test, with the rule: (hardware id, rule)."""
    rows = connection.execute(
        """SELECT m.target_id, m.id AS link, rv.rule_id, rv.label, rv.statement, rv.bearer, rv.valid_from, rv.valid_to,
             rv.status, rv.modality, i.title, i.jurisdiction
           FROM mapping m JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
           JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE m.target_kind = 'hardware_item' AND m.status IN ('accepted', 'suspect')
             AND rv.modality = 'obligation' ORDER BY m.target_id, m.id, rv.n"""
    ).fetchall()
    found = []
    for row in rows:
        if not holds_at(row["jurisdiction"], profile.jurisdiction):
            continue
        if not parties.binds(row["bearer"], profile.activities):
            continue
        if not all(any(word in row["statement"] for word in group) for group in test.get("words", ())):
            continue
        place = f"《{row['title']}》{row['label']}"
        limit = Limit(
            "rule", "ge", 1, None, "", f"asked for by {place}", row["valid_from"], row["valid_to"], row["rule_id"],
            place, row["link"], status=row["status"],
        )  # fmt: skip
        if limit.holds_on(day):
            found.append((row["target_id"], limit))
    return found
