"""Amendments of one instrument as the store knows them: which decisions, what they do, whether the published text
agrees, and the text that outstanding ones would make. Reads the store; what is computed here is never stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.amending.apply import Computed, OperationOutcome, apply_operations
from rules_db.amending.check import Check, CheckState, check
from rules_db.amending.labels import parse_label
from rules_db.connection import StoreError
from rules_db.instruments import InstrumentRef, title_key
from rules_db.model import AmendingOperation, AmendmentKind, EffectKind, ProvisionText, Span
from rules_db.readings import load_reading
from rules_db.reconcile import ordered_expressions
from rules_db.references import one_instrument, split_unit

UNOFFICIAL = "computed, unofficial"
"""How a computed text is labelled wherever it is shown."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A text that amends the instrument. `outstanding` when no text of the instrument is held that is as new."""

    expression_id: str
    title: str
    document_number: str | None
    date: str | None
    effective_on: str | None
    outstanding: bool
    operations: tuple[AmendingOperation, ...]


def decisions_on(connection: sqlite3.Connection, instrument: InstrumentRef) -> list[Decision]:
    """Amending texts whose target is known to be this instrument, oldest first."""
    rows = connection.execute(
        """SELECT f.affecting_expression_id AS id, i.title, x.document_number, x.version_date,
             min(f.effective_on) AS effective_on, max(f.state = 'outstanding') AS outstanding
           FROM effect f JOIN expression x ON x.id = f.affecting_expression_id
             JOIN instrument i ON i.id = x.instrument_id
           WHERE f.target_instrument_id = ? AND f.kind = ? AND x.replaced_at IS NULL AND x.status <> 'draft'
           GROUP BY f.affecting_expression_id ORDER BY coalesce(x.version_date, ''), x.recorded_at, x.id""",
        (instrument.id, EffectKind.AMENDS),
    ).fetchall()
    return [
        Decision(
            row["id"],
            row["title"],
            row["document_number"],
            row["version_date"],
            row["effective_on"],
            bool(row["outstanding"]),
            tuple(_operations(connection, row["id"], instrument.title_key)),
        )
        for row in rows
    ]


def _operations(connection: sqlite3.Connection, expression_id: str, key: str) -> list[AmendingOperation]:
    row = connection.execute(
        "SELECT extra FROM extraction WHERE expression_id = ? ORDER BY recorded_at DESC, rowid DESC LIMIT 1",
        (expression_id,),
    ).fetchone()
    read = json.loads(row["extra"]).get("operations", ()) if row else ()
    return [_operation(raw) for raw in read if title_key(raw["instrument"] or "") == key]


def _operation(raw: dict[str, Any]) -> AmendingOperation:
    return AmendingOperation(
        AmendmentKind(raw["kind"]),
        Span(**raw["span"]),
        tuple(raw["targets"]),
        tuple(raw["becomes"]),
        raw["old"],
        raw["new"],
        raw["instrument"],
        raw["after"],
        raw["count"],
    )


def amendments(connection: sqlite3.Connection, instrument: InstrumentRef) -> list[dict[str, Any]]:
    """Each decision on the instrument with its operations and their verdicts, oldest first; JSON-ready.

    A decision is applied to the newest text older than itself, and compared with the oldest text that is as new, else
    with the regulation printed below the decision itself.
    """
    found = []
    for decision in decisions_on(connection, instrument):
        before, after = _around(connection, instrument, decision)
        published, where = _published(connection, decision, after)
        if before is None:
            reason = "no text from before the decision is held"
            verdicts: Check | None = None
        else:
            reason = ""
            verdicts = check(apply_operations(_articles(connection, before), decision.operations), published)
        found.append(
            {
                "title": decision.title,
                "document_number": decision.document_number,
                "date": decision.date,
                "effective_on": decision.effective_on,
                "outstanding": decision.outstanding,
                "applied_to": _date(connection, before),
                "checked_against": where,
                "note": reason,
                "operations": [
                    {"kind": o.kind, "words": o.span.text, "state": CheckState.NOT_APPLIED, "reason": reason}
                    for o in decision.operations
                ]
                if verdicts is None
                else [
                    {
                        "kind": entry.operation.kind,
                        "words": entry.operation.span.text,
                        "state": entry.state,
                        "label": entry.label,
                        "computed": entry.computed,
                        "published": entry.published,
                        "reason": entry.reason,
                    }
                    for entry in verdicts.operations
                ],
                "unexplained": list(verdicts.unexplained) if verdicts else [],
            }
        )
    return found


