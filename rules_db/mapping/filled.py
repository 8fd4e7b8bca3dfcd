"""Links whose rule left something open that a later text has filled: reviewed before, so to be looked at again.

A link is concerned when its rule stands in an instrument that leaves a gap open, its statement speaks of the gap's
matter (a word of the first group), and the filling came after the day of the review. A review of a later day settles
it. In: the store after flagging. Out: which links, and which text is the cause.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from rules_db.mapping.gaps import leaves_open
from rules_db.workdays import china_day


@dataclass(frozen=True, slots=True)
class FilledLink:
    """An accepted or suspect link, and the first text that filled what its rule leaves open; `since` is ISO UTC."""

    link_id: str
    gap_id: str
    gap_title: str
    instrument: str
    reason: str
    since: str


def filled_links(connection: sqlite3.Connection, day: str) -> list[FilledLink]:
    """Those of rules that are not over on `day` (ISO), in the order of the fillings; a link once for each gap."""
    fillings = connection.execute(
        """SELECT g.id, g.title, g.topic_words, g.left_open_by, f.reason, f.recorded_at, i.title AS instrument,
             i.id AS by
           FROM gap_filling f JOIN gap g ON g.id = f.gap_id JOIN instrument i ON i.id = f.instrument_id
           ORDER BY f.recorded_at, g.id, i.id"""
    ).fetchall()
    if not fillings:
        return []
    links = connection.execute(
        """SELECT m.id, m.reviewed_on, i.id AS instrument_id, i.title, rv.statement FROM mapping m
           JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
             AND NOT ended(rv.status, rv.valid_to, ?)
           JOIN rule r ON r.id = m.rule_id JOIN instrument i ON i.id = r.instrument_id
           WHERE m.status IN ('accepted', 'suspect') AND m.stamp <> '' ORDER BY m.id""",
        (day,),
    ).fetchall()
    found: dict[tuple[str, str], FilledLink] = {}
    for filling in fillings:
        openers, matter = json.loads(filling["left_open_by"]), json.loads(filling["topic_words"])[0]
        filled_on = china_day(filling["recorded_at"])
        for link in links:
            if link["instrument_id"] == filling["by"] or (link["reviewed_on"] or "") >= filled_on:
                continue
            if leaves_open(openers, link["title"]) and any(word in link["statement"] for word in matter):
                key = (link["id"], filling["id"])
                found.setdefault(
                    key,
                    FilledLink(
                        link["id"],
                        filling["id"],
                        filling["title"],
                        filling["instrument"],
                        filling["reason"],
                        filling["recorded_at"],
                    ),
                )
    return list(found.values())


def suspect_filled(connection: sqlite3.Connection, now: str) -> list[str]:
    """Turn such links suspect; returns those whose cause was recorded at `now`. Runs after links are loaded."""
    turned = []
    for link in filled_links(connection, china_day(now)):
        changed = connection.execute(
            "UPDATE mapping SET status = 'suspect', suspect_since = ? WHERE id = ? AND status = 'accepted'",
            (link.since, link.link_id),
        ).rowcount
        if changed and link.since == now:
            turned.append(link.link_id)
    return turned
