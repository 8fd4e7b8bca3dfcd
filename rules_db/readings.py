"""One expression as later steps need it: its citable units (条, or top-level sections of a notice), and per unit the
norms and thresholds that the newest pipeline version read there. Reads the store, decides nothing.
"""

from __future__ import annotations

import json
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules_db import reviews, threshold_reviews
from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.model import Comparator, Modality, ProvisionKind, ProvisionText, Quantity

_CONTAINERS = (ProvisionKind.PART, ProvisionKind.CHAPTER, ProvisionKind.SECTION)
_TERM_OF_ACT = re.compile(r"其?(?P<act>[^，。；]{0,4}?)的?(?:期限|期间|时限|时间|年限|期)|(?P<most>最)")
"""What a limit measures when it goes on with a duty before it: 期限, 保存期限, 公示期; or it says 最长 alone."""
_LIMITING = re.compile("不?(?:[超晚迟早]|[少多低高大小短长]于)")
"""What is said of such a limit by a norm of its own."""
_NEXT_TO = 3
"""Characters that a modal may stand before the words of its limit: 应当不少于三年."""
_SENTENCE_END = re.compile(r"[。\n]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A citable unit and where it stands: `base` is the offset of `provision.text` in the expression's text."""

    provision: ProvisionText
    kind: ProvisionKind
    start: int
    base: int
    end: int


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """The words that a field was read from (`cue`, `bearer`), with their range in the text and the pattern's id."""

    field: str
    start: int
    end: int
    text: str
    pattern: str


@dataclass(frozen=True, slots=True)
class RuleReading:
    """One norm as read. `statement` is the sentence that holds it, with the items of a list it introduces; `wording` is
    the fingerprint of that statement: what must differ for the law to have changed."""

    unit_eid: str
    label: str
    eid: str
    modality: Modality
    bearer: str
    action: str
    condition: str
    exception: str
    deadline: str
    consequence: str
    statement: str
    wording: str
    start: int
    end: int
    cue_start: int
    confidence: float
    reason: str
    evidence: tuple[EvidenceSpan, ...]


@dataclass(frozen=True, slots=True)
class ThresholdReading:
    """One quantity as read; `rule` is the index of the rule reading whose clause holds it, or None."""

    unit_eid: str
    label: str
    eid: str
    quantity: Quantity
    start: int
    end: int
    pattern: str
    confidence: float
    rule: int | None


@dataclass(frozen=True, slots=True)
class ExpressionReading:
    """An expression with what was read in it. `valid_from` is None when no date is known; `starts` are the provisions
    (eId) with a day of effect of their own, `reviewable` the (kind, subject) of all that a person may decide on."""

    id: str
    instrument_id: str
    version_date: str | None
    valid_from: str | None
    status: str
    text: str
    pipeline_version: str
    units: tuple[Unit, ...]
    rules: tuple[RuleReading, ...]
    thresholds: tuple[ThresholdReading, ...]
    starts: Mapping[str, str] = field(default_factory=dict)
    reviewable: frozenset[tuple[str, str]] = frozenset()

    def start_of(self, eid: str) -> str | None:
        """The day from which a provision of this text applies: its own, else that of what is around it."""
        while eid:
            if eid in self.starts:
                return self.starts[eid]
            eid = eid.rpartition("__")[0]
        return self.valid_from


def load_reading(connection: sqlite3.Connection, expression_id: str) -> ExpressionReading:
    """The expression with the extraction recorded last, and reviews laid over it. Raises KeyError for an unknown id."""
    row = connection.execute(
        """SELECT e.id, e.instrument_id, e.version_date, e.effective_on, e.status, e.text, x.pipeline_version, x.norms,
             x.thresholds, x.extra
           FROM expression e JOIN extraction x ON x.expression_id = e.id
           WHERE e.id = ? ORDER BY x.recorded_at DESC, x.rowid DESC LIMIT 1""",
        (expression_id,),
    ).fetchone()
    if row is None:
        raise KeyError(expression_id)
    text = row["text"]
    places = _Places(connection, expression_id, text)
    read = [_rule(raw, text, places) for raw in json.loads(row["norms"])]
    instrument = row["instrument_id"]
    rules = tuple(reviews.apply(read, instrument, reviews.decisions_of(connection, instrument)))
    measured = [(_threshold(raw, rules, places), raw["span"]["start"]) for raw in json.loads(row["thresholds"])]
    subjects = [threshold_reviews.subject_of(instrument, read, places.unit_at(at), at) for _, at in measured]
    decided = reviews.decisions_of(connection, instrument, reviews.THRESHOLD)
    thresholds = tuple(threshold_reviews.apply([reading for reading, _ in measured], subjects, decided))
    reviewable = {(reviews.NORM, reviews.subject_of(instrument, r.wording, r.cue_start - r.start)) for r in read}
    reviewable |= {(reviews.THRESHOLD, subject) for subject in subjects}
    return ExpressionReading(
        row["id"],
        row["instrument_id"],
        row["version_date"],
        row["effective_on"],
        row["status"],
        text,
        row["pipeline_version"],
        places.units,
        rules,
        thresholds,
        {item["eid"]: item["effective_on"] for item in json.loads(row["extra"]).get("commencements", ())},
        frozenset(reviewable),
    )


class _Places:
    """Finds, for an offset, the innermost provision and the citable unit around it."""

    def __init__(self, connection: sqlite3.Connection, expression_id: str, text: str) -> None:
        rows = connection.execute(
            """SELECT eid, kind, label, heading, parent_eid, start, "end", tree_end FROM provision
               WHERE expression_id = ? ORDER BY ord""",
            (expression_id,),
        ).fetchall()
        self.rows = {row["eid"]: row for row in rows}
        self.starts = [row["start"] for row in rows]
        self.order = rows
        self.units = tuple(self._unit(row, text) for row in rows if self._is_unit(row))
        self.by_eid = {unit.provision.eid: unit for unit in self.units}

    def provision_at(self, offset: int) -> sqlite3.Row:
        row: sqlite3.Row = self.order[max(0, bisect_right(self.starts, offset) - 1)]
        return row

    def unit_at(self, offset: int) -> Unit:
        row = self.provision_at(offset)
        while row["eid"] not in self.by_eid:
            row = self.rows[row["parent_eid"]]
        return self.by_eid[row["eid"]]

    def _is_unit(self, row: sqlite3.Row) -> bool:
        """Not a container, and all that is above it are containers. A container's own heading is its own unit only
        through its children, so containers are units for what stands in their headings (nothing, in practice)."""
        parent = self.rows.get(row["parent_eid"]) if row["parent_eid"] else None
        if row["kind"] in _CONTAINERS:
            return False
        return parent is None or parent["kind"] in _CONTAINERS or parent["kind"] == ProvisionKind.ATTACHMENT

    def _unit(self, row: sqlite3.Row, text: str) -> Unit:
        end = row["end"] if row["kind"] == ProvisionKind.ATTACHMENT else row["tree_end"]
        base = row["start"]
        if row["label"] and text.startswith(row["label"], base):
            base += len(row["label"])
        while base < end and text[base].isspace():
            base += 1
        last = end
        while last > base and text[last - 1].isspace():
            last -= 1
        provision = ProvisionText(row["eid"], row["label"] or _name(row), text[base:last], self._container(row))
        return Unit(provision, ProvisionKind(row["kind"]), row["start"], base, last)

    def _container(self, row: sqlite3.Row) -> str:
        names = []
        parent = self.rows.get(row["parent_eid"]) if row["parent_eid"] else None
        while parent is not None:
            names.append(f"{parent['label']} {parent['heading']}".strip())
            parent = self.rows.get(parent["parent_eid"]) if parent["parent_eid"] else None
        return " / ".join(reversed(names))


def _name(row: sqlite3.Row) -> str:
    """What to call a unit that bears no marker of its own."""
    names = {ProvisionKind.PREFACE: "序言", ProvisionKind.CONCLUSION: "落款", ProvisionKind.ATTACHMENT: "附件"}
    return names.get(ProvisionKind(row["kind"]), str(row["eid"]))


def _rule(raw: dict[str, Any], text: str, places: _Places) -> RuleReading:
    cue, clause = raw["cue"], raw["clause"]
    unit = places.unit_at(cue["start"])
    own = places.provision_at(cue["start"])
    start, end = _statement(text, clause["start"], clause["end"], own, unit)
    statement = text[start:end]
    spans = [EvidenceSpan("cue", cue["start"], cue["end"], cue["text"], cue["pattern"])]
    if raw["bearer"]:
        bearer = raw["bearer"]
        spans.append(EvidenceSpan("bearer", bearer["start"], bearer["end"], bearer["text"], bearer["pattern"]))
    return RuleReading(
        unit.provision.eid,
        unit.provision.label,
        own["eid"],
        Modality(raw["modality"]),
        raw["bearer"]["text"] if raw["bearer"] else "",
        raw["action"],
        raw["condition"],
        raw["exception"],
        raw["deadline"],
        raw["consequence"],
        statement,
        fingerprint(comparison_key(statement)),
        start,
        end,
        cue["start"],
        raw["confidence"],
        raw["reason"],
        tuple(spans),
    )


def _statement(text: str, start: int, end: int, own: sqlite3.Row, unit: Unit) -> tuple[int, int]:
    """The whole sentence around a clause, inside its own provision; a lead ending in a colon takes its items along."""
    first = own["start"]
    for match in _SENTENCE_END.finditer(text, first, start):
        first = match.end()
    first = max(first, unit.base)
    found = _SENTENCE_END.search(text, max(start, end - 1), own["end"])
    last = found.end() if found else own["end"]
    if text[first:last].rstrip().endswith(("：", ":")):
        last = max(last, own["tree_end"])
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    return first, max(last, end)


def _continued(raw: dict[str, Any], rules: tuple[RuleReading, ...], before: list[int], owner: int) -> int:
    """The norm whose limit it is. 应当保存记录，期限不得少于三年 has two norms, and the limit is that of the first: its
    words are in one sentence with the duty, so that neither changes without the other."""
    span, rule = raw["span"], rules[owner]
    topic = _TERM_OF_ACT.fullmatch(raw["parameter"] or span["text"][:1])
    if topic is None or rule.bearer or not span["start"] - _NEXT_TO <= rule.cue_start < span["end"]:
        return owner
    duties = (
        n
        for n in reversed(before)
        if rules[n].modality is not Modality.PENALTY and (rules[n].bearer or not _LIMITING.match(rules[n].action))
    )
    return next((n for n in duties if (topic["act"] or "") in rules[n].action), owner)


def _threshold(raw: dict[str, Any], rules: tuple[RuleReading, ...], places: _Places) -> ThresholdReading:
    span = raw["span"]
    unit = places.unit_at(span["start"])
    inside = [n for n, rule in enumerate(rules) if rule.start <= span["start"] < rule.end]
    # several norms share a sentence: the last cue before the quantity governs it, else the first one
    before = [n for n in inside if rules[n].cue_start < span["end"]]
    owner = before[-1] if before else (inside[0] if inside else None)
    if owner is not None:
        owner = _continued(raw, rules, before, owner)
    quantity = Quantity(
        span["text"],
        Comparator(raw["comparator"]),
        float(raw["value"]),
        None if raw["value_max"] is None else float(raw["value_max"]),
        raw["unit"],
        raw["parameter"],
        raw["base"],
        raw["trigger"],
        rules[owner].modality if owner is not None else None,
        span["start"] - unit.base,
    )
    return ThresholdReading(
        unit.provision.eid,
        unit.provision.label,
        places.provision_at(span["start"])["eid"],
        quantity,
        span["start"],
        span["end"],
        span["pattern"],
        raw["confidence"],
        owner,
    )
