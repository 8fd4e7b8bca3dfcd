"""The OSCAL catalog of checks, evidence and devices.

In: the catalogue. Out: the body of a catalog document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rules_db.export.oscal.words import Json, line, prop, token
from rules_db.mapping.catalogue import Catalogue, Entry, cited


def catalog_body(catalogue: Catalogue) -> Json:
    """Three groups: controls with their objectives and methods, evidence, devices with their parameters."""
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
    key = token("control", control["id"])
    objects = ", ".join([*control["evidence"], *control.get("hardware", ())])
    return {
        "id": key,
        "class": "control",
        "title": line(control["title"]),
        "props": [
            prop("label", control["id"], own=False),
            prop("title-zh", control["title_zh"]),
            prop("tier", control["tier"]),
            prop("owner-role", control["owner_role"]),
            prop("retention-legal", control["retention"]["legal"]),
            prop("retention-suggested", control["retention"]["suggested"]),
        ],
        "links": [
            {"href": f"#{token(kind, target)}", "rel": rel}
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
                    "props": [prop("method", method.upper(), own=False)],
                    "parts": [{"name": "assessment-objects", "prose": objects}],
                }
                for method in control["method"]
            ),
            _guidance(key, cited("source", control["source"], sources)),
        ],
    }


def _evidence(item: Entry, sources: Mapping[str, Entry]) -> Json:
    key = token("evidence_item", item["id"])
    return {
        "id": key,
        "class": "evidence",
        "title": line(item["title"]),
        "props": [
            prop("label", item["id"], own=False),
            prop("title-zh", item["title_zh"]),
            prop("tier", item["tier"]),
            prop("retention-legal", item["retention_legal"] or "none found"),
            prop("retention-suggested", item["retention_suggested"]),
        ],
        "parts": [
            {"id": f"{key}_smt", "name": "statement", "prose": item["description"]},
            _guidance(key, cited("source", item["source"], sources)),
        ],
    }


def _hardware(item: Entry, sources: Mapping[str, Entry]) -> Json:
    key = token("hardware_item", item["id"])
    return {
        "id": key,
        "class": "hardware",
        "title": line(item["title"]),
        "params": [
            {
                "id": f"{key}_prm_{n}",
                "label": line(parameter["name"]),
                "props": [
                    prop("tier", parameter["tier"]),
                    prop("comparator", parameter["comparator"]),
                    prop("unit", parameter["unit"]),
                ],
                "values": [f"{parameter[name]:g}" for name in ("value", "value_max") if name in parameter],
                "remarks": cited("source", parameter["source"], sources),
            }
            for n, parameter in enumerate(item["parameters"], 1)
        ],
        "props": [
            prop("label", item["id"], own=False),
            prop("title-zh", item["title_zh"]),
            prop("tier", item["tier"]),
        ],
        "parts": [
            {"id": f"{key}_smt", "name": "statement", "prose": item["acceptance_check"]},
            _guidance(key, "\n\n".join(filter(None, [item["restrictions"], cited("source", item["source"], sources)]))),
        ],
    }


def _guidance(key: str, prose: str) -> Json:
    return {"id": f"{key}_gdn", "name": "guidance", "prose": prose}
