"""Pages about the rule set as a whole: home, changes, a day in time, sources, about."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from rules_db.model import ChangeKind

Row = sqlite3.Row
Rows = tuple[sqlite3.Row, ...]

# Kinds in the order in which a reader wants to hear of them.
_KINDS = (
    ChangeKind.GAP_FILLED,
    ChangeKind.THRESHOLD_TIGHTENED,
    ChangeKind.THRESHOLD_LOOSENED,
    ChangeKind.THRESHOLD_CHANGED,
    ChangeKind.MODALITY_CHANGED,
    ChangeKind.BEARER_CHANGED,
    ChangeKind.SCOPE_CHANGED,
    ChangeKind.STATUS_CHANGED,
    ChangeKind.DATES_CHANGED,
    ChangeKind.PROVISION_ADDED,
    ChangeKind.PROVISION_DELETED,
    ChangeKind.PROVISION_AMENDED,
)
_SCORES = Path(__file__).with_name("scores.yml")
_NEWEST_TEXTS = """
  SELECT c.* FROM change c JOIN (
    SELECT coalesce(to_expression_id, id) AS text, max(recorded_at) AS recorded, max(valid_on) AS valid
    FROM change GROUP BY 1 ORDER BY recorded DESC, valid DESC, text LIMIT :texts) t
  ON coalesce(c.to_expression_id, c.id) = t.text
  ORDER BY t.recorded DESC, t.valid DESC, t.text, c.rowid"""

_VERDICTS = "SELECT verdict, count(*) AS n FROM source_health GROUP BY verdict ORDER BY n DESC, verdict"


@dataclass(frozen=True, slots=True)
class About:
    """The rows of `about`: when, of which day, whether sample data, counts and promises; and what sentences of the
    store name in one language only: `names` gives by language the gaps by their English names and the jurisdictions
    by code, `places` the jurisdictions' English names by their Chinese ones."""

    published_at: str
    as_of: str
    sample: bool
    counts: dict[str, int]
    promises: tuple[str, ...]
    pipeline_versions: str
    names: dict[str, dict[str, str]]
    places: dict[str, str]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """What one text changed: counts by kind, and its changes with those that bear on a limit or a duty first."""

    head: Row
    counts: tuple[tuple[str, int], ...]
    changes: Rows


