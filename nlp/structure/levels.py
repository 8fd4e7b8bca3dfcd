"""Provisions of a text without articles: passages 一、（一）1.（1）①, below 章 if there are any, and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.structure.markers import SPINE, Marker
from nlp.structure.outline import Placement
from nlp.structure.regions import Line, is_unfinished
from nlp.structure.tree import Containers, Scope, Tree
from rules_db.model import ProvisionKind

Decided = tuple[Marker, Placement]

_LONGEST_HEADING = 50
_SENTENCE_MARK = re.compile(r"[。；！？]|：$")


def add_levels(tree: Tree, scope: Scope, decided: Sequence[Decided]) -> None:
    """Add the numbered passages of `decided` (containers of the spine and lists, in order of the text) and the unmarked
    lines as paragraphs. Lines before the first passage are the preface, unless an attachment owns them."""
    if scope.first >= scope.stop:
        return
    first = _first_line(scope, decided)
    if not tree.nodes and first > scope.first:
        tree.add(scope.lines[scope.first].start, ProvisionKind.PREFACE, "preface", None)
    containers = Containers(tree, scope.parent)
    levels: list[int] = []
    paragraphs: dict[int | None, int] = {}
    at = 0
    previous, in_table = "", False
    for line in scope.lines[first : scope.stop]:
        inner = levels[-1] if levels else containers.innermost
        if line.in_table:
            if not in_table:
                tree.add_table(line, inner)
            in_table, previous = True, ""
            continue
        in_table = False
        on_line = []
        while at < len(decided) and decided[at][0].start < line.end:
            on_line.append(decided[at])
            at += 1
        if (not on_line or on_line[0][0].start > line.start) and not is_unfinished(previous):
            number = paragraphs[inner] = paragraphs.get(inner, 0) + 1
            tree.add(line.start, ProvisionKind.PARAGRAPH, tree.eid(inner, f"para_{number}"), inner)
        for marker, placement in on_line:
            tree.report(marker, placement)
            if marker.readings[0].marker_class in SPINE:
                levels = []
                containers.add(marker, placement)
            else:
                _add_level(tree, levels, marker, placement, line, containers.innermost)
        previous = line.text


def _add_level(
    tree: Tree, levels: list[int], marker: Marker, placement: Placement, line: Line, above: int | None
) -> None:
    del levels[placement.depth :]
    number = (placement.reading or marker.readings[0]).number
    rest = tree.text[marker.body : line.end]
    heading = rest if len(rest) <= _LONGEST_HEADING and not _SENTENCE_MARK.search(rest) else ""
    parent = levels[-1] if levels else above
    eid = tree.eid(parent, f"lvl_{number}")
    levels.append(tree.add(marker.start, ProvisionKind.LEVEL, eid, parent, marker.label, heading))


def _first_line(scope: Scope, decided: Sequence[Decided]) -> int:
    """The line of the first passage; without any, the first line of running text. An attachment starts at once."""
    if scope.parent is not None and not decided:
        return scope.first
    for i in range(scope.first, scope.stop):
        line = scope.lines[i]
        if decided:
            if line.end >= decided[0][0].start:
                return i
        elif line.text.endswith(("。", "；")):
            return i
    return min(scope.first + 1, scope.stop - 1)
