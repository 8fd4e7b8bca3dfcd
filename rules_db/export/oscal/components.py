"""Devices as an OSCAL component definition: what each must do, and the checks it keeps records for.

In: the catalogue. Out: the body of the document.
"""

from __future__ import annotations

from rules_db.export.oscal.words import CATALOG, Json, line, prop, token, uuid_of
from rules_db.mapping.catalogue import Catalogue, Entry, cited


def components_body(catalogue: Catalogue) -> Json:
    """A component of type hardware for each device type."""
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
        "uuid": uuid_of("component", item["id"]),
        "type": "hardware",
        "title": line(item["title"]),
        "description": f"{item['title_zh']}. Installed at: {'; '.join(item['installed_at'])}.",
        "props": [prop("label", item["id"], own=False), prop("tier", item["tier"])],
        "remarks": "\n\n".join(filter(None, remarks)),
    }
    if controls:
        component["control-implementations"] = [
            {
                "uuid": uuid_of("control-implementation", item["id"]),
                "source": CATALOG,
                "description": f"Checks that {item['title']} produces or protects records for.",
                "implemented-requirements": [
                    {
                        "uuid": uuid_of("implemented-requirement", item["id"], control["id"]),
                        "control-id": token("control", control["id"]),
                        "description": f"Keeps: {'; '.join(item['records'])}.",
                    }
                    for control in controls
                ],
            }
        ]
    return component