def preview(connection: sqlite3.Connection, instrument: InstrumentRef) -> tuple[Computed, list[Decision]] | None:
    """The newest text held with all outstanding decisions applied to it in order of date, or None without any that
    gives an operation. The outcomes are those of all decisions, in order."""
    waiting = [d for d in decisions_on(connection, instrument) if d.outstanding and d.operations]
    if not waiting:
        return None
    articles: Sequence[ProvisionText] = _articles(connection, ordered_expressions(connection, instrument.id)[-1])
    outcomes: list[OperationOutcome] = []
    computed = Computed(tuple(articles), ())
    for decision in waiting:
        computed = apply_operations(computed.provisions, decision.operations)
        outcomes += computed.outcomes
    return Computed(computed.provisions, tuple(outcomes), computed.title), waiting


def outstanding(connection: sqlite3.Connection, instrument: InstrumentRef) -> list[dict[str, Any]]:
    """Decisions on the instrument without a text as new, each with the words of its instructions; JSON-ready."""
    return [
        {
            "title": decision.title,
            "document_number": decision.document_number,
            "date": decision.date,
            "effective_on": decision.effective_on,
            "instructions": list(dict.fromkeys(o.span.text.replace("\n", " ") for o in decision.operations)),
        }
        for decision in decisions_on(connection, instrument)
        if decision.outstanding
    ]


def show_computed(connection: sqlite3.Connection, reference: str) -> dict[str, Any]:
    """What `answers.show` tells, of the computed text; every place that shows it says that it is unofficial.

    Raises StoreError when no amendment is outstanding, or the computed text has no such provision.
    """
    name, unit = split_unit(reference)
    instrument = one_instrument(connection, name)
    made = preview(connection, instrument)
    if made is None:
        raise StoreError(f"《{instrument.title}》 has no outstanding amendment with instructions: nothing to compute")
    computed, decisions = made
    units = [p for p in computed.provisions if unit is None or unit in (p.label, p.eid)]
    if not units:
        raise StoreError(f"the computed text of 《{instrument.title}》 has no {unit}")
    left_out = [f"{o.operation.span.text[:60]}: {o.reason}" for o in computed.outcomes if o.reason]
    made_of = "、".join(decision.title for decision in decisions)
    return {
        "instrument": computed.title or instrument.title,
        "iri": instrument.iri,
        "version_date": None,
        "effective_on": decisions[-1].effective_on,
        "status": UNOFFICIAL,
        "standing": "",
        "tier": UNOFFICIAL,
        "note": f"{UNOFFICIAL}: the newest text held with {made_of} applied to it; not a published text"
        + "".join(f"\nleft out: {line}" for line in left_out),
        "pending": [],
        "outstanding": [],
        "relations": [],
        "units": [
            {"eid": p.eid, "label": p.label, "container": p.container, "text": p.text, "rules": []} for p in units
        ],
    }


def _around(
    connection: sqlite3.Connection, instrument: InstrumentRef, decision: Decision
) -> tuple[str | None, str | None]:
    """The instrument's newest text before a decision and its oldest one from then on. An undated decision is taken
    to be newer than every text."""
    rows = connection.execute(
        "SELECT id, version_date FROM expression WHERE instrument_id = ? AND replaced_at IS NULL", (instrument.id,)
    ).fetchall()
    dates = {row["id"]: row["version_date"] or "" for row in rows}
    order = ordered_expressions(connection, instrument.id)
    before = [key for key in order if decision.date is None or dates[key] < decision.date]
    after = [key for key in order if key not in before]
    return (before[-1] if before else None), (after[0] if after else None)


def _published(
    connection: sqlite3.Connection, decision: Decision, after: str | None
) -> tuple[list[ProvisionText] | None, str]:
    if after is not None:
        return _articles(connection, after), f"the text of {_date(connection, after)}"
    printed = _articles(connection, decision.expression_id, attached=True)
    return (printed, "the text printed with the decision") if printed else (None, "")


def _articles(connection: sqlite3.Connection, expression_id: str, *, attached: bool = False) -> list[ProvisionText]:
    """Articles of a text; `attached` takes those of what is printed below it instead of its own."""
    found = []
    for unit in load_reading(connection, expression_id).units:
        address = parse_label(unit.provision.label)
        if address is not None and address.article and unit.provision.eid.startswith("att_") == attached:
            found.append(unit.provision)
    return found


def _date(connection: sqlite3.Connection, expression_id: str | None) -> str | None:
    if expression_id is None:
        return None
    row = connection.execute("SELECT version_date FROM expression WHERE id = ?", (expression_id,)).fetchone()
    return row["version_date"] or "an unknown date"
