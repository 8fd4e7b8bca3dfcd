"""What is linked to what, and how sure we are: lists and counts over the mapping, for people and machines."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules_db.instruments import find_instruments
from rules_db.mapping.catalogue import Catalogue
from rules_db.mapping.filled import filled_links
from rules_db.mapping.links import resolve_rule
from rules_db.mapping.parties import read_parties


def list_links(connection: sqlite3.Connection, day: str, status: str | None = None) -> list[dict[str, Any]]:
    """Links with the wording reviewed and the newest one not over on `day` (ISO), suspect ones first; `because` says
    which later text fills what the rule left open or ends it, where that is why a link is suspect."""
    rows = connection.execute(
        """SELECT m.*, rv.statement, rv.valid_to AS ends_on FROM mapping m
           LEFT JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL AND rv.n = (
             SELECT max(v.n) FROM rule_version v WHERE v.rule_id = m.rule_id AND v.superseded_at IS NULL
               AND NOT ended(v.status, v.valid_to, :day))
           WHERE :status IS NULL OR m.status = :status
           ORDER BY m.status <> 'suspect', m.status, m.id""",
        {"status": status, "day": day},
    ).fetchall()
    causes: dict[str, list[str]] = {}
    for cause in filled_links(connection, day):
        causes.setdefault(cause.link_id, []).append(
            f"《{cause.instrument}》 may fill “{cause.gap_title}”: {cause.reason}"
        )
    links = []
    for row in rows:
        link = dict(row)
        link["because"] = causes.get(link["id"], []) if link["status"] == "suspect" else []
        same_words = link["status"] == "suspect" and link["stamp"] == link["current_fingerprint"]
        if same_words and link["ends_on"] and not link["because"]:
            link["because"] = [f"it applies no longer from {link['ends_on']} on"]
        selector = json.loads(link["selector"])
        link["selector"] = selector
        link["place"] = f"《{selector['instrument']}》{selector['provision']}"
        link["target"] = f"{link['target_kind']} {link['target_id']}"
        links.append(link)
    return links


def coverage(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every control, hardware item and evidence item with its number of links by status; zeros show the gaps."""
    rows = connection.execute(
        """SELECT c.kind, c.id, c.title, c.tier,
             count(m.id) FILTER (WHERE m.status = 'accepted') AS accepted,
             count(m.id) FILTER (WHERE m.status = 'suspect') AS suspect,
             count(m.id) FILTER (WHERE m.status = 'proposed') AS proposed,
             count(m.id) FILTER (WHERE m.status = 'unresolved') AS unresolved
           FROM (SELECT 'control' AS kind, id, title, tier FROM control
                 UNION ALL SELECT 'hardware_item', id, title, tier FROM hardware_item
                 UNION ALL SELECT 'evidence_item', id, title, tier FROM evidence_item) c
           LEFT JOIN mapping m ON m.target_kind = c.kind AND m.target_id = c.id
           GROUP BY c.kind, c.id ORDER BY c.kind, c.id"""
    ).fetchall()
    return [dict(row) for row in rows]


def counts_by_tier(connection: sqlite3.Connection, catalogue: Catalogue, day: str) -> dict[str, Any]:
    """How much there is of each kind by tier on `day` (ISO), and what the catalogue owes: controls without
    evidence, devices that neither a rule nor the tier `practice` stands behind, both expected empty."""
    rows = connection.execute(
        """SELECT 'instruments' AS kind, tier, count(DISTINCT instrument_id) AS n FROM expression e
             WHERE NOT EXISTS (SELECT 1 FROM expression better WHERE better.instrument_id = e.instrument_id
               AND instr('official repost press claim', better.tier) < instr('official repost press claim', e.tier))
             GROUP BY tier
           UNION ALL SELECT 'rules in force', e.tier, count(DISTINCT rv.rule_id) FROM rule_version rv
             JOIN expression e ON e.id = rv.expression_id WHERE rv.superseded_at IS NULL
               AND in_force(rv.status, rv.valid_from, rv.valid_to, :day) GROUP BY e.tier
           UNION ALL SELECT 'controls', tier, count(*) FROM control GROUP BY tier
           UNION ALL SELECT 'devices', tier, count(*) FROM hardware_item GROUP BY tier
           UNION ALL SELECT 'evidence items', tier, count(*) FROM evidence_item GROUP BY tier
           UNION ALL SELECT 'links ' || status, tier, count(*) FROM mapping GROUP BY status, tier
           UNION ALL SELECT 'gaps', tier, count(*) FROM gap GROUP BY tier""",
        {"day": day},
    ).fetchall()
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["kind"], {})[row["tier"]] = row["n"]
    counts["consequences"] = dict(Counter(entry["tier"] for entry in catalogue.consequences.values()))
    linked = {link["target"].get("hardware_item") for link in catalogue.links.values() if not link.get("rejected")}
    return {
        "counts": counts,
        "controls_without_evidence": [key for key, control in catalogue.controls.items() if not control["evidence"]],
        "devices_without_ground": [
            key for key, item in catalogue.hardware.items() if key not in linked and item["tier"] != "practice"
        ],
    }


