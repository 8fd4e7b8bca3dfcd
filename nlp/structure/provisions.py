"""The tree of provisions: normalised text in, `Outline` (provisions that tile the text, and issues) out.

Conventions, beside those of `Provision`:
- An article owns its marker (第五条, with heading and the blank after it); each 款 is a child, also when there is
  only one: `art_5`, `art_5__para_1`. An article that begins with an item has no 款 before it.
- 项 hang below the 款 that leads them in; 目 below 项 are `subpoint`s, to any depth.
- In a notice (一、（一）1.) each numbered passage is a `lvl` that owns the line of its marker; unmarked lines below it
  are `para`s.
- What stands before the first numbered provision is `preface`: title, number, contents, covering letter. Signature,
  date and contact lines are `conclusion`. An attachment prefixes everything in it (`att_1__art_3`).
- A covering letter whose only attachment with numbered text is the regulation itself (关于印发《…》的通知) is its
  preface: the articles are `art_1`, whether the site prints 附件 above them or not.
- An eId that comes twice gets `-dup2`, `-dup3` … and an issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlp.structure.articles import Decided, add_articles
from nlp.structure.levels import add_levels
from nlp.structure.markers import SPINE, Marker, MarkerClass, markers_of_line
from nlp.structure.outline import Move, Placement, solve_list, solve_spine
from nlp.structure.regions import Attachment, Line, Regions, find_regions, is_final_clause, lines_of
from nlp.structure.tree import Scope, Tree
from rules_db.model import Provision, ProvisionKind, TextIssue


@dataclass(frozen=True, slots=True)
class Outline:
    """The provisions of one text in order, and what is odd about their numbering."""

    provisions: tuple[Provision, ...]
    issues: tuple[TextIssue, ...]
    regions: Regions


_NUMBERED = re.compile(r"第 ?[一1] ?条|[一1] ?[、.](?![0-9])|[（(]一[）)]|第 ?[一1] ?章")
_LEAST_PASSAGES = 2
"""Passages 一、二、 that make a covering letter or decision a numbered text of its own."""


def parse_structure(text: str, tables: Sequence[tuple[int, int]] = ()) -> Outline:
    """The outline of a normalised text; `tables` are the ranges of its table blocks. Any string is accepted; the empty
    text has no provisions. Time is linear in the length of the text."""
    if not text:
        return Outline((), (), Regions((), (0, 0), 0, ()))
    regions = _without_cover(text, find_regions(lines_of(text, tables)))
    tree = Tree(text)
    if regions.cover:
        _parse_cover(tree, regions)
    closing = _parse_scope(tree, Scope(regions.lines, regions.cover, regions.closing), regions.contents)
    if closing < regions.end_of_body:
        tree.add(regions.lines[closing].start, ProvisionKind.CONCLUSION, "conclusion", None)
    for number, (attachment, stop) in enumerate(_with_ends(regions), 1):
        line = regions.lines[attachment.first]
        node = tree.add(line.start, ProvisionKind.ATTACHMENT, f"att_{number}", None, attachment.label, attachment.title)
        _parse_scope(tree, Scope(regions.lines, min(attachment.body, stop), stop, node), (0, 0))
    return Outline(tree.provisions(), tuple(tree.issues), replace(regions, closing=closing))


def _with_ends(regions: Regions) -> list[tuple[Attachment, int]]:
    ends = [attachment.first for attachment in regions.attachments[1:]] + [len(regions.lines)]
    return list(zip(regions.attachments, ends, strict=False))


def _without_cover(text: str, regions: Regions) -> Regions:
    """`regions` in which the sole numbered attachment of a covering letter is the body. A letter with passages of its
    own keeps its attachment, unless that is a regulation which nothing announces (a decision and its new text)."""
    if not regions.attachments:
        return regions
    first = regions.attachments[0]
    cover = _markers(text, regions.lines, 0, first.first, regions.contents)
    if any(marker.readings[0].marker_class is MarkerClass.ARTICLE for marker in cover):
        return regions
    opened = {
        attachment.first: [match for line in regions.lines[attachment.first : stop] if (match := _opens(line))]
        for attachment, stop in _with_ends(regions)
    }
    if [line for line, openings in opened.items() if openings] != [first.first]:
        return regions
    has_articles = any("条" in match.group() for match in opened[first.first])
    if _has_passages(cover) and (first.label or not has_articles):
        return regions
    return find_regions(regions.lines, cover=first.first + bool(first.label))


def _opens(line: Line) -> re.Match[str] | None:
    """The first number of a list or of articles at the start of a line."""
    return _NUMBERED.match(line.text) if not line.in_table else None


def _parse_cover(tree: Tree, regions: Regions) -> None:
    """A covering letter is the preface; a decision before its new text keeps its passages."""
    lists = _lists(_markers(tree.text, regions.lines, 0, regions.cover, regions.contents))
    if _has_passages(lists):
        add_levels(tree, Scope(regions.lines, 0, regions.cover), _accepted(lists, solve_list(lists)))
    else:
        tree.add(0, ProvisionKind.PREFACE, "preface", None)


def _parse_scope(tree: Tree, scope: Scope, contents: tuple[int, int]) -> int:
    """Add the provisions of one stretch; returns the line at which its closing lines begin."""
    markers = _markers(tree.text, scope.lines, scope.first, scope.stop, contents)
    candidates = [marker for marker in markers if marker.readings[0].marker_class in SPINE]
    spine = _accepted(candidates, solve_spine(candidates))
    if any(marker.readings[0].marker_class is MarkerClass.ARTICLE for marker, _ in spine):
        _add_what_comes_before(tree, scope, spine[0][0].start, markers)
        add_articles(tree, scope, spine, _lists(markers))
        return scope.stop
    lists = _lists(markers)
    decided = sorted([*spine, *_accepted(lists, solve_list(lists))], key=lambda pair: pair[0].start)
    stop = scope.stop
    if scope.parent is None and decided:
        last = decided[-1][0].start
        while stop > scope.first + 1 and scope.lines[stop - 1].start > last and is_final_clause(scope.lines[stop - 1]):
            stop -= 1
    add_levels(tree, replace(scope, stop=stop), decided)
    return stop


def _add_what_comes_before(tree: Tree, scope: Scope, body: int, markers: Sequence[Marker]) -> None:
    """The preface of a text with articles; a decision or covering letter with a numbered text of its own keeps it."""
    if tree.nodes or scope.first >= scope.stop or scope.lines[scope.first].start >= body:
        return
    stop = scope.first
    while stop < scope.stop and scope.lines[stop].end < body:
        stop += 1
    lists = [marker for marker in _lists(markers) if marker.start < body]
    if _has_passages(lists):
        add_levels(tree, replace(scope, stop=stop), _accepted(lists, solve_list(lists)))
    else:
        tree.add(scope.lines[scope.first].start, ProvisionKind.PREFACE, "preface", None)


def _has_passages(markers: Sequence[Marker]) -> bool:
    chinese = [marker for marker in markers if marker.readings[0].marker_class is MarkerClass.CHINESE]
    return sum(placement.depth == 0 for placement in solve_list(chinese)) >= _LEAST_PASSAGES


def _accepted(markers: Sequence[Marker], placements: Sequence[Placement]) -> list[Decided]:
    return [pair for pair in zip(markers, placements, strict=True) if pair[1].move is not Move.TEXT]


def _lists(markers: Sequence[Marker]) -> list[Marker]:
    return [marker for marker in markers if marker.readings[0].marker_class not in SPINE]


def _markers(text: str, lines: Sequence[Line], first: int, stop: int, contents: tuple[int, int]) -> list[Marker]:
    """Candidates of lines[first:stop], without tables, contents and what runs on inside a quotation."""
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
