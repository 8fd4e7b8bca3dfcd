"""The tree of provisions: normalised text in, `Outline` (provisions that tile the text, and issues) out.

Conventions, beside those of `Provision`:
- An article owns its marker (第五条, with heading and the blank after it); each 款 is a child, also when there is only
  one: `art_5`, `art_5__para_1`. An article that begins with an item has no 款 before it.
- 项 hang below the 款 that leads them in; 目 below 项 are `subpoint`s, to any depth.
- In a notice (一、（一）1.) each numbered passage is a `lvl` that owns the line of its marker; unmarked lines below it are
  `para`s.
- What stands before the first numbered provision is `preface`; signature, date and contact lines are `conclusion`;
  an attachment prefixes everything in it (`att_1__art_3`).
- An eId that comes twice gets `-dup2`, `-dup3` … and an issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.structure.markers import SPINE, Marker, MarkerClass, markers_of_line
from nlp.structure.outline import Move, Placement, solve_list, solve_spine
from nlp.structure.regions import Attachment, Line, Regions, find_regions, is_final_clause, lines_of
from rules_db.model import Provision, ProvisionKind, Severity, TextIssue


@dataclass(frozen=True, slots=True)
class Outline:
    """The provisions of one text in order, and what is odd about their numbering."""

    provisions: tuple[Provision, ...]
    issues: tuple[TextIssue, ...]
    regions: Regions


@dataclass(slots=True)
class _Node:
    start: int
    kind: ProvisionKind
    eid: str
    parent: int | None
    label: str = ""
    heading: str = ""


_SPINE_NAMES = {
    MarkerClass.PART: (ProvisionKind.PART, "part"),
    MarkerClass.CHAPTER: (ProvisionKind.CHAPTER, "chp"),
    MarkerClass.SECTION: (ProvisionKind.SECTION, "sec"),
    MarkerClass.ARTICLE: (ProvisionKind.ARTICLE, "art"),
}
_ISSUE_CODES = {
    Move.GAP: "numbering_gap",
    Move.REPEAT: "numbering_repeats",
    Move.BACK: "numbering_falls",
    Move.LATE_START: "numbering_starts_late",
}
_ARTICLE_HEADING = re.compile(r"[【〔\[]([^】〕\]\n]{1,40})[】〕\]] ?|（([^（）。，；\n]{1,20})） ?(?=[^，。；、的])")
_UNFINISHED = re.compile(r"[^。；：！？.;:!?”）》)\n]$")
_SHORTEST_WRAPPED = 20
_HEADING_LENGTH = 50
_SENTENCE = re.compile(r"[。；！？]")


@dataclass(slots=True)
class _Builder:
    text: str
    nodes: list[_Node] = field(default_factory=list)
    issues: list[TextIssue] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)

    def add(
        self, start: int, kind: ProvisionKind, eid: str, parent: int | None, label: str = "", heading: str = ""
    ) -> int:
        count = self.seen.get(eid, 0) + 1
        self.seen[eid] = count
        if count > 1:
            message = f"a second provision would be {eid}: the numbering of {label or kind.value} repeats"
            self.issues.append(TextIssue(Severity.WARN, "duplicate_eid", message, start))
            eid = f"{eid}-dup{count}"
        self.nodes.append(_Node(start, kind, eid, parent, label, heading))
        return len(self.nodes) - 1

    def report(self, marker: Marker, placement: Placement) -> None:
        code = _ISSUE_CODES.get(placement.move)
        if code is not None:
            message = f"{marker.label} stands where number {placement.expected} is expected"
            self.issues.append(TextIssue(Severity.WARN, code, message, marker.start))

    def eid_of(self, node: int | None, prefix: str) -> str:
        return f"{self.nodes[node].eid}__" if node is not None else prefix


def parse_structure(text: str, tables: Sequence[tuple[int, int]] = ()) -> Outline:
    """The outline of a normalised text; `tables` are the ranges of its table blocks. Any string is accepted; the empty
    text has no provisions. Time is linear in the length of the text."""
    if not text:
        return Outline((), (), Regions((), (0, 0), 0, ()))
    regions = find_regions(lines_of(text, tables))
    builder = _Builder(text)
    _parse_region(builder, regions.lines, 0, regions.closing, regions.contents, None, "")
    if regions.closing < regions.end_of_body:
        builder.add(regions.lines[regions.closing].start, ProvisionKind.CONCLUSION, "conclusion", None)
    for number, attachment in enumerate(regions.attachments, 1):
        last = number < len(regions.attachments)
        stop = regions.attachments[number].first if last else len(regions.lines)
        _parse_attachment(builder, regions.lines, attachment, stop, number)
    return Outline(_provisions(builder, len(text)), tuple(builder.issues), regions)


def _parse_attachment(builder: _Builder, lines: Sequence[Line], found: Attachment, stop: int, number: int) -> None:
    eid = f"att_{number}"
    first = lines[found.first]
    node = builder.add(first.start, ProvisionKind.ATTACHMENT, eid, None, found.label, found.title)
    _parse_region(builder, lines, found.first + 1, stop, (0, 0), node, f"{eid}__")


def _parse_region(
    builder: _Builder,
    lines: Sequence[Line],
    first: int,
    stop: int,
    contents: tuple[int, int],
    parent: int | None,
    prefix: str,
) -> None:
    """Provisions of lines[first:stop]. Lines before the first one belong to `parent`, or to a preface if there is none."""
    markers = _markers(builder.text, lines, first, stop, contents)
    spine = [marker for marker in markers if marker.readings[0].marker_class in SPINE]
    placements = solve_spine(spine)
    accepted = [pair for pair in zip(spine, placements, strict=True) if pair[1].move is not Move.TEXT]
    if not any(pair[0].readings[0].marker_class is MarkerClass.ARTICLE for pair in accepted):
        _parse_levels(builder, lines, first, stop, markers, accepted, contents, parent, prefix)
        return
    if first < stop and parent is None and accepted[0][0].start > lines[first].start:
        builder.add(lines[first].start, ProvisionKind.PREFACE, "preface", None)
    _parse_articles(builder, lines, first, stop, markers, accepted, parent, prefix)


def _markers(text: str, lines: Sequence[Line], first: int, stop: int, contents: tuple[int, int]) -> list[Marker]:
    markers: list[Marker] = []
    fresh = quoted = False
    for i in range(first, stop):
        line = lines[i]
        if line.in_table or contents[0] <= i < contents[1]:
            continue
        before = len(markers)
        if not quoted:
            markers.extend(markers_of_line(text, line.start, line.end, fresh=fresh))
        fresh = len(markers) == before or markers[before].start > line.start
        quoted = _still_quoted(line.text, quoted)
    return markers


def _still_quoted(text: str, quoted: bool) -> bool:
    """Whether a “ quotation runs on after this line: amending decisions quote whole articles."""
    opened, closed = text.rfind("“"), text.rfind("”")
    return quoted if opened == closed else opened > closed


def _parse_articles(
    builder: _Builder,
    lines: Sequence[Line],
    first: int,
    stop: int,
    markers: Sequence[Marker],
    accepted: Sequence[tuple[Marker, Placement]],
    parent: int | None,
    prefix: str,
) -> None:
    containers: list[int | None] = [None, None, None]
    end_of_region = lines[stop - 1].end
    line, list_at = first, 0
    lists = [marker for marker in markers if marker.readings[0].marker_class not in SPINE]
    for n, (marker, placement) in enumerate(accepted):
        builder.report(marker, placement)
        reading = marker.readings[0]
        end = accepted[n + 1][0].start if n + 1 < len(accepted) else end_of_region
        kind, name = _SPINE_NAMES[reading.marker_class]
        depth = placement.depth
        above = next((node for node in reversed(containers[:depth]) if node is not None), parent)
        number = f"{reading.number}-{reading.sub}" if reading.sub else str(reading.number)
        while line < stop and lines[line].end <= marker.start:
            line += 1
        while list_at < len(lists) and lists[list_at].start < marker.start:
            list_at += 1
        within = list_at
        while list_at < len(lists) and lists[list_at].start < end:
            list_at += 1
        if depth < 3:
            eid = f"{builder.eid_of(above, prefix) if above != parent else prefix}{name}_{number}"
            heading = builder.text[marker.body : lines[line].end].strip()
            node = builder.add(marker.start, kind, eid, above, marker.label, heading)
            containers[depth:] = [node] + [None] * (2 - depth)
            rest = line + 1
            if rest < stop and lines[rest].start < end:
                _add_passage(builder, lines, rest, stop, lines[rest].start, end, lists[within:list_at], node)
            continue
        titled = _ARTICLE_HEADING.match(builder.text, marker.body, end)
        heading, body = "", marker.body
        if titled is not None:
            heading, body = titled[1] or titled[2], titled.end()
        node = builder.add(marker.start, kind, f"{prefix}{name}_{number}", above, marker.label, heading)
        if body < end and builder.text[body:end].strip():
            _add_passage(builder, lines, line, stop, body, end, lists[within:list_at], node)


def _add_passage(
    builder: _Builder,
    lines: Sequence[Line],
    line: int,
    stop: int,
    start: int,
    end: int,
    markers: Sequence[Marker],
    article: int,
) -> None:
    """款, 项 and 目 of the text [start, end) below one article."""
    placements = solve_list(markers)
    decided = [(m, p) for m, p in zip(markers, placements, strict=True) if p.move is not Move.TEXT and m.start >= start]
    text = builder.text
    paragraph: int | None = None
    paragraphs = 0
    items: list[int] = []
    at = 0
    i = line
    previous = ""
    while i < stop and lines[i].start < end:
        begin, finish = max(lines[i].start, start), min(lines[i].end, end)
        i += 1
        if begin >= finish:
            continue
        if lines[i - 1].in_table:
            previous = _add_table(builder, lines, i - 1, items, paragraph, article, previous)
            continue
        on_line = []
        while at < len(decided) and decided[at][0].start < finish:
            on_line.append(decided[at])
            at += 1
        if not on_line or on_line[0][0].start > begin:
            wrapped = len(previous) >= _SHORTEST_WRAPPED and _UNFINISHED.search(previous) is not None
            goes_on = bool(items) and at < len(decided) and not _starts_list(decided[at]) and not on_line
            if not (wrapped and previous != "\t") and not goes_on:
                paragraphs += 1
                eid = f"{builder.nodes[article].eid}__para_{paragraphs}"
                paragraph = builder.add(begin, ProvisionKind.PARAGRAPH, eid, article)
                items = []
        for marker, placement in on_line:
            builder.report(marker, placement)
            _add_item(builder, items, marker, placement, paragraph if paragraph is not None else article)
        previous = text[begin:finish]


def _starts_list(decided: tuple[Marker, Placement]) -> bool:
    return decided[1].depth == 0 and decided[1].move in (Move.OPEN, Move.RESTART, Move.LATE_START)


def _add_item(builder: _Builder, items: list[int], marker: Marker, placement: Placement, above: int) -> None:
    depth = min(placement.depth, len(items))
    del items[depth:]
    parent = items[-1] if items else above
    reading = placement.reading or marker.readings[0]
    kind, name = (ProvisionKind.ITEM, "point") if depth == 0 else (ProvisionKind.SUBITEM, "subpoint")
    eid = f"{builder.nodes[parent].eid}__{name}_{reading.number}"
    items.append(builder.add(marker.start, kind, eid, parent, marker.label))


def _add_table(
    builder: _Builder,
    lines: Sequence[Line],
    i: int,
    items: Sequence[int],
    paragraph: int | None,
    above: int,
    previous: str,
) -> str:
    """One node for all lines of a table, below the innermost provision that is open. Returns the mark of a table line."""
    if previous == "\t" and builder.nodes[-1].kind is ProvisionKind.TABLE:
        return previous
    parent = items[-1] if items else paragraph if paragraph is not None else above
    holder = builder.nodes[parent].eid
    builder.tables[holder] = builder.tables.get(holder, 0) + 1
    builder.add(lines[i].start, ProvisionKind.TABLE, f"{holder}__table_{builder.tables[holder]}", parent)
    return "\t"


def _parse_levels(
    builder: _Builder,
    lines: Sequence[Line],
    first: int,
    stop: int,
    markers: Sequence[Marker],
    spine: Sequence[tuple[Marker, Placement]],
    contents: tuple[int, int],
    parent: int | None,
    prefix: str,
) -> None:
    """A notice, or an attachment without articles: 一、（一）1. below 章 if there are any, unmarked lines as paragraphs."""
    if first >= stop:
        return
    lists = [marker for marker in markers if marker.readings[0].marker_class not in SPINE]
    placements = solve_list(lists)
    decided = [pair for pair in zip(lists, placements, strict=True) if pair[1].move is not Move.TEXT]
    opening = sorted([*spine, *decided], key=lambda pair: pair[0].start)
    begin_of_body = opening[0][0].start if opening else lines[_end_of_head(lines, first, stop)].start
    start = lines[first].start
    if parent is None and (start < begin_of_body):
        builder.add(start, ProvisionKind.PREFACE, "preface", None)
    containers: list[int | None] = [None, None, None]
    levels: list[int] = []
    paragraphs: dict[int | None, int] = {}
    at = 0
    previous = ""
    for i in range(first, stop):
        line = lines[i]
        if line.start < begin_of_body and line.end <= begin_of_body and (parent is None or opening):
            continue
        container = next((node for node in reversed(containers) if node is not None), parent)
        inner = levels[-1] if levels else container
        if line.in_table:
            if inner is None:
                inner = builder.add(line.start, ProvisionKind.PARAGRAPH, _para(builder, paragraphs, None, prefix), None)
            previous = _add_table(builder, lines, i, levels, None, inner, previous)
            continue
        on_line = []
        while at < len(opening) and opening[at][0].start < line.end:
            on_line.append(opening[at])
            at += 1
        if not on_line:
            wrapped = len(previous) >= _SHORTEST_WRAPPED and _UNFINISHED.search(previous) is not None
            if not wrapped:
                if is_final_clause(line.text) and at == len(opening) and parent is None and levels and i >= stop - 3:
                    builder.add(line.start, ProvisionKind.CONCLUSION, "conclusion", None)
                    return
                builder.add(line.start, ProvisionKind.PARAGRAPH, _para(builder, paragraphs, inner, prefix), inner)
        for marker, placement in on_line:
            builder.report(marker, placement)
            if placement.reading is not None and placement.reading.marker_class in SPINE:
                levels = []
                _add_container(builder, containers, marker, placement, line, parent, prefix)
                continue
            del levels[placement.depth :]
            holder = levels[-1] if levels else container
            number = (placement.reading or marker.readings[0]).number
            base = builder.eid_of(holder, prefix) if holder != parent else prefix
            rest = builder.text[marker.body : line.end]
            heading = rest if len(rest) <= _HEADING_LENGTH and not _SENTENCE.search(rest) else ""
            level = builder.add(marker.start, ProvisionKind.LEVEL, f"{base}lvl_{number}", holder, marker.label, heading)
            levels.append(level)
        previous = line.text


def _para(builder: _Builder, paragraphs: dict[int | None, int], inner: int | None, prefix: str) -> str:
    paragraphs[inner] = paragraphs.get(inner, 0) + 1
    return f"{builder.eid_of(inner, prefix)}para_{paragraphs[inner]}"


def _add_container(
    builder: _Builder,
    containers: list[int | None],
    marker: Marker,
    placement: Placement,
    line: Line,
    parent: int | None,
    prefix: str,
) -> None:
    kind, name = _SPINE_NAMES[marker.readings[0].marker_class]
    depth = placement.depth
    above = next((node for node in reversed(containers[:depth]) if node is not None), parent)
    base = builder.eid_of(above, prefix) if above != parent else prefix
    eid = f"{base}{name}_{marker.readings[0].number}"
    heading = builder.text[marker.body : line.end].strip()
    containers[depth:] = [builder.add(marker.start, kind, eid, above, marker.label, heading), *([None] * (2 - depth))]


def _end_of_head(lines: Sequence[Line], first: int, stop: int) -> int:
    """The first line of running text in a document without numbered provisions."""
    for i in range(first, stop):
        if lines[i].text.endswith(("。", "；")) and len(lines[i].text) > 12:
            return i
    return min(first + 1, stop - 1)


def _provisions(builder: _Builder, length: int) -> tuple[Provision, ...]:
    nodes = builder.nodes
    ends = [node.start for node in nodes[1:]] + [length]
    tree_ends = list(ends)
    for i in range(len(nodes) - 1, -1, -1):
        parent = nodes[i].parent
        if parent is not None:
            tree_ends[parent] = max(tree_ends[parent], tree_ends[i])
    return tuple(
        Provision(
            node.eid,
            node.kind,
            node.label,
            node.heading,
            nodes[node.parent].eid if node.parent is not None else None,
            order,
            node.start,
            ends[order],
            tree_ends[order],
        )
        for order, node in enumerate(nodes)
    )