class Answer(StrEnum):
    """What became of a duty: linked (itself, or its wording in another place), left without a link for a written
    reason, one of offices, or open."""

    LINKED = "linked"
    REASON = "with_a_written_reason"
    OFFICE = "of_offices"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Duty:
    """`row`: where the duty stands and what it says; `reason`: its written reason with id and checks, else empty."""

    row: dict[str, Any]
    answer: Answer
    reason: dict[str, Any]


def duties(connection: sqlite3.Connection, catalogue: Catalogue, day: str) -> Iterator[Duty]:
    """Duties of the instruments that have links, by instrument and place.

    A duty is an obligation or prohibition in force on `day` (ISO) or to come, of no draft; one without a named bearer
    counts as an enterprise's. A link is an accepted or suspect one.
    """
    parties = read_parties()
    rows = connection.execute(
        """SELECT rv.id AS version, rv.rule_id, i.title AS instrument, i.jurisdiction, rv.label, rv.modality, rv.bearer,
             rv.statement, rv.valid_from, rv.fingerprint, EXISTS (SELECT 1 FROM mapping m
               JOIN rule_version other ON other.rule_id = m.rule_id AND other.superseded_at IS NULL
                 AND NOT ended(other.status, other.valid_to, :day)
               WHERE m.status IN ('accepted', 'suspect') AND other.expression_id = rv.expression_id
                 AND other.fingerprint = rv.fingerprint) AS linked
           FROM rule_version rv JOIN rule r ON r.id = rv.rule_id JOIN instrument i ON i.id = r.instrument_id
           WHERE rv.superseded_at IS NULL AND NOT ended(rv.status, rv.valid_to, :day) AND rv.status <> 'draft'
             AND rv.modality IN ('obligation', 'prohibition')
             AND i.id IN (SELECT linked.instrument_id FROM mapping m JOIN rule linked ON linked.id = m.rule_id
                          WHERE m.status IN ('accepted', 'suspect'))
           ORDER BY i.title, rv.start, rv.rule_id""",
        {"day": day},
    ).fetchall()
    reasons = _reasons(connection, catalogue)
    for row in rows:
        said = {key: row[key] for key in row.keys() if key != "linked"}  # noqa: SIM118 - a Row iterates over values
        if row["bearer"] and not parties.is_enterprise(row["bearer"]):
            yield Duty(said, Answer.OFFICE, {})
        elif row["linked"]:
            yield Duty(said, Answer.LINKED, {})
        elif row["version"] in reasons:
            yield Duty(said, Answer.REASON, reasons[row["version"]])
        else:
            yield Duty(said, Answer.OPEN, {})


def uncovered_duties(connection: sqlite3.Connection, catalogue: Catalogue, day: str) -> dict[str, Any]:
    """Duties of enterprises without a link: `open` lists those without a written reason, `reasoned` those with one,
    `counts` all `duties` by what became of them."""
    found = list(duties(connection, catalogue, day))
    counts = Counter(duty.answer for duty in found)
    return {
        "instruments": sorted({duty.row["instrument"] for duty in found}),
        "counts": {
            "duties": len(found) - counts[Answer.OFFICE],
            **{str(answer): counts[answer] for answer in Answer},
        },
        "open": [duty.row for duty in found if duty.answer is Answer.OPEN],
        "reasoned": [{**duty.row, **duty.reason} for duty in found if duty.answer is Answer.REASON],
    }


def _reasons(connection: sqlite3.Connection, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Rule version → the written reason why nothing is linked to it.

    A reason for one wording holds for that wording alone; one for articles holds for what stands in the version it
    names, as long as it stands unchanged.
    """
    found: dict[str, dict[str, Any]] = {}
    for reason in catalogue.reasons.values():
        told = {"reason_id": reason["id"], "reason": reason["reason"], "kept_under": list(reason.get("kept_under", ()))}
        place = reason.get("rule") or reason["scope"]
        instruments = find_instruments(connection, place["instrument"])
        if len(instruments) != 1:
            continue
        if "scope" in reason:
            rows = connection.execute(
                """SELECT rv.id FROM expression e JOIN rule_place p ON p.expression_id = e.id
                   JOIN rule_version rv ON rv.id = p.rule_version_id AND rv.superseded_at IS NULL
                   WHERE e.instrument_id = ? AND e.version_date = ?
                     AND p.label IN (SELECT value FROM json_each(?))""",
                (instruments[0].id, place["version_date"], json.dumps(place["provisions"])),
            )
        else:
            rows = connection.execute(
                """SELECT other.id FROM rule_version rv JOIN rule_version other ON other.fingerprint = rv.fingerprint
                   WHERE rv.rule_id = ? AND rv.superseded_at IS NULL AND instr(rv.statement, ?)""",
                (resolve_rule(connection, instruments[0].id, place), place.get("contains", "")),
            )
        for row in rows:
            found[row["id"]] = told
    return found
