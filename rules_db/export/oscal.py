"""OSCAL: catalogue and rules as catalogs, links as a mapping collection, devices as a component definition, and an
assessment as assessment results.

In: the store, the catalogue, optionally the JSON of `guiji assess`. Out: files of OSCAL 1.2.0. Ids are UUIDs of
version 5: the same content has the same ids on every machine, and a document gets another one when its content changes.
"""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError
from rules_db.fingerprint import fingerprint
from rules_db.mapping.catalogue import Catalogue, Entry, cited

OSCAL_VERSION = "1.2.0"
CATALOG, RULES, MAPPING, COMPONENTS, RESULTS = (
    "catalog.json", "rules-catalog.json", "mapping-collection.json", "component-definition.json",
    "assessment-results.json",
)  # fmt: skip
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://guiji.example/oscal")
PROPERTY_NS = "https://guiji.example/ns/oscal"
# NIST IR 8477 set relationships in OSCAL's words, from the rule (source) to the target.
RELATIONSHIPS = {
    "equal": "equal-to",
    "subset": "subset-of",
    "superset": "superset-of",
    "intersects": "intersects-with",
    "none": "no-relationship",
}
_KIND_PREFIX = {"control": "control", "evidence_item": "evidence", "hardware_item": "hardware"}
_SPACE = re.compile(r"\s+")
Json = dict[str, Any]


def write_oscal(
    connection: sqlite3.Connection, catalogue: Catalogue, out: Path, assessment: Path | None, now: str
) -> list[Json]:
    """Write the documents into a folder; returns file and number of entries of each.

    The time of last change is that of the newest recorded text, so that an unchanged store gives the same bytes; `now`
    is used for an empty store only. Raises StoreError for an assessment that is none or a folder that can't be written.
    """
    row = connection.execute("SELECT max(recorded_at) FROM expression").fetchone()
    changed = str(row[0] or now)
    links = _links(connection)
    documents: dict[str, tuple[str, Json, int]] = {
        CATALOG: ("catalog", _catalog(catalogue), _size(catalogue)),
        RULES: ("catalog", _rules(connection, links), len({link["rule_id"] for link in links})),
        MAPPING: ("mapping-collection", _mapping(links), len(links)),
        COMPONENTS: ("component-definition", _components(catalogue), len(catalogue.hardware)),
    }
    if not links:
        del documents[RULES], documents[MAPPING]  # OSCAL knows no empty mapping
    if assessment is not None:
        found = _assessment(assessment)
        documents[RESULTS] = ("assessment-results", _results(found), len(found["controls"]))
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, (kind, body, entries) in documents.items():
            title = body.pop("title")
            metadata = {
                "title": title, "last-modified": changed, "version": "0.1.0", "oscal-version": OSCAL_VERSION,
            }  # fmt: skip
            digest = fingerprint(kind, json.dumps([metadata, body], sort_keys=True, ensure_ascii=False))
            document = {kind: {"uuid": _uuid(kind, name, digest), "metadata": metadata, **body}}
            text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
            (out / name).write_text(text, encoding="utf-8")
            written.append({"file": name, "entries": entries})
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return written


def _size(catalogue: Catalogue) -> int:
    return len(catalogue.controls) + len(catalogue.evidence) + len(catalogue.hardware)


def _catalog(catalogue: Catalogue) -> Json:
    sources = catalogue.sources
    return {
        "title": "Guiji: control checks, evidence and devices for spent power batteries",
        "groups": [
            _group("controls", "Control checks", (_control(c, sources) for c in catalogue.controls.values())),
            _group("evidence", "Evidence", (_evidence(e, sources) for e in catalogue.evidence.values())),
            _group("hardware", "Devices", (_hardware(h, sources) for h in catalogue.hardware.values())),
        ],
    }


def _group(group: str, title: str, controls: Iterable[Json]) -> Json:
    return {"id": group, "class": group, "title": title, "controls": list(controls)}


