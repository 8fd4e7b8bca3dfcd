"""Proposals: rules in force that seem to belong to a control, a device or an evidence item, for a person to judge.

Two grounds, both explained in the rationale: the statement holds a cue word of every group that the target lists, or it
is worded like a statement that a person linked to the target. Proposals are rows with a score; a rejected one is kept,
so that it isn't made again while the wording stands. Accepting one writes a link into YAML, where reviews live.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules_db.connection import StoreError, transaction
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.mapping.catalogue import Catalogue, Entry
from rules_db.model import MappingStatus, Modality

_ALIKE = 0.5  # cosine of pairs of characters from which two statements count as worded alike
_CUES_BASE, _CUES_STEP = 0.4, 0.1  # a target with more groups, and more words met, is the likelier one
_CUES_MOST = 0.9
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
    """Record proposals for the rules in force of flagged texts; returns the new ones, the likeliest first.

    Pairs that are linked, proposed or rejected already are left alone; proposals whose rule ended go. Repeating it does
    nothing. `now` is kept as the day of the proposal.
    """
    candidates = list(_candidates(connection))
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
                   AND rv.valid_to IS NULL AND rv.fingerprint = mapping.current_fingerprint)"""
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
                    f"{proposal.why} (proposed {now[:10]})",
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


def cues_met(entry: Entry, statement: str) -> tuple[str, ...] | None:
    """The words met, one or more of each group; None when a group is not met or the entry lists no cues."""
    met: list[str] = []
    for group in entry.get("cues", ()):
        words = [word for word in group if word in statement]
        if not words:
            return None
        met += words
    return tuple(dict.fromkeys(met)) or None


def _proposals(
    connection: sqlite3.Connection, candidates: Sequence[Candidate], catalogue: Catalogue
) -> Iterator[Proposal]:
    targets = [
        (kind, entry)
        for kind, entries in (
            ("control", catalogue.controls),
            ("hardware_item", catalogue.hardware),
            ("evidence_item", catalogue.evidence),
        )
        for entry in entries.values()
    ]
    models = _reviewed(connection)
    for candidate in candidates:
        alike = _alike(candidate.statement, models)
        for kind, entry in targets:
            likeness, model = alike.get((kind, entry["id"]), (0.0, ""))
            words = cues_met(entry, candidate.statement)
            by_cues = 0.0
            if words:
                by_cues = min(_CUES_MOST, _CUES_BASE + _CUES_STEP * (len(entry["cues"]) + len(words) - 2))
            if max(likeness, by_cues) == 0:
                continue
            reasons = [f"speaks of {'、'.join(words)}"] if words else []
            reasons += [f"worded like the rule of {model} ({likeness:.2f})"] if likeness else []
            score = round(max(likeness, by_cues), 3)
            yield Proposal(candidate, kind, entry["id"], score, "; ".join(reasons))


def _candidates(connection: sqlite3.Connection) -> Iterator[Candidate]:
    rows = connection.execute(
        """SELECT rv.rule_id, rv.statement, rv.modality, rv.fingerprint, rv.label, i.title, e.version_date, e.tier
           FROM rule_version rv JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE rv.superseded_at IS NULL AND rv.valid_to IS NULL AND rv.modality IN (SELECT value FROM json_each(?))
             AND EXISTS (SELECT 1 FROM flag f JOIN expression x ON x.id = f.expression_id
                         WHERE x.instrument_id = i.id AND f.score > 0)
           ORDER BY i.title, rv.expression_id, rv.start, rv.rule_id, rv.n""",
        (json.dumps(_LINKABLE),),
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


@dataclass(frozen=True, slots=True)
class _Model:
    link_id: str
    target: tuple[str, str]
    pairs: Counter[str]


def _reviewed(connection: sqlite3.Connection) -> list[_Model]:
    rows = connection.execute(
        """SELECT id, target_kind, target_id, stamp_statement FROM mapping
           WHERE stamp <> '' AND stamp_statement <> '' ORDER BY id"""
    )
    return [_Model(row["id"], (row["target_kind"], row["target_id"]), _pairs(row["stamp_statement"])) for row in rows]


def _alike(statement: str, models: Sequence[_Model]) -> dict[tuple[str, str], tuple[float, str]]:
    """Target → likeness and link of the most similar reviewed statement, where it is similar enough."""
    pairs = _pairs(statement)
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for model in models:
        likeness = _cosine(pairs, model.pairs)
        if likeness >= _ALIKE and likeness > best.get(model.target, (0.0, ""))[0]:
            best[model.target] = (likeness, model.link_id)
    return best


def _pairs(text: str) -> Counter[str]:
    key = comparison_key(text)
    return Counter(key[i : i + 2] for i in range(len(key) - 1))


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    if len(b) < len(a):
        a, b = b, a
    dot = sum(count * b[pair] for pair, count in a.items())
    norms = sum(n * n for n in a.values()) * sum(n * n for n in b.values())
    return dot / math.sqrt(norms) if norms else 0.0


def _open_proposal(connection: sqlite3.Connection, proposal_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM mapping WHERE id = ? AND score IS NOT NULL AND status = ?", (proposal_id, MappingStatus.PROPOSED)
    ).fetchone()
    if row is None:
        raise StoreError(f"{proposal_id} is no open proposal; 'guiji map list --status proposed' lists them")
    return row
