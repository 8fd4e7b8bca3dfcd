"""Proposals: rules in force that seem to belong to a control, a device or an evidence item, for a person to judge.

The grounds are those of ranking.py and stand in the rationale; a rule gets five proposals at most. Proposals are rows
with a score; a rejected one is kept, so that it isn't made again while the wording stands. Accepting one writes a link
into YAML, where reviews live.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules_db.connection import StoreError, transaction
from rules_db.fingerprint import fingerprint
from rules_db.mapping.catalogue import Catalogue
from rules_db.mapping.ranking import rank_targets, reviewed_models
from rules_db.model import MappingStatus, Modality
from rules_db.workdays import china_day

_MOST = 5  # proposals for one rule: what a person looks at
_LINKABLE = (Modality.OBLIGATION, Modality.PROHIBITION, Modality.PENALTY, Modality.PERMISSION)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement in force with its rule and where it stands."""

    rule_id: str
    statement: str
    modality: str
    wording: str
    instrument: str
    version_date: str | None
    label: str
    tier: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule and a target that seem to belong together; `score` in 0..1, `why` for a person."""

    candidate: Candidate
    kind: str
    target_id: str
    score: float
    why: str

    @property
    def id(self) -> str:
        """Stable: the same wording and target have the same id in every run."""
        return f"P{fingerprint(self.candidate.rule_id, self.candidate.wording, self.kind, self.target_id)[:10]}"


def propose_links(connection: sqlite3.Connection, catalogue: Catalogue, now: str) -> list[Proposal]:
    """Record proposals for the rules of flagged texts that are in force or to come; returns the new ones, the
    likeliest first.

    Pairs that are linked, proposed or rejected already are left alone; proposals whose rule ended go. Repeating it does
    nothing. `now` gives the day of the proposal.
    """
    day = china_day(now)
    candidates = list(_candidates(connection, day))
    settled = {
        (row["current_fingerprint"], row["target_kind"], row["target_id"])
        for row in connection.execute("SELECT current_fingerprint, target_kind, target_id FROM mapping")
    }
    found = [
        proposal
        for proposal in _proposals(connection, candidates, catalogue)
        if (proposal.candidate.wording, proposal.kind, proposal.target_id) not in settled
    ]
    found.sort(key=lambda proposal: (-proposal.score, proposal.id))
    with transaction(connection):
        connection.execute(
            """DELETE FROM mapping WHERE score IS NOT NULL AND status = 'proposed' AND NOT EXISTS (
                 SELECT 1 FROM rule_version rv WHERE rv.rule_id = mapping.rule_id AND rv.superseded_at IS NULL
                   AND NOT ended(rv.status, rv.valid_to, ?) AND rv.fingerprint = mapping.current_fingerprint)""",
            (day,),
        )
        connection.executemany(
            """INSERT INTO mapping (id, rule_id, selector, target_kind, target_id, relationship, rationale, status,
                 stamp, current_fingerprint, tier, reviewed_by, score)
               VALUES (?, ?, ?, ?, ?, 'intersects', ?, ?, '', ?, ?, '', ?)""",
            [
                (
                    proposal.id,
                    proposal.candidate.rule_id,
                    json.dumps(selector_of(proposal.candidate), ensure_ascii=False, sort_keys=True),
                    proposal.kind,
                    proposal.target_id,
                    f"{proposal.why} (proposed {day})",
                    MappingStatus.PROPOSED,
                    proposal.candidate.wording,
                    proposal.candidate.tier,
                    proposal.score,
                )
                for proposal in found
            ],
        )
    return found


def reject_proposal(connection: sqlite3.Connection, proposal_id: str, *, reviewer: str, on: str) -> None:
    """Keep a proposal as rejected, so that it isn't made again. Raises StoreError for anything but an open proposal."""
    _open_proposal(connection, proposal_id)
    with transaction(connection):
        connection.execute(
            "UPDATE mapping SET status = ?, reviewed_by = ?, reviewed_on = ? WHERE id = ?",
            (MappingStatus.REJECTED, reviewer, on, proposal_id),
        )


