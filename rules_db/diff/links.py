"""From pairs of positions to links: what became of which provision, in words and in reading order.

In: both expressions, the main pairs and all pairs (main and further), the near misses. Out: links that together name
every provision of either side.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rules_db.diff.assignment import REVIEWED, Pair
from rules_db.diff.canonical import body, fold, mask
from rules_db.diff.result import Link, PossibleMatch
from rules_db.model import Continuity, ProvisionText


def build_links(
    old: Sequence[ProvisionText],
    new: Sequence[ProvisionText],
    edges: Mapping[tuple[int, int], Pair],
    possible: Sequence[PossibleMatch],
) -> list[Link]:
    """Links in the order of the new expression, a deleted provision after the successor of the one it followed."""
    groups = _groups(edges)
    place = _Places(old, new, [edges[i[0], j[0]] for i, j in groups if len(i) == len(j) == 1])
    links = [_link(old, new, group, edges, place) for group in groups]
    linked_old, linked_new = {i for i, _ in edges}, {j for _, j in edges}
    near_new = {match.old: (match.new_label, match.similarity) for match in possible}
    near_old = {match.new: (match.old_label, match.similarity) for match in possible}
    for i, provision in enumerate(old):
        if i not in linked_old:
            score, reason, review = _leftover("no successor", near_new.get(provision.eid))
            eid, label = (provision.eid,), (provision.label,)
            links.append(Link(eid, (), label, (), Continuity.DELETED, score, reason, review))
    for j, provision in enumerate(new):
        if j not in linked_new:
            score, reason, review = _leftover("no predecessor", near_old.get(provision.eid))
            eid, label = (provision.eid,), (provision.label,)
            links.append(Link((), eid, (), label, Continuity.ADDED, score, reason, review))
    return _in_reading_order(links, old, new)


def _leftover(reason: str, near: tuple[str, float] | None) -> tuple[float, str, bool]:
    """Similarity, reason and review flag of a provision without a counterpart."""
    if near is None:
        return 0.0, reason, False
    label, score = near
    return score, f"{reason}; possible match {label} ({score:.2f})", True


def _groups(edges: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Stars that together cover the edges: a split is one old with all its news, a merger one new with its olds.

    A group never contains a pair that is not an edge, so a provision may stand in two groups.
    """
    news: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(edges):
        news[i].append(j)
    groups: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    single: dict[int, list[int]] = defaultdict(list)
    for i, targets in sorted(news.items()):
        if len(targets) > 1:
            groups.append(((i,), tuple(targets)))
        else:
            single[targets[0]].append(i)
    groups.extend((tuple(sources), (j,)) for j, sources in sorted(single.items()))
    return groups


class _Places:
    """Whether a pair kept its place: same chapter (by what became of the chapter) and no overtaking."""

    def __init__(self, old: Sequence[ProvisionText], new: Sequence[ProvisionText], main: Sequence[Pair]) -> None:
        self._old, self._new = old, new
        chapters: dict[str, Counter[str]] = defaultdict(Counter)
        for pair in main:
            chapters[old[pair.old].container][new[pair.new].container] += 1
        self._chapter: Mapping[str, str] = {
            source: min(targets, key=lambda target: (-targets[target], target)) for source, targets in chapters.items()
        }
        ordered = sorted((pair.old, pair.new) for pair in main)
        self._in_order = _longest_increasing(ordered)

    def moved(self, i: int, j: int) -> str:
        """Why the pair counts as moved, or an empty string. New chapters carved out of an old one are no move."""
        source, target = self._old[i].container, self._new[j].container
        if self._chapter.get(source, target) != target and target in self._chapter.values():
            return f"moved from {source or 'no chapter'} to {target or 'no chapter'}"
        if (i, j) not in self._in_order:
            return "overtook its neighbours"
        return ""


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The largest subset of pairs (sorted by old position) whose new positions rise as well."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int | None] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(tail_at[length - 1] if length else None)
        tails[length : length + 1] = [j]
        tail_at[length : length + 1] = [index]
    kept: set[tuple[int, int]] = set()
    current = tail_at[-1] if tail_at else None
    while current is not None:
        kept.add(pairs[current])
        current = before[current]
    return kept


def _link(
    old: Sequence[ProvisionText],
    new: Sequence[ProvisionText],
    group: tuple[tuple[int, ...], tuple[int, ...]],
    edges: Mapping[tuple[int, int], Pair],
    place: _Places,
) -> Link:
    sources, targets = group
    pairs = [edges[i, j] for i in sources for j in targets]
    best = max(pairs, key=lambda pair: pair.score)
    weakest = min(pair.score for pair in pairs)
    if len(targets) > 1:
        continuity, reason = Continuity.SPLIT, f"its sentences are found in {len(targets)} provisions"
    elif len(sources) > 1:
        continuity, reason = Continuity.MERGED, f"holds sentences of {len(sources)} provisions"
    else:
        continuity, reason = _single(old[sources[0]], new[targets[0]], sources[0], targets[0], place)
    reviewed = all(pair.support == math.inf for pair in pairs)
    if len(pairs) == 1 and best.score < REVIEWED:
        reason += "; wording is far apart, " + ("a person paired them" if reviewed else "its place speaks for it")
    return Link(
        tuple(old[i].eid for i in sources),
        tuple(new[j].eid for j in targets),
        tuple(old[i].label for i in sources),
        tuple(new[j].label for j in targets),
        continuity,
        round(best.score, 4),
        reason,
        weakest < REVIEWED and not reviewed,
    )


def _single(old: ProvisionText, new: ProvisionText, i: int, j: int, place: _Places) -> tuple[Continuity, str]:
    before, after = fold(body(old.text, old.label)), fold(body(new.text, new.label))
    moved = place.moved(i, j)
    if before != after and mask(before) != mask(after):
        reason = "wording changed"
        if fold(old.label) != fold(new.label):
            reason += ", renumbered"
        return Continuity.AMENDED, f"{reason}, {moved}" if moved else reason
    if moved:
        return Continuity.MOVED, moved
    if fold(old.label) != fold(new.label):
        return Continuity.RENUMBERED, "same wording under another number"
    return Continuity.SAME, "same wording"


def _in_reading_order(links: Sequence[Link], old: Sequence[ProvisionText], new: Sequence[ProvisionText]) -> list[Link]:
    """By position in the new expression; a deleted provision follows the successor of the one it followed."""
    new_place = {provision.eid: place for place, provision in enumerate(new)}
    old_place = {provision.eid: place for place, provision in enumerate(old)}
    anchor: dict[int, int] = {}
    for link in links:
        if link.old and link.new:
            for eid in link.old:
                anchor[old_place[eid]] = min(new_place[target] for target in link.new)
    running, following = -1, {}
    for place in range(len(old)):
        running = anchor.get(place, running)
        following[place] = running

    def key(link: Link) -> tuple[int, int, int]:
        if link.new:
            return (new_place[link.new[0]], 0, old_place[link.old[0]] if link.old else -1)
        place = old_place[link.old[0]]
        return (following[place], 1, place)

    return sorted(links, key=key)
