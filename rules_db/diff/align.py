"""Which provision of the new expression continues which of the old one.

In: the provisions of both expressions in document order. Out: links that together name every old and every new
provision, and pairs that merely resemble each other. Labels and eIds never decide: an insertion renumbers everything
after it. The work is done in assignment.py (one successor each), remainders.py (splits and mergers) and links.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rules_db.diff import similarity
from rules_db.diff.assignment import ASSERTED, REVIEWED, Pair, Side, assign
from rules_db.diff.canonical import body, mask
from rules_db.diff.links import build_links
from rules_db.diff.remainders import further_links
from rules_db.diff.result import Link, PossibleMatch, TermSwap
from rules_db.diff.similarity import Vocabulary
from rules_db.diff.terms import swaps_between
from rules_db.diff.text import hunks
from rules_db.model import ProvisionText

EidPair = tuple[str | None, str | None]
"""Old and new eId; one of them is None where a provision has no counterpart."""
_LEARNED_FROM = 2
_MOSTLY = 0.7


@dataclass(frozen=True, slots=True)
class Alignment:
    """Links in reading order of the new expression (deleted provisions where they stood) and the near misses."""

    links: tuple[Link, ...]
    possible: tuple[PossibleMatch, ...]


def align(old: Sequence[ProvisionText], new: Sequence[ProvisionText]) -> list[Link]:
    """The links alone; see `alignment`."""
    return list(alignment(old, new).links)


def alignment(
    old: Sequence[ProvisionText], new: Sequence[ProvisionText], given: Collection[EidPair] | None = None
) -> Alignment:
    """Align two expressions of one instrument; with `given`, which a person has reviewed, only name what it says.

    eIds must be unique within each side. Every eId of either side is in at least one link; it is in two only where a
    merger and a split meet in it.
    Raises ValueError on a repeated eId.
    """
    _require_unique(old, "old")
    _require_unique(new, "new")
    if given is not None:
        return Alignment(tuple(build_links(old, new, _reviewed(old, new, given), ())), ())
    old_bodies = [body(provision.text, provision.label) for provision in old]
    new_bodies = [body(provision.text, provision.label) for provision in new]
    old_masked = [mask(text) for text in old_bodies]
    new_masked = [mask(text) for text in new_bodies]
    words, left, right = _sides(old, new, old_masked, new_masked)
    pairs = assign(left, right)
    if swaps := _learned_swaps(old_masked, new_masked, pairs):
        old_bodies = [_renamed(text, swaps) for text in old_bodies]
        old_masked = [_renamed(text, swaps) for text in old_masked]
        words, left, right = _sides(old, new, old_masked, new_masked)
        pairs = assign(left, right)
    main = [pair for pair in pairs if pair.support >= ASSERTED]
    further = further_links(old_bodies, new_bodies, left.vectors, right.vectors, main, words)
    main = _outranked(main, further, left, right)
    edges = {(pair.old, pair.new): pair for pair in [*further, *main]}
    linked_old, linked_new = {i for i, _ in edges}, {j for _, j in edges}
    possible = tuple(
        PossibleMatch(old[p.old].eid, new[p.new].eid, old[p.old].label, new[p.new].label, round(p.score, 4))
        for p in pairs
        if p.old not in linked_old and p.new not in linked_new
    )
    return Alignment(tuple(build_links(old, new, edges, possible)), possible)


def _reviewed(
    old: Sequence[ProvisionText], new: Sequence[ProvisionText], given: Collection[EidPair]
) -> dict[tuple[int, int], Pair]:
    """The pairs that a person let stand; a side that is missing here, or was found alone, makes none."""
    lefts = {provision.eid: i for i, provision in enumerate(old)}
    rights = {provision.eid: j for j, provision in enumerate(new)}
    pairs = {}
    for from_eid, to_eid in given:
        i, j = lefts.get(from_eid or ""), rights.get(to_eid or "")
        if i is not None and j is not None:
            score = similarity.wording(mask(body(old[i].text, old[i].label)), mask(body(new[j].text, new[j].label)))
            pairs[i, j] = Pair(i, j, score, math.inf)
    return pairs


def _outranked(main: Sequence[Pair], further: Sequence[Pair], old: Side, new: Side) -> list[Pair]:
    """The main pairs without weak ones whose new provision mostly consists of, or whose old provision mostly went into,
    another provision that a further link has found: the assignment gives every provision one partner at most, and the
    second half of a split may have got a stranger."""
    kept = []
    for pair in main:
        rivals = [link for link in further if link.new == pair.new or link.old == pair.old]
        if pair.score < REVIEWED and any(_accounts(rival, pair, old, new) for rival in rivals):
            continue
        kept.append(pair)
    return kept


def _accounts(rival: Pair, pair: Pair, old: Side, new: Side) -> bool:
    shared = similarity.overlap(old.vectors, rival.old, new.vectors, rival.new).shared
    whole = new.vectors.mass[pair.new] if rival.new == pair.new else old.vectors.mass[pair.old]
    return bool(shared >= _MOSTLY * whole)


def _sides(
    old: Sequence[ProvisionText], new: Sequence[ProvisionText], old_masked: Sequence[str], new_masked: Sequence[str]
) -> tuple[Vocabulary, Side, Side]:
    words = Vocabulary([*old_masked, *new_masked])
    left = Side(old_masked, [provision.container for provision in old], words.vectors(old_masked))
    right = Side(new_masked, [provision.container for provision in new], words.vectors(new_masked))
    return words, left, right


def _learned_swaps(old: Sequence[str], new: Sequence[str], pairs: Sequence[Pair]) -> tuple[TermSwap, ...]:
    """Terms that the recognisable pairs replace again and again. After a reform of government every second sentence
    names another authority; reading the old text in the new terms lets the less recognisable pairs be found."""
    sure = [pair for pair in pairs if pair.score >= REVIEWED and old[pair.old] != new[pair.new]]
    changes = [(str(pair.old), hunks(old[pair.old], new[pair.new])) for pair in sure]
    return swaps_between(changes, "\n".join(old), "\n".join(new), _LEARNED_FROM)


def _renamed(text: str, swaps: Sequence[TermSwap]) -> str:
    for swap in sorted(swaps, key=lambda swap: (-len(swap.old), swap.old)):
        text = text.replace(swap.old, swap.new)
    return text


def _require_unique(provisions: Sequence[ProvisionText], side: str) -> None:
    repeated = [eid for eid, count in Counter(provision.eid for provision in provisions).items() if count > 1]
    if repeated:
        raise ValueError(
            f"{side} expression: eId {repeated[0]!r} occurs more than once; make eIds unique before comparing"
        )
