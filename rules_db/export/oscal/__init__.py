"""OSCAL: catalogue and rules as catalogs, links as a mapping collection, devices as a component definition, and an
assessment as assessment results.

In: the store, the catalogue, optionally the JSON of `guiji assess`. Out: files of OSCAL 1.2.0. Ids are UUIDs of
version 5: the same content has the same ids on every machine, and a document gets another one when its content changes.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from rules_db.connection import StoreError
from rules_db.export.oscal.catalog import catalog_body
from rules_db.export.oscal.components import components_body
from rules_db.export.oscal.mapping import RELATIONSHIPS, mapping_body, reviewed_links, rules_body
from rules_db.export.oscal.results import read_assessment, results_body
from rules_db.export.oscal.words import CATALOG, COMPONENTS, MAPPING, RESULTS, RULES, Json, uuid_of
from rules_db.fingerprint import fingerprint
from rules_db.mapping.catalogue import Catalogue
from rules_db.workdays import china_day

__all__ = ["OSCAL_VERSION", "RELATIONSHIPS", "write_oscal"]

OSCAL_VERSION = "1.2.0"


def write_oscal(
    connection: sqlite3.Connection, catalogue: Catalogue, out: Path, assessment: Path | None, now: str
) -> list[Json]:
    """Write the documents into a folder; returns file and number of entries of each.

    The rules are those in force at `now`. The time of last change is that of the newest recorded text, so that an
    unchanged store gives the same bytes as long as no rule begins or ends. Raises StoreError for an assessment that
    is none or a folder that can't be written.
    """
    row = connection.execute("SELECT max(recorded_at) FROM expression").fetchone()
    changed, day = str(row[0] or now), china_day(now)
    links = reviewed_links(connection, day)
    documents: dict[str, tuple[str, Json, int]] = {
        CATALOG: ("catalog", catalog_body(catalogue), _size(catalogue)),
        RULES: ("catalog", rules_body(connection, links, day), len({link["rule_id"] for link in links})),
        MAPPING: ("mapping-collection", mapping_body(links), len(links)),
        COMPONENTS: ("component-definition", components_body(catalogue), len(catalogue.hardware)),
    }
    if not links:
        del documents[RULES], documents[MAPPING]  # OSCAL knows no empty mapping
    if assessment is not None:
        found = read_assessment(assessment)
        documents[RESULTS] = ("assessment-results", results_body(found), len(found["controls"]))
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, (kind, body, entries) in documents.items():
            title = body.pop("title")
            metadata = {
                "title": title, "last-modified": changed, "version": "0.1.0", "oscal-version": OSCAL_VERSION,
            }  # fmt: skip
            digest = fingerprint(kind, json.dumps([metadata, body], sort_keys=True, ensure_ascii=False))
            document = {kind: {"uuid": uuid_of(kind, name, digest), "metadata": metadata, **body}}
            text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
            (out / name).write_text(text, encoding="utf-8")
            written.append({"file": name, "entries": entries})
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return written


def _size(catalogue: Catalogue) -> int:
    return len(catalogue.controls) + len(catalogue.evidence) + len(catalogue.hardware)