@dataclass(frozen=True, slots=True)
class HomePage:
    groups: tuple[ChangeGroup, ...]
    guidance: Rows
    upcoming: Rows
    health: Rows
    unreachable: Rows
    suspect: int
    open_gaps: int
    unmapped: int


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`shown` of `total` changes are in `groups`; `kinds` and `places` (with changes) are what to narrow by."""

    groups: tuple[ChangeGroup, ...]
    kinds: Rows
    places: Rows
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class AsOfPage:
    """`places` are the texts that were valid by jurisdiction (Chinese name), the nation first."""

    total: int
    places: tuple[tuple[str, Rows], ...]
    began: Rows


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """`verdicts` counts the sources by verdict."""

    sources: Rows
    verdicts: Rows


def about(connection: sqlite3.Connection) -> About:
    values = {row["key"]: row["value"] for row in connection.execute("SELECT key, value FROM about")}
    gaps = {row["title"]: row["title_zh"] for row in connection.execute("SELECT title, title_zh FROM gap")}
    known = _all(connection, "SELECT code, name, name_en FROM jurisdiction")
    numbered = sorted((int(key.removeprefix("promise_")), words) for key, words in values.items() if "promise_" in key)
    return About(
        values["published_at"],
        values["as_of"],
        values["sample"] == "1",
        {key.removeprefix("count_"): int(value) for key, value in values.items() if key.startswith("count_")},
        tuple(words for _n, words in numbered),
        values["pipeline_versions"],
        {
            "en": {row["code"]: row["name_en"] for row in known},
            "zh": gaps | {row["code"]: row["name"] for row in known},
        },
        {row["name"]: row["name_en"] for row in known},
    )


@cache
def scores() -> tuple[dict[str, Any], ...]:
    """Measured scores: `what` and `texts` by language, `score` as words."""
    return tuple(yaml.safe_load(_SCORES.read_text(encoding="utf-8")))


def home_page(connection: sqlite3.Connection) -> HomePage:
    return HomePage(
        _grouped(connection.execute(_NEWEST_TEXTS, {"texts": 6}).fetchall()),
        _all(connection, "SELECT * FROM new_guidance LIMIT 6"),
        _all(connection, "SELECT * FROM upcoming_effective LIMIT 8"),
        _all(connection, _VERDICTS),
        _all(
            connection,
            "SELECT * FROM source_health WHERE unreachable_since IS NOT NULL ORDER BY unreachable_since LIMIT 6",
        ),
        _one(connection, "SELECT count(*) FROM mapping WHERE status = 'suspect'"),
        _one(connection, "SELECT count(*) FROM open_gaps"),
        _one(connection, "SELECT coalesce(sum(unmapped), 0) FROM coverage WHERE mapped > 0 OR suspect > 0"),
    )


def changes_page(
    connection: sqlite3.Connection,
    *,
    kind: str | None = None,
    jurisdiction: str | None = None,
    since: str | None = None,
    limit: int = 300,
) -> ChangesPage:
    """The newest `limit` changes by the text that made them. `since` is an ISO date of recording."""
    arguments = {"kind": kind, "jurisdiction": jurisdiction, "since": since, "limit": limit}
    where = """WHERE (:kind IS NULL OR kind = :kind) AND (:jurisdiction IS NULL OR jurisdiction = :jurisdiction)
                 AND (:since IS NULL OR recorded_at >= :since)"""
    changes = connection.execute(
        f"""SELECT * FROM change {where}
            ORDER BY recorded_at DESC, valid_on DESC, instrument_id, to_expression_id, rowid LIMIT :limit""",  # noqa: S608
        arguments,
    ).fetchall()
    total = connection.execute(f"SELECT count(*) FROM change {where}", arguments).fetchone()[0]  # noqa: S608
    kinds = _all(connection, "SELECT kind, count(*) AS n FROM change GROUP BY kind ORDER BY n DESC, kind")
    places = _all(
        connection,
        """SELECT code, name, name_en FROM jurisdiction WHERE code IN (SELECT jurisdiction FROM change)
           ORDER BY code <> '100000', code""",
    )
    return ChangesPage(_grouped(changes), kinds, places, len(changes), total)


def as_of_page(connection: sqlite3.Connection, day: str) -> AsOfPage:
    """What was valid on `day` (ISO), and what took effect in the 90 days up to it."""
    valid = """e.status <> 'draft' AND (e.valid_from IS NULL OR e.valid_from <= :day)
               AND (e.valid_to IS NULL OR e.valid_to > :day)"""
    instruments = connection.execute(
        f"""SELECT e.*, i.jurisdiction, i.jurisdiction_name, i.instrument_type, (
              SELECT count(DISTINCT p.rule_version_id) FROM rule_place p WHERE p.expression_id = e.id) AS rules
            FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE {valid}
            ORDER BY i.jurisdiction <> '100000', i.jurisdiction, e.valid_from DESC, i.title""",  # noqa: S608 (constant)
        {"day": day},
    ).fetchall()
    start = (date.fromisoformat(day) - timedelta(days=90)).isoformat()
    began = [row for row in instruments if row["valid_from"] and row["valid_from"] > start]
    newest = sorted(began, key=lambda row: row["valid_from"], reverse=True)[:12]
    by_place = groupby(instruments, key=lambda row: str(row["jurisdiction_name"]))
    return AsOfPage(len(instruments), tuple((name, tuple(rows)) for name, rows in by_place), tuple(newest))


def sources_page(connection: sqlite3.Connection) -> SourcesPage:
    return SourcesPage(
        _all(
            connection,
            """SELECT s.*, j.name AS place, j.name_en AS place_en FROM source_health s
               JOIN jurisdiction j ON j.code = s.jurisdiction
               ORDER BY s.unreachable_since IS NULL, s.jurisdiction <> '100000', s.jurisdiction, s.id""",
        ),
        _all(connection, _VERDICTS),
    )


def _grouped(changes: Sequence[Row]) -> tuple[ChangeGroup, ...]:
    """Neighbouring changes made by the same text, together; `changes` come sorted by text."""
    groups = []
    for _text, rows in groupby(changes, key=lambda row: (row["instrument_id"], row["to_expression_id"] or row["id"])):
        members = sorted(rows, key=lambda row: _rank(row["kind"]))
        counts = Counter(row["kind"] for row in members)
        groups.append(ChangeGroup(members[0], tuple(counts.items()), tuple(members)))
    return tuple(groups)


def _rank(kind: str) -> int:
    return _KINDS.index(ChangeKind(kind)) if kind in _KINDS else len(_KINDS)


def _all(connection: sqlite3.Connection, sql: str) -> Rows:
    return tuple(connection.execute(sql).fetchall())


def _one(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
