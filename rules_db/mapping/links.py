"""Links from rules to controls, evidence and hardware, and the moment they turn suspect.

A reviewed link carries a stamp: the fingerprint of the rule's statement that a person read. When the statement in force
or to come has another fingerprint, or the rule is over, the link is suspect until someone looks again; and so when,
after the review, a later text tells the day of its end (a repeal, an article to be dropped). The term that a text
itself states (有效期) changes nothing before it is over.
A better pattern never changes a statement, so it never makes a link suspect; should it move the statement to another
rule (another modality, say), the link follows its stamp to the rule that carries the reviewed wording now.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from rules_db.connection import transaction
from rules_db.instruments import find_instruments
from rules_db.mapping.catalogue import Catalogue, CatalogueError
from rules_db.model import MappingStatus
from rules_db.workdays import china_day

UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class LinkState:
    """A link after loading: its rule (None when no such rule is held), status, and its newest wording not over."""

    id: str
    rule_id: str | None
    status: str
    stamp: str
    current: str | None
    statement: str
    turned_suspect: bool


def load_links(connection: sqlite3.Connection, catalogue: Catalogue, now: str) -> list[LinkState]:
    """Resolve and store every link of the catalogue; rows of links that left the catalogue go. All or nothing."""
    before = {row["id"]: row["status"] for row in connection.execute("SELECT id, status FROM mapping")}
    day = china_day(now)
    states = [_state(connection, link, before, day) for link in catalogue.links.values()]
    with transaction(connection):
        connection.execute(
            "DELETE FROM mapping WHERE score IS NULL AND id NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(catalogue.links)),),
        )
        for link, state in zip(catalogue.links.values(), states, strict=True):
            kind, target = next(iter(link["target"].items()))
            connection.execute(
                """INSERT INTO mapping (id, rule_id, selector, target_kind, target_id, relationship, rationale, status,
                     stamp, stamp_statement, current_fingerprint, tier, reviewed_by, reviewed_on, suspect_since)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET rule_id = excluded.rule_id, selector = excluded.selector,
                     target_kind = excluded.target_kind, target_id = excluded.target_id, stamp = excluded.stamp,
                     relationship = excluded.relationship, rationale = excluded.rationale, status = excluded.status,
                     stamp_statement = excluded.stamp_statement, current_fingerprint = excluded.current_fingerprint,
                     tier = excluded.tier, reviewed_by = excluded.reviewed_by, reviewed_on = excluded.reviewed_on,
                     suspect_since = CASE WHEN excluded.status = 'suspect'
                       THEN coalesce(mapping.suspect_since, excluded.suspect_since) END""",
                (
                    state.id,
                    state.rule_id,
                    json.dumps(link["rule"], ensure_ascii=False, sort_keys=True),
                    kind,
                    target,
                    link["relationship"],
                    link["rationale"],
                    state.status,
                    state.stamp,
                    _stamped_statement(connection, state.rule_id, state.stamp),
                    state.current,
                    link["tier"],
                    link["reviewed_by"],
                    link["reviewed_on"] or None,
                    now if state.status == MappingStatus.SUSPECT else None,
                ),
            )
    return states


def accept_link(path: Path, link_id: str, *, stamp: str, reviewer: str, on: str) -> None:
    """Write a review into the YAML that holds the link, leaving every other line as it is. Raises CatalogueError."""
    _write_review(path, link_id, {"stamp": stamp, "reviewed_by": reviewer, "reviewed_on": on})


def reject_link(path: Path, link_id: str, *, stamp: str, reviewer: str, on: str) -> None:
    """Keep a link as rejected in its YAML, so that it counts for nothing and is not proposed again: as accept_link."""
    _write_review(path, link_id, {"stamp": stamp, "reviewed_by": reviewer, "reviewed_on": on, "rejected": True})


def _write_review(path: Path, link_id: str, review: Mapping[str, str | bool]) -> None:
    """Replace the lines of one entry's review. The file is read back before it takes the old one's place."""
    before = path.read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if re.match(r"- id:", line)]
    here = next((n for n in starts if re.match(rf"- id: *['\"]?{re.escape(link_id)}['\"]?\s*(#.*)?$", lines[n])), None)
    if here is None:
        raise CatalogueError(f"{path}: no entry starts with '- id: {link_id}'")
    end = next((n for n in starts if n > here), len(lines))
    kept = [line for line in lines[here:end] if not re.match(r"  rejected:", line)]
    for key, value in review.items():
        written = f"  {key}: {json.dumps(value, ensure_ascii=False)}\n"
        place = next((n for n, line in enumerate(kept) if re.match(rf"  {key}:", line)), None)
        if place is not None:
            kept[place] = written
        elif key == "rejected":
            after = next(n for n, line in enumerate(kept) if re.match(r"  reviewed_on:", line))
            kept.insert(after + 1, written)
        else:
            raise CatalogueError(f"{path}: {link_id} has no line '{key}:' to write to")
    after_text = "".join([*lines[:here], *kept, *lines[end:]])
    wanted = [_reviewed(entry, review) if entry["id"] == link_id else entry for entry in yaml.safe_load(before)]
    try:
        whole = yaml.safe_load(after_text) == wanted
    except yaml.YAMLError:
        whole = False
    if not whole:
        raise CatalogueError(f"{path}: {link_id} is not written one field a line; write the review by hand")
    temporary = path.with_suffix(".yml.part")
    temporary.write_text(after_text, encoding="utf-8")
    temporary.replace(path)


def _reviewed(entry: Mapping[str, Any], review: Mapping[str, str | bool]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "rejected"} | dict(review)


def _state(connection: sqlite3.Connection, link: Mapping[str, Any], before: Mapping[str, str], day: str) -> LinkState:
    stamp = link["stamp"]
    instruments = find_instruments(connection, link["rule"]["instrument"])
    instrument = instruments[0].id if len(instruments) == 1 else None
    rule_id = resolve_rule(connection, instrument, link["rule"]) if instrument else None
    row = _newest(connection, "rule_id", rule_id, instrument, day) if rule_id else None
    if stamp and instrument and (row is None or row["fingerprint"] != stamp):
        row = _newest(connection, "fingerprint", stamp, instrument, day) or row
    rule_id = row["rule_id"] if row else rule_id
    if rule_id is None:
        status = MappingStatus.REJECTED if link.get("rejected") else UNRESOLVED
        return LinkState(link["id"], None, status, stamp, None, "", False)
    current, statement = (row["fingerprint"], row["statement"]) if row else (None, "")
    status = MappingStatus.PROPOSED if not stamp else MappingStatus.ACCEPTED
    if link.get("rejected"):
        status = MappingStatus.REJECTED
    elif stamp and (current != stamp or (row is not None and _ended_since(row, link["reviewed_on"]))):
        status = MappingStatus.SUSPECT
    turned = status == MappingStatus.SUSPECT and before.get(link["id"]) == MappingStatus.ACCEPTED
    return LinkState(link["id"], rule_id, status, stamp, current, statement, turned)


def _ended_since(row: sqlite3.Row, reviewed_on: str) -> bool:
    """Whether a later text than the rule's own gave it an end that its reviewer did not know."""
    return bool(row["end_told"]) and china_day(row["recorded_at"]) > reviewed_on


