"""What is linked to what, and how sure we are: lists and counts over the mapping, for people and machines."""

from __future__ import annotations

import json
import sqlite3
from typing import Any


def list_links(connection: sqlite3.Connection, status: str | None = None) -> list[dict[str, Any]]:
    """Links with the wording reviewed and the wording in force, suspect ones first."""
    rows = connection.execute(
        """SELECT m.*, (SELECT rv.statement FROM rule_version rv
             WHERE rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
               AND rv.valid_to IS NULL ORDER BY rv.n DESC LIMIT 1) AS statement
           FROM mapping m WHERE :status IS NULL OR m.status = :status
           ORDER BY m.status <> 'suspect', m.status, m.id""",
        {"status": status},
    ).fetchall()
    links = []
    for row in rows:
        link = dict(row)
        selector = json.loads(link["selector"])
        link["selector"] = selector
        link["place"] = f"《{selector['instrument']}》{selector['provision']}"
        link["target"] = f"{link['target_kind']} {link['target_id']}"
        links.append(link)
    return links


def coverage(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every control, hardware item and evidence item with its number of links by status; zeros show the gaps."""
    rows = connection.execute(
        """SELECT c.kind, c.id, c.title, c.tier,
             count(m.id) FILTER (WHERE m.status = 'accepted') AS accepted,
             count(m.id) FILTER (WHERE m.status = 'suspect') AS suspect,
             count(m.id) FILTER (WHERE m.status = 'proposed') AS proposed,
             count(m.id) FILTER (WHERE m.status = 'unresolved') AS unresolved
           FROM (SELECT 'control' AS kind, id, title, tier FROM control
                 UNION ALL SELECT 'hardware_item', id, title, tier FROM hardware_item
                 UNION ALL SELECT 'evidence_item', id, title, tier FROM evidence_item) c
           LEFT JOIN mapping m ON m.target_kind = c.kind AND m.target_id = c.id
           GROUP BY c.kind, c.id ORDER BY c.kind, c.id"""
    ).fetchall()
    return [dict(row) for row in rows]
