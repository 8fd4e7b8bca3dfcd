"""An assessment as OSCAL assessment results: an observation for each test, a finding where the verdict is clear.

In: the JSON of `guiji assess`. Out: the body of the document.
"""

from __future__ import annotations

import json
from pathlib import Path

from rules_db.connection import StoreError
from rules_db.export.oscal.words import Json, line, prop, token, uuid_of
from rules_db.fingerprint import fingerprint


def read_assessment(path: Path) -> Json:
    """The JSON of `guiji assess`. Raises StoreError for a file that is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not {"site", "as_of", "controls", "jurisdiction"} <= found.keys():
            raise ValueError("it lacks site, as_of, jurisdiction or controls")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path}: no result of 'guiji assess --format json': {error}") from error
    return dict(found)


def results_body(found: Json) -> Json:
    """Findings for controls that are met or not met; what was not shown is an observation without a finding."""
    site = fingerprint(found["site"], found["jurisdiction"], found["as_of"])
    day = f"{found['as_of']}T00:00:00Z"
    observations, findings, reviewed = [], [], []
    for control in found["controls"]:
        if control["outcome"] == "not applicable":
            continue
        key = token("control", control["control"])
        reviewed.append({"control-id": key})
        related = []
        for test in control["tests"]:
            identity = uuid_of("observation", site, control["control"], test["test"])
            related.append({"observation-uuid": identity})
            observations.append(_observation(identity, control, test, day))
        if control["outcome"] in ("met", "not met"):
            state, reason = ("satisfied", "pass") if control["outcome"] == "met" else ("not-satisfied", "fail")
            findings.append(
                {
                    "uuid": uuid_of("finding", site, control["control"]),
                    "title": line(f"{control['control']} {control['title']}: {control['outcome']}"),
                    "description": "As far as files can show.",
                    "target": {
                        "type": "objective-id",
                        "target-id": f"{key}_obj",
                        "status": {"state": state, "reason": reason},
                    },
                    **({"related-observations": related} if related else {}),
                }
            )
    plan = uuid_of("assessment-plan", site)
    result: Json = {
        "uuid": uuid_of("result", site),
        "title": line(f"{found['site']} on {found['as_of']}"),
        "description": "Evidence files tested against the rules in force; see the observations for rows and rule ids.",
        "start": day,
        "reviewed-controls": {"control-selections": [{"include-controls": reviewed}]},
    }
    if observations:
        result["observations"] = observations
    if findings:
        result["findings"] = findings
    return {
        "title": line(f"Guiji: assessment of {found['site']}"),
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
        "title": line(f"{control['control']} {test['test']} {test['title']}"),
        "description": "\n\n".join(said),
        "methods": ["TEST"],
        "props": [prop("outcome", test["outcome"])],
        "collected": day,
    }
    if test["findings"]:
        observation["relevant-evidence"] = [
            {
                "href": finding["file"],
                "description": f"line {finding['line']}: {finding['why']}",
                "props": [prop(name, str(finding[name])) for name in ("weight", "basis", "rule") if finding[name]],
            }
            for finding in test["findings"]
        ]
    return observation
