"""The page of a rule: the norm in its parts, its evidence marked in the text, versions, thresholds, links, citation."""

from __future__ import annotations

import html
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.pages.instrument import valid_on
from rules_db.pages.plot import series, step_plot

Row = sqlite3.Row
# Kinds of marks in the order in which they cover each other: what is first stays on top.
_FIELDS = ("cue", "bearer", "threshold")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the provision's text to mark, in characters of that text."""

    start: int
    end: int
    field: str
    note: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """`version` is the one shown; `asked_invalid` when none was valid on the day asked for. `marked` and `plots` are
    safe HTML and SVG."""

    rule: Row
    version: Row
    versions: tuple[Row, ...]
    asked_invalid: bool
    provision: Row | None
    marked: str
    evidence: tuple[Row, ...]
    thresholds: tuple[Row, ...]
    history: tuple[Row, ...]
    plots: tuple[str, ...]
    mappings: tuple[Row, ...]
    changes: tuple[Row, ...]
    copies: tuple[Row, ...]
    expression: Row
    citation: str


def rule_page(connection: sqlite3.Connection, rule_id: str, *, as_of: str | None = None) -> RulePage | None:
    """None when there is no such rule. `as_of` is an ISO date."""
    rule = connection.execute("SELECT * FROM rule WHERE id = ?", (rule_id,)).fetchone()
    if rule is None:
        return None
    versions = connection.execute("SELECT * FROM rule_version WHERE rule_id = ? ORDER BY n, id", (rule_id,)).fetchall()
    version = next(row for row in versions if row["id"] == rule["current_version_id"])
    asked = next((row for row in reversed(versions) if as_of and valid_on(row, as_of)), None)
    if asked is not None:
        version = asked
    place = _place(connection, version, as_of)
    expression = connection.execute("SELECT * FROM expression WHERE id = ?", (place["expression_id"],)).fetchone()
    provision = connection.execute(
        'SELECT * FROM provision WHERE expression_id = ? AND start <= ? AND "end" >= ? ORDER BY start DESC LIMIT 1',
        (place["expression_id"], place["start"], place["end"]),
    ).fetchone()
    evidence = _rows(
        connection, "SELECT * FROM evidence WHERE rule_version_id = ? ORDER BY start, field", version["id"]
    )
    thresholds = _rows(connection, "SELECT * FROM threshold WHERE rule_version_id = ? ORDER BY start", version["id"])
    history = _rows(
        connection,
        """SELECT t.*, v.n FROM threshold t JOIN rule_version v ON v.id = t.rule_version_id
           WHERE t.rule_id = ? ORDER BY v.n, t.start""",
        rule_id,
    )
    # Evidence is recorded for the first text a version stood in; in later texts the same words lie equally far apart.
    shift = place["start"] - version["start"]
    return RulePage(
        rule,
        version,
        tuple(versions),
        bool(as_of) and asked is None,
        provision,
        _marked(provision, place, evidence, thresholds, shift)
        if provision is not None
        else html.escape(version["statement"]),
        evidence,
        thresholds,
        history,
        tuple(step_plot(steps, " → ".join(step.label for step in steps)) for steps in series(history)),
        _mappings(
            connection,
            """SELECT m.*, c.title, c.title_zh FROM mapping m
                 LEFT JOIN catalogue_entry c ON c.kind = m.target_kind AND c.id = m.target_id WHERE m.rule_id = ?
               ORDER BY CASE m.status WHEN 'suspect' THEN 0 WHEN 'accepted' THEN 1 ELSE 2 END, m.score DESC, m.id""",
            rule_id,
        ),
        _rows(connection, "SELECT * FROM change WHERE rule_id = ? ORDER BY recorded_at DESC, id LIMIT 20", rule_id),
        _rows(
            connection, "SELECT * FROM source_copy WHERE expression_id = ? ORDER BY recorded_at, url", expression["id"]
        ),
        expression,
        citation(rule["instrument_title"], expression, place["label"]),
    )


def _mappings(connection: sqlite3.Connection, sql: str, rule_id: str) -> tuple[Row, ...]:
    """One link for each target: a person's, else the likeliest proposal."""
    first: dict[tuple[str, str], Row] = {}
    for row in connection.execute(sql, (rule_id,)):
        first.setdefault((row["target_kind"], row["target_id"]), row)
    return tuple(first.values())


def citation(title: str, expression: Row, label: str) -> str:
    """One line to copy: title, number, provision, date, address, digest."""
    number = f"（{expression['document_number']}）" if expression["document_number"] else ""
    parts = [f"《{title}》{number}{label}"]
    if expression["version_date"]:
        parts.append(f"{expression['version_date']} 文本")
    if expression["valid_from"]:
        parts.append(f"{expression['valid_from']} 起施行")
    if expression["url"]:
        parts.append(expression["url"])
    if expression["snapshot_sha256"]:
        parts.append(f"sha256:{expression['snapshot_sha256'][:16]}")
    return "，".join(parts)


def _place(connection: sqlite3.Connection, version: Row, as_of: str | None) -> Row:
    """Where the version stands in the newest text it stands in, or in the one valid on the day."""
    places = connection.execute(
        """SELECT p.*, e.valid_from, e.valid_to, e.status FROM rule_place p JOIN expression e ON e.id = p.expression_id
           WHERE p.rule_version_id = ?
           ORDER BY coalesce(e.valid_from, e.version_date, ''), coalesce(e.version_date, ''), e.recorded_at, p.start""",
        (version["id"],),
    ).fetchall()
    if as_of:
        places = [row for row in places if valid_on(row, as_of)] or places
    return places[-1] if places else version


def _marked(provision: Row, place: Row, evidence: Sequence[Row], thresholds: Sequence[Row], shift: int) -> str:
    base = provision["start"]
    marks = [
        Mark(row["start"] + shift - base, row["end"] + shift - base, row["field"], row["pattern"]) for row in evidence
    ]
    marks += [
        Mark(row["start"] + shift - base, row["end"] + shift - base, "threshold", row["pattern"]) for row in thresholds
    ]
    return mark_text(provision["text"], (place["start"] - base, place["end"] - base), marks)


def mark_text(text: str, statement: tuple[int, int], marks: Sequence[Mark]) -> str:
    """The text as escaped HTML: the statement in <span class="statement">, marks in <mark>, never overlapping."""
    first, last = max(0, statement[0]), min(len(text), statement[1])
    ranked = sorted(marks, key=lambda m: _FIELDS.index(m.field) if m.field in _FIELDS else len(_FIELDS))
    kept: list[Mark] = []
    for mark in ranked:
        inside = first <= mark.start < mark.end <= last
        if inside and all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    parts = [html.escape(text[:first]), '<span class="statement">']
    at = first
    for mark in sorted(kept, key=lambda m: m.start):
        parts.append(html.escape(text[at : mark.start]))
        parts.append(
            f'<mark class="mark-{html.escape(mark.field, quote=True)}" title="{html.escape(mark.note, quote=True)}">'
            f"{html.escape(text[mark.start : mark.end])}</mark>"
        )
        at = mark.end
    parts += [html.escape(text[at:last]), "</span>", html.escape(text[last:])]
    return "".join(parts)


def _rows(connection: sqlite3.Connection, sql: str, key: str) -> tuple[Row, ...]:
    return tuple(connection.execute(sql, (key,)).fetchall())
