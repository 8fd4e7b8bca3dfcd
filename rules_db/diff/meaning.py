"""Changes of deontic force and of who is bound, between norms of provisions that continue each other.

In: (provision label, norm) of both sides of a link. Out: typed changes. Norms are paired by what they demand (the
action), never by their order alone; a norm without a counterpart came or went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz.distance import Indel

from rules_db.diff.canonical import bare
from rules_db.diff.pairing import best_pairs, stretches
from rules_db.diff.result import NormChange, NormField, NormText, TermSwap
from rules_db.model import Direction, Modality

Labelled = tuple[str, NormText]

_ENOUGH = 0.5
_SAME_BEARER = 0.85

_BURDEN = {
    Modality.PERMISSION: 0,
    Modality.RECOMMENDATION: 1,
    Modality.OBLIGATION: 2,
    Modality.PROHIBITION: 2,
    Modality.PENALTY: 3,
}
"""How much a norm asks of the party it binds. Duty and prohibition bind alike: a change between them is a change."""


def compare_norms(
    old: Sequence[Labelled],
    new: Sequence[Labelled],
    partner: Mapping[str, str],
    origin: Mapping[str, str],
    swaps: Sequence[TermSwap] = (),
) -> list[NormChange]:
    """Changes between the norms of one link. `partner` gives the new label for an old one, `origin` the reverse, for
    norms that have no counterpart. An authority that was renamed throughout (`swaps`) is the same bearer."""
    changes: list[NormChange] = []
    renamed = [_in_new_terms(norm, swaps) for _, norm in old]
    pairs = _pair(renamed, [norm for _, norm in new])
    for i, j in pairs:
        (old_label, before), (new_label, after) = old[i], new[j]
        if before.modality is not after.modality:
            changes.append(
                NormChange(old_label, new_label, NormField.MODALITY, before, after, modality_direction(before, after))
            )
        if before.bearer and after.bearer and not _same_party(renamed[i].bearer, after.bearer):
            changes.append(NormChange(old_label, new_label, NormField.BEARER, before, after))
    paired_old, paired_new = {i for i, _ in pairs}, {j for _, j in pairs}
    changes.extend(
        NormChange(origin[label], label, NormField.ADDED, None, norm)
        for j, (label, norm) in enumerate(new)
        if j not in paired_new
    )
    changes.extend(
        NormChange(label, partner[label], NormField.REMOVED, norm, None)
        for i, (label, norm) in enumerate(old)
        if i not in paired_old
    )
    return changes


def whole_provision_norms(old: Sequence[Labelled], new: Sequence[Labelled]) -> list[NormChange]:
    """Norms of a provision that was added or deleted as a whole."""
    removed = [NormChange(label, "", NormField.REMOVED, norm, None) for label, norm in old]
    added = [NormChange("", label, NormField.ADDED, None, norm) for label, norm in new]
    return removed + added


def modality_direction(old: NormText, new: NormText) -> Direction:
    """可以 to 应当 is tightened, 应当 to 可以 loosened; duty to prohibition of the same act is merely changed."""
    before, after = _BURDEN[old.modality], _BURDEN[new.modality]
    if before == after:
        return Direction.CHANGED
    return Direction.TIGHTENED if after > before else Direction.LOOSENED


def _in_new_terms(norm: NormText, swaps: Sequence[TermSwap]) -> NormText:
    bearer, action = norm.bearer, norm.action
    for swap in swaps:
        bearer, action = bearer.replace(swap.old, swap.new), action.replace(swap.old, swap.new)
    return replace(norm, bearer=bearer, action=action)


def _pair(old: Sequence[NormText], new: Sequence[NormText]) -> list[tuple[int, int]]:
    return [
        pair
        for rows, columns in stretches(len(old), len(new))
        for pair in best_pairs(rows, columns, lambda i, j: _score(old[i], new[j], i, j), _ENOUGH)
    ]


def _score(old: NormText, new: NormText, i: int, j: int) -> float:
    """What is demanded decides; the same force or bearer and a near place tip the balance between look-alikes."""
    score = Indel.normalized_similarity(bare(old.action), bare(new.action))
    if score < 0.4:
        return 0.0
    score += 0.08 if old.modality is new.modality else 0.0
    score += 0.05 if old.bearer == new.bearer else 0.0
    return score + 0.02 / (1 + abs(i - j))


def _same_party(old: str, new: str) -> bool:
    before, after = bare(old), bare(new)
    return before == after or Indel.normalized_similarity(before, after) >= _SAME_BEARER
