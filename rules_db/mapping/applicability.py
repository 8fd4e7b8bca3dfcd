"""What applies to one site: its profile against the catalogue and the rules in force where it stands.

In: a profile (site, jurisdiction, activities, facts), the catalogue, the store. Out: the checks that concern the site,
each with what must be shown, the devices, the rules behind it that hold there, and the gaps a province has filled.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from rules_db.iri import NATIONAL
from rules_db.mapping.catalogue import Catalogue, Entry, cited
from rules_db.mapping.parties import Parties, read_parties
from rules_db.mapping.profiles import Profile, ProfileError, read_profile

__all__ = ["Profile", "ProfileError", "applies", "checklist", "holds_at", "local_fillings", "read_profile"]

_ANY = "any"


def applies(control: Entry, profile: Profile) -> bool:
    """Whether a control concerns a site: it shares an activity, and every fact that the control asks for is given."""
    concerned = control["applies_to"] == [_ANY] or profile.activities & set(control["applies_to"])
    return bool(concerned) and set(control.get("when", ())) <= profile.facts


def checklist(
    connection: sqlite3.Connection, catalogue: Catalogue, profile: Profile, as_of: str
) -> list[dict[str, Any]]:
    """The checks for a site in catalogue order, as plain mappings.

    `rules` are those linked to the check, its evidence or its devices that are in force on `as_of` (ISO day) and hold
    where the site stands; their `status` is accepted or suspect, on that day. `binds_site` is false
    where the bearer names other kinds of enterprise. A link may ask for facts of the site (`when`), as a control may.
    `changes` are typed changes of the rule, those to come included. A check without rules rests on its own source.
    """
    parties = read_parties()
    items = []
    for control in catalogue.controls.values():
        if applies(control, profile):
            items.append(_item(connection, catalogue, control, profile, as_of, parties))
    return items


def local_fillings(connection: sqlite3.Connection, profile: Profile) -> list[dict[str, Any]]:
    """What texts of the site's province or city seem to settle of the gaps, newest first."""
    rows = connection.execute(
        """SELECT g.id AS gap, g.title, g.title_zh, i.title AS instrument, f.eid, f.reason, i.jurisdiction
           FROM gap_filling f JOIN gap g ON g.id = f.gap_id JOIN instrument i ON i.id = f.instrument_id
           ORDER BY f.recorded_at DESC, g.id, i.title"""
    ).fetchall()
    return [dict(row) for row in rows if holds_at(row["jurisdiction"], profile.jurisdiction)]


def _item(
    connection: sqlite3.Connection,
    catalogue: Catalogue,
    control: Entry,
    profile: Profile,
    as_of: str,
    parties: Parties,
) -> dict[str, Any]:
    evidence = [catalogue.evidence[key] for key in control["evidence"]]
    devices = [catalogue.hardware[key] for key in control.get("hardware", ())]
    targets = [("control", control["id"])]
    targets += [("evidence_item", entry["id"]) for entry in evidence]
    targets += [("hardware_item", entry["id"]) for entry in devices]
    return {
        "control": control["id"],
        "title": control["title"],
        "title_zh": control["title_zh"],
        "objective": control["objective"],
        "tier": control["tier"],
        "owner_role": control["owner_role"],
        "method": list(control["method"]),
        "steps": list(control["steps"]),
        "retention": dict(control["retention"]),
        "evidence": [
            {key: entry[key] for key in ("id", "title", "title_zh", "retention_legal", "retention_suggested", "tier")}
            for entry in evidence
        ],
        "hardware": [
            {key: entry[key] for key in ("id", "title", "title_zh", "restrictions", "tier")} for entry in devices
        ],
        "source": cited("source", control["source"], catalogue.sources),
        "rules": [
            {**rule, "binds_site": parties.binds(rule["bearer"], profile.activities, rule["statement"])}
            for rule in _rules(connection, targets, profile.jurisdiction, as_of)
            if set(catalogue.links.get(rule["link"], {}).get("when", ())) <= profile.facts
        ],
    }


def _rules(
    connection: sqlite3.Connection, targets: list[tuple[str, str]], place: str, as_of: str
) -> list[dict[str, Any]]:
    rows = connection.execute(
        """SELECT DISTINCT m.id AS link, m.target_id AS target, m.relationship, m.tier AS link_tier, m.suspect_since,
             m.stamp_statement, m.rule_id AS rule, rv.id AS version, rv.label, rv.modality, rv.bearer, rv.deadline,
             rv.statement, rv.valid_from, rv.valid_to, i.title AS instrument, i.jurisdiction, e.tier,
             CASE WHEN m.stamp <> rv.fingerprint THEN 'suspect'
               WHEN m.stamp = m.current_fingerprint AND date(m.suspect_since, '+8 hours') <= :day THEN 'suspect'
               ELSE 'accepted' END AS status,
             (SELECT json_group_array(json_object('parameter', t.parameter, 'comparator', t.comparator,
                'value', t.value, 'value_max', t.value_max, 'unit', t.unit, 'trigger', t.trigger_event, 'text', t.text))
              FROM (SELECT * FROM threshold WHERE rule_version_id = rv.id AND superseded_at IS NULL ORDER BY start) t)
               AS thresholds,
             (SELECT json_group_array(json_object('kind', c.kind, 'summary', c.summary, 'valid_on', c.valid_on))
              FROM (SELECT * FROM change WHERE rule_id = rv.rule_id ORDER BY valid_on, id) c) AS changes,
             (SELECT json_object('url', f.url, 'sha256', f.snapshot_sha256, 'tier', f.tier) FROM manifestation f
              WHERE f.expression_id = rv.expression_id
              ORDER BY f.tier <> 'official', f.tier <> 'repost', f.url LIMIT 1) AS source
           FROM mapping m JOIN json_each(:targets) t ON m.target_kind = t.value ->> 0 AND m.target_id = t.value ->> 1
           JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
             AND in_force(rv.status, rv.valid_from, rv.valid_to, :day)
           JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE m.status IN ('accepted', 'suspect') ORDER BY m.id""",
        {"targets": json.dumps(targets), "day": as_of},
    ).fetchall()
    found = []
    for row in rows:
        if holds_at(row["jurisdiction"], place):
            rule = dict(row)
            for key in ("thresholds", "changes", "source"):
                rule[key] = json.loads(rule[key]) if rule[key] else None
            found.append(rule)
    return found


def holds_at(jurisdiction: str, place: str) -> bool:
    """National rules hold everywhere; those of a province or city hold in what lies in it (440000 holds 440300)."""
    if jurisdiction == NATIONAL:
        return True
    area = jurisdiction
    while area.endswith("00"):
        area = area[:-2]
    return place.startswith(area)
