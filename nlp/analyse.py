"""The only entry point for whole documents: `ConvertedDocument` in, `Analysis` out.

Steps: normalise, parse the structure, read the units (one article or one numbered passage each) and the tables (cells
with their heads), shift their spans to the document, resolve citations to eIds, read what the text says about itself
and about other instruments, and merge that with what page, file or manifest said. What is no regulation is refused with
a reason.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.language import PIPELINE_VERSION, read_units
from nlp.pipes.references.references import find_citations
from nlp.pipes.tables.tables import table_thresholds
from nlp.reading import UnitReading
from nlp.refusal import AnalysisRefused, RefusalCode, refuse_what_is_no_regulation
from nlp.structure.amendments import operations_of
from nlp.structure.commencements import find_commencements
from nlp.structure.effects import find_effects
from nlp.structure.header import merge_heads, read_head
from nlp.structure.provisions import Outline, parse_structure
from nlp.structure.relations import explains, find_relations
from nlp.structure.resolve import find_aliases, index_of, resolve
from nlp.structure.units import Unit, units_of
from nlp.text.grids import Grid, grids_of
from nlp.text.normalise import normalise_blocks
from rules_db.model import (
    Analysis,
    ConvertedDocument,
    Definition,
    Norm,
    Reference,
    Span,
    TextIssue,
    Threshold,
)

__all__ = ["AnalysisRefused", "RefusalCode", "analyse"]


def analyse(document: ConvertedDocument) -> Analysis:
    """Read one document. Raises `AnalysisRefused` when it is empty, damaged or no regulation; any other text is read,
    and what is odd about it is in `issues`."""
    normalised = normalise_blocks(document.blocks)
    outline = parse_structure(normalised.text, normalised.tables)
    text = normalised.text
    refuse_what_is_no_regulation(text, outline, document.head)
    units = [part for unit in units_of(outline) for part in _parts(text, unit)]
    readings = list(read_units(text[unit.start : unit.end] for unit in units))
    references, reference_issues = _references(text, outline, units)
    found = read_head(text, outline, normalised.headings, document.head)
    head, head_issues = merge_heads(document.head, found)
    effects = [*find_effects(text, outline, head), *find_relations(text, outline, head)]
    # What an explanation (解读) says of duties and limits repeats or comments on the law, and is none.
    law = not explains(head.title)
    return Analysis(
        text=text,
        source_offsets=normalised.source_offsets,
        head=head,
        provisions=outline.provisions,
        norms=tuple(_shifted_norms(units, readings)) if law else (),
        thresholds=tuple(
            _with_tables(list(_shifted_thresholds(units, readings)), grids_of(document.blocks, normalised))
        )
        if law
        else (),
        references=tuple(references),
        definitions=tuple(_shifted_definitions(units, readings)),
        effects=tuple(effects),
        issues=(*outline.issues, *reference_issues, *head_issues),
        pipeline_version=PIPELINE_VERSION,
        commencements=tuple(find_commencements(text, outline.provisions, head)),
        operations=tuple(operations_of(text, head.title or "", outline.provisions)),
    )


LONGEST_UNIT = 50_000
"""A unit longer than this is read in parts, cut after a sentence: no article is, but a broken page may be."""


def _parts(text: str, unit: Unit) -> Iterator[Unit]:
    start = unit.start
    while unit.end - start > LONGEST_UNIT:
        stop = start + LONGEST_UNIT
        cut = max(text.rfind("。", start, stop), text.rfind("\n", start, stop)) + 1
        cut = cut if cut > start else stop
        yield Unit(start, cut)
        start = cut
    yield Unit(start, unit.end)


def _references(text: str, outline: Outline, units: Sequence[Unit]) -> tuple[list[Reference], list[TextIssue]]:
    index = index_of(outline.provisions)
    citations = []
    for unit in units:
        for citation in find_citations(text[unit.start : unit.end]):
            citations.append(replace(citation, span=_moved(citation.span, unit.start)))
    return resolve(text, citations, index, find_aliases(text))


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by, span.text, span.pattern)


def _shifted_norms(units: Sequence[Unit], readings: Sequence[UnitReading]) -> Iterator[Norm]:
    for unit, reading in zip(units, readings, strict=True):
        for norm in reading.norms:
            bearer = _moved(norm.bearer, unit.start) if norm.bearer is not None else None
            yield replace(norm, cue=_moved(norm.cue, unit.start), clause=_moved(norm.clause, unit.start), bearer=bearer)


def _shifted_thresholds(units: Sequence[Unit], readings: Sequence[UnitReading]) -> Iterator[Threshold]:
    for unit, reading in zip(units, readings, strict=True):
        for threshold in reading.thresholds:
            yield replace(threshold, span=_moved(threshold.span, unit.start))


def _with_tables(thresholds: Sequence[Threshold], grids: Sequence[Grid]) -> list[Threshold]:
    """What stands in a table is read with its heads, not as running text."""
    inside = [threshold for grid in grids for threshold in table_thresholds(grid)]
    starts = [grid.start for grid in grids]
    outside = [
        threshold
        for threshold in thresholds
        if (n := bisect_right(starts, threshold.span.start)) == 0 or threshold.span.start >= grids[n - 1].end
    ]
    return sorted([*outside, *inside], key=lambda threshold: (threshold.span.start, threshold.span.end))


def _shifted_definitions(units: Sequence[Unit], readings: Sequence[UnitReading]) -> Iterator[Definition]:
    for unit, reading in zip(units, readings, strict=True):
        for definition in reading.definitions:
            yield Definition(_moved(definition.term, unit.start), _moved(definition.meaning, unit.start))
