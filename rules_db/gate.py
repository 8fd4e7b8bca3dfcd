"""The gate in front of publishing: what must be true of the store, and of a new copy beside the last good one.

A refused copy is never shown; the last good one stays. Each finding says what is wrong, where, and what to do.
In: connections. Out: lists of `GateFinding`; an empty list opens the gate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.issues import raise_issue, resolve_issues
from rules_db.model import Issue, Severity

# Share of one source's instruments whose text in force may change between two copies, once it has this many of them:
# a redesigned site that garbles everything looks like a great reform, and a great reform can wait for a person's word.
MASS_CHANGE_SHARE, MASS_CHANGE_FLOOR = 0.3, 20
_SHOWN = 5
STAGE = "gate"
# Tables that never lose rows, and tables that must not become empty.
_GROWING = ("instrument", "expression")
_NEVER_EMPTIED = (
    "provision",
    "rule",
    "rule_version",
    "threshold",
    "control",
    "hardware_item",
    "evidence_item",
    "mapping",
)
_LOCAL_PATHS = ("file:", "/home/", "/root/", "/Users/", "C:\\")


@dataclass(frozen=True, slots=True)
class GateFinding:
    """One reason not to publish."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def check(connection: sqlite3.Connection) -> list[GateFinding]:
    """Invariants of the working store: a sound file, references that lead somewhere, validity without overlap, evidence
    that quotes its text."""
    return [
        *_sound(connection),
        *_overlaps(connection),
        *_backward(connection),
        *_evidence(connection),
    ]


def check_copy(
    built: sqlite3.Connection, previous: sqlite3.Connection | None, *, accept_mass_change: bool = False
) -> list[GateFinding]:
    """A finished copy, by itself and against the last good one (None = there is none)."""
    findings = [*_sound(built), *_local_paths(built), *_unindexed(built)]
    if previous is not None:
        findings += _losses(built, previous)
        if not accept_mass_change:
            findings += _mass_change(built, previous)
    return findings


def _sound(connection: sqlite3.Connection) -> list[GateFinding]:
    result = connection.execute("PRAGMA integrity_check(5)").fetchall()
    findings = []
    if [row[0] for row in result] != ["ok"]:
        findings.append(GateFinding("integrity", f"the database file is damaged: {result[0][0]}; restore a backup"))
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        places = sorted({f"{row[0]} → {row[2]}" for row in broken})[:_SHOWN]
        findings.append(
            GateFinding(
                "foreign_key", f"{len(broken)} references lead nowhere ({', '.join(places)}); run 'guiji verify'"
            )
        )
    return findings


def _overlaps(connection: sqlite3.Connection) -> list[GateFinding]:
    rows = connection.execute(
        """SELECT a.rule_id, a.n, b.n AS other FROM rule_version a JOIN rule_version b
             ON b.rule_id = a.rule_id AND b.id <> a.id AND (b.n > a.n OR (b.n = a.n AND b.id > a.id))
           WHERE a.superseded_at IS NULL AND b.superseded_at IS NULL
             AND coalesce(a.valid_from, '') < coalesce(b.valid_to, '9999')
             AND coalesce(b.valid_from, '') < coalesce(a.valid_to, '9999')
           LIMIT ?""",
        (_SHOWN + 1,),
    ).fetchall()
    return _listed("overlap", "rules are valid in two versions at once", [f"{r[0]} ({r[1]}, {r[2]})" for r in rows])


def _backward(connection: sqlite3.Connection) -> list[GateFinding]:
    rows = connection.execute(
        "SELECT rule_id FROM rule_version WHERE superseded_at IS NULL AND valid_to < valid_from LIMIT ?", (_SHOWN + 1,)
    ).fetchall()
    return _listed("backward", "rules end before they begin", [row[0] for row in rows])


