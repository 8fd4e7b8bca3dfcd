"""The catalogue: reviewed YAML in git, read whole or not at all, and loaded into the store in one transaction.

In: a folder with controls/, hardware/, evidence/, gaps/ and links/. Out: a frozen `Catalogue`. A file that fails its
schema, a duplicate id or a dangling reference raises `CatalogueError` naming file and entry; the last good load stays.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError, transaction

BUNDLED = Path(__file__).parent / "catalogue"
SAMPLE = Path(__file__).parent / "sample"
_KINDS = ("controls", "hardware", "evidence", "gaps", "links")
Entry = Mapping[str, Any]


class CatalogueError(StoreError):
    """The catalogue can't be loaded; the message names file, entry and fault."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries by id, in id order. `origin` tells the file of each link, for writing reviews back."""

    controls: dict[str, Entry]
    hardware: dict[str, Entry]
    evidence: dict[str, Entry]
    gaps: dict[str, Entry]
    links: dict[str, Entry]
    origin: dict[str, Path]


def read_catalogue(*folders: Path) -> Catalogue:
    """Read and check one or more catalogue folders as one. Raises CatalogueError."""
    schema = json.loads((Path(__file__).parent / "catalogue.schema.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Entry]] = {kind: {} for kind in _KINDS}
    origin: dict[str, Path] = {}
    for folder in folders:
        for kind in _KINDS:
            validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
            for path in sorted((folder / kind).glob("*.yml")):
                for entry in _entries(path, validator):
                    if entry["id"] in found[kind]:
                        raise CatalogueError(f"{path}: id {entry['id']} is used twice")
                    found[kind][entry["id"]] = entry
                    if kind == "links":
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
        connection.executemany(
            """INSERT INTO control (id, title, title_zh, objective, method, steps, owner_role, retention, tier, source)
               VALUES (:id, :title, :title_zh, :objective, :method, :steps, :owner_role, :retention, :tier, :source)""",
            [_flat(entry) for entry in catalogue.controls.values()],
        )
        connection.executemany(
            """INSERT INTO evidence_item (id, title, title_zh, description, retention_legal, retention_suggested, tier,
                 source) VALUES (:id, :title, :title_zh, :description, :retention_legal, :retention_suggested, :tier,
                 :source)""",
            [_flat(entry) for entry in catalogue.evidence.values()],
        )
        connection.executemany(
            """INSERT INTO hardware_item (id, title, title_zh, installed_at, parameters, standards, acceptance_check,
                 records, restrictions, tier, source) VALUES (:id, :title, :title_zh, :installed_at, :parameters,
                 :standards, :acceptance_check, :records, :restrictions, :tier, :source)""",
            [_flat(entry) for entry in catalogue.hardware.values()],
        )
        connection.executemany(
            """INSERT INTO gap (id, title, title_zh, description, topic_words, left_open_by, could_be_filled_by, tier,
                 source) VALUES (:id, :title, :title_zh, :description, :topic_words, :left_open_by, :could_be_filled_by,
                 :tier, :source)
               ON CONFLICT (id) DO UPDATE SET title = excluded.title, title_zh = excluded.title_zh,
                 description = excluded.description, topic_words = excluded.topic_words,
                 left_open_by = excluded.left_open_by, could_be_filled_by = excluded.could_be_filled_by,
                 tier = excluded.tier, source = excluded.source""",
            [_flat(entry) for entry in catalogue.gaps.values()],
        )
        connection.executemany(
            "INSERT INTO catalogue_link (from_kind, from_id, to_kind, to_id, rationale) VALUES (?, ?, ?, ?, ?)",
            list(_internal_links(catalogue)),
        )


def _internal_links(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str, str]]:
    for control in catalogue.controls.values():
        for evidence in control["evidence"]:
            yield "control", control["id"], "evidence_item", evidence, "proves the control"
        for hardware in control.get("hardware", ()):
            yield "control", control["id"], "hardware_item", hardware, "produces or protects what the control checks"


def _flat(entry: Entry) -> dict[str, Any]:
    """Lists and mappings as JSON text: the columns hold text."""
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for key, value in entry.items()
    }


def _entries(path: Path, validator: jsonschema.Draft202012Validator) -> list[Entry]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: not readable YAML: {' '.join(str(error).split())}") from error
    for fault in sorted(validator.iter_errors(raw), key=lambda e: list(map(str, e.absolute_path))):
        place = list(fault.absolute_path)
        entry = raw[place[0]].get("id", place[0]) if place and isinstance(raw[place[0]], dict) else "the file"
        raise CatalogueError(f"{path}: {entry}: {'.'.join(map(str, place[1:])) or 'entry'}: {fault.message}")
    entries: list[Entry] = raw
    return entries


def _check_references(catalogue: Catalogue) -> None:
    """Every id named by an entry exists; a link names one target."""
    for control in catalogue.controls.values():
        _check(control["id"], "evidence", control["evidence"], catalogue.evidence)
        _check(control["id"], "hardware", control.get("hardware", []), catalogue.hardware)
    targets = {"control": catalogue.controls, "hardware_item": catalogue.hardware, "evidence_item": catalogue.evidence}
    for link in catalogue.links.values():
        for kind, target in link["target"].items():
            _check(link["id"], kind, [target], targets[kind])


def _check(owner: str, field: str, wanted: list[str], known: Mapping[str, Entry]) -> None:
    for item in wanted:
        if item not in known:
            raise CatalogueError(f"{owner}: {field} names {item}, which the catalogue does not hold")
