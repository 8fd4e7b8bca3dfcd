"""Names of rules: one normative statement keeps its id through wordings, places, better copies and better patterns.

In: the lines of an instrument's timeline and the rules that the store holds of it. Out: twelve hex digits each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from rules_db.fingerprint import fingerprint
from rules_db.readings import ExpressionReading
from rules_db.timeline import RuleLine


class RuleNames:
    """Gives each line a rule id: that of any version it already has in the store, else a new one."""

    def __init__(self, connection: sqlite3.Connection, instrument_id: str) -> None:
        self.taken: set[str] = set()
        self.exact: dict[tuple[str, str, str, str], list[str]] = {}
        rows = connection.execute(
            """SELECT rv.rule_id, coalesce(x.replaced_by, x.id) AS expression_id, x.replaced_by, p.eid, rv.modality,
                 rv.fingerprint
               FROM rule_place p JOIN rule_version rv ON rv.id = p.rule_version_id
               JOIN expression x ON x.id = p.expression_id
               JOIN rule r ON r.id = rv.rule_id WHERE r.instrument_id = ?
               ORDER BY rv.superseded_at IS NOT NULL, p.start""",
            (instrument_id,),
        )
        for row in rows:
            key = (row["expression_id"], row["eid"], row["modality"], row["fingerprint"])
            self.exact.setdefault(key, []).append(row["rule_id"])
            if row["replaced_by"]:  # a better copy may count its provisions differently
                anywhere = (row["expression_id"], "", row["modality"], row["fingerprint"])
                self.exact.setdefault(anywhere, []).append(row["rule_id"])
        self.known = {r[0] for r in connection.execute("SELECT id FROM rule WHERE instrument_id = ?", (instrument_id,))}

    def name(self, line: RuleLine, by_id: Mapping[str, ExpressionReading]) -> str:
        """The id of a line; every line gets another one. What stands at the same place decides first."""
        for version in line.versions:
            for place in version.places:
                reading = by_id[place.expression_id].rules[place.reading]
                for eid in (reading.eid, ""):
                    key = (place.expression_id, eid, str(reading.modality), reading.wording)
                    for rule_id in self.exact.get(key, ()):
                        if rule_id not in self.taken:
                            self.taken.add(rule_id)
                            return rule_id
        first = line.versions[0].places[0]
        reading = by_id[first.expression_id].rules[first.reading]
        nth = 0
        while True:
            rule_id = fingerprint(first.expression_id, reading.eid, reading.modality, reading.wording, str(nth))[:12]
            if rule_id not in self.taken:
                self.taken.add(rule_id)
                return rule_id
            nth += 1

    def mint(self, connection: sqlite3.Connection, instrument_id: str, rule_ids: Sequence[str], now: str) -> None:
        """Insert the ids that the store does not know yet; `now` is ISO UTC."""
        new = sorted(set(rule_ids) - self.known)
        connection.executemany(
            "INSERT INTO rule (id, instrument_id, minted_at) VALUES (?, ?, ?)",
            [(rule_id, instrument_id, now) for rule_id in new],
        )