def _evidence(connection: sqlite3.Connection) -> list[GateFinding]:
    wrong: list[str] = []
    expression_id, text = None, ""
    rows = connection.execute(
        'SELECT expression_id, rule_version_id, field, start, "end", text FROM evidence ORDER BY expression_id'
    )
    for row in rows:
        if row[0] != expression_id:
            expression_id = row[0]
            text = connection.execute("SELECT text FROM expression WHERE id = ?", (expression_id,)).fetchone()[0]
        if text[row[3] : row[4]] != row[5]:
            wrong.append(f"{row[1]} ({row[2]})")
            if len(wrong) > _SHOWN:
                break
    return _listed("evidence", "quotations differ from the text they quote", wrong)


def _listed(code: str, what: str, where: list[str]) -> list[GateFinding]:
    if not where:
        return []
    more = " and more" if len(where) > _SHOWN else ""
    return [GateFinding(code, f"{what}: {', '.join(where[:_SHOWN])}{more}; run 'guiji verify' and look at these")]


def _local_paths(built: sqlite3.Connection) -> list[GateFinding]:
    findings = []
    for table, column in (
        ("source_copy", "url"),
        ("expression", "url"),
        ("provision", "url"),
        ("source_health", "name"),
    ):
        where = " OR ".join(f"instr({column}, ?)" for _ in _LOCAL_PATHS)
        query = f"SELECT {column} FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 (names above)
        row = built.execute(query, _LOCAL_PATHS).fetchone()
        if row:
            findings.append(GateFinding("local_path", f"{table}.{column} would show a path of this machine: {row[0]}"))
    return findings


def _unindexed(built: sqlite3.Connection) -> list[GateFinding]:
    rows, indexed = (
        built.execute("SELECT count(*) FROM provision").fetchone()[0],
        built.execute("SELECT count(*) FROM provision_fts_docsize").fetchone()[0],
    )
    if rows == indexed:
        return []
    return [GateFinding("search_index", f"{indexed} of {rows} provisions are in the search index; publish again")]


def _losses(built: sqlite3.Connection, previous: sqlite3.Connection) -> list[GateFinding]:
    findings = []
    for table in (*_GROWING, *_NEVER_EMPTIED):
        before, after = _rows(previous, table), _rows(built, table)
        if table in _GROWING and after < before:
            findings.append(
                GateFinding(
                    "loss", f"{table}: {after} rows, {before} in the last good copy; nothing of these is ever deleted"
                )
            )
        elif table in _NEVER_EMPTIED and before and not after:
            findings.append(GateFinding("emptied", f"{table}: empty now, {before} rows in the last good copy"))
    return findings


def _rows(connection: sqlite3.Connection, table: str) -> int:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if known is None:  # a copy from before this table existed
        return 0
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (names above)


def _mass_change(built: sqlite3.Connection, previous: sqlite3.Connection) -> list[GateFinding]:
    query = """SELECT i.id, i.current_expression_id, (
                 SELECT min(c.source_id) FROM source_copy c WHERE c.expression_id = i.current_expression_id)
               FROM instrument i"""
    try:
        before = {row[0]: row[1] for row in previous.execute(query)}
    except sqlite3.OperationalError:  # a copy of an older layout can't be compared text by text
        return []
    known: dict[str, int] = {}
    changed: dict[str, int] = {}
    for instrument_id, expression_id, source_id in built.execute(query):
        if instrument_id in before:
            source = source_id or "unknown"
            known[source] = known.get(source, 0) + 1
            changed[source] = changed.get(source, 0) + (before[instrument_id] != expression_id)
    return [
        GateFinding(
            "mass_change",
            f"{changed[source]} of {count} instruments of source {source} changed at once; look at some of them, then "
            "publish with --accept-mass-change if the law really moved",
        )
        for source, count in sorted(known.items())
        if count >= MASS_CHANGE_FLOOR and changed[source] > MASS_CHANGE_SHARE * count
    ]


def record_verdict(connection: sqlite3.Connection, findings: Sequence[str], now: str) -> None:
    """Make a refusal an issue, which maintainers are told, and close it when the gate opens again."""
    if not findings:
        resolve_issues(connection, stage=STAGE, subject="publish", now=now)
        return
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    message = f"readers keep the last good copy: {findings[0]}{more}"
    raise_issue(connection, Issue(Severity.ABORT, STAGE, "refused", message, "publish"), now)
