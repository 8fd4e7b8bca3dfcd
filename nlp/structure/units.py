"""Reading units of a document: outline in, ranges of text out that are read on their own.

A unit is one article without its marker, one outermost numbered passage of a notice, or a stretch outside of both
(preface, paragraph, conclusion). Subjects are inherited inside a unit and never across its ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nlp.structure.provisions import Outline
from rules_db.model import Provision, ProvisionKind


@dataclass(frozen=True, slots=True)
class Unit:
    """The range [start, end) of the normalised text; never empty."""

    start: int
    end: int


_CONTAINERS = frozenset({ProvisionKind.PART, ProvisionKind.CHAPTER, ProvisionKind.SECTION, ProvisionKind.ATTACHMENT})


def units_of(outline: Outline) -> list[Unit]:
    """The units of a document in order. Headings of 编章节, markers and headings of articles, labels of attachments and
    the table of contents are in none."""
    units: list[Unit] = []
    done = 0
    for provision in outline.provisions:
        if provision.start < done or provision.kind in _CONTAINERS:
            continue
        units.extend(unit for unit in _ranges(provision, outline) if unit.start < unit.end)
        done = provision.tree_end
    return units


def _ranges(provision: Provision, outline: Outline) -> Iterator[Unit]:
    if provision.kind is ProvisionKind.ARTICLE:
        yield Unit(provision.end, provision.tree_end)
        return
    first, stop = outline.regions.contents
    if provision.kind is ProvisionKind.PREFACE and first < stop:
        lines = outline.regions.lines
        yield Unit(provision.start, min(lines[first].start, provision.tree_end))
        yield Unit(min(lines[stop - 1].end + 1, provision.tree_end), provision.tree_end)
        return
    yield Unit(provision.start, provision.tree_end)
