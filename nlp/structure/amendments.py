"""Instructions of an amending text (将第三条修改为“…”, 删去第五条第二款): text in, `AmendingOperation` values out.

Quotations are masked first, then each passage is read from left to right with one pattern per kind of instruction. A
label without an article (第二款) belongs to the article that its passage spoke of last.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from nlp.structure.instructions import ARTICLE, LABEL, POSSIBLE, SHAPES, WORDS_OF_CHANGE
from nlp.structure.quotations import Masked, mask_quotations
from nlp.text.numerals import parse_integer
from rules_db.model import AmendingOperation, AmendmentKind, Provision, ProvisionKind, Span

TITLE = re.compile(r"[《〈](?P<title>(?:[^《》〈〉\n]|〈[^〈〉\n]{0,100}〉|《[^《》\n]{0,100}》){2,150})[》〉]")
AMENDING_TITLE = re.compile(r"修改|修正|修订|废止")
_SHAPES = tuple((name, re.compile(pattern)) for name, pattern in SHAPES)
_LABEL = re.compile(LABEL)
_RANGE = re.compile("[至到]")
_PARTS = re.compile(
    rf"(?P<article>{ARTICLE})?(?P<paragraph>第[^条款项目章节编]{{1,8}}款)?(?P<item>第[^条款项目章节编]{{1,10}}项)?"
)
_RANGE_START = re.compile(r"^.*[至到](?=第)")
_SENTENCE_END = re.compile(r"[。；]|\n(?![\ue000-\uf8ff])")
_PASSAGE = re.compile(r"[一二三四五六七八九十百]{1,4}、|第[一二三四五六七八九十百]{1,4}条[ \u3000]")
_LONGEST = 4000


@dataclass
class _Reader:
    """Where the reading stands: the instrument meant, and the provision that relative labels start from."""

    masked: Masked
    source: str
    instrument: str | None
    context: str = ""
    last: tuple[str, ...] = ()
    found: list[AmendingOperation] = field(default_factory=list)


def find_operations(text: str, target: str | None = None) -> list[AmendingOperation]:
    """Instructions of `text` in order. `target` is the instrument that the text as a whole amends; without one, each
    instruction means the title named last before it, and `instrument` is None before the first."""
    return list(_found(text, target))


@lru_cache(maxsize=1)  # asked twice for each text: what it does, and what it has effect on
def _found(text: str, target: str | None) -> tuple[AmendingOperation, ...]:
    if not POSSIBLE.search(text):
        return ()
    masked = mask_quotations(text)
    reader = _Reader(masked, text, target)
    titles = deque(() if target is not None else TITLE.finditer(masked.text))
    for start, stop in _sentences(masked.text):
        if _PASSAGE.match(masked.text, start):
            reader.context, reader.last = "", ()
        _read_sentence(reader, start, stop, titles)
    return tuple(reader.found)


def operations_of(text: str, title: str, parts: Sequence[Provision] = ()) -> list[AmendingOperation]:
    """Instructions that the document gives: all of an amending text's, except those that its attached regulations seem
    to give (`parts` are the provisions of the text); of any other text only those whose own sentence names what they
    amend."""
    amending = AMENDING_TITLE.search(title) is not None
    named = [match["title"].strip("《》〈〉 ") for match in TITLE.finditer(title)] if amending else []
    attached = [(p.start, p.tree_end) for p in parts if p.kind is ProvisionKind.ARTICLE and p.eid.startswith("att_")]
    return [
        operation
        for operation in find_operations(text, named[0] if len(named) == 1 else None)
        if operation.instrument is not None
        and (amending or _names_it(text, operation))
        and not any(start <= operation.span.start < end for start, end in attached)
    ]


def _names_it(text: str, operation: AmendingOperation) -> bool:
    start = max(0, operation.span.start - _LONGEST)
    begun = max(text.rfind("。", start, operation.span.start), text.rfind("\n", start, operation.span.start)) + 1
    return f"《{operation.instrument}》" in text[max(begun, start) : operation.span.end]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() - start > 1:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _read_sentence(reader: _Reader, start: int, stop: int, titles: deque[re.Match[str]]) -> None:
    text = reader.masked.text
    stop = min(stop, start + _LONGEST)
    begun = len(reader.found)
    at, unread = start, False
    upcoming: dict[str, re.Match[str] | None] = {}
    while at < stop:
        for name, pattern in _SHAPES:
            if name not in upcoming or ((known := upcoming[name]) is not None and known.start() < at):
                upcoming[name] = pattern.search(text, at, stop)
        ready = [(match.start(), n, match) for n, (name, _) in enumerate(_SHAPES) if (match := upcoming[name])]
        if not ready:
            break
        place, n, match = min(ready, key=lambda entry: entry[:2])
        unread |= _pass_over(reader, at, place, titles)
        _named(reader, match.end(), titles)
        reader.found.extend(_operations(reader, _SHAPES[n][0], match))
        at = match.end()
    unread |= _pass_over(reader, at, stop, titles)
    if unread and len(reader.found) == begun:
        reader.found.append(
            AmendingOperation(AmendmentKind.UNREAD, _span(reader, start, stop), instrument=reader.instrument)
        )


def _pass_over(reader: _Reader, start: int, stop: int, titles: deque[re.Match[str]]) -> bool:
    """Take in what stands between instructions; True when it sounds like one itself."""
    _named(reader, stop, titles)
    gap = reader.masked.text[start:stop]
    for match in _LABEL.finditer(gap):
        reader.context = _full(match.group(), reader.context)
    return WORDS_OF_CHANGE.search(gap) is not None


def _named(reader: _Reader, stop: int, titles: deque[re.Match[str]]) -> None:
    while titles and titles[0].start() < stop:
        reader.instrument = titles.popleft()["title"]


def _operations(reader: _Reader, shape: str, match: re.Match[str]) -> Iterator[AmendingOperation]:
    groups = match.groupdict()
    quoted = reader.masked.quoted
    span = _span(reader, match.start(), match.end())
    printed = groups.get("labels") or groups.get("labels2") or ""
    labels = _targets(reader, printed)
    becomes = _spelled_out(groups.get("moved") or "", labels[0] if labels else reader.context)
    new = quoted(groups.get("new") or "")
    named = reader.instrument

    if shape == "renamed":
        title = new[0] if new else groups["new"]
        yield AmendingOperation(AmendmentKind.RENAME, span, new=title.strip("《》"), instrument=named)
    elif shape == "heading":
        yield AmendingOperation(AmendmentKind.HEADING, span, labels, new=new[0], instrument=named)
    elif shape in ("replaced_words", "inserted_words", "deleted_words"):
        scope = labels or (reader.last if not printed else ())
        for old, into in _words(shape, groups, quoted):
            yield AmendingOperation(AmendmentKind.REPLACE_WORDS, span, scope, old=old, new=into, instrument=named)
    elif shape == "revised":
        yield AmendingOperation(AmendmentKind.REVISE, span, labels, becomes, new="\n".join(new), instrument=named)
    elif shape in ("inserted", "inserted_at"):
        yield _insertion(reader, groups, span, labels, becomes, "\n".join(new))
    elif shape == "deleted":
        yield AmendingOperation(AmendmentKind.DELETE, span, labels, instrument=named)
    elif shape == "moved":
        yield AmendingOperation(AmendmentKind.RENUMBER, span, labels, becomes, instrument=named)
    else:
        yield AmendingOperation(AmendmentKind.ADJUST, span, instrument=named)


def _insertion(
    reader: _Reader,
    groups: dict[str, str | None],
    span: Span,
    labels: tuple[str, ...],
    becomes: tuple[str, ...],
    new: str,
) -> AmendingOperation:
    """增加一款 without a label of its own goes to the end of what the passage speaks of; an article goes into none."""
    unit = groups.get("unit") or (becomes[0][-1] if becomes else "条")
    if unit not in "款项目" and not groups.get("labels"):
        labels = ()
    after = (groups.get("place") or "").endswith("后") or (unit in "条章" and bool(labels) and labels[0][-1] in "条章")
    if unit == "条" and labels and labels[0][-1] in "章节编" and not (groups.get("place") or ""):
        after = False
    count = parse_integer(groups.get("count") or "一") or 1
    if labels and unit in "款项目":
        becomes = tuple(_full(label, labels[0]) for label in becomes)
    return AmendingOperation(
        AmendmentKind.INSERT, span, labels, becomes, new=new, instrument=reader.instrument, after=after, count=count
    )


def _words(shape: str, groups: dict[str, str | None], quoted: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    """(old words, new words) of an instruction on words."""
    old = quoted(groups.get("old") or groups.get("old2") or groups.get("old3") or "")
    new = quoted(groups.get("new") or "")
    if shape == "deleted_words":
        return [(words, "") for words in old]
    if shape == "inserted_words":
        behind = groups["place"] == "后"
        return [(old[0], old[0] + new[0] if behind else new[0] + old[0])]
    if len(new) == len(old):
        return list(zip(old, new, strict=True))
    return [(words, new[0]) for words in old]


def _targets(reader: _Reader, printed: str) -> tuple[str, ...]:
    """Full labels of what an instruction names; remembered for the labels and words that follow it."""
    if not printed:
        if reader.last:
            return reader.last
        return (reader.context,) if reader.context else ()
    labels = _spelled_out(printed, reader.context)
    if labels:
        reader.context, reader.last = _RANGE_START.sub("", labels[-1]), labels
    else:
        reader.context, reader.last = "", ()
    return labels


def _spelled_out(printed: str, context: str) -> tuple[str, ...]:
    """Each label of a list in full: 第三条第一款、第二款 are 第三条第一款 and 第三条第二款."""
    labels: list[str] = []
    end = 0
    for match in _LABEL.finditer(printed):
        context = _full(match.group(), context)
        if labels and _RANGE.fullmatch(printed[end : match.start()]):
            labels[-1] = f"{labels[-1]}至{context}"
        else:
            labels.append(context)
        end = match.end()
    return tuple(labels)


def _full(label: str, context: str) -> str:
    """A label with what it leaves out taken from the one before it."""
    if label[-1] in "章节编":
        return label
    parts, above = _PARTS.match(label), _PARTS.match(context)
    if parts is None or parts["article"] or above is None:
        return label
    article, paragraph = above["article"] or "", above["paragraph"] or ""
    if parts["paragraph"]:
        return article + label
    if parts["item"]:
        return article + paragraph + label
    return article + paragraph + (above["item"] or "") + label


def _span(reader: _Reader, start: int, stop: int) -> Span:
    begin, end = reader.masked.offsets[start], reader.masked.offsets[stop]
    return Span(begin, end, reader.source[begin:end], "amendment")


def labels_touched(operation: AmendingOperation) -> Sequence[str]:
    """Labels under which an operation is filed: what it touches, or else what it makes."""
    if operation.kind is AmendmentKind.INSERT:
        return operation.becomes or operation.targets
    return operation.targets or operation.becomes
