"""Building the public copy: a fresh database file with the readers' tables filled from the working store.

In: the path of the store, the path of a file to create, the day. Out: the file, complete with search index.
The store is only read; it is attached read-only.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from rules_db.effects import partial_repeals, repealed_from
from rules_db.iri import NATIONAL, jurisdiction_code
from rules_db.mapping.claims import read_claims
from rules_db.model import ChangeKind, Tier
from rules_db.projection.amendments import computed_amendments
from rules_db.projection.duties import duty_answers
from rules_db.projection.facets import count_facets
from rules_db.projection.jurisdictions import describe, provinces
from rules_db.projection.provisions import clean, public_units
from rules_db.projection.validity import Standing, Stated, standings
from rules_db.search import fill_index
from rules_db.workdays import china_day

_HERE = Path(__file__).parent
PUBLIC_CHANGES = frozenset(ChangeKind) - {
    ChangeKind.RENUMBERED,
    ChangeKind.MOVED,
    ChangeKind.FURNITURE,
    ChangeKind.EXTRACTION_REVISED,
    ChangeKind.SITE_BROKEN,
    ChangeKind.BLOCKED,
    ChangeKind.STALE,
    ChangeKind.RECOVERED,
}
PROMISES = (
    "A failing, blocked or empty site never repeals, amends or hides a rule.",
    "What you see is one whole, checked version; a failed check leaves the version before it.",
    "Every rule, threshold and date leads to bytes we hold, by digest, with the words and the pattern that read it.",
    "A better pattern is never reported as a change of law.",
    "When a rule changes, every link built on it is marked until a person has looked.",
    "Unsure readings say so.",
)


def build_public(store: Path, target: Path, *, now: str, sample: bool | None = None) -> None:
    """Create `target` from `store`. `now` is an ISO UTC time; `sample` None asks the store's sources whether they are
    sample data (a source whose config says `"sample": true`). Raises sqlite3.Error when either can't be used."""
    connection = sqlite3.connect(f"{target.resolve().as_uri()}?mode=rwc", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.create_function("clean", 1, clean, deterministic=True)
        connection.create_function("web", 1, _web, deterministic=True)
        connection.create_function("place", 1, jurisdiction_code, deterministic=True)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("ATTACH ? AS work", (f"{store.resolve().as_uri()}?mode=ro",))
        connection.execute("BEGIN")
        for statement in _statements("public.sql"):
            connection.execute(statement)
        _jurisdictions(connection)
        _standing(connection, china_day(now))
        _choices(connection)
        for statement in _statements("fill.sql"):
            connection.execute(statement, {"today": china_day(now)} if ":today" in statement else {})
        connection.executemany(
            f"INSERT INTO provision VALUES ({', '.join('?' * 23)})",  # noqa: S608 (placeholders only)
            _provisions(connection),
        )
        connection.executemany(
            "INSERT INTO claim VALUES (?, ?, ?, ?, ?, ?)",
            [(c.n, c.claim, c.claim_zh, str(c.verdict), c.ground, c.ground_zh) for c in read_claims()],
        )
        with contextlib.closing(_WorkView(connection).store) as work:
            connection.executemany(
                "INSERT INTO computed_amendment VALUES (?, ?, ?, ?, ?, ?, ?, ?)", computed_amendments(work)
            )
            connection.executemany(
                """INSERT INTO duty_answer SELECT ?1, ?2, ?3, ?4, ?5
                   WHERE EXISTS (SELECT 1 FROM rule_version WHERE id = ?1)""",
                duty_answers(work, store.parent, china_day(now)),
            )
        _about(connection, now, sample)
        count_facets(connection)
        fill_index(connection)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version = {schema_version()}")
        connection.execute("DETACH work")
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
    finally:
        connection.close()


def schema_version() -> int:
    """A number that changes with the readers' tables and views; a copy carries it as its user_version."""
    return zlib.crc32("\n".join(_statements("public.sql")).encode("utf-8")) >> 1


def _statements(name: str) -> Iterator[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    script = "\n".join(line for line in lines if not line.startswith("--"))
    return (statement for statement in script.split(";\n") if statement.strip())


def _web(url: str | None) -> str | None:
    """Addresses that a reader may follow; anything else (files, other schemes) is left out."""
    cleaned = clean(url)
    return cleaned if cleaned and cleaned.lower().startswith(("https://", "http://")) else None


def _jurisdictions(connection: sqlite3.Connection) -> None:
    used = connection.execute(
        "SELECT jurisdiction FROM work.instrument UNION SELECT place(jurisdiction) FROM work.source"
    )
    known = {place.code: place for place in (describe(NATIONAL), *provinces())}
    known |= {row[0]: describe(row[0]) for row in used}
    connection.executemany(
        "INSERT INTO jurisdiction VALUES (?, ?, ?, ?)",
        [(code, place.name, place.name_en, place.level) for code, place in sorted(known.items())],
    )


def _standing(connection: sqlite3.Connection, today: str) -> None:
    """Helper table: how each expression stands on the day, and its rank in time within its instrument."""
    connection.execute(
        """CREATE TEMP TABLE standing (expression_id TEXT PRIMARY KEY, valid_from TEXT, valid_to TEXT, status TEXT,
             current INTEGER, rank INTEGER)"""
    )
    by_instrument: dict[str, list[Stated]] = {}
    for row in connection.execute(
        """SELECT id, instrument_id, effective_on, expires_on, status FROM work.expression WHERE replaced_at IS NULL
           ORDER BY instrument_id, coalesce(effective_on, version_date, ''), coalesce(version_date, ''), recorded_at,
             id"""
    ):
        stated = Stated(row["id"], row["effective_on"], row["expires_on"], row["status"])
        by_instrument.setdefault(row["instrument_id"], []).append(stated)
    work = _WorkView(connection)
    rows = []
    for instrument_id, expressions in by_instrument.items():
        for rank, found in enumerate(_standings(work, instrument_id, expressions, today)):
            rows.append((found.id, found.valid_from, found.valid_to, found.status, found.current, rank))
    connection.executemany("INSERT INTO temp.standing VALUES (?, ?, ?, ?, ?, ?)", rows)


def _standings(work: _WorkView, instrument_id: str, expressions: list[Stated], today: str) -> list[Standing]:
    return standings(expressions, work.repealed_on(instrument_id), today, work.partly_on(instrument_id))


class _WorkView:
    """Lets code written for the store itself read the attached one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        path = next(row["file"] for row in connection.execute("PRAGMA database_list") if row["name"] == "work")
        self.store = sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)
        self.store.row_factory = sqlite3.Row

    def repealed_on(self, instrument_id: str) -> str | None:
        return repealed_from(self.store, instrument_id)

    def partly_on(self, instrument_id: str) -> str | None:
        return next((repeal.on for repeal in partial_repeals(self.store, instrument_id)), None)


def _choices(connection: sqlite3.Connection) -> None:
    """Helper tables: the copy to cite of each expression (best tier, then a web address, then the first seen), the
    newest place of each rule version, and the kinds of change that readers see."""
    connection.execute("CREATE TEMP TABLE tier_rank (tier TEXT PRIMARY KEY, rank INTEGER)")
    connection.executemany(
        "INSERT INTO temp.tier_rank VALUES (?, ?)", [(str(tier), rank) for rank, tier in enumerate(Tier)]
    )
    connection.execute(
        """CREATE TEMP TABLE best_copy AS SELECT expression_id, url, snapshot_sha256 FROM (
             SELECT m.expression_id, web(m.url) AS url, m.snapshot_sha256, row_number() OVER (
               PARTITION BY m.expression_id
               ORDER BY coalesce(t.rank, 99), web(m.url) IS NULL, m.recorded_at, m.url, m.snapshot_sha256) AS place
             FROM work.manifestation m LEFT JOIN temp.tier_rank t ON t.tier = m.tier) WHERE place = 1"""
    )
    connection.execute("CREATE UNIQUE INDEX temp.best_copy_expression ON best_copy(expression_id)")
    connection.execute(
        """CREATE TEMP TABLE last_place AS SELECT rule_version_id, expression_id, eid, clean(label) AS label FROM (
             SELECT v.id AS rule_version_id, coalesce(p.expression_id, v.expression_id) AS expression_id,
               coalesce(p.eid, v.eid) AS eid, coalesce(p.label, v.label) AS label, row_number() OVER (
                 PARTITION BY v.id ORDER BY s.rank DESC, p.start) AS place
             FROM work.rule_version v LEFT JOIN work.rule_place p ON p.rule_version_id = v.id
               LEFT JOIN temp.standing s ON s.expression_id = p.expression_id
             WHERE v.superseded_at IS NULL) WHERE place = 1"""
    )
    connection.execute("CREATE UNIQUE INDEX temp.last_place_version ON last_place(rule_version_id)")
    connection.execute("CREATE TEMP TABLE public_change_kind (kind TEXT PRIMARY KEY)")
    connection.executemany(
        "INSERT INTO temp.public_change_kind VALUES (?)", [(str(kind),) for kind in sorted(PUBLIC_CHANGES)]
    )


def _provisions(connection: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """Rows in the order in which a search should meet them when it can't rank them all: what holds today first, then
    national before local, then the newest."""
    number = 0
    expressions = connection.execute(
        """SELECT e.*, i.instrument_type, i.jurisdiction, w.text FROM expression e
             JOIN instrument i ON i.id = e.instrument_id JOIN work.expression w ON w.id = e.id
           ORDER BY e.status NOT IN ('in_force', 'partly_repealed', 'not_yet_in_force'), i.jurisdiction <> '100000',
             e.valid_from DESC, e.id"""
    )
    for row in expressions:
        outline = connection.execute(
            """SELECT eid, kind, label, heading, parent_eid, ord, start, "end", tree_end FROM work.provision
               WHERE expression_id = ? ORDER BY ord""",
            (row["id"],),
        ).fetchall()
        for unit in public_units(row["text"], outline):
            number += 1
            yield (
                number,
                row["instrument_id"],
                row["id"],
                unit.eid,
                unit.kind,
                unit.ord,
                unit.label,
                unit.heading,
                unit.container,
                row["instrument_title"],
                row["status"],
                row["version_date"],
                row["valid_from"],
                row["valid_to"],
                row["instrument_type"],
                row["jurisdiction"],
                row["document_number"],
                row["tier"],
                row["url"],
                row["snapshot_sha256"],
                unit.start,
                unit.end,
                unit.text,
            )


def _about(connection: sqlite3.Connection, now: str, sample: bool | None) -> None:
    if sample is None:
        sample = bool(
            connection.execute(
                "SELECT 1 FROM work.source WHERE json_valid(config) AND json_extract(config, '$.sample') LIMIT 1"
            ).fetchone()
        )
    rows = [
        ("published_at", now, "When this copy was published"),
        ("as_of", china_day(now), "The day for which statuses were worked out"),
        ("sample", str(int(sample)), "1 when this is sample data made up for a demonstration"),
        ("pipeline_versions", _joined(connection, "pipeline_version"), "Versions of the reading patterns"),
    ]
    for table in ("instrument", "expression", "provision", "rule", "rule_version", "threshold", "mapping", "change"):
        count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (names above)
        rows.append((f"count_{table}", str(count), f"Rows of the table {table}"))
    rows += [(f"promise_{n}", promise, "What we promise") for n, promise in enumerate(PROMISES, 1)]
    connection.executemany("INSERT INTO about VALUES (?, ?, ?)", rows)


def _joined(connection: sqlite3.Connection, column: str) -> str:
    values = connection.execute(f"SELECT DISTINCT {column} FROM rule_version ORDER BY 1")  # noqa: S608 (fixed name)
    return ", ".join(row[0] for row in values)
