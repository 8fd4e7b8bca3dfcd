"""What applies to one site: its profile against the catalogue and the rules in force where it stands.

In: a profile (site, jurisdiction, activities, facts), the catalogue, the store. Out: the checks that concern the site,
each with what must be shown, the devices, the rules behind it that hold there, and the gaps a province has filled.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError
from rules_db.iri import NATIONAL
from rules_db.mapping.catalogue import Catalogue, Entry

_ANY = "any"


class ProfileError(StoreError):
    """The profile can't be used; the message names file, field and fault."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A site as far as the catalogue asks: GB/T 2260 code; activities and facts as catalogue.schema.json names them."""

    site: str
    jurisdiction: str
    activities: frozenset[str]
    facts: frozenset[str]


def read_profile(path: Path) -> Profile:
    """Read a profile from YAML. Raises ProfileError."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: not readable: {' '.join(str(error).split())}") from error
    schema = json.loads((Path(__file__).parent / "catalogue.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/profile", "$defs": schema["$defs"]})
    fault = next(iter(validator.iter_errors(raw)), None)
    if fault is not None:
        raise ProfileError(f"{path}: {'.'.join(map(str, fault.absolute_path)) or 'profile'}: {fault.message}")
    return Profile(raw["site"], raw["jurisdiction"], frozenset(raw["activities"]), frozenset(raw.get("facts", ())))


def applies(control: Entry, profile: Profile) -> bool:
    """Whether a control concerns a site: it shares an activity, and every fact that the control asks for is given."""
    concerned = control["applies_to"] == [_ANY] or profile.activities & set(control["applies_to"])
    return bool(concerned) and set(control.get("when", ())) <= profile.facts


def checklist(connection: sqlite3.Connection, catalogue: Catalogue, profile: Profile) -> list[dict[str, Any]]:
    """The checks for a site in catalogue order, as plain mappings.

    `rules` are those linked to the check, its evidence or its devices that have no end and hold where the site stands;
    their `status` is accepted or suspect. A check without rules rests on its own source.
    """
    items = []
    for control in catalogue.controls.values():
        if applies(control, profile):
            items.append(_item(connection, catalogue, control, profile))
    return items


def local_fillings(connection: sqlite3.Connection, profile: Profile) -> list[dict[str, Any]]:
    """What texts of the site's province or city seem to settle of the gaps, newest first."""
    rows = connection.execute(
        """SELECT g.id AS gap, g.title, g.title_zh, i.title AS instrument, f.eid, f.reason, i.jurisdiction
           FROM gap_filling f JOIN gap g ON g.id = f.gap_id JOIN instrument i ON i.id = f.instrument_id
           ORDER BY f.recorded_at DESC, g.id, i.title"""
    ).fetchall()
    return [dict(row) for row in rows if _holds_at(row["jurisdiction"], profile.jurisdiction)]


def _item(connection: sqlite3.Connection, catalogue: Catalogue, control: Entry, profile: Profile) -> dict[str, Any]:
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
        "rules": _rules(connection, targets, profile.jurisdiction),
    }


def _rules(connection: sqlite3.Connection, targets: list[tuple[str, str]], place: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        """SELECT DISTINCT m.id AS link, m.status, m.target_id AS target, m.relationship, m.rule_id AS rule, rv.label,
             rv.modality, rv.statement, rv.valid_from, i.title AS instrument, i.jurisdiction
           FROM mapping m JOIN json_each(?) t ON m.target_kind = t.value ->> 0 AND m.target_id = t.value ->> 1
           JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL AND rv.valid_to IS NULL
           JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE m.status IN ('accepted', 'suspect') ORDER BY m.id""",
        (json.dumps(targets),),
    ).fetchall()
    return [dict(row) for row in rows if _holds_at(row["jurisdiction"], place)]


def _holds_at(jurisdiction: str, place: str) -> bool:
    """National rules hold everywhere; those of a province or city hold in what lies in it (440000 holds 440300)."""
    if jurisdiction == NATIONAL:
        return True
    area = jurisdiction
    while area.endswith("00"):
        area = area[:-2]
    return place.startswith(area)