def _control(control: Entry, sources: Mapping[str, Entry]) -> Json:
    key = _token("control", control["id"])
    objects = ", ".join([*control["evidence"], *control.get("hardware", ())])
    return {
        "id": key,
        "class": "control",
        "title": _line(control["title"]),
        "props": [
            _prop("label", control["id"], own=False),
            _prop("title-zh", control["title_zh"]),
            _prop("tier", control["tier"]),
            _prop("owner-role", control["owner_role"]),
            _prop("retention-legal", control["retention"]["legal"]),
            _prop("retention-suggested", control["retention"]["suggested"]),
        ],
        "links": [
            {"href": f"#{_token(kind, target)}", "rel": rel}
            for kind, rel, targets in (
                ("evidence_item", "evidence", control["evidence"]),
                ("hardware_item", "hardware", control.get("hardware", ())),
            )
            for target in targets
        ],
        "parts": [
            {"id": f"{key}_smt", "name": "statement", "prose": control["objective"]},
            {
                "id": f"{key}_obj",
                "name": "assessment-objective",
                "prose": "Determine whether this holds: " + control["objective"],
                "parts": [
                    {"id": f"{key}_obj.{n}", "name": "assessment-objective", "prose": step}
                    for n, step in enumerate(control["steps"], 1)
                ],
            },
            *(
                {
                    "id": f"{key}_asm-{method}",
                    "name": "assessment-method",
                    "props": [_prop("method", method.upper(), own=False)],
                    "parts": [{"name": "assessment-objects", "prose": objects}],
                }
                for method in control["method"]
            ),
            _guidance(key, cited("source", control["source"], sources)),
        ],
    }


def _evidence(item: Entry, sources: Mapping[str, Entry]) -> Json:
    key = _token("evidence_item", item["id"])
    return {
        "id": key,
        "class": "evidence",
        "title": _line(item["title"]),
        "props": [
            _prop("label", item["id"], own=False),
            _prop("title-zh", item["title_zh"]),
            _prop("tier", item["tier"]),
            _prop("retention-legal", item["retention_legal"] or "none found"),
            _prop("retention-suggested", item["retention_suggested"]),
        ],
        "parts": [
            {"id": f"{key}_smt", "name": "statement", "prose": item["description"]},
            _guidance(key, cited("source", item["source"], sources)),
        ],
    }


def _hardware(item: Entry, sources: Mapping[str, Entry]) -> Json:
    key = _token("hardware_item", item["id"])
    return {
        "id": key,
        "class": "hardware",
        "title": _line(item["title"]),
        "params": [
            {
                "id": f"{key}_prm_{n}",
                "label": _line(parameter["name"]),
                "props": [
                    _prop("tier", parameter["tier"]),
                    _prop("comparator", parameter["comparator"]),
                    _prop("unit", parameter["unit"]),
                ],
                "values": [f"{parameter[name]:g}" for name in ("value", "value_max") if name in parameter],
                "remarks": cited("source", parameter["source"], sources),
            }
            for n, parameter in enumerate(item["parameters"], 1)
        ],
        "props": [
            _prop("label", item["id"], own=False),
            _prop("title-zh", item["title_zh"]),
            _prop("tier", item["tier"]),
        ],
        "parts": [
            {"id": f"{key}_smt", "name": "statement", "prose": item["acceptance_check"]},
            _guidance(key, "\n\n".join(filter(None, [item["restrictions"], cited("source", item["source"], sources)]))),
        ],
    }


def _guidance(key: str, prose: str) -> Json:
    return {"id": f"{key}_gdn", "name": "guidance", "prose": prose}


def _links(connection: sqlite3.Connection) -> list[Json]:
    """Reviewed links with the wording in force, by id; a link whose rule ended has no wording and stays out."""
    rows = connection.execute(
        """SELECT m.id, m.rule_id, m.target_kind, m.target_id, m.relationship, m.rationale, m.status, m.tier,
             m.reviewed_by, m.reviewed_on, m.stamp
           FROM mapping m WHERE m.status IN ('accepted', 'suspect') AND EXISTS (
             SELECT 1 FROM rule_version rv WHERE rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
               AND rv.valid_to IS NULL) ORDER BY m.id"""
    )
    return [dict(row) for row in rows]


