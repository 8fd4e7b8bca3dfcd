"""Which provision of the new expression continues which of the old one.

In: the provisions of both expressions in document order. Out: links that together name every old and every new
provision, and pairs that merely resemble each other. Labels and eIds never decide: an insertion renumbers everything
after it. The work is done in assignment.py (one successor each) and remainders.py (splits and mergers).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules_db.diff.assignment import ASSERTED, REVIEWED, Pair, Side, assign
from rules_db.diff.canonical import body, fold, mask
from rules_db.diff.remainders import further_links
from rules_db.diff.result import Link, PossibleMatch, TermSwap
from rules_db.diff.similarity import Vocabulary
from rules_db.diff.terms import swaps_between
from rules_db.diff.text import hunks
from rules_db.model import Continuity, ProvisionText

_LEARNED_FROM = 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """Links in reading order of the new expression (deleted provisions where they stood) and the near misses."""

    links: tuple[Link, ...]
    possible: tuple[PossibleMatch, ...]


def align(old: Sequence[ProvisionText], new: Sequence[ProvisionText]) -> list[Link]:
    """The links alone; see `alignment`."""
    return list(alignment(old, new).links)


def alignment(old: Sequence[ProvisionText], new: Sequence[ProvisionText]) -> Alignment:
    """Align two expressions of one instrument.

    eIds must be unique within each side. Every eId of either side is in at least one link; it is in two only where a
    merger and a split meet in it.
    Raises ValueError on a repeated eId.
    """
    _require_unique(old, "old")
    _require_unique(new, "new")
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
    extra = further_links(old_bodies, new_bodies, left.vectors, right.vectors, main, words)
    edges = {(pair.old, pair.new): pair for pair in [*extra, *main]}
    linked_old, linked_new = {i for i, _ in edges}, {j for _, j in edges}
    possible = tuple(
        PossibleMatch(old[p.old].eid, new[p.new].eid, old[p.old].label, new[p.new].label, round(p.score, 4))
        for p in pairs
        if p.old not in linked_old and p.new not in linked_new
    )
    groups = _groups(edges)
    place = _Places(old, new, [edges[i[0], j[0]] for i, j in groups if len(i) == len(j) == 1])
    links = [_link(old, new, group, edges, place) for group in groups]
    resembles_new = {match.old: match for match in possible}
    resembles_old = {match.new: match for match in possible}
    for i, provision in enumerate(old):
        if i not in linked_old:
            near = resembles_new.get(provision.eid)
            reason = (
                f"no successor; possible match {near.new_label} ({near.similarity:.2f})" if near else "no successor"
            )
            score = near.similarity if near else 0.0
            links.append(
                Link((provision.eid,), (), (provision.label,), (), Continuity.DELETED, score, reason, near is not None)
            )
    for provision in (p for j, p in enumerate(new) if j not in linked_new):
        near = resembles_old.get(provision.eid)
        reason = (
            f"no predecessor; possible match {near.old_label} ({near.similarity:.2f})" if near else "no predecessor"
        )
        score = near.similarity if near else 0.0
        links.append(
            Link((), (provision.eid,), (), (provision.label,), Continuity.ADDED, score, reason, near is not None)
        )
    return Alignment(tuple(_in_reading_order(links, old, new)), possible)


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
    if len(pairs) == 1 and best.score < REVIEWED:
        reason += "; wording is far apart, its place speaks for it"
    return Link(
        tuple(old[i].eid for i in sources),
        tuple(new[j].eid for j in targets),
        tuple(old[i].label for i in sources),
        tuple(new[j].label for j in targets),
        continuity,
        round(best.score, 4),
        reason,
        weakest < REVIEWED,
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
