"""What each kind of operation does to the text under change; raises CannotApplyError when it can't be done as said."""

from __future__ import annotations

from collections.abc import Callable

from rules_db.amending.draft import CannotApplyError, Draft, container_at, content, find, is_in, targets_of, within
from rules_db.amending.labels import Address, addresses, article_label, chinese, parse_label
from rules_db.amending.outline import Container, Node, article, leaves, paragraphs, quoted_articles, settled, written
from rules_db.model import AmendingOperation, AmendmentKind


def _revise(draft: Draft, operation: AmendingOperation) -> None:
    if not operation.new:
        raise CannotApplyError("the new text is not quoted")
    targets = targets_of(draft, operation)
    if any(node is not holder for node, holder in targets):
        _revise_parts(draft, operation, targets)
        return
    quoted, headings = quoted_articles(operation.new)
    if headings:
        raise CannotApplyError("the new text holds chapters of its own")
    given = [address for label in operation.becomes for address in addresses(label)]
    wanted = len(given) or len(targets)
    if len(quoted) != wanted:
        raise CannotApplyError(f"it speaks of {wanted} articles and quotes {len(quoted)}")
    for n, (printed, body) in enumerate(quoted):
        address = given[n] if given else printed
        base = targets[n][0] if n < len(targets) else None
        before = written(base) if base is not None else ""
        if base is None:
            base = Node(0, "", container=targets[-1][0].container)
            draft.articles.insert(draft.articles.index(targets[-1][0]) + n, base)
        base.children = paragraphs(body, fresh=True)
        base.fresh = True
        if address is not None and address.article and (address.article, address.sub) != (base.number, base.sub):
            base.new, base.sub = address.article, address.sub
        draft.changed.append((base, base, before))
    for node, _holder in targets[len(quoted) :]:
        draft.changed.append((node, node, written(node)))
        node.gone = True


def _revise_parts(draft: Draft, operation: AmendingOperation, targets: list[tuple[Node, Node]]) -> None:
    node, holder = targets[0]
    if any(other is not holder for _, other in targets):
        raise CannotApplyError("it rewords parts of several articles at once")
    if node in holder.children:
        siblings, fresh = holder.children, paragraphs(_without_label(operation.new), fresh=True)
    else:
        siblings = next(p.children for p in holder.children if node in p.children)
        fresh = [Node(0, line.strip(), fresh=True) for line in operation.new.split("\n") if line.strip()]
    place = siblings.index(node)
    marker = operation.new[:1] in "（(" or siblings is holder.children
    for n, made in enumerate(fresh):
        made.number = targets[n][0].number if n < len(targets) else 0
        if not marker and node.text[:1] in "（(":
            made.text = node.text[: node.text.find("）") + 1] + made.text
    for n, made in enumerate(fresh):
        draft.changed.append((made, holder, targets[n][0].text if n < len(targets) else ""))
    for old, _holder in targets:
        siblings.remove(old)
    siblings[place:place] = fresh


def _without_label(text: str) -> str:
    quoted, _ = quoted_articles(text)
    return quoted[0][1] if len(quoted) == 1 else text


def _replace_words(draft: Draft, operation: AmendingOperation) -> None:
    if not operation.old:
        raise CannotApplyError("the words to replace are empty")
    everywhere = not operation.targets
    targets = [(a, a) for a in draft.articles if not a.gone] if everywhere else targets_of(draft, operation)
    missing = []
    for node, holder in targets:
        hits = [leaf for leaf in leaves(node) if leaf is not holder and operation.old in leaf.text]
        if not hits and not everywhere:
            missing.append(article_label(holder.number or holder.new, holder.sub))
        for leaf in hits:
            before = leaf.text
            leaf.text = _replaced(leaf.text, operation)
            draft.changed.append((leaf, holder, before))
    if missing and not draft.changed:
        raise CannotApplyError(f"{'、'.join(missing)}: the words “{operation.old}” are not there")
    if not draft.changed:
        raise CannotApplyError(f"the words “{operation.old}” are nowhere in the text before")