def _rules(connection: sqlite3.Connection, links: list[Json]) -> Json:
    rows = connection.execute(
        """SELECT rv.rule_id, rv.n, rv.label, rv.modality, rv.bearer, rv.statement, rv.valid_from, rv.fingerprint,
             i.title, i.iri, e.tier, (SELECT f.url FROM manifestation f WHERE f.expression_id = rv.expression_id
               ORDER BY f.tier <> 'official', f.url LIMIT 1) AS url
           FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.superseded_at IS NULL AND rv.valid_to IS NULL
             AND rv.rule_id IN (SELECT value FROM json_each(?)) ORDER BY i.iri, rv.start, rv.rule_id""",
        (json.dumps(sorted({link["rule_id"] for link in links})),),
    ).fetchall()
    groups: dict[str, Json] = {}
    for row in rows:
        key = _token("rule", row["rule_id"])
        group = groups.setdefault(
            row["iri"], {"id": f"instrument-{fingerprint(row['iri'])}", "title": _line(row["title"]), "controls": []}
        )
        props = [
            ("label", row["label"]), ("modality", row["modality"]), ("bearer", row["bearer"]), ("tier", row["tier"]),
            ("valid-from", row["valid_from"]), ("fingerprint", row["fingerprint"]),
        ]  # fmt: skip
        control: Json = {
            "id": key,
            "class": "rule",
            "title": _line(f"《{row['title']}》{row['label']}"),
            "props": [_prop(name, value, own=name != "label") for name, value in props if value],
            "parts": [{"id": f"{key}_smt", "name": "statement", "prose": row["statement"]}],
        }
        if row["url"]:
            control["links"] = [{"href": row["url"], "rel": "reference"}]
        group["controls"].append(control)
    return {"title": "Guiji: rules in force that the checks are linked to", "groups": list(groups.values())}


def _mapping(links: list[Json]) -> Json:
    maps = [
        {
            "uuid": _uuid("map", link["id"]),
            "relationship": RELATIONSHIPS[link["relationship"]],
            "sources": [{"type": "control", "id-ref": _token("rule", link["rule_id"])}],
            "targets": [{"type": "control", "id-ref": _token(link["target_kind"], link["target_id"])}],
            "props": [
                _prop("link", link["id"]),
                _prop("status", link["status"]),
                _prop("tier", link["tier"]),
                _prop("reviewed-by", link["reviewed_by"]),
                _prop("reviewed-on", link["reviewed_on"]),
                _prop("stamp", link["stamp"]),
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
                "uuid": _uuid("mapping", "rules-to-catalog"),
                "source-resource": {"type": "catalog", "href": RULES},
                "target-resource": {"type": "catalog", "href": CATALOG},
                "maps": maps,
            }
        ],
    }


def _components(catalogue: Catalogue) -> Json:
    users: dict[str, list[Entry]] = {}
    for control in catalogue.controls.values():
        for hardware in control.get("hardware", ()):
            users.setdefault(hardware, []).append(control)
    return {
        "title": "Guiji: devices at a battery site",
        "components": [_component(item, users.get(key, []), catalogue) for key, item in catalogue.hardware.items()],
    }


def _component(item: Entry, controls: list[Entry], catalogue: Catalogue) -> Json:
    limits = []
    for p in item["parameters"]:
        top = f" to {p['value_max']:g}" if "value_max" in p else ""
        source = cited("source", p["source"], catalogue.sources)
        limits.append(f"{p['name']} {p['comparator']} {p['value']:g}{top} {p['unit']} ({p['tier']}: {source})")
    remarks = [item["acceptance_check"], item["restrictions"], "; ".join(limits), "; ".join(item["standards"])]
    component: Json = {
        "uuid": _uuid("component", item["id"]),
        "type": "hardware",
        "title": _line(item["title"]),
        "description": f"{item['title_zh']}. Installed at: {'; '.join(item['installed_at'])}.",
        "props": [_prop("label", item["id"], own=False), _prop("tier", item["tier"])],
        "remarks": "\n\n".join(filter(None, remarks)),
    }
    if controls:
        component["control-implementations"] = [
            {
                "uuid": _uuid("control-implementation", item["id"]),
                "source": CATALOG,
                "description": f"Checks that {item['title']} produces or protects records for.",
                "implemented-requirements": [
                    {
                        "uuid": _uuid("implemented-requirement", item["id"], control["id"]),
                        "control-id": _token("control", control["id"]),
                        "description": f"Keeps: {'; '.join(item['records'])}.",
                    }
                    for control in controls
                ],
            }
        ]
    return component


