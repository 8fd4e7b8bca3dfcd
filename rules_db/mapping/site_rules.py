"""The rules behind checks at one place on one day, each with its limits, changes, source and what else must be known.

In: the store, targets of links, where the site stands, the day. Out: plain rows, one for each link.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from rules_db.iri import NATIONAL
from rules_db.model import EffectKind, InstrumentStatus


def rules_behind(
    connection: sqlite3.Connection, targets: list[tuple[str, str]], place: str, as_of: str
) -> list[dict[str, Any]]:
    """Linked rules in force on `as_of` (ISO day), and those that would be were they not suspended, in order of links.

    `targets` are pairs of kind and id as in the mapping table. `thresholds` are those of the whole sentence, `changes`
    the typed changes of the rule, those to come included, `notes` sentences.
    """
    rows = connection.execute(
        """SELECT DISTINCT m.id AS link, m.target_id AS target, m.relationship, m.tier AS link_tier, m.suspect_since,
             m.stamp_statement, m.rule_id AS rule, rv.id AS version, rv.label, rv.modality, rv.bearer, rv.deadline,
             rv.statement, rv.valid_from, rv.valid_to, rv.status AS standing, i.title AS instrument, i.jurisdiction,
             e.tier,
             CASE WHEN m.stamp <> rv.fingerprint THEN 'suspect'
               WHEN m.stamp = m.current_fingerprint AND date(m.suspect_since, '+8 hours') <= :day THEN 'suspect'
               ELSE 'accepted' END AS status,
             (SELECT json_group_array(json_object('parameter', t.parameter, 'comparator', t.comparator,
                'value', t.value, 'value_max', t.value_max, 'unit', t.unit, 'trigger', t.trigger_event, 'text', t.text))
              FROM (SELECT limits.* FROM rule_version norm
                    JOIN threshold limits ON limits.rule_version_id = norm.id AND limits.superseded_at IS NULL
                    WHERE norm.expression_id = rv.expression_id AND norm.eid = rv.eid AND norm.superseded_at IS NULL
                      AND norm.fingerprint = rv.fingerprint ORDER BY limits.start) t) AS thresholds,
             (SELECT json_group_array(json_object('kind', f.kind, 'by', by.title, 'from', f.effective_on,
                'until', x.expires_on))
              FROM effect f JOIN expression x ON x.id = f.affecting_expression_id AND x.replaced_at IS NULL
              JOIN instrument by ON by.id = x.instrument_id
              WHERE f.target_instrument_id = i.id AND (f.kind = 'suspends' AND rv.status = 'suspended'
                OR f.kind = 'amends' AND f.state = 'outstanding' AND coalesce(f.target_label, rv.label) = rv.label))
               AS effects,
             (SELECT json_group_array(json_object('kind', c.kind, 'summary', c.summary, 'valid_on', c.valid_on))
              FROM (SELECT * FROM change WHERE rule_id = rv.rule_id ORDER BY valid_on, id) c) AS changes,
             (SELECT json_object('url', f.url, 'sha256', f.snapshot_sha256, 'tier', f.tier) FROM manifestation f
              WHERE f.expression_id = rv.expression_id
              ORDER BY f.tier <> 'official', f.tier <> 'repost', f.url LIMIT 1) AS source
           FROM mapping m JOIN json_each(:targets) t ON m.target_kind = t.value ->> 0 AND m.target_id = t.value ->> 1
           JOIN rule_version rv ON rv.rule_id = m.rule_id AND rv.superseded_at IS NULL
             AND (in_force(rv.status, rv.valid_from, rv.valid_to, :day) OR rv.status = 'suspended'
               AND in_force('in_force', rv.valid_from, rv.valid_to, :day))
           JOIN expression e ON e.id = rv.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE m.status IN ('accepted', 'suspect') ORDER BY m.id""",
        {"targets": json.dumps(targets), "day": as_of},
    ).fetchall()
    found = []
    for row in rows:
        if holds_at(row["jurisdiction"], place):
            rule = dict(row)
            for key in ("thresholds", "changes", "effects", "source"):
                rule[key] = json.loads(rule[key]) if rule[key] else None
            rule["suspended"] = rule.pop("standing") == InstrumentStatus.SUSPENDED
            rule["notes"] = _notes(rule["suspended"], rule["valid_to"], rule.pop("effects"), as_of)
            found.append(rule)
    return found


def _notes(suspended: bool, valid_to: str | None, effects: list[dict[str, str | None]], day: str) -> list[str]:
    """What a reader must know of a rule beside its words, as of a day."""
    notes = [f"applies until the day before {valid_to} 有效至该日前一日"] if valid_to else []
    if suspended:
        stays = [effect for effect in effects if effect["kind"] == EffectKind.SUSPENDS]
        notes += [f"suspended 暂停施行 by 《{one['by']}》{_term(one['until'], day)}" for one in stays]
        notes += [] if stays else ["suspended 暂停施行"]
    notes += [
        f"《{one['by']}》 amends the text 修改 (from {one['from'] or 'a day not known'}); the amended text is not held"
        for one in effects
        if one["kind"] == EffectKind.AMENDS
    ]
    return notes


def _term(until: str | None, day: str) -> str:
    if not until:
        return ""
    over = "; that day is over: find out whether it applies again 期限已过，须核实是否恢复施行"
    return f" until {until}{over if until < day else ''}"


def holds_at(jurisdiction: str, place: str) -> bool:
    """National rules hold everywhere; those of a province or city hold in what lies in it (440000 holds 440300)."""
    if jurisdiction == NATIONAL:
        return True
    area = jurisdiction
    while area.endswith("00"):
        area = area[:-2]
    return place.startswith(area)
