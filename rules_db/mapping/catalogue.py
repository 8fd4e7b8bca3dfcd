"""The catalogue: reviewed YAML in git, read whole or not at all, and loaded into the store in one transaction.

In: a folder with controls/, hardware/, evidence/, gaps/, links/, tests/, reasons/ and consequences/. Out: a frozen
`Catalogue`. A file that fails its schema, a duplicate id or a dangling reference raises `CatalogueError` naming file
and entry; the last good load stays.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from rules_db.connection import StoreError, transaction
from rules_db.mapping.claims import read_claims
from rules_db.reviewed_yaml import read_entries

BUNDLED = Path(__file__).parent / "catalogue"
SAMPLE = Path(__file__).parent / "sample"
_KINDS = ("sources", "controls", "hardware", "evidence", "gaps", "links", "tests", "reasons", "consequences")
_CITATION = re.compile(r"\{([^{}]*)\}")
OWN_PRACTICE = "own practice"
# Columns of the store by table; each is a key of the entries, empty where an entry leaves out its Chinese words.
_COLUMNS = {
    "control": (
        *("id", "title", "title_zh", "objective", "objective_zh", "method", "steps", "steps_zh", "owner_role"),
        *("owner_role_zh", "retention", "retention_zh", "tier", "source"),
    ),
    "evidence_item": (
        *("id", "title", "title_zh", "description", "description_zh", "retention_legal", "retention_legal_zh"),
        *("retention_suggested", "retention_suggested_zh", "tier", "source"),
    ),
    "hardware_item": (
        *("id", "title", "title_zh", "installed_at", "installed_at_zh", "parameters", "standards"),
        *("acceptance_check", "acceptance_check_zh", "records", "records_zh", "restrictions", "restrictions_zh"),
        *("tier", "source"),
    ),
    "gap": (
        *("id", "title", "title_zh", "description", "description_zh", "topic_words", "left_open_by"),
        *("could_be_filled_by", "could_be_filled_by_zh", "tier", "source"),
    ),
}
Entry = Mapping[str, Any]


class CatalogueError(StoreError):
    """The catalogue can't be loaded; the message names file, entry and fault."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries by id, in id order; ids are unique over all kinds. `origin` tells the file of each entry."""

    sources: dict[str, Entry]
    controls: dict[str, Entry]
    hardware: dict[str, Entry]
    evidence: dict[str, Entry]
    gaps: dict[str, Entry]
    links: dict[str, Entry]
    tests: dict[str, Entry]
    reasons: dict[str, Entry]
    consequences: dict[str, Entry]
    origin: dict[str, Path]


def catalogue_of(data: Path) -> Catalogue:
    """The bundled catalogue, and beside it what a data folder adds in its `catalogue/`. Raises CatalogueError."""
    own = data / "catalogue"
    return read_catalogue(BUNDLED, own) if own.is_dir() else read_catalogue(BUNDLED)


