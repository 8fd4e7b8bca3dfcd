"""The text under change, and finding in it what an operation means."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules_db.amending.labels import Address, addresses, article_label, chinese
from rules_db.amending.outline import Container, Node, written
from rules_db.model import AmendingOperation


class CannotApplyError(Exception):
    """Why one operation can't be carried out, in words for a person."""


@dataclass
class Draft:
    """The text under change. `changed` collects what the operation at hand touched: node, its article, text before."""

    articles: list[Node]
    containers: list[Container]
    adjust: bool = False
    title: str = ""
    changed: list[tuple[Node, Node, str]] = field(default_factory=list)


def find(draft: Draft, address: Address) -> tuple[Node, Node]:
    """(node, its article) at an address: by the numbers before the decision, else by those it gave."""
    holder = next((a for a in draft.articles if (a.number, a.sub) == (address.article, address.sub)), None)
    if holder is None:
        holder = next((a for a in draft.articles if (a.new, a.sub) == (address.article, address.sub)), None)
    label = article_label(address.article, address.sub) if address.article else "a label without an article"
    if holder is None or holder.gone:
        raise CannotApplyError(f"the text before has no {label}" if holder is None else f"{label} was deleted before")
    if not address.within_article:
        return holder, holder
    return within(holder, address, label), holder


def within(holder: Node, address: Address, label: str) -> Node:
    if address.subitem:
        raise CannotApplyError(f"{label}: parts below 项 (目) can't be amended one by one")
    candidates = holder.alive()
    if address.paragraph:
        candidates = [p for p in candidates if p.number == address.paragraph] or candidates[
            address.paragraph - 1 : address.paragraph
        ]
        if not candidates:
            raise CannotApplyError(f"{label} has no 第{chinese(address.paragraph)}款")
    if not address.item:
        return candidates[0]
    items = [item for paragraph in candidates for item in paragraph.alive() if item.number == address.item]
    if len(items) != 1:
        raise CannotApplyError(f"{label} has {len(items) or 'no'} 第{chinese(address.item)}项 where one is meant")
    return items[0]


def targets_of(draft: Draft, operation: AmendingOperation) -> list[tuple[Node, Node]]:
    found: list[tuple[Node, Node]] = []
    for label in operation.targets:
        for address in addresses(label):
            if address.unit:
                inside = [a for a in draft.articles if not a.gone and is_in(a.container, address)]
                if not inside:
                    raise CannotApplyError(f"the text before has no article in {label}")
                found += [(node, node) for node in inside]
            else:
                found.append(find(draft, address))
    if not found:
        raise CannotApplyError("it names no provision")
    return found


def is_in(container: Container | None, address: Address) -> bool:
    while container is not None:
        if (container.unit, container.number) == (address.unit, address.article):
            return True
        container = container.above
    return False


def container_at(draft: Draft, address: Address) -> Container:
    found = [c for c in draft.containers if (c.unit, c.number) == (address.unit, address.article)]
    if len(found) != 1:
        raise CannotApplyError(f"the text before has {len(found) or 'no'} 第{chinese(address.article)}{address.unit}")
    return found[0]


def content(node: Node, holder: Node) -> str:
    return written(node) if node is holder else node.text