def _assessment(path: Path) -> Json:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not {"site", "as_of", "controls", "jurisdiction"} <= found.keys():
            raise ValueError("it lacks site, as_of, jurisdiction or controls")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path}: no result of 'guiji assess --format json': {error}") from error
    return dict(found)


def _results(found: Json) -> Json:
    """Findings for controls that are met or not met; what was not shown is an observation without a finding."""
    site = fingerprint(found["site"], found["jurisdiction"], found["as_of"])
    day = f"{found['as_of']}T00:00:00Z"
    observations, findings, reviewed = [], [], []
    for control in found["controls"]:
        if control["outcome"] == "not applicable":
            continue
        key = _token("control", control["control"])
        reviewed.append({"control-id": key})
        related = []
        for test in control["tests"]:
            identity = _uuid("observation", site, control["control"], test["test"])
            related.append({"observation-uuid": identity})
            observations.append(_observation(identity, control, test, day))
        if control["outcome"] in ("met", "not met"):
            state, reason = ("satisfied", "pass") if control["outcome"] == "met" else ("not-satisfied", "fail")
            findings.append(
                {
                    "uuid": _uuid("finding", site, control["control"]),
                    "title": _line(f"{control['control']} {control['title']}: {control['outcome']}"),
                    "description": "As far as files can show.",
                    "target": {
                        "type": "objective-id",
                        "target-id": f"{key}_obj",
                        "status": {"state": state, "reason": reason},
                    },
                    **({"related-observations": related} if related else {}),
                }
            )
    plan = _uuid("assessment-plan", site)
    result: Json = {
        "uuid": _uuid("result", site),
        "title": _line(f"{found['site']} on {found['as_of']}"),
        "description": "Evidence files tested against the rules in force; see the observations for rows and rule ids.",
        "start": day,
        "reviewed-controls": {"control-selections": [{"include-controls": reviewed}]},
    }
    if observations:
        result["observations"] = observations
    if findings:
        result["findings"] = findings
    return {
        "title": _line(f"Guiji: assessment of {found['site']}"),
        "import-ap": {"href": f"#{plan}", "remarks": "The plan is the catalogue's list of tests."},
        "results": [result],
        "back-matter": {
            "resources": [
                {"uuid": plan, "title": "Tests of the catalogue", "description": "rules_db/mapping/catalogue/tests"}
            ]
        },
    }


def _observation(identity: str, control: Json, test: Json, day: str) -> Json:
    counted = "".join(f", {count} {weight}" for weight, count in test["counts"].items())
    said = [f"{test['title']}: {test['outcome']} ({test['examined']} examined{counted})."]
    said += [f"Limit: {limit}" for limit in test["limits"]] + [f"Missing: {text}" for text in test["missing"]]
    observation: Json = {
        "uuid": identity,
        "title": _line(f"{control['control']} {test['test']} {test['title']}"),
        "description": "\n\n".join(said),
        "methods": ["TEST"],
        "props": [_prop("outcome", test["outcome"])],
        "collected": day,
    }
    if test["findings"]:
        observation["relevant-evidence"] = [
            {
                "href": finding["file"],
                "description": f"line {finding['line']}: {finding['why']}",
                "props": [_prop(name, str(finding[name])) for name in ("weight", "basis", "rule") if finding[name]],
            }
            for finding in test["findings"]
        ]
    return observation


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def _token(kind: str, key: str) -> str:
    """An id as OSCAL's tokens want it: it begins with a letter."""
    return f"{_KIND_PREFIX.get(kind, kind)}-{key.lower()}"


def _prop(name: str, value: str, *, own: bool = True) -> Json:
    prop = {"name": name, "value": _line(value)}
    return {**prop, "ns": PROPERTY_NS} if own else prop


def _line(text: str) -> str:
    """One line without white space at its ends, as titles and property values must be."""
    return _SPACE.sub(" ", text).strip() or "none"