def _replaced(text: str, operation: AmendingOperation) -> str:
    """Words replaced; those that already read as wanted stay (环境主管部门 inside 生态环境主管部门).
    The new words speak in the new numbering already, so their references are set apart from those that
    are to follow it."""
    new = settled(operation.new)
    if operation.old in operation.new:
        return new.join(part.replace(operation.old, new) for part in text.split(operation.new))
    return text.replace(operation.old, new)


def _delete(draft: Draft, operation: AmendingOperation) -> None:
    for node, holder in targets_of(draft, operation):
        draft.changed.append((node, holder, content(node, holder)))
        node.gone = True
    for label in operation.targets:
        for address in addresses(label):
            if address.unit:
                container_at(draft, address).gone = True


def _insert(draft: Draft, operation: AmendingOperation) -> None:
    if not operation.new:
        raise CannotApplyError("the new text is not quoted")
    given = [address for label in operation.becomes for address in addresses(label)]
    anchor = addresses(operation.targets[-1])[-1] if operation.targets else None
    parts = any(address.within_article for address in given) or (not given and not operation.after)
    if parts and anchor is not None and not anchor.unit:
        _insert_parts(draft, operation, given, anchor)
        return
    _insert_articles(draft, operation, [a for a in given if not a.unit], anchor)


def _insert_parts(draft: Draft, operation: AmendingOperation, given: list[Address], anchor: Address) -> None:
    holder, _ = find(draft, Address(anchor.article, anchor.sub))
    if any(address.item for address in given) or (not given and operation.new.lstrip()[:1] in "（("):
        leads = [p for p in holder.alive() if p.children]
        if anchor.paragraph:
            leads = [within(holder, Address(anchor.article, anchor.sub, anchor.paragraph), operation.targets[-1])]
        if len(leads) != 1:
            raise CannotApplyError(f"{operation.targets[-1]} has {len(leads) or 'no'} lists of 项 where one is meant")
        siblings = leads[0].children
        if not siblings and given and given[0].item > 1:
            raise CannotApplyError(f"{operation.targets[-1]} holds no list of 项 to add to")
        lines = [line.strip() for line in operation.new.split("\n") if line.strip()]
        places = [address.item for address in given]
        if places and len(lines) == len(places) and lines[0][0] not in "（(":
            lines = [f"（{chinese(place)}）{line}" for place, line in zip(places, lines, strict=True)]
        fresh = [Node(0, line, fresh=True) for line in lines]
    else:
        siblings, fresh = holder.children, paragraphs(_without_label(operation.new), fresh=True)
        places = [address.paragraph for address in given]
        for made in fresh:
            made.number = 0
    if places and len(places) != len(fresh):
        raise CannotApplyError(f"it speaks of {len(places)} parts and quotes {len(fresh)}")
    for n, made in enumerate(fresh):
        made.new = places[n] if places else 0
        draft.changed.append((made, holder, ""))
    siblings += fresh


def _insert_articles(draft: Draft, operation: AmendingOperation, given: list[Address], anchor: Address | None) -> None:
    quoted, headings = quoted_articles(operation.new)
    if not quoted:
        raise CannotApplyError("the quotation holds no article")
    if given and len(given) != len(quoted):
        raise CannotApplyError(f"it speaks of {len(given)} articles and quotes {len(quoted)}")
    home: Container | None = None
    place = len(draft.articles)
    if anchor is not None and not anchor.unit:
        node, holder = find(draft, Address(anchor.article, anchor.sub))
        place, home = draft.articles.index(holder) + 1, holder.container
    elif anchor is not None and not headings:
        inside = [n for n, a in enumerate(draft.articles) if is_in(a.container, anchor)]
        home = container_at(draft, anchor)
        place = inside[-1] + 1 if inside else place
    opened = {index: (label, heading) for index, label, heading in headings}
    for n, (printed, body) in enumerate(quoted):
        if n in opened:
            home = _open_container(draft, *opened[n])
        address = given[n] if given else printed if printed is not None and (anchor is None or headings) else None
        node = article(address or Address(), body, fresh=True)
        if address is not None and address.sub:
            place = _after_main(draft, address)
        node.container = home
        draft.articles.insert(place, node)
        place += 1
        draft.changed.append((node, node, ""))
        draft.adjust |= not (address is not None and address.sub)


