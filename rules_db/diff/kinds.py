"""What a difference in wording amounts to: a change that a reader must weigh, or furniture.

In: hunks, what became of the articles, the terms replaced throughout. Out: the hunks with their kinds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rules_db.diff.canonical import REFERENCE, bare, fold, mask, number
from rules_db.diff.result import Hunk, HunkKind


def classify(
    changes: Sequence[Hunk], successors: Mapping[str, str], swaps: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Hunk, ...]:
    """Tell wording from furniture. `successors` maps the folded old label of an article (第十七条) to the new one;
    `swaps` holds the folded terms that were replaced throughout the instrument."""
    kept = (HunkKind.EQUAL, HunkKind.TYPOGRAPHY)
    return tuple(
        hunk if hunk.kind in kept else Hunk(_kind(hunk, successors, swaps), hunk.old, hunk.new) for hunk in changes
    )


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
