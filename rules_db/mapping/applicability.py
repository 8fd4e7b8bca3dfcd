"""What applies to one site: its profile against the catalogue and the rules in force where it stands.

In: a profile (site, jurisdiction, activities, facts), the catalogue, the store. Out: the checks that concern the site,
each with what must be shown, the devices, the rules behind it that hold there, and the gaps a province has filled.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rules_db.mapping.catalogue import Catalogue, Entry, cited
from rules_db.mapping.claims import read_claims
from rules_db.mapping.parties import Parties, read_parties
from rules_db.mapping.profiles import Profile, ProfileError, read_profile
from rules_db.mapping.site_rules import holds_at, rules_behind

__all__ = ["Profile", "ProfileError", "applies", "checklist", "left_out", "local_fillings", "read_profile"]

_ANY = "any"


def applies(control: Entry, profile: Profile) -> bool:
    """Whether a control concerns a site: it shares an activity, and every fact that the control asks for is given."""
    concerned = control["applies_to"] == [_ANY] or profile.activities & set(control["applies_to"])
    return bool(concerned) and set(control.get("when", ())) <= profile.facts


def why(control: Entry, profile: Profile, parties: Parties) -> str:
    """Why a control concerns a site, or doesn't."""
    trades, facts = control["applies_to"], control.get("when", ())
    if not applies(control, profile):
        missing = [parties.titles[fact] for fact in facts if fact not in profile.facts]
        concerned = trades == [_ANY] or profile.activities & set(trades)
        return f"only where {'; '.join(missing)}" if concerned else f"for {_named(trades, parties)} only"
    shared = "every site" if trades == [_ANY] else _named([t for t in trades if t in profile.activities], parties)
    return "; ".join((shared, *(parties.titles[fact] for fact in facts)))


def _named(activities: Iterable[str], parties: Parties) -> str:
    return ", ".join(parties.titles[activity] for activity in activities)


def left_out(catalogue: Catalogue, profile: Profile) -> list[dict[str, str]]:
    """The checks that don't concern a site, each with the reason."""
    parties = read_parties()
    return [
        {
            "control": control["id"],
            "title": control["title"],
            "title_zh": control["title_zh"],
            "why": why(control, profile, parties),
        }
        for control in catalogue.controls.values()
        if not applies(control, profile)
    ]


def checklist(
    connection: sqlite3.Connection, catalogue: Catalogue, profile: Profile, as_of: str
) -> list[dict[str, Any]]:
    """The checks for a site in catalogue order, as plain mappings.

    `rules` are those linked to the check, its evidence or its devices that hold where the site stands, as of `as_of`
    (ISO day); their `status` is accepted or suspect on that day. `binds_site` is false where the bearer names other
    kinds of enterprise. A link may ask for facts of the site (`when`), as a control may. A check without rules rests
    on its own source. `claims` are what the press says in its matter, with our verdict.
    """
    parties = read_parties()
    claims = {claim.n: claim for claim in read_claims()}
    items = []
    for control in catalogue.controls.values():
        if applies(control, profile):
            item = _item(connection, catalogue, control, profile, as_of, parties)
            item["because"] = why(control, profile, parties)
            item["claims"] = [asdict(claims[n]) for n in control.get("claims", ())]
            items.append(item)
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
        "objective_zh": control.get("objective_zh", ""),
        "tier": control["tier"],
        "owner_role": control["owner_role"],
        "owner_role_zh": control.get("owner_role_zh", ""),
        "method": list(control["method"]),
        "steps": list(control["steps"]),
        "retention": dict(control["retention"]),
        "evidence": [
            {key: entry[key] for key in ("id", "title", "title_zh", "retention_legal", "retention_suggested", "tier")}
            | {key: entry.get(key, "") for key in ("retention_legal_zh", "retention_suggested_zh")}
            for entry in evidence
        ],
        "hardware": [
            {key: entry[key] for key in ("id", "title", "title_zh", "restrictions", "tier")} for entry in devices
        ],
        "consequences": [
            {**entry, "source": cited("source", entry["source"], catalogue.sources)}
            for entry in catalogue.consequences.values()
            if control["id"] in entry["controls"]
            and profile.activities & set(entry.get("applies_to", profile.activities))
        ],
        "source": cited("source", control["source"], catalogue.sources),
        "rules": [
            {**rule, "binds_site": parties.binds(rule["bearer"], profile.activities, rule["statement"])}
            for rule in rules_behind(connection, targets, profile.jurisdiction, as_of)
            if set(catalogue.links.get(rule["link"], {}).get("when", ())) <= profile.facts
        ],
    }
