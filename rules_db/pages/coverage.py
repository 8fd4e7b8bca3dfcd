"""The pages of the mapping: which duties have a control or a device, as figures and as heat maps, and the catalogue.

In: the public copy. Out: frozen page values; a heat map is rows of counts, which the template shades.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

Row = sqlite3.Row
Rows = tuple[sqlite3.Row, ...]
Key = tuple[str, str]

# Least number of links of each shade.
_SHADES = (1, 2, 4, 8)
_SHOWN = 50
_NOW = "v.id = r.current_version_id"
_THEN = """v.rule_id = r.id AND v.status <> 'draft' AND (v.valid_from IS NULL OR v.valid_from <= :day)
             AND (v.valid_to IS NULL OR v.valid_to > :day)"""


@dataclass(frozen=True, slots=True)
class Cell:
    """Links of one row to one column that a person made; `suspect` of them wait to be looked at again, `proposed` ones
    are not counted. `shade` is 0 (no link) to 4."""

    linked: int
    suspect: int
    proposed: int
    shade: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """`head` is an instrument (with its figures of the view `coverage`) or a control."""

    head: Row
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`columns` are controls, then devices; `devices` says with which column they begin."""

    columns: Rows
    devices: int
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One control: `linked` and `suspect` links from rules, the devices it works with, in the order of the columns
    (True = works with it), and how many evidence items."""

    control: Row
    cell: Cell
    devices: tuple[bool, ...]
    evidence: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Duties in force or to come of the instruments that have a link: how many there are, have a confirmed link, a
    suspect one, a written reason why nothing is linked, or none; `others` are the duties of all other instruments,
    `gaps` those still open."""

    instruments: int
    duties: int
    mapped: int
    suspect: int
    reasoned: int
    unmapped: int
    others: int
    gaps: int


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """`heat` holds the instruments with a link to a control or a device, `controls` is controls by devices; `more` is
    how many instruments stand behind the last one shown."""

    totals: Totals
    heat: HeatMap
    controls: tuple[ControlRow, ...]
    devices: Rows
    instruments: Rows
    suspects: Rows
    reasons: Rows
    proposals: Rows
    more: int


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`rules` and `links` by kind and id of an entry; `titles` holds the entries of all three kinds by their id."""

    controls: Rows
    hardware: Rows
    evidence: Rows
    rules: dict[Key, list[Row]]
    links: dict[Key, list[tuple[str, str, str]]]
    titles: dict[str, Row]


def coverage_page(connection: sqlite3.Connection) -> CoveragePage:
    instruments = _all(connection, "SELECT * FROM coverage")
    columns = _all(
        connection,
        "SELECT * FROM catalogue_entry WHERE kind IN ('control', 'hardware_item') ORDER BY kind = 'hardware_item', id",
    )
    devices = tuple(row for row in columns if row["kind"] == "hardware_item")
    linked = [row for row in instruments if row["mapped"] or row["suspect"]]
    sums = {name: sum(row[name] for row in linked) for name in ("duties", "mapped", "suspect", "reasoned", "unmapped")}
    others = sum(row["duties"] for row in instruments) - sums["duties"]
    gaps = connection.execute("SELECT count(*) FROM open_gaps").fetchone()[0]
    return CoveragePage(
        Totals(instruments=len(linked), **sums, others=others, gaps=gaps),
        _heat(connection, instruments, columns),
        _controls(connection, columns, devices),
        devices,
        instruments[:_SHOWN],
        _all(
            connection,
            """SELECT s.*, c.title, c.title_zh FROM mapping_suspect s
                 JOIN catalogue_entry c ON c.kind = s.target_kind AND c.id = s.target_id LIMIT 100""",
        ),
        _all(
            connection,
            """SELECT a.*, r.instrument_title, r.label, r.statement FROM duty_answer a JOIN rule r ON r.id = a.rule_id
               WHERE a.answer = 'with_a_written_reason' ORDER BY a.reason_id, r.instrument_title, r.eid LIMIT 200""",
        ),
        _all(
            connection,
            """SELECT m.*, c.title, c.title_zh, r.instrument_title, r.label, r.statement
               FROM mapping m JOIN rule r ON r.id = m.rule_id
                 JOIN catalogue_entry c ON c.kind = m.target_kind AND c.id = m.target_id
               WHERE m.status = 'proposed' ORDER BY m.score DESC, m.id LIMIT 50""",
        ),
        max(0, len(instruments) - _SHOWN),
    )


def _heat(connection: sqlite3.Connection, instruments: Rows, columns: Rows) -> HeatMap:
    counts: dict[str, dict[Key, Cell]] = {}
    for row in connection.execute(
        """SELECT r.instrument_id, m.target_kind, m.target_id, sum(m.status IN ('accepted', 'suspect')) AS linked,
             sum(m.status = 'suspect') AS suspect, sum(m.status = 'proposed') AS proposed
           FROM mapping m JOIN rule r ON r.id = m.rule_id
           WHERE m.target_kind IN ('control', 'hardware_item') AND m.status IN ('accepted', 'suspect', 'proposed')
             AND r.status IN ('in_force', 'partly_repealed', 'not_yet_in_force')
           GROUP BY 1, 2, 3"""
    ):
        cell = _cell(row["linked"], row["suspect"], row["proposed"])
        counts.setdefault(row["instrument_id"], {})[row["target_kind"], row["target_id"]] = cell
    empty = _cell(0, 0, 0)
    rows = []
    for head in instruments:
        held = counts.get(head["instrument_id"], {})
        if any(cell.linked for cell in held.values()):
            rows.append(HeatRow(head, tuple(held.get((c["kind"], c["id"]), empty) for c in columns)))
    return HeatMap(columns, sum(row["kind"] == "control" for row in columns), tuple(rows))


def _controls(connection: sqlite3.Connection, columns: Rows, devices: Rows) -> tuple[ControlRow, ...]:
    linked = {
        row["target_id"]: _cell(row["linked"], row["suspect"], 0)
        for row in connection.execute(
            """SELECT target_id, count(*) AS linked, sum(status = 'suspect') AS suspect FROM mapping
               WHERE target_kind = 'control' AND status IN ('accepted', 'suspect') AND rule_id IS NOT NULL GROUP BY 1"""
        )
    }
    pairs = {
        frozenset(((row[0], row[1]), (row[2], row[3])))
        for row in connection.execute("SELECT from_kind, from_id, to_kind, to_id FROM catalogue_link")
    }
    found = []
    for control in (row for row in columns if row["kind"] == "control"):
        key = ("control", control["id"])
        together = tuple(frozenset((key, ("hardware_item", device["id"]))) in pairs for device in devices)
        evidence = sum(key in pair and any(kind == "evidence_item" for kind, _id in pair) for pair in pairs)
        found.append(ControlRow(control, linked.get(control["id"], _cell(0, 0, 0)), together, evidence))
    return tuple(found)


def _cell(linked: int, suspect: int, proposed: int) -> Cell:
    return Cell(linked, suspect, proposed, sum(linked >= least for least in _SHADES))


def catalogue_page(connection: sqlite3.Connection, day: str | None = None) -> CataloguePage:
    """`day` (ISO) shows the rules behind each entry that were valid then; None = those of today."""
    rules: dict[Key, list[Row]] = {}
    for row in connection.execute(
        f"""SELECT m.target_kind, m.target_id, m.status AS mapping_status, r.id, r.instrument_title, v.modality,
             {"r.label" if day is None else "v.label"} AS label
           FROM mapping m JOIN rule r ON r.id = m.rule_id JOIN rule_version v ON {_NOW if day is None else _THEN}
           WHERE m.status IN ('accepted', 'suspect') ORDER BY r.instrument_title, v.start""",  # noqa: S608 (constants)
        {"day": day},
    ):
        rules.setdefault((row["target_kind"], row["target_id"]), []).append(row)
    links: dict[Key, list[tuple[str, str, str]]] = {}
    for row in connection.execute("SELECT * FROM catalogue_link ORDER BY from_id, to_id"):
        ours, theirs = (row["from_kind"], row["from_id"]), (row["to_kind"], row["to_id"])
        links.setdefault(ours, []).append((*theirs, row["rationale"]))
        links.setdefault(theirs, []).append((*ours, row["rationale"]))
    controls = _all(connection, "SELECT * FROM control ORDER BY id")
    hardware = _all(connection, "SELECT * FROM hardware_item ORDER BY id")
    evidence = _all(connection, "SELECT * FROM evidence_item ORDER BY id")
    titles = {row["id"]: row for rows in (controls, hardware, evidence) for row in rows}
    return CataloguePage(controls, hardware, evidence, rules, links, titles)


def _all(connection: sqlite3.Connection, sql: str) -> Rows:
    return tuple(connection.execute(sql).fetchall())