def read_catalogue(*folders: Path) -> Catalogue:
    """Read and check one or more catalogue folders as one. Raises CatalogueError."""
    schema = json.loads((Path(__file__).parent / "catalogue.schema.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Entry]] = {kind: {} for kind in _KINDS}
    origin: dict[str, Path] = {}
    for folder in folders:
        for kind in _KINDS:
            validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
            for path in sorted((folder / kind).glob("*.yml")):
                for entry in read_entries(path, validator, CatalogueError):
                    if entry["id"] in origin:
                        raise CatalogueError(f"{path}: id {entry['id']} is used twice (first in {origin[entry['id']]})")
                    found[kind][entry["id"]] = entry
                    origin[entry["id"]] = path
    ordered = {kind: dict(sorted(entries.items())) for kind, entries in found.items()}
    catalogue = Catalogue(**ordered, origin=origin)
    _check_references(catalogue)
    return catalogue


def load_catalogue(connection: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Make the store's catalogue tables equal to the catalogue, all or nothing. Links are the business of links.py."""
    with transaction(connection):
        for table in ("control", "evidence_item", "hardware_item", "catalogue_link"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a fixed list of names
        for table, entries in (
            ("control", catalogue.controls),
            ("evidence_item", catalogue.evidence),
            ("hardware_item", catalogue.hardware),
            ("gap", catalogue.gaps),
        ):
            connection.executemany(
                _insertion(table),
                [dict.fromkeys(_COLUMNS[table], "") | _flat(entry, catalogue.sources) for entry in entries.values()],
            )
        connection.executemany(
            "INSERT INTO catalogue_link (from_kind, from_id, to_kind, to_id, rationale) VALUES (?, ?, ?, ?, ?)",
            list(_internal_links(catalogue)),
        )


def _insertion(table: str) -> str:
    """An entry that is there already, as gaps are that something fills, takes the new words."""
    columns = _COLUMNS[table]
    return f"""INSERT INTO {table} ({", ".join(columns)}) VALUES ({", ".join(f":{name}" for name in columns)})
      ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns[1:])}"""  # noqa: S608


def _internal_links(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str, str]]:
    for control in catalogue.controls.values():
        for evidence in control["evidence"]:
            yield "control", control["id"], "evidence_item", evidence, "proves the control"
        for hardware in control.get("hardware", ()):
            yield "control", control["id"], "hardware_item", hardware, "produces or protects what the control checks"


def _flat(entry: Entry, sources: Mapping[str, Entry]) -> dict[str, Any]:
    """Citations written out, lists and mappings as JSON text: the columns hold text."""
    written = {key: cited(key, value, sources) for key, value in entry.items()}
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for key, value in written.items()
    }


def cited(key: str, value: Any, sources: Mapping[str, Entry]) -> Any:
    """A field with its citations written out as titles, where the field is one that cites."""
    if key == "source":
        return _CITATION.sub(lambda match: _title(sources[match[1]]), value)
    if key == "parameters":
        return [{k: cited(k, v, sources) for k, v in parameter.items()} for parameter in value]
    return value


def _title(source: Entry) -> str:
    title = f"《{source['title_zh']}》" if "title_zh" in source else source["title"]
    return f"{title} ({source['number']})" if "number" in source else title


def _check_references(catalogue: Catalogue) -> None:
    """Every id named by an entry exists; every source cites the register or owns up to practice."""
    claims: dict[str, Entry] = {str(claim.n): {} for claim in read_claims()}
    for control in catalogue.controls.values():
        _check(catalogue, control["id"], "claims", [str(n) for n in control.get("claims", ())], claims)
        _check(catalogue, control["id"], "evidence", control["evidence"], catalogue.evidence)
        _check(catalogue, control["id"], "hardware", control.get("hardware", []), catalogue.hardware)
    targets = {"control": catalogue.controls, "hardware_item": catalogue.hardware, "evidence_item": catalogue.evidence}
    for link in catalogue.links.values():
        for kind, target in link["target"].items():
            _check(catalogue, link["id"], kind, [target], targets[kind])
    for reason in catalogue.reasons.values():
        _check(catalogue, reason["id"], "kept_under", reason.get("kept_under", []), catalogue.controls)
    for consequence in catalogue.consequences.values():
        _check(catalogue, consequence["id"], "controls", consequence["controls"], catalogue.controls)
    for test in catalogue.tests.values():
        _check(catalogue, test["id"], "control", [test["control"]] if "control" in test else [], catalogue.controls)
        _check(catalogue, test["id"], "hardware", test.get("hardware", []), catalogue.hardware)
        _check(catalogue, test["id"], "gap", [test["gap"]] if "gap" in test else [], catalogue.gaps)
    for item in catalogue.hardware.values():
        _check_bounds(catalogue, item)
    kinds = (catalogue.controls, catalogue.hardware, catalogue.evidence, catalogue.gaps, catalogue.consequences)
    for entries in kinds:
        for entry in entries.values():
            for source in (entry["source"], *(parameter["source"] for parameter in entry.get("parameters", ()))):
                named = _CITATION.findall(source)
                _check(catalogue, entry["id"], "source", named, catalogue.sources)
                if not named and OWN_PRACTICE not in source:
                    raise CatalogueError(
                        f"{catalogue.origin[entry['id']]}: {entry['id']}: source cites nothing: name a registered "
                        f"source as {{id}}, or say '{OWN_PRACTICE}'"
                    )


def _check_bounds(catalogue: Catalogue, item: Entry) -> None:
    """No parameter of a device is bounded from below above where it is bounded from above."""
    floors: dict[tuple[str, str], float] = {}
    ceilings: dict[tuple[str, str], float] = {}
    for parameter in item["parameters"]:
        key = (parameter["name"], parameter["unit"])
        if parameter["comparator"] in ("ge", "gt", "eq", "range"):
            floors[key] = max(parameter["value"], floors.get(key, parameter["value"]))
        if parameter["comparator"] in ("le", "lt", "eq", "range"):
            top = parameter.get("value_max", parameter["value"])
            ceilings[key] = min(top, ceilings.get(key, top))
    for key in floors.keys() & ceilings.keys():
        if floors[key] > ceilings[key]:
            raise CatalogueError(
                f"{catalogue.origin[item['id']]}: {item['id']}: parameters contradict each other: {key[0]} is at least "
                f"{floors[key]} and at most {ceilings[key]} {key[1]}"
            )


def _check(catalogue: Catalogue, owner: str, field: str, wanted: list[str], known: Mapping[str, Entry]) -> None:
    for item in wanted:
        if item not in known:
            raise CatalogueError(
                f"{catalogue.origin[owner]}: {owner}: {field} names {item}, which the catalogue does not hold"
            )
