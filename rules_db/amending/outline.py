"""A text as a tree that can be amended: articles → 款 → 项, each with its number before and after.

In: provisions of the text before, or quoted text of a decision. Out: nodes, and provisions again. Mutable on purpose:
one decision changes one tree, and nobody else sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rules_db.amending.labels import Address, article_label, chinese, parse_label
from rules_db.diff.canonical import HAN_NUMERAL
from rules_db.model import ProvisionText

_ARTICLE = re.compile(rf"(第[{HAN_NUMERAL}0-9]{{1,8}}条(?:之[{HAN_NUMERAL}]{{1,4}})?)[ \u3000]*")
_CONTAINER = re.compile(rf"(第[{HAN_NUMERAL}0-9]{{1,6}}[编章节])[ \u3000]*([^\n。]{{0,60}})$")
_ITEM = re.compile(rf"[（(]([{HAN_NUMERAL}]{{1,4}}|[0-9]{{1,3}})[）)]")
_SUBITEM = re.compile(r"[0-9]{1,2}[.．、](?![0-9])")
_FINISHED = tuple("。；：！？”）;:")
_LIST_LEAD = ("：", ":")
_REFERENCE = re.compile(
    rf"(?P<article>第([{HAN_NUMERAL}]{{1,8}})条(?:之([{HAN_NUMERAL}]{{1,4}}))?)(?:第[{HAN_NUMERAL}（）]{{1,6}}[款项目]){{0,3}}"
)
_OTHER_LAW = re.compile(r"(?:》(?:（[^（）]{0,30}）)?|(?<!本)法|(?<!本)(?:条例|办法|规定|细则|规则|法典))$")
_SETTLED = "\uf8fe"
"""Stands for the 第 of a reference that needs no renumbering, while a text is under change."""
_JOINS = re.compile(r"[、和及至或]|以及|或者")


@dataclass(eq=False)
class Container:
    """编, 章 or 节. `new` is a number that the decision gives; `number` the one before it, 0 when it is inserted."""

    unit: str
    number: int
    heading: str
    above: Container | None = None
    new: int = 0
    gone: bool = False


@dataclass(eq=False)
class Node:
    """An article, 款 or 项. `number` is its number before (0 = inserted), `new` one that the decision gives; `fresh`
    text comes from the decision and already speaks in the new numbering."""

    number: int
    text: str
    children: list[Node] = field(default_factory=list)
    sub: int = 0
    new: int = 0
    fresh: bool = False
    gone: bool = False
    eid: str = ""
    container: Container | None = None

    def alive(self) -> list[Node]:
        return [child for child in self.children if not child.gone]


def read_articles(provisions: Iterable[ProvisionText]) -> tuple[list[Node], list[Container]]:
    """Nodes of the provisions whose label is that of an article, and the containers they stand in, in order."""
    containers: dict[str, Container] = {}
    articles = []
    for provision in provisions:
        address = parse_label(provision.label)
        if address is None or not address.article or address.within_article or address.unit:
            continue
        body = provision.text[len(provision.label) :] if provision.text.startswith(provision.label) else provision.text
        node = article(address, body.strip(), fresh=False)
        node.eid, node.container = provision.eid, _container(provision.container, containers)
        articles.append(node)
    return articles, list(containers.values())


def _container(path: str, known: dict[str, Container]) -> Container | None:
    above: Container | None = None
    walked = ""
    for step in filter(None, path.split(" / ")):
        walked = f"{walked} / {step}"
        label, _, heading = step.partition(" ")
        address = parse_label(label)
        if walked not in known:
            unit, value = (address.unit, address.article) if address is not None and address.unit else ("", 0)
            known[walked] = Container(unit, value, heading if unit else step, above)
        above = known[walked]
    return above


def article(address: Address, body: str, *, fresh: bool) -> Node:
    node = Node(0 if fresh else address.article, "", sub=address.sub, fresh=fresh)
    node.new = address.article if fresh else 0
    node.children = paragraphs(body, fresh=fresh)
    return node


def paragraphs(body: str, *, fresh: bool) -> list[Node]:
    """款 of an article's text without its label, numbered from 1, with their 项."""
    found: list[Node] = []
    for line in filter(None, (line.strip() for line in body.split("\n"))):
        item = _ITEM.match(line)
        last = found[-1] if found else None
        if item is not None and last is not None and (last.children or last.text.endswith(_LIST_LEAD)):
            last.children.append(Node(_number(item[1]), line, fresh=fresh))
        elif last is not None and last.children and _SUBITEM.match(line):
            last.children[-1].text += f"\n{line}"
        elif last is not None and not (last.children or [last])[-1].text.endswith(_FINISHED):
            (last.children or [last])[-1].text += line
        elif last is not None and _SUBITEM.match(line):
            last.text += f"\n{line}"
        else:
            found.append(Node(len(found) + 1, line, fresh=fresh))
    return found


