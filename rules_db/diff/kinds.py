"""What a difference in wording amounts to: a change that a reader must weigh, or furniture.

In: hunks, what became of the articles, the terms replaced throughout. Out: the hunks with their kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rules_db.diff.canonical import REFERENCE, bare, fold, mask, number
from rules_db.diff.result import Hunk, HunkKind

_ITEM_NUMBER = re.compile(r"[一二三四五六七八九十]{1,4}|[0-9]{1,3}")
_OPENS_ITEM = re.compile(r"\n[ \u3000]{0,2}[（(]$")
_ITEM_MARKER = re.compile(r"[（(](?:[一二三四五六七八九十]{1,4}|[0-9]{1,3})[）)][ \u3000]?")


def classify(
    changes: Sequence[Hunk], successors: Mapping[str, str], swaps: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Hunk, ...]:
    """Tell wording from furniture. `successors` maps the folded old label of an article (第十七条) to the new one;
    `swaps` holds the folded terms that were replaced throughout the instrument."""
    kept = (HunkKind.EQUAL, HunkKind.TYPOGRAPHY)
    found = [
        hunk if hunk.kind in kept else Hunk(_kind(hunk, successors, swaps), hunk.old, hunk.new) for hunk in changes
    ]
    return tuple(_numbering(found))


def _numbering(changes: Sequence[Hunk]) -> Iterator[Hunk]:
    """Numbers of list items that changed because another item came or went, or that came or went alone, are furniture:
    the item says the same. Only at the start of a line, where no number can be part of a sentence."""
    old = new = "\n"
    for hunk in changes:
        if (
            hunk.kind is HunkKind.WORDING
            and old[-1] == new[-1] == "\n"
            and _is_marker(hunk.old)
            and _is_marker(hunk.new)
        ):
            yield Hunk(HunkKind.PUNCTUATION, hunk.old, hunk.new)
        elif (
            hunk.kind is HunkKind.WORDING
            and _OPENS_ITEM.search(old)
            and _OPENS_ITEM.search(new)
            and _ITEM_NUMBER.fullmatch(hunk.old)
            and _ITEM_NUMBER.fullmatch(hunk.new)
        ):
            yield Hunk(HunkKind.REFERENCE, hunk.old, hunk.new)
        else:
            yield hunk
        old, new = (old + hunk.old)[-4:], (new + hunk.new)[-4:]


def _is_marker(text: str) -> bool:
    return not text or _ITEM_MARKER.fullmatch(text) is not None


def _kind(hunk: Hunk, successors: Mapping[str, str], swaps: frozenset[tuple[str, str]]) -> HunkKind:
    before, after = fold(hunk.old), fold(hunk.new)
    if before == after or (number(before) is not None and number(before) == number(after)):
        return HunkKind.TYPOGRAPHY
    if bare(before) == bare(after):
        return HunkKind.PUNCTUATION
    if mask(before) == mask(after) and _follows(before, after, successors):
        return HunkKind.REFERENCE
    if (before, after) in swaps:
        return HunkKind.TERM
    return HunkKind.WORDING


def _follows(before: str, after: str, successors: Mapping[str, str]) -> bool:
    """True when every reference points to what became of its old target: the law says the same under a new number."""
    old_references, new_references = REFERENCE.findall(before), REFERENCE.findall(after)
    return all(
        source == target or successors.get(source) == target
        for source, target in zip(old_references, new_references, strict=True)
    )
