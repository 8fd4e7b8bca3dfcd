"""The citable units of an expression: an article, a top-level section of a notice, the opening, the ending, an annex.

Units tile the text apart from the headings of parts, chapters and sections, which stand with each unit as its
container. The same units carry rules, changes and search hits, so that all of them can be cited alike.
In: an expression's text and its provision rows in order. Out: `PublicUnit` values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules_db.model import ProvisionKind

_CONTAINERS = (ProvisionKind.PART, ProvisionKind.CHAPTER, ProvisionKind.SECTION)
_UNMARKED = {ProvisionKind.PREFACE: "序言", ProvisionKind.CONCLUSION: "落款", ProvisionKind.ATTACHMENT: "附件"}
# Control characters and overrides of the writing direction have no place in a law text, break XML and mislead readers;
# each becomes a blank so that offsets stay true.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """`text` is the expression's text in [start, end), marker included, without blank edges."""

    eid: str
    kind: str
    ord: int
    label: str
    heading: str
    container: str
    start: int
    end: int
    text: str


def clean(text: str | None) -> str | None:
    """Text without control characters and direction overrides, of the same length."""
    return _CONTROLS.sub(" ", text) if text else text


def public_units(text: str, rows: Sequence[Mapping[str, Any]]) -> list[PublicUnit]:
    """Units of one expression in document order. `rows` have the columns of the store's provision table."""
    by_eid = {row["eid"]: row for row in rows}
    units = []
    for row in rows:
        parent = by_eid.get(row["parent_eid"])
        if row["kind"] in _CONTAINERS:
            continue
        if parent is not None and parent["kind"] not in (*_CONTAINERS, ProvisionKind.ATTACHMENT):
            continue
        end = row["end"] if row["kind"] == ProvisionKind.ATTACHMENT else row["tree_end"]
        start = row["start"]
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        units.append(
            PublicUnit(
                row["eid"],
                row["kind"],
                row["ord"],
                clean(row["label"]) or _UNMARKED.get(row["kind"], row["eid"]),
                clean(row["heading"]) or "",
                _container(parent, by_eid),
                start,
                end,
                clean(text[start:end]) or "",
            )
        )
    return units


def _container(row: Mapping[str, Any] | None, by_eid: Mapping[str, Mapping[str, Any]]) -> str:
    names: list[str] = []
    while row is not None and len(names) < 8:
        names.append(clean(f"{row['label']} {row['heading']}".strip()) or "")
        row = by_eid.get(row["parent_eid"])
    return " / ".join(reversed(names))
