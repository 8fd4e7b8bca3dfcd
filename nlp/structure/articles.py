"""Provisions of a text with articles: 编章节条 from the spine, 款项目 within each article."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.structure.lost import restore_lost_items
from nlp.structure.markers import Marker, MarkerClass
from nlp.structure.outline import Move, Placement, solve_list
from nlp.structure.regions import Line, is_unfinished
from nlp.structure.tree import Containers, Scope, Tree
from rules_db.model import ProvisionKind

Decided = tuple[Marker, Placement]

_HEADING = re.compile(
    r"[【〔\[](?P<squared>[^】〕\]\n]{1,40})[】〕\]] ?"
    r"|（(?![一二三四五六七八九十百0-9]+）)(?P<round>[^（）。，；：\n]{1,20})） ?(?=[^，。；、的）])"
)


def add_articles(tree: Tree, scope: Scope, spine: Sequence[Decided], lists: Sequence[Marker]) -> None:
    """Add what `spine` decided, with the lists of `lists` in their articles. The first of the spine may stand anywhere
    in the scope; what is before it belongs to nodes added before."""
    containers = Containers(tree, scope.parent)
    line = at = 0
    for n, (marker, placement) in enumerate(spine):
        tree.report(marker, placement)
        end = spine[n + 1][0].start if n + 1 < len(spine) else scope.end
        line = _line_of(scope, marker.start, max(line, scope.first))
        while at < len(lists) and lists[at].start < marker.start:
            at += 1
        first = at
        while at < len(lists) and lists[at].start < end:
            at += 1
        body, reading = marker.body, marker.readings[0]
        if reading.marker_class is MarkerClass.ARTICLE:
            number = f"{reading.number}-{reading.sub}" if reading.sub else str(reading.number)
            titled = _HEADING.match(tree.text, body, end)
            heading = ""
            if titled is not None:
                heading, body = titled["squared"] or titled["round"], titled.end()
            # Chapters hold articles but don't prefix their eIds: articles count through all chapters.
            eid = tree.eid(scope.parent, f"art_{number}")
            node = tree.add(marker.start, ProvisionKind.ARTICLE, eid, containers.innermost, marker.label, heading)
        else:
            node = containers.add(marker, placement)
        if tree.text[body:end].strip():
            _add_passage(tree, scope, line, body, end, lists[first:at], node)


def _line_of(scope: Scope, offset: int, line: int) -> int:
    while line < scope.stop - 1 and scope.lines[line].end < offset:
        line += 1
    return line


def _add_passage(
    tree: Tree, scope: Scope, line: int, start: int, end: int, markers: Sequence[Marker], holder: int
) -> None:
    """款, 项 and 目 of [start, end), which begins on line number `line`, below `holder`."""
    stretches: list[tuple[int, int]] = []
    tables: dict[int, Line] = {}
    while line < scope.stop and (current := scope.lines[line]).start < end:
        line += 1
        begin, finish = max(current.start, start), min(current.end, end)
        if begin < finish:
            if current.in_table:
                tables[begin] = current
            stretches.append((begin, finish))
    placements = solve_list(markers)
    decided = [pair for pair in zip(markers, placements, strict=True) if pair[1].move is not Move.TEXT]
    decided = restore_lost_items(tree.text, stretches, decided)
    paragraph: int | None = None
    paragraphs = at = 0
    items: list[int] = []
    previous, in_table = "", False
    for begin, finish in stretches:
        if begin in tables:
            if not in_table:
                tree.add_table(tables[begin], items[-1] if items else paragraph if paragraph is not None else holder)
            in_table, previous = True, ""
            continue
        in_table = False
        on_line = []
        while at < len(decided) and decided[at][0].start < finish:
            on_line.append(decided[at])
            at += 1
        if not on_line or on_line[0][0].start > begin:
            # An unmarked line between two items of one list belongs to the first of them; else it is a new 款.
            in_item = bool(items) and not on_line and at < len(decided) and not _starts_list(decided[at])
            if not in_item and not is_unfinished(previous):
                paragraphs += 1
                eid = tree.eid(holder, f"para_{paragraphs}")
                paragraph = tree.add(begin, ProvisionKind.PARAGRAPH, eid, holder)
                items = []
        for marker, placement in on_line:
            tree.report(marker, placement)
            _add_item(tree, items, marker, placement, paragraph if paragraph is not None else holder)
        previous = tree.text[begin:finish]


def _starts_list(decided: Decided) -> bool:
    return decided[1].depth == 0 and decided[1].move in (Move.OPEN, Move.RESTART, Move.LATE_START)


def _add_item(tree: Tree, items: list[int], marker: Marker, placement: Placement, above: int) -> None:
    """Open an item, closing `items` from its depth on."""
    del items[placement.depth :]
    parent = items[-1] if items else above
    reading = placement.reading or marker.readings[0]
    if items:
        kind, name = ProvisionKind.SUBITEM, f"subpoint_{reading.number}"
    else:
        kind, name = ProvisionKind.ITEM, f"point_{reading.number}"
    items.append(tree.add(marker.start, kind, tree.eid(parent, name), parent, marker.label))
