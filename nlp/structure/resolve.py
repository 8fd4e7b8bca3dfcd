"""Where a citation leads: `Citation` values and the outline in, references with eIds of the same document out.

前款, 本条第二款 and 第三项 mean something only at their own place, so every citation is resolved from the provision
that holds it. Nothing is guessed: a citation that fits no provision, or more than one, gets no target.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.pipes.references.references import NOWHERE, Citation
from rules_db.model import Provision, ProvisionKind, Reference, Severity, Span, TextIssue

_PART, _CHAPTER, _SECTION, _ARTICLE, _PARAGRAPH, _ITEM, _SUBITEM = range(7)
_UNITS = {"编": _PART, "章": _CHAPTER, "节": _SECTION, "条": _ARTICLE, "款": _PARAGRAPH, "项": _ITEM, "目": _SUBITEM}
_KIND_LEVELS = {
    ProvisionKind.PART: _PART,
    ProvisionKind.CHAPTER: _CHAPTER,
    ProvisionKind.SECTION: _SECTION,
    ProvisionKind.ARTICLE: _ARTICLE,
    ProvisionKind.PARAGRAPH: _PARAGRAPH,
    ProvisionKind.ITEM: _ITEM,
    ProvisionKind.SUBITEM: _SUBITEM,
}
_WIDEST_RANGE = 200


@dataclass(frozen=True, slots=True)
class Index:
    """The outline made ready for look-ups: provisions in order, by eId, and the children of each eId in order."""

    provisions: tuple[Provision, ...]
    starts: tuple[int, ...]
    by_eid: Mapping[str, Provision]
    children: Mapping[str | None, tuple[Provision, ...]]
    has_articles: bool

    def at(self, offset: int) -> Provision | None:
        """The innermost provision whose own text holds `offset`."""
        position = bisect_right(self.starts, offset) - 1
        return self.provisions[position] if position >= 0 else None

    def enclosing(self, provision: Provision | None, level: int) -> Provision | None:
        """The provision of `level` that is or holds `provision`."""
        while provision is not None and _KIND_LEVELS.get(provision.kind) != level:
            provision = self.by_eid[provision.parent] if provision.parent is not None else None
        return provision


def index_of(provisions: Sequence[Provision]) -> Index:
    """Look-ups over one outline."""
    children: dict[str | None, list[Provision]] = {}
    for provision in provisions:
        children.setdefault(provision.parent, []).append(provision)
    return Index(
        tuple(provisions),
        tuple(provision.start for provision in provisions),
        {provision.eid: provision for provision in provisions},
        {parent: tuple(below) for parent, below in children.items()},
        any(provision.kind is ProvisionKind.ARTICLE for provision in provisions),
    )


def resolve(
    text: str, citations: Sequence[Citation], index: Index, aliases: Mapping[str, str]
) -> tuple[list[Reference], list[TextIssue]]:
    """References of `citations`, whose offsets count in `text`. `aliases` maps a short title to the full one.

    A range gives one reference per provision inside it, with the span of the whole range. An own provision that is
    cited by number and does not exist is reported.
    """
    references: list[Reference] = []
    issues: list[TextIssue] = []
    before: Provision | None = None
    cited: tuple[Provision | None, Provision] | None = None
    opened = 0
    for citation in citations:
        instrument = citation.instrument
        if instrument is not None:
            references.append(Reference(citation.span, aliases.get(instrument, instrument), None))
            before = None
            continue
        here = index.at(citation.span.start)
        targets = _targets(citation, here, index) or _in_cited_article(citation, here, cited, index)
        if citation.range_end and before is not None and targets:
            span = Span(opened, citation.span.end, text[opened : citation.span.end], "range")
            references.extend(_between(before, targets[0], span, index))
        if targets and citation.path[_ARTICLE] is not None:
            cited = (index.enclosing(here, _ARTICLE), targets[0])
        before, opened = targets[0] if len(targets) == 1 else None, citation.span.start
        if targets:
            references.extend(Reference(citation.span, None, target.eid) for target in targets)
            continue
        references.append(Reference(citation.span, None, None))
        if citation.explicit and citation.path != NOWHERE:
            message = f"{citation.span.text} is cited but not found in this document"
            issues.append(TextIssue(Severity.WARN, "reference_dangling", message, citation.span.start))
    return references, issues


_ALIAS = re.compile(
    r"《([^《》\n]{2,120})》[^《》。\n]{0,40}(?:以下|下面)?(?:统称|简称)(?:为|作)?[“\"]?《([^《》\n]{2,60})》"
)


def find_aliases(text: str) -> dict[str, str]:
    """Short titles that the text defines: 《…》（以下简称《…》）, short to full."""
    return {match[2]: match[1] for match in _ALIAS.finditer(text)}


def _in_cited_article(
    citation: Citation, here: Provision | None, cited: tuple[Provision | None, Provision] | None, index: Index
) -> list[Provision]:
    """违反第三十条规定的，按照下列规定处罚：（一）违反第一项规定的…: a bare 项 that its own article does not have is
    one of the article that was cited last in it."""
    bare = citation.relative == "" and all(number is None for number in citation.path[:_ITEM])
    if cited is None or not bare or citation.path[_ITEM] is None or cited[0] != index.enclosing(here, _ARTICLE):
        return []
    found = _point_of_article(index.enclosing(cited[1], _ARTICLE), citation.path[_ITEM], index)
    return [found] if found is not None else []


def _between(first: Provision, last: Provision, span: Span, index: Index) -> list[Reference]:
    """The provisions between the two ends of a range, ends excluded."""
    level = _KIND_LEVELS.get(first.kind)
    if level != _KIND_LEVELS.get(last.kind) or last.order <= first.order:
        return []
    inside = [
        provision
        for provision in index.provisions[first.order + 1 : last.order]
        if provision.kind is first.kind and (first.kind is ProvisionKind.ARTICLE or provision.parent == first.parent)
    ]
    return [Reference(span, None, provision.eid) for provision in inside[:_WIDEST_RANGE]]


def _targets(citation: Citation, here: Provision | None, index: Index) -> list[Provision]:
    level = _UNITS[citation.relative[1]] if citation.relative else -1
    if citation.relative.startswith("前"):
        base = _preceding(here, level, citation.count, index)
        if citation.count > 1:
            return base
        start = base[0] if base else None
    elif citation.relative:
        start = index.enclosing(here, level)
    else:
        start = None
    if citation.relative and start is None:
        return []
    target = _descend(citation, start, here, index)
    return [target] if target is not None else []


def _preceding(here: Provision | None, level: int, count: int, index: Index) -> list[Provision]:
    """The `count` units of `level` right before the one that holds `here`, in order; empty if there are fewer."""
    current = index.enclosing(here, level)
    if current is None:
        return []
    if level == _ARTICLE:
        pool = [p for p in index.provisions[: current.order] if p.kind is ProvisionKind.ARTICLE][-count:]
    else:
        siblings = [p for p in index.children[current.parent] if p.kind is current.kind]
        position = siblings.index(current)
        pool = siblings[max(0, position - count) : position]
    return pool if len(pool) == count else []


def _descend(citation: Citation, start: Provision | None, here: Provision | None, index: Index) -> Provision | None:
    """Follow the numbers of a citation downwards from `start`, or from the article or container they begin with."""
    path = citation.path
    if path == NOWHERE:
        return start
    current = start
    first = next(level for level, number in enumerate(path) if number is not None)
    if current is None and first > _ARTICLE:
        current = index.enclosing(here, _PARAGRAPH) if first == _ITEM else None
        current = current or index.enclosing(here, _ITEM if first == _SUBITEM else _ARTICLE)
        if current is None:
            return _sibling_level(here, path[first], index)
    if first == _ITEM and current is not None and start is None:
        # 第三项 without 款 means the list of this 款, else the only list of this 条.
        found = _numbered(current, path[_ITEM], "point", index) or _point_of_article(
            index.enclosing(current, _ARTICLE), path[_ITEM], index
        )
        return _subpoint(found, path, index)
    region = _region(here)
    if path[_PART] is not None:
        current = index.by_eid.get(f"{region}part_{path[_PART]}") or index.by_eid.get(f"part_{path[_PART]}")
    if path[_CHAPTER] is not None:
        current = _container(path[_CHAPTER], "chp", current, region, index)
    if path[_SECTION] is not None:
        holder = current or index.enclosing(here, _CHAPTER)
        current = _container(path[_SECTION], "sec", holder, region, index)
    if path[_ARTICLE] is not None:
        current = _article(path[_ARTICLE], citation.sub, region, index)
    if path[_PARAGRAPH] is not None:
        article = index.enclosing(current, _ARTICLE) or current
        current = _numbered(article, path[_PARAGRAPH], "para", index)
    if path[_ITEM] is not None and current is not None:
        direct = _numbered(current, path[_ITEM], "point", index) or _numbered(current, path[_ITEM], "lvl", index)
        current = direct or (
            _point_of_article(current, path[_ITEM], index) if current.kind is ProvisionKind.ARTICLE else None
        )
    return _subpoint(current, path, index)


def _region(here: Provision | None) -> str:
    if here is None or not here.eid.startswith("att_"):
        return ""
    return here.eid.split("__", 1)[0] + "__"


def _container(number: int | None, name: str, above: Provision | None, region: str, index: Index) -> Provision | None:
    base = f"{above.eid}__" if above is not None else region
    return index.by_eid.get(f"{base}{name}_{number}") or index.by_eid.get(f"{name}_{number}")


def _article(number: int | None, sub: int, region: str, index: Index) -> Provision | None:
    name = f"{number}-{sub}" if sub else str(number)
    for prefix in (region, ""):
        found = index.by_eid.get(f"{prefix}art_{name}")
        if found is None and not index.has_articles and not sub:
            # Notices cite their own 三、 as 第三条.
            found = index.by_eid.get(f"{prefix}lvl_{name}")
        if found is not None:
            return found
    return None


def _numbered(above: Provision | None, number: int | None, name: str, index: Index) -> Provision | None:
    return index.by_eid.get(f"{above.eid}__{name}_{number}") if above is not None else None


def _point_of_article(article: Provision | None, number: int | None, index: Index) -> Provision | None:
    """第五条第三项 without 款: the item, when only one 款 of the article has an item of that number."""
    if article is None:
        return None
    below = index.children.get(article.eid, ())
    found = [point for child in below if (point := _numbered(child, number, "point", index)) is not None]
    own = _numbered(article, number, "point", index)
    if own is not None:
        found.append(own)
    return found[0] if len(found) == 1 else None


def _sibling_level(here: Provision | None, number: int | None, index: Index) -> Provision | None:
    """第（三）项 in a notice: the passage of that number beside or above the one that cites it."""
    while here is not None:
        above = index.by_eid[here.parent] if here.parent is not None else None
        found = _numbered(above, number, "lvl", index)
        if found is not None:
            return found
        here = above
    return None


def _subpoint(above: Provision | None, path: tuple[int | None, ...], index: Index) -> Provision | None:
    if path[_SUBITEM] is None or above is None:
        return above
    return _numbered(above, path[_SUBITEM], "subpoint", index) or _numbered(above, path[_SUBITEM], "lvl", index)
