"""Terms that were replaced throughout the instrument (质检部门 by 市场监督管理部门 after a government reform).

In: the hunks of all entries. Out: term swaps, listed once. A swap that could turn the force or the measure of a rule
(应当 by 可以, 以上 by 以下, 总人数 by 参与人数, a number, a negation) is never a term swap however often it happens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rules_db.diff.canonical import PUNCTUATION, fold
from rules_db.diff.result import Entry, Hunk, HunkKind, TermSwap

_PROVISIONS = 3
_LONGEST = 24
_SURVIVORS = 0.2
_CONTEXT = 8
_NO_WORD = re.compile(r"[\W\d_]")
_LOADED = re.compile(
    r"[\d零〇一二三四五六七八九十百千万亿两半不未无非免除勿]|应|须|可|禁止|准|以上|以下|以内|之内|超过|低于|高于|少于|至少|并处|日|月|年|元|倍"
)
_MEASURED = re.compile(r"人数|数量|数额|金额|总额|比例|面积|期限")


@dataclass(frozen=True, slots=True)
class _Place:
    label: str
    before: str
    after: str


def term_swaps(entries: Sequence[Entry]) -> tuple[TermSwap, ...]:
    """Swaps seen in at least three provisions whose old term has nearly vanished from the new text."""
    hunks = [("、".join(entry.link.new_labels or entry.link.old_labels), entry.hunks) for entry in entries]
    old_text = "\n".join(fold(provision.text) for entry in entries for provision in entry.old)
    new_text = "\n".join(fold(provision.text) for entry in entries for provision in entry.new)
    return swaps_between(hunks, old_text, new_text, _PROVISIONS)


def swaps_between(
    hunks: Iterable[tuple[str, Sequence[Hunk]]], old_text: str, new_text: str, provisions: int
) -> tuple[TermSwap, ...]:
    """Swaps in the hunks of named provisions, most frequent first; the texts are those of the whole instrument."""
    places: dict[tuple[str, str], list[_Place]] = defaultdict(list)
    for label, changes in hunks:
        for index, hunk in enumerate(changes):
            if hunk.kind is HunkKind.WORDING:
                pair = (fold(hunk.old), fold(hunk.new))
                if all(_is_term(term) for term in pair):
                    before = changes[index - 1].new if index else ""
                    after = changes[index + 1].new if index + 1 < len(changes) else ""
                    places[pair].append(_Place(label, before, after))
    swaps = []
    for (old, new), found in places.items():
        labels = tuple(dict.fromkeys(place.label for place in found))
        if len(labels) < provisions:
            continue
        if old not in new and new_text.count(old) > _SURVIVORS * old_text.count(old):
            continue
        before = _shared_start([_words(place.before[::-1]) for place in found])[::-1]
        after = _shared_start([_words(place.after) for place in found])
        swap = TermSwap(old, new, len(found), labels, before, after)
        if not _MEASURED.search(swap.old_term + swap.new_term):
            swaps.append(swap)
    return tuple(sorted(swaps, key=lambda swap: (-swap.count, swap.old, swap.new)))


def _shared_start(texts: Sequence[str]) -> str:
    agreed = takewhile(lambda characters: len(set(characters)) == 1, zip(*texts, strict=False))
    return "".join(characters[0] for characters in agreed)


def _words(text: str) -> str:
    """The start of a text up to the first mark, space or number."""
    match = _NO_WORD.search(text[:_CONTEXT])
    return text[: match.start()] if match else text[:_CONTEXT]


def _is_term(text: str) -> bool:
    return (
        1 < len(text) <= _LONGEST
        and not any(character in PUNCTUATION for character in text)
        and not _LOADED.search(text)
    )
