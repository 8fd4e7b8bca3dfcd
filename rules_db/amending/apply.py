"""Apply amending operations to the text before them: provisions and operations in, a computed text and one outcome per
operation out. Pure. The result is a computation, never an official text: an operation that can't be carried out as
said is left out and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.amending.draft import CannotApplyError, Draft
from rules_db.amending.labels import article_label, chinese
from rules_db.amending.operations import HANDLERS
from rules_db.amending.outline import Container, Node, arrange, leaves, read_articles, with_references, written
from rules_db.model import AmendingOperation, ProvisionText


@dataclass(frozen=True, slots=True)
class Applied:
    """One operation carried out: `label` and `text` of what it touched, afterwards; `before` is the text it had. Empty
    text = gone, empty `before` = new. `whole` tells an article from a part of one."""

    label: str
    before: str
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class OperationOutcome:
    """What became of one operation; `reason` is empty when it was applied."""

    operation: AmendingOperation
    touched: tuple[Applied, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """The text after a decision as computed: articles with their new labels, and the outcome of each operation."""

    provisions: tuple[ProvisionText, ...]
    outcomes: tuple[OperationOutcome, ...]
    title: str = ""


def apply_operations(old: Sequence[ProvisionText], operations: Sequence[AmendingOperation]) -> Computed:
    """`old` are the articles of the text before, in document order; provisions without an article's label are left
    out. Targets are looked up in the numbering before the decision, as decisions write them."""
    articles, containers = read_articles(old)
    draft = Draft(articles, containers)
    pending: list[tuple[AmendingOperation, list[tuple[Node, Node, str]], str]] = []
    for operation in operations:
        draft.changed = []
        try:
            HANDLERS[operation.kind](draft, operation)
        except (CannotApplyError, ValueError) as error:
            pending.append((operation, [], str(error)))
        else:
            pending.append((operation, draft.changed, ""))
    ordered = _ordered(draft)
    labels = _numbered(draft, ordered)
    moved = {(n.number, n.sub): labels[n] for n in ordered if n.number and labels[n] != (n.number, n.sub)}
    for node in ordered:
        for leaf in leaves(node):
            leaf.text = with_references(leaf.text, {} if leaf.fresh else moved)
    names = _container_names(draft)
    provisions = tuple(
        ProvisionText(
            f"art_{main}" + (f"-{sub}" if sub else ""),
            article_label(main, sub),
            written(node),
            names.get(node.container, "") if node.container else "",
        )
        for node in ordered
        for main, sub in (labels[node],)
    )
    outcomes = tuple(
        OperationOutcome(operation, tuple(_applied(entry, labels) for entry in changed), reason)
        for operation, changed, reason in pending
    )
    return Computed(provisions, outcomes, draft.title)


def _applied(entry: tuple[Node, Node, str], labels: dict[Node, tuple[int, int]]) -> Applied:
    node, holder, before = entry
    main, sub = labels.get(holder, (holder.number, holder.sub))
    text = "" if node.gone or holder.gone else written(node) if node is holder else node.text
    return Applied(article_label(main, sub) if main else "", before, text, node is holder)


def _ordered(draft: Draft) -> list[Node]:
    """Living articles in their order afterwards; 第八条之一 stays behind its 第八条."""
    alive = [a for a in draft.articles if not a.gone]
    mains = [a for a in alive if not a.sub]
    followers: dict[int, list[Node]] = {}
    last: Node | None = None
    for node in alive:
        if node.sub:
            followers.setdefault(id(last), []).append(node)
        else:
            last = node
    ordered = arrange(mains)
    result = list(followers.get(id(None), []))
    for n, node in enumerate(ordered):
        if not node.number and node.container is None and n:
            node.container = ordered[n - 1].container
        for follower in followers.get(id(node), []):
            follower.container = follower.container or node.container
        result += [node, *sorted(followers.get(id(node), []), key=lambda a: a.sub)]
    return result


def _numbered(draft: Draft, ordered: Sequence[Node]) -> dict[Node, tuple[int, int]]:
    """Numbers afterwards. Without 条文顺序作相应调整, and with no article inserted, the others keep
    theirs, gaps and all."""
    labels: dict[Node, tuple[int, int]] = {}
    main = 0
    for node in ordered:
        if not node.sub:
            main = main + 1 if draft.adjust or not node.number else (node.new or node.number)
        labels[node] = (max(main, 1), node.sub)
    return labels


def _container_names(draft: Draft) -> dict[Container, str]:
    numbers: dict[Container, int] = {}
    counts: dict[tuple[int, str], int] = {}
    for container in _arranged(draft):
        key = (id(container.above), container.unit)
        counts[key] = counts.get(key, 0) + 1
        numbers[container] = counts[key] if draft.adjust or container.new else container.number

    def name(container: Container) -> str:
        own = (
            f"第{chinese(numbers[container])}{container.unit} {container.heading}".strip()
            if container.unit and numbers.get(container)
            else container.heading
        )
        return f"{name(container.above)} / {own}" if container.above else own

    return {container: name(container) for container in numbers}


def _arranged(draft: Draft) -> list[Container]:
    """Containers in their order afterwards, among those of one kind."""
    alive = [c for c in draft.containers if not c.gone]
    chapters = [c for c in alive if not c.new]
    for inserted in sorted((c for c in alive if c.new), key=lambda c: c.new):
        peers = [n for n, c in enumerate(chapters) if c.unit == inserted.unit and c.above is inserted.above]
        place = peers[inserted.new - 1] if inserted.new - 1 < len(peers) else len(chapters)
        chapters.insert(place, inserted)
    return chapters