def accept_proposal(
    connection: sqlite3.Connection, catalogue: Catalogue, path: Path, proposal_id: str, *, reviewer: str, on: str
) -> str:
    """Append a reviewed link to the YAML at `path` (made if absent) and drop the proposal; returns the link's id.

    Load the catalogue again afterwards. Raises StoreError for anything but an open proposal.
    """
    row = _open_proposal(connection, proposal_id)
    number = max((int(key[1:]) for key in catalogue.links if re.fullmatch(r"U\d+", key)), default=0) + 1
    link_id = f"U{number:03}"  # a letter of its own: bundled links of a later release can't collide
    words = {key: json.dumps(value, ensure_ascii=False) for key, value in json.loads(row["selector"]).items()}
    lines = [
        f"- id: {link_id}",
        "  rule:",
        *(f"    {key}: {value}" for key, value in words.items()),
        f"  target: {{{row['target_kind']}: {row['target_id']}}}",
        f"  relationship: {row['relationship']}",
        f"  rationale: {json.dumps(row['rationale'], ensure_ascii=False)}",
        f"  tier: {row['tier']}",
        f"  stamp: {json.dumps(row['current_fingerprint'])}",
        f"  reviewed_by: {json.dumps(reviewer, ensure_ascii=False)}",
        f"  reviewed_on: {json.dumps(on)}",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    temporary = path.with_suffix(".yml.part")
    temporary.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(path)
    with transaction(connection):
        connection.execute("DELETE FROM mapping WHERE id = ?", (proposal_id,))
    return link_id


def selector_of(candidate: Candidate) -> dict[str, str]:
    """A selector that means this rule alone, as far as its place, modality and opening words can tell."""
    selector = {"instrument": candidate.instrument}
    if candidate.version_date:
        selector["version_date"] = candidate.version_date
    opening = candidate.statement.split("\n", 1)[0][:24]
    return {**selector, "provision": candidate.label, "modality": candidate.modality, "contains": opening}


def _proposals(
    connection: sqlite3.Connection, candidates: Sequence[Candidate], catalogue: Catalogue
) -> Iterator[Proposal]:
    models = reviewed_models(connection)
    for candidate in candidates:
        for ranked in rank_targets(candidate.statement, catalogue, models)[:_MOST]:
            yield Proposal(candidate, ranked.kind, ranked.target_id, ranked.score, ranked.why)


def _candidates(connection: sqlite3.Connection, day: str) -> Iterator[Candidate]:
    rows = connection.execute(
        """SELECT rv.rule_id, rv.statement, rv.modality, rv.fingerprint, rv.label, i.title, e.version_date, e.tier
           FROM rule_version rv JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.superseded_at IS NULL AND NOT ended(rv.status, rv.valid_to, ?)
             AND rv.modality IN (SELECT value FROM json_each(?))
             AND EXISTS (SELECT 1 FROM flag f JOIN expression x ON x.id = f.expression_id
                         WHERE x.instrument_id = i.id AND f.score > 0)
           ORDER BY i.title, rv.expression_id, rv.start, rv.rule_id, rv.n""",
        (day, json.dumps(_LINKABLE)),
    )
    seen = set()
    for row in rows:
        # one sentence with two norms is one statement: propose it once
        if (row["title"], row["fingerprint"]) not in seen:
            seen.add((row["title"], row["fingerprint"]))
            yield Candidate(
                row["rule_id"],
                row["statement"],
                row["modality"],
                row["fingerprint"],
                row["title"],
                row["version_date"],
                row["label"],
                row["tier"],
            )


def _open_proposal(connection: sqlite3.Connection, proposal_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM mapping WHERE id = ? AND score IS NOT NULL AND status = ?", (proposal_id, MappingStatus.PROPOSED)
    ).fetchone()
    if row is None:
        raise StoreError(f"{proposal_id} is no open proposal; 'guiji map list --status proposed' lists them")
    return row