def _after_main(draft: Draft, address: Address) -> int:
    """The place of 第八条之二: behind 第八条 and the 第八条之一 that follows it."""
    places = [n for n, a in enumerate(draft.articles) if (a.new or a.number) == address.article and a.sub < address.sub]
    if not places:
        raise CannotApplyError(f"the text before has no {article_label(address.article)}")
    return places[-1] + 1


def _open_container(draft: Draft, label: str, heading: str) -> Container:
    address = parse_label(label)
    made = Container(address.unit if address else "章", 0, heading, new=address.article if address else 0)
    draft.containers.append(made)
    return made


def _renumber(draft: Draft, operation: AmendingOperation) -> None:
    old = [address for label in operation.targets for address in addresses(label)]
    new = [address for label in operation.becomes for address in addresses(label)]
    if len(old) != len(new) or not old:
        raise CannotApplyError(f"it renumbers {len(old)} provisions as {len(new)}")
    for before, after in zip(old, new, strict=True):
        if before.unit:
            container_at(draft, before).new = after.article
            continue
        node, holder = find(draft, before)
        if node is holder and after.within_article:
            raise CannotApplyError("an article that becomes part of another one is not carried out")
        if node is holder:
            node.new, node.sub = after.article, after.sub
        elif not after.within_article:
            _promote(draft, node, holder, after)
            continue
        elif (after.article, after.sub) not in ((before.article, before.sub), (holder.new, holder.sub), (0, 0)):
            raise CannotApplyError("a part that moves into another article is not carried out")
        else:
            node.new = after.item or after.paragraph
        draft.changed.append((node, holder, content(node, holder)))


def _promote(draft: Draft, node: Node, holder: Node, after: Address) -> None:
    """第十条第二款改为第十一条: a 款 becomes an article of its own."""
    if node not in holder.children:
        raise CannotApplyError("only a 款 can become an article of its own")
    holder.children.remove(node)
    made = Node(0, "", [node], new=after.article, sub=after.sub, container=holder.container)
    draft.articles.insert(draft.articles.index(holder) + 1, made)
    draft.changed.append((made, made, node.text))
    draft.adjust = True


def _heading(draft: Draft, operation: AmendingOperation) -> None:
    for label in operation.targets:
        for address in addresses(label):
            found = container_at(draft, address)
            words = operation.new.strip()
            printed, _, rest = words.partition(" ")
            found.heading = rest if parse_label(printed) is not None and rest else words


def _rename(draft: Draft, operation: AmendingOperation) -> None:
    draft.title = operation.new


def _adjust(draft: Draft, operation: AmendingOperation) -> None:
    draft.adjust = True


def _unread(draft: Draft, operation: AmendingOperation) -> None:
    raise CannotApplyError("the instruction could not be read")


HANDLERS: dict[AmendmentKind, Callable[[Draft, AmendingOperation], None]] = {
    AmendmentKind.REVISE: _revise,
    AmendmentKind.REPLACE_WORDS: _replace_words,
    AmendmentKind.DELETE: _delete,
    AmendmentKind.INSERT: _insert,
    AmendmentKind.RENUMBER: _renumber,
    AmendmentKind.HEADING: _heading,
    AmendmentKind.RENAME: _rename,
    AmendmentKind.ADJUST: _adjust,
    AmendmentKind.UNREAD: _unread,
}