def quoted_articles(text: str) -> tuple[list[tuple[Address | None, str]], list[tuple[int, str, str]]]:
    """Articles of quoted text as (address, body), None when the quotation bears no label; and its container headings as
    (index of the article that follows, label, heading)."""
    found: list[tuple[Address | None, list[str]]] = []
    headings: list[tuple[int, str, str]] = []
    for line in text.strip().split("\n"):
        line = line.strip()
        labelled, heading = _ARTICLE.match(line), _CONTAINER.match(line)
        if labelled is not None:
            found.append((parse_label(labelled[1]), [line[labelled.end() :]]))
        elif heading is not None and (not found or found[-1][0] is not None):
            headings.append((len(found), heading[1], heading[2].strip()))
        elif found:
            found[-1][1].append(line)
        elif line:
            found.append((None, [line]))
    return [(address, "\n".join(lines).strip()) for address, lines in found], headings


def arrange(nodes: Sequence[Node]) -> list[Node]:
    """Living siblings in their order afterwards: a number that the decision gives is a place, the others keep their
    order in the places that are left."""
    given: dict[int, list[Node]] = {}
    free: list[Node] = []
    for node in nodes:
        if not node.gone:
            if node.new:
                given.setdefault(node.new, []).append(node)
            else:
                free.append(node)
    ordered: list[Node] = []
    waiting = iter(free)
    left = len(free)
    while left or given:
        here = given.pop(len(ordered) + 1, None)
        if here is not None:
            ordered += here
        elif left:
            ordered.append(next(waiting))
            left -= 1
        else:  # numbers beyond the end: a decision that counts otherwise than we do
            ordered += given.pop(min(given))
    return ordered


def written(node: Node) -> str:
    """The text of an article after the decision, 项 renumbered where some came or went."""
    lines = []
    for paragraph in arrange(node.children):
        lines.append(paragraph.text)
        items = arrange(paragraph.children)
        renumbered = any(item.gone or not item.number or item.new for item in paragraph.children)
        for place, item in enumerate(items, 1):
            marker = _ITEM.match(item.text)
            if marker is not None and renumbered:
                lines.append(f"（{chinese(place)}）{item.text[marker.end() :]}")
            else:
                lines.append(item.text)
    return "\n".join(lines)


def leaves(node: Node) -> Iterator[Node]:
    """The node itself and all living ones below it."""
    yield node
    for child in node.alive():
        yield from leaves(child)


def settled(words: str) -> str:
    """Words whose references are in the new numbering: `with_references` leaves them and takes the mark off again."""
    return _REFERENCE.sub(lambda match: _SETTLED + match.group()[1:], words)


def with_references(text: str, moved: dict[tuple[int, int], tuple[int, int]]) -> str:
    """`text` with references to articles of its own instrument in the new numbering."""
    skipped_to = -1

    def follow(match: re.Match[str]) -> str:
        nonlocal skipped_to
        before = text[max(0, match.start() - 40) : match.start()]
        joined = skipped_to >= 0 and _JOINS.fullmatch(text[skipped_to : match.start()])
        if _OTHER_LAW.search(before) or joined:
            skipped_to = match.end()
            return match.group()
        old = (_number(match[2]), _number(match[3]))
        if moved.get(old, old) == old:
            return match.group()
        return article_label(*moved[old]) + match.group()[len(match["article"]) :]

    return _REFERENCE.sub(follow, text).replace(_SETTLED, "第") if _SETTLED in text or moved else text


def _number(written_number: str | None) -> int:
    address = parse_label(f"第{written_number}条") if written_number else None
    return address.article if address else 0
