"""Linked rules as an OSCAL catalog of their own, and the links as a mapping collection between the two catalogs.

In: the store. Out: the bodies of both documents.
"""

from __future__ import annotations

import json
import sqlite3

from rules_db.export.oscal.words import CATALOG, RULES, Json, line, prop, token, uuid_of
from rules_db.fingerprint import fingerprint

# NIST IR 8477 set relationships in OSCAL's words, from the rule (source) to the target.
RELATIONSHIPS = {
    "equal": "equal-to",
    "subset": "subset-of",
    "superset": "superset-of",
    "intersects": "intersects-with",
    "none": "no-relationship",
}


def reviewed_links(connection: sqlite3.Connection, day: str) -> list[Json]:
    """Reviewed links of rules in force on `day` (ISO), by id; a link whose rule ended has no wording and stays out."""
    rows = connection.execute(
        """SELECT m.id, m.rule_id, m.target_kind, m.target_id, m.relationship, m.rationale, m.status, m.tier,
             m.reviewed_by, m.reviewed_on, m.stamp
           FROM mapping m WHERE m.status IN ('accepted', 'suspect') AND EXISTS (
             SELECT 1 FROM rule_version rv WHERE rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
               AND in_force(rv.status, rv.valid_from, rv.valid_to, ?)) ORDER BY m.id""",
        (day,),
    )
    return [dict(row) for row in rows]


def rules_body(connection: sqlite3.Connection, links: list[Json], day: str) -> Json:
    """A control for each linked rule in force on `day`, grouped by instrument."""
    rows = connection.execute(
        """SELECT rv.rule_id, rv.n, rv.label, rv.modality, rv.bearer, rv.statement, rv.valid_from, rv.valid_to,
             rv.fingerprint,
             i.title, i.iri, e.tier, (SELECT f.url FROM manifestation f WHERE f.expression_id = rv.expression_id
               ORDER BY f.tier <> 'official', f.url LIMIT 1) AS url
           FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.superseded_at IS NULL AND in_force(rv.status, rv.valid_from, rv.valid_to, ?)
             AND rv.rule_id IN (SELECT value FROM json_each(?)) ORDER BY i.iri, rv.start, rv.rule_id""",
        (
            day,
            json.dumps(sorted({link["rule_id"] for link in links})),
        ),
    ).fetchall()
    groups: dict[str, Json] = {}
    for row in rows:
        key = token("rule", row["rule_id"])
        group = groups.setdefault(
            row["iri"], {"id": f"instrument-{fingerprint(row['iri'])}", "title": line(row["title"]), "controls": []}
        )
        props = [
            ("label", row["label"]), ("modality", row["modality"]), ("bearer", row["bearer"]), ("tier", row["tier"]),
            ("valid-from", row["valid_from"]), ("valid-to", row["valid_to"]), ("fingerprint", row["fingerprint"]),
        ]  # fmt: skip
        control: Json = {
            "id": key,
            "class": "rule",
            "title": line(f"《{row['title']}》{row['label']}"),
            "props": [prop(name, value, own=name != "label") for name, value in props if value],
            "parts": [{"id": f"{key}_smt", "name": "statement", "prose": row["statement"]}],
        }
        if row["url"]:
            control["links"] = [{"href": row["url"], "rel": "reference"}]
        group["controls"].append(control)
    return {"title": "Guiji: rules in force that the checks are linked to", "groups": list(groups.values())}


def mapping_body(links: list[Json]) -> Json:
    """One map for each link; no links, no document: OSCAL knows no empty mapping."""
    maps = [
        {
            "uuid": uuid_of("map", link["id"]),
            "relationship": RELATIONSHIPS[link["relationship"]],
            "sources": [{"type": "control", "id-ref": token("rule", link["rule_id"])}],
            "targets": [{"type": "control", "id-ref": token(link["target_kind"], link["target_id"])}],
            "props": [
                prop("link", link["id"]),
                prop("status", link["status"]),
                prop("tier", link["tier"]),
                prop("reviewed-by", link["reviewed_by"]),
                prop("reviewed-on", link["reviewed_on"]),
                prop("stamp", link["stamp"]),
            ],
            "remarks": link["rationale"],
        }
        for link in links
    ]
    return {
        "title": "Guiji: rules mapped to checks, evidence and devices",
        "provenance": {
            "method": "human",
            "matching-rationale": "semantic",
            "status": "complete",
            "mapping-description": "Each link was read by a person against the wording of the rule (property stamp); a "
            "link with the status suspect waits for another reading, because the wording changed since.",
        },
        "mappings": [
            {
                "uuid": uuid_of("mapping", "rules-to-catalog"),
                "source-resource": {"type": "catalog", "href": RULES},
                "target-resource": {"type": "catalog", "href": CATALOG},
                "maps": maps,
            }
        ],
    }