def _newest(
    connection: sqlite3.Connection,
    field: Literal["rule_id", "fingerprint"],
    value: str,
    instrument: str | None,
    day: str,
) -> sqlite3.Row | None:
    """The rule of the instrument with that id, or whose newest version has that wording, in its newest version not over
    on a day; `end_told` says whether another text than its own gave it an end."""
    row: sqlite3.Row | None = connection.execute(
        f"""SELECT rv.rule_id, rv.fingerprint, rv.statement, rv.recorded_at, rv.valid_to IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM expression e WHERE e.instrument_id = r.instrument_id AND e.replaced_at IS NULL
                AND date(e.expires_on, '+1 day') = rv.valid_to) AS end_told
            FROM rule_version rv JOIN rule r ON r.id = rv.rule_id
            WHERE rv.{field} = ? AND r.instrument_id = ? AND rv.superseded_at IS NULL
              AND rv.n = (SELECT max(v.n) FROM rule_version v WHERE v.rule_id = rv.rule_id AND v.superseded_at IS NULL
                            AND NOT ended(v.status, v.valid_to, ?))
            ORDER BY rv.rule_id LIMIT 1""",  # noqa: S608 - one of two names
        (value, instrument, day),
    ).fetchone()
    return row


def resolve_rule(connection: sqlite3.Connection, instrument: str, selector: Mapping[str, Any]) -> str | None:
    """The one rule that a selector means, by unit label or eId, modality and words of its statement."""
    row = connection.execute(
        """SELECT rv.rule_id FROM rule_version rv
           JOIN rule_place p ON p.rule_version_id = rv.id JOIN expression e ON e.id = p.expression_id
           WHERE e.instrument_id = :instrument AND rv.superseded_at IS NULL
             AND (:version IS NULL OR e.version_date = :version)
             AND (p.label = :provision OR p.eid = :provision OR p.eid LIKE :provision || '\\_\\_%' ESCAPE '\\')
             AND (:modality IS NULL OR rv.modality = :modality)
             AND (:words IS NULL OR instr(rv.statement, :words) > 0)
           ORDER BY e.version_date, p.start LIMIT 1""",
        {
            "instrument": instrument,
            "version": selector.get("version_date"),
            "provision": selector["provision"],
            "modality": selector.get("modality"),
            "words": selector.get("contains"),
        },
    ).fetchone()
    return str(row["rule_id"]) if row else None


def _stamped_statement(connection: sqlite3.Connection, rule_id: str | None, stamp: str) -> str:
    """The wording that was reviewed, where the store still knows it: shown beside the new one."""
    row = connection.execute(
        "SELECT statement FROM rule_version WHERE rule_id = ? AND fingerprint = ? ORDER BY recorded_at LIMIT 1",
        (rule_id, stamp),
    ).fetchone()
    return str(row["statement"]) if row else ""
