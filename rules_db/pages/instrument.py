"""The page of an instrument: one of its texts with chapters, rules beside provisions, versions, relations, copies."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from rules_db.pages.plot import Span, span_plot
from rules_db.pages.relations import RelationGraph, relation_graph

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class Section:
    """A run of provisions under one container (章); `anchor` is its place in the page; `name` is empty outside any."""

    anchor: str
    name: str
    provisions: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """`expression` is the text shown; None when no text was valid on the day asked for. `controls` are the accepted and
    suspect links of each rule; `plot` is safe SVG, empty when there is no history to draw. `computed` tells what
    outstanding amendments would make of the newest text, when that one is shown."""

    instrument: Row
    versions: tuple[Row, ...]
    expression: Row | None
    previous: Row | None
    sections: tuple[Section, ...]
    rules: dict[str, list[Row]]
    effects: tuple[Row, ...]
    effects_in: tuple[Row, ...]
    copies: tuple[Row, ...]
    changes: tuple[Row, ...]
    controls: dict[str, list[Row]]
    plot: str
    relations: RelationGraph | None
    computed: tuple[Row, ...]


def instrument_page(
    connection: sqlite3.Connection, instrument_id: str, *, version: str | None = None, as_of: str | None = None
) -> InstrumentPage | None:
    """None when there is no such instrument. `version` is an expression id and wins over `as_of` (ISO date)."""
    instrument = connection.execute("SELECT * FROM instrument WHERE id = ?", (instrument_id,)).fetchone()
    if instrument is None:
        return None
    versions = connection.execute(
        """SELECT * FROM expression WHERE instrument_id = ?
           ORDER BY coalesce(valid_from, version_date, ''), coalesce(version_date, ''), recorded_at, id""",
        (instrument_id,),
    ).fetchall()
    expression = _chosen(instrument, versions, version, as_of)
    day = as_of or connection.execute("SELECT value FROM about WHERE key = 'as_of'").fetchone()[0]
    plot = _plot(versions, day, expression)
    relations = relation_graph(connection, instrument_id, instrument["title"])
    if expression is None:
        return InstrumentPage(instrument, tuple(versions), None, None, (), {}, (), (), (), (), {}, plot, relations, ())
    place = [row["id"] for row in versions].index(expression["id"])
    provisions = connection.execute(
        "SELECT * FROM provision WHERE expression_id = ? ORDER BY ord", (expression["id"],)
    ).fetchall()
    return InstrumentPage(
        instrument,
        tuple(versions),
        expression,
        versions[place - 1] if place else None,
        _sections(provisions),
        _rules(connection, expression["id"], provisions),
        _effects(connection, "f.instrument_id = ?", instrument_id),
        _effects(connection, "f.target_instrument_id = ?", instrument_id),
        tuple(
            connection.execute(
                "SELECT * FROM source_copy WHERE expression_id = ? ORDER BY recorded_at, url", (expression["id"],)
            )
        ),
        tuple(
            connection.execute(
                "SELECT * FROM change WHERE instrument_id = ? ORDER BY recorded_at DESC, valid_on DESC, id LIMIT 30",
                (instrument_id,),
            )
        ),
        _controls(connection, instrument_id),
        plot,
        relations,
        tuple(
            connection.execute("SELECT * FROM computed_amendment WHERE instrument_id = ? ORDER BY n", (instrument_id,))
        )
        if place == len(versions) - 1
        else (),
    )


def valid_on(row: Row, day: str) -> bool:
    """Whether an expression or a rule version with these dates was valid on the day."""
    if row["status"] == "draft":
        return False
    return (row["valid_from"] is None or row["valid_from"] <= day) and (
        row["valid_to"] is None or row["valid_to"] > day
    )


def _chosen(instrument: Row, versions: list[Row], version: str | None, as_of: str | None) -> Row | None:
    if version is not None:
        return next((row for row in versions if row["id"] == version), None)
    if as_of is not None:
        return next((row for row in reversed(versions) if valid_on(row, as_of)), None)
    return next(row for row in versions if row["id"] == instrument["current_expression_id"])


def _sections(provisions: list[Row]) -> tuple[Section, ...]:
    runs: list[tuple[str, list[Row]]] = []
    for row in provisions:
        if not runs or runs[-1][0] != row["container"]:
            runs.append((row["container"], []))
        runs[-1][1].append(row)
    return tuple(Section(f"part-{n}", name, tuple(rows)) for n, (name, rows) in enumerate(runs, 1))


def _rules(connection: sqlite3.Connection, expression_id: str, provisions: list[Row]) -> dict[str, list[Row]]:
    """Rules by the eId of the provision that holds them."""
    found: dict[str, list[Row]] = {}
    rows = connection.execute(
        """SELECT p.start, v.rule_id, v.modality, v.bearer, v.statement, (
             SELECT count(*) FROM threshold t WHERE t.rule_version_id = v.id) AS thresholds
           FROM rule_place p JOIN rule_version v ON v.id = p.rule_version_id
           WHERE p.expression_id = ? ORDER BY p.start, v.modality""",
        (expression_id,),
    ).fetchall()
    spans = [(row["start"], row["end"], row["eid"]) for row in provisions]
    at = 0
    for row in rows:
        while at < len(spans) and spans[at][1] <= row["start"]:
            at += 1
        if at < len(spans) and spans[at][0] <= row["start"]:
            found.setdefault(spans[at][2], []).append(row)
    return found


def _controls(connection: sqlite3.Connection, instrument_id: str) -> dict[str, list[Row]]:
    """Links of the instrument's rules that a person made, by rule, with the titles of their targets."""
    found: dict[str, list[Row]] = {}
    for row in connection.execute(
        """SELECT m.rule_id, m.status, m.target_id, c.title, c.title_zh
           FROM rule r JOIN mapping m ON m.rule_id = r.id
             LEFT JOIN catalogue_entry c ON c.kind = m.target_kind AND c.id = m.target_id
           WHERE r.instrument_id = ? AND m.status IN ('accepted', 'suspect') ORDER BY m.target_id""",
        (instrument_id,),
    ):
        found.setdefault(row["rule_id"], []).append(row)
    return found


def _plot(versions: list[Row], day: str, shown: Row | None) -> str:
    """Bars of the texts with known beginnings; empty for fewer than two."""
    spans = [
        Span(row["valid_from"], row["valid_to"], row["version_date"] or row["valid_from"], row is shown)
        for row in versions
        if row["valid_from"] and row["status"] != "draft"
    ]
    return span_plot(spans, day) if len(spans) > 1 else ""


def _effects(connection: sqlite3.Connection, where: str, instrument_id: str) -> tuple[Row, ...]:
    return tuple(
        connection.execute(
            f"""SELECT f.*, i.title AS affecting_title FROM effect f JOIN instrument i ON i.id = f.instrument_id
                WHERE {where} ORDER BY f.effective_on DESC, f.kind, f.target_title LIMIT 100""",  # noqa: S608 (constant)
            (instrument_id,),
        )
    )
