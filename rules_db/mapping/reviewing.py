"""The review of links: what waits for a person, and the one way to record what the person decided.

In: the store, the data folder's catalogue, a decision. Out: cards to judge, in the order of urgency; YAML with the
review in it, and the links loaded anew. A decision is refused when the wording moved after the card was drawn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rules_db.connection import StoreError
from rules_db.mapping.catalogue import catalogue_of
from rules_db.mapping.coverage import list_links
from rules_db.mapping.filled import suspect_filled
from rules_db.mapping.links import accept_link, load_links, reject_link
from rules_db.mapping.proposals import accept_proposal, reject_proposal
from rules_db.model import MappingStatus
from rules_db.workdays import china_day

WAITING = (MappingStatus.SUSPECT, MappingStatus.PROPOSED)


class Verdict(StrEnum):
    """What a person can say of a link."""

    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Card:
    """A link as a person must see it to judge. `old` is the wording that was reviewed (empty: none yet), `new` the one
    in force (None: none any more), `changes` the typed changes between them, `because` later texts that may fill what
    the rule leaves open, `source` where the new wording was read."""

    id: str
    status: str
    place: str
    target: str
    target_title: str
    relationship: str
    rationale: str
    tier: str
    old: str
    new: str | None
    changes: tuple[str, ...]
    because: tuple[str, ...]
    source: str
    suspect_since: str | None
    current: str | None
    score: float | None


def waiting(connection: sqlite3.Connection, day: str, statuses: Sequence[str] = WAITING) -> list[Card]:
    """Links that wait for a person on `day` (ISO): suspect ones first, then those of the catalogue, then proposals by
    score."""
    rank = {status: n for n, status in enumerate(WAITING)}
    links = [link for link in list_links(connection, day) if link["status"] in statuses]
    links.sort(key=lambda link: (rank.get(link["status"], 9), -(link["score"] or 2.0), link["id"]))
    titles = {
        (row["kind"], row["id"]): f"{row['title']} {row['title_zh']}"
        for row in connection.execute(
            """SELECT 'control' AS kind, id, title, title_zh FROM control
               UNION ALL SELECT 'hardware_item', id, title, title_zh FROM hardware_item
               UNION ALL SELECT 'evidence_item', id, title, title_zh FROM evidence_item"""
        )
    }
    return [
        Card(
            link["id"],
            link["status"],
            link["place"],
            link["target"],
            titles.get((link["target_kind"], link["target_id"]), ""),
            link["relationship"],
            link["rationale"],
            link["tier"],
            link["stamp_statement"],
            link["statement"],
            _changes(connection, link["rule_id"], link["reviewed_on"]) if link["stamp"] else (),
            tuple(link["because"]),
            _source(connection, link["rule_id"]),
            link["suspect_since"],
            link["current_fingerprint"],
            link["score"],
        )
        for link in links
    ]


def decide(
    connection: sqlite3.Connection, root: Path, link_id: str, verdict: Verdict, *, reviewer: str, now: str,
    seen: str | None = None,
) -> tuple[str, Path | None]:  # fmt: skip
    """Record a verdict and load the links anew: (id of the link, YAML written; None for a rejected proposal).

    `root` is the data folder; hold its lock. `seen` is the fingerprint of the wording that was judged: when another one
    is in force by now, StoreError. Accepting also needs a wording in force.
    """
    row = connection.execute("SELECT * FROM mapping WHERE id = ?", (link_id,)).fetchone()
    if row is None:
        raise StoreError(f"no link {link_id}; 'guiji map list' shows all")
    current = row["current_fingerprint"]
    if seen is not None and current != seen:
        raise StoreError(f"{link_id}: the wording moved while you looked; look again")
    if verdict is Verdict.ACCEPT and current is None:
        raise StoreError(f"{link_id} has no rule in force to be accepted against; reject it, or correct its selector")
    catalogue = catalogue_of(root)
    path: Path | None = None
    if link_id in catalogue.links:
        path = catalogue.origin[link_id]
        write = accept_link if verdict is Verdict.ACCEPT else reject_link
        write(path, link_id, stamp=current or row["stamp"], reviewer=reviewer, on=china_day(now))
    elif verdict is Verdict.ACCEPT:
        path = root / "catalogue" / "links" / "own.yml"
        link_id = accept_proposal(connection, catalogue, path, link_id, reviewer=reviewer, on=china_day(now))
    else:
        reject_proposal(connection, link_id, reviewer=reviewer, on=china_day(now))
    load_links(connection, catalogue_of(root), now)
    suspect_filled(connection, now)
    return link_id, path


def _changes(connection: sqlite3.Connection, rule_id: str | None, reviewed_on: str | None) -> tuple[str, ...]:
    """Typed changes of the rule that its reviewer had not seen, by day of validity; else what became of its provision.

    Where no change is newer than the review, all are told: a review may be younger than the law it missed.
    """
    rows = connection.execute(
        """SELECT c.summary, c.valid_on, c.recorded_at, c.rule_id FROM change c WHERE c.rule_id = :rule
           UNION SELECT c.summary, c.valid_on, c.recorded_at, c.rule_id FROM rule_version rv JOIN change c
             ON (c.from_expression_id = rv.expression_id AND c.from_label = rv.label)
             OR (c.to_expression_id = rv.expression_id AND c.to_label = rv.label)
           WHERE rv.rule_id = :rule AND rv.superseded_at IS NULL AND c.rule_id IS NULL
           ORDER BY valid_on, summary""",
        {"rule": rule_id},
    ).fetchall()
    own = [row for row in rows if row["rule_id"]] or rows
    newer = [row for row in own if reviewed_on and row["recorded_at"][:10] >= reviewed_on] or own
    told = [f"{row['summary']} ({row['valid_on'] or 'day unknown'})" for row in newer]
    return tuple(dict.fromkeys(told))


def _source(connection: sqlite3.Connection, rule_id: str | None) -> str:
    row = connection.execute(
        """SELECT f.url FROM rule_version rv JOIN manifestation f ON f.expression_id = rv.expression_id
           WHERE rv.rule_id = ? AND rv.superseded_at IS NULL
           ORDER BY rv.n DESC, f.tier <> 'official', f.tier <> 'repost', f.url LIMIT 1""",
        (rule_id,),
    ).fetchone()
    return str(row["url"]) if row else ""
