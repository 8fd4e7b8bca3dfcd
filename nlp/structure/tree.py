"""The tree under construction: nodes with a start each, in order of the text; `Provision` values come out at the end.

Every node begins where the one before it ends, so that the own texts tile the text by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.structure.markers import Marker, MarkerClass
from nlp.structure.outline import Move, Placement
from nlp.structure.regions import Line
from rules_db.model import Provision, ProvisionKind, Severity, TextIssue

_CONTAINERS = {
    MarkerClass.PART: (ProvisionKind.PART, "part"),
    MarkerClass.CHAPTER: (ProvisionKind.CHAPTER, "chp"),
    MarkerClass.SECTION: (ProvisionKind.SECTION, "sec"),
}
_ISSUE_CODES = {
    Move.GAP: "numbering_gap",
    Move.REPEAT: "numbering_repeats",
    Move.BACK: "numbering_falls",
    Move.LATE_START: "numbering_starts_late",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A stretch of lines, [first, stop), whose provisions hang below node `parent` (an attachment) or below nothing."""

    lines: Sequence[Line]
    first: int
    stop: int
    parent: int | None = None

    @property
    def end(self) -> int:
        """Where the text of the stretch ends, its last newline excluded."""
        return self.lines[self.stop - 1].end


@dataclass(slots=True)
class _Node:
    start: int
    kind: ProvisionKind
    eid: str
    parent: int | None
    label: str
    heading: str


@dataclass(slots=True)
class Tree:
    """Nodes by number; a node must be added after its parent and after everything that stands before it."""

    text: str
    nodes: list[_Node] = field(default_factory=list)
    issues: list[TextIssue] = field(default_factory=list)
    _uses: dict[str, int] = field(default_factory=dict)
    _tables: dict[int | None, int] = field(default_factory=dict)

    def add(
        self, start: int, kind: ProvisionKind, eid: str, parent: int | None, label: str = "", heading: str = ""
    ) -> int:
        """Add a node and return its number. A second use of an eId gets -dup2 and an issue."""
        uses = self._uses[eid] = self._uses.get(eid, 0) + 1
        if uses > 1:
            message = f"{label or kind.value} would be {eid} a second time: its number was used before"
            self.issues.append(TextIssue(Severity.WARN, "duplicate_eid", message, start))
            eid = f"{eid}-dup{uses}"
        self.nodes.append(_Node(start, kind, eid, parent, label, heading))
        return len(self.nodes) - 1

    def eid(self, above: int | None, name: str) -> str:
        """The eId of something called `name` below node `above`."""
        return name if above is None else f"{self.nodes[above].eid}__{name}"

    def add_table(self, line: Line, parent: int | None) -> None:
        """One node for all lines of a table; tables are numbered below their parent."""
        number = self._tables[parent] = self._tables.get(parent, 0) + 1
        self.add(line.start, ProvisionKind.TABLE, self.eid(parent, f"table_{number}"), parent)

    def report(self, marker: Marker, placement: Placement) -> None:
        """An issue when the number of a marker is not the one that counting expects."""
        code = _ISSUE_CODES.get(placement.move)
        if code is not None:
            message = f"{marker.label} stands where number {placement.expected} is expected"
            self.issues.append(TextIssue(Severity.WARN, code, message, marker.start))

    def provisions(self) -> tuple[Provision, ...]:
        nodes = self.nodes
        ends = [node.start for node in nodes[1:]] + [len(self.text)]
        tree_ends = list(ends)
        for i in range(len(nodes) - 1, -1, -1):
            parent = nodes[i].parent
            if parent is not None:
                tree_ends[parent] = max(tree_ends[parent], tree_ends[i])
        return tuple(
            Provision(
                eid=node.eid,
                kind=node.kind,
                label=node.label,
                heading=node.heading,
                parent=nodes[node.parent].eid if node.parent is not None else None,
                order=order,
                start=node.start,
                end=ends[order],
                tree_end=tree_ends[order],
            )
            for order, node in enumerate(nodes)
        )


class Containers:
    """The open 编, 章 and 节 of a stretch."""

    def __init__(self, tree: Tree, root: int | None) -> None:
        self._tree = tree
        self._root = root
        self._open: list[int | None] = [None, None, None]

    @property
    def innermost(self) -> int | None:
        return next((node for node in reversed(self._open) if node is not None), self._root)

    def add(self, marker: Marker, placement: Placement) -> int:
        """Open the container that `marker` names; deeper ones are closed."""
        kind, name = _CONTAINERS[marker.readings[0].marker_class]
        depth = placement.depth
        self._open[depth:] = [None] * (3 - depth)
        heading = self._tree.text[marker.end : marker.body].strip()
        above = self.innermost
        eid = self._tree.eid(above, f"{name}_{marker.readings[0].number}")
        node = self._tree.add(marker.start, kind, eid, above, marker.label, heading)
        self._open[depth] = node
        return node
