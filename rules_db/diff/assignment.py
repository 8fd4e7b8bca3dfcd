"""First pass of the alignment: one successor at most per provision, chosen over the whole instrument at once.

In: masked texts and chapter labels in document order. Out: pairs of positions with their similarity. A greedy best
match per article steals twins from each other and a monotone alignment loses articles that moved; an optimal
assignment does neither (see docs/diff.md for the measurements).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rules_db.diff import similarity
from rules_db.diff.similarity import Overlap, Vectors

ASSERTED = 0.33
"""From this support (wording and place) on a pair is called a continuation. Of 200 weak pairs of the corpus read one by
one, 85 % were right between .40 and .45 and about 70 % between .33 and .40; all of these are marked for review."""

REVIEWED = 0.45
"""A continuation whose wording alone scores less than this asks for a person's look."""

POSSIBLE = 0.27
"""From here on a pair is worth showing as a possible match; below it the two have nothing to do with each other."""

SANDWICHED = 0.15
"""Enough for a pair that stands alone between two sure pairs: same place, same neighbours, subject rewritten."""

_SURE = 0.55
_ROUNDS = 2
_WORTHLESS = 0.25
_FRAME = 0.15
_PURPOSE, _COMMENCEMENT = "制定本", "施行"
_NEIGHBOUR = 0.06
_CHAPTER = 0.05
_TWINS = 4
_DENSE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Pair:
    """Positions of an old and a new provision; `score` compares wording only, `support` adds what their place says;
    infinite support is a person's word."""

    old: int
    new: int
    score: float
    support: float


@dataclass(frozen=True, slots=True)
class Side:
    """One expression as the assignment sees it; the three lists run in parallel, in document order."""

    texts: Sequence[str]
    containers: Sequence[str]
    vectors: Vectors


def assign(old: Side, new: Side) -> list[Pair]:
    """All pairs of the optimal assignment with at least POSSIBLE support.

    Solved on wording alone first; then twice more with what the sure pairs of the last solution say about place.
    """
    scores = pair_scores(old, new)
    supported = scores
    solution = _solve(scores, len(old.texts), len(new.texts))
    sure = {pair for pair in solution if scores[pair] >= _SURE}
    for _ in range(_ROUNDS):
        hints = _Hints(old, new, sure)
        supported = {pair: min(1.0, score + hints.bonus(*pair)) for pair, score in scores.items()}
        solution = _solve(supported, len(old.texts), len(new.texts))
        sure = {pair for pair in solution if supported[pair] >= _SURE}
    pairs = [Pair(i, j, scores[i, j], supported[i, j]) for i, j in solution if supported[i, j] >= POSSIBLE]
    asserted = [pair for pair in pairs if pair.support >= ASSERTED]
    raised = _sandwiched(old, new, asserted)
    settled = {pair.old for pair in raised} | {-1 - pair.new for pair in raised}
    pairs = [pair for pair in pairs if pair.old not in settled and -1 - pair.new not in settled]
    return sorted(pairs + raised, key=lambda pair: (pair.old, pair.new))


def pair_scores(old: Side, new: Side) -> dict[tuple[int, int], float]:
    """Blended similarity of every candidate pair. Verbatim twins are candidates whatever the pruning left out."""
    scores = {}
    for (i, j), found in similarity.candidates(old.vectors, new.vectors).items():
        scores[i, j] = pair_score(old, i, new, j, found)
    places: dict[str, list[int]] = defaultdict(list)
    for j, text in enumerate(new.texts):
        places[text].append(j)
    seen: Counter[str] = Counter()
    for i, text in enumerate(old.texts):
        rank, seen[text] = seen[text], seen[text] + 1
        for j in places.get(text, ())[max(0, rank - _TWINS) : rank + _TWINS + 1]:
            scores[i, j] = 1.0
    return scores


def pair_score(old: Side, i: int, new: Side, j: int, found: Overlap) -> float:
    share = similarity.contained(found, old.vectors, i, new.vectors, j)
    share = similarity.damped(share, old.vectors, i, new.vectors, j)
    return min(1.0, similarity.blend(found.cosine, similarity.wording(old.texts[i], new.texts[j]), share))


def _solve(scores: Mapping[tuple[int, int], float], rows: int, columns: int) -> list[tuple[int, int]]:
    """Maximum-weight assignment over the candidate pairs, one connected component at a time.

    Positions enter with a tiny weight, so that verbatim twins are paired in document order and not at random.
    """
    useful = [(pair, score) for pair, score in sorted(scores.items()) if score >= SANDWICHED]
    if not useful:
        return []
    sources = np.array([pair[0] for pair, _ in useful])
    targets = np.array([pair[1] + rows for pair, _ in useful])
    graph = coo_array((np.ones(len(useful)), (sources, targets)), shape=(rows + columns, rows + columns))
    _, component = connected_components(graph, directed=False)
    members: dict[int, list[tuple[tuple[int, int], float]]] = defaultdict(list)
    for pair, score in useful:
        members[int(component[pair[0]])].append((pair, score))
    chosen: list[tuple[int, int]] = []
    for number in sorted(members):
        chosen.extend(_solve_component(members[number], max(rows, columns)))
    return sorted(chosen)


def _solve_component(edges: Sequence[tuple[tuple[int, int], float]], size: int) -> list[tuple[int, int]]:
    left = sorted({pair[0] for pair, _ in edges})
    right = sorted({pair[1] for pair, _ in edges})
    if max(len(left), len(right)) > _DENSE_LIMIT:
        return _greedy(edges)
    row_of = {i: row for row, i in enumerate(left)}
    column_of = {j: column for column, j in enumerate(right)}
    weights = np.zeros((len(left), len(right)))
    for (i, j), score in edges:
        weights[row_of[i], column_of[j]] = _worth(score) + 1e-6 * (1 - abs(i - j) / size)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(left[r], right[c]) for r, c in zip(rows, columns, strict=True) if weights[r, c] > 0]


def _worth(score: float) -> float:
    """Grows faster than the score: one sure pair is worth more than two doubtful ones."""
    return 0.001 * score + float(max(0.0, score - _WORTHLESS) ** 1.5)


def _greedy(edges: Sequence[tuple[tuple[int, int], float]]) -> list[tuple[int, int]]:
    """Best pair first. Only for components beyond any law in force, where a dense matrix would not fit."""
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    chosen = []
    for (i, j), _ in sorted(edges, key=lambda edge: (-edge[1], edge[0])):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            chosen.append((i, j))
    return chosen


class _Hints:
    """What the sure pairs say about where a provision should be, looked at from both sides alike."""

    def __init__(self, old: Side, new: Side, sure: Iterable[tuple[int, int]]) -> None:
        self._old, self._new = old.texts, new.texts
        pairs = sorted(sure)
        self._forward = _Neighbours(pairs, old.containers, new.containers)
        self._backward = _Neighbours([(j, i) for i, j in pairs], new.containers, old.containers)

    def bonus(self, i: int, j: int) -> float:
        place = (self._forward.bonus(i, j) + self._backward.bonus(j, i)) / 2
        return place + (_FRAME if self._frames(i, j) else 0.0)

    def _frames(self, i: int, j: int) -> bool:
        """The purpose clause opens and the commencement clause closes almost every instrument; both are so short and
        so formulaic that wording alone can't recognise them after a rewrite."""
        before, after = self._old[i], self._new[j]
        if i == 0 and j == 0:
            return _PURPOSE in before and _PURPOSE in after
        last = i == len(self._old) - 1 and j == len(self._new) - 1
        return last and _COMMENCEMENT in before and _COMMENCEMENT in after


class _Neighbours:
    """Where the provisions next to a provision went, and where most of its chapter went."""

    def __init__(self, pairs: Iterable[tuple[int, int]], source: Sequence[str], target: Sequence[str]) -> None:
        self._source, self._target = source, target
        self._pairs = dict(pairs)
        self._anchors = sorted(self._pairs)
        went: dict[str, Counter[str]] = defaultdict(Counter)
        for i, j in self._pairs.items():
            went[source[i]][target[j]] += 1
        self._share = {
            (chapter, other): count / sum(counts.values())
            for chapter, counts in went.items()
            for other, count in counts.items()
        }

    def bonus(self, i: int, j: int) -> float:
        place = bisect_left(self._anchors, i)
        before = self._anchors[place - 1] if place else None
        after = next((anchor for anchor in self._anchors[place : place + 2] if anchor > i), None)
        total = _CHAPTER * self._share.get((self._source[i], self._target[j]), 0.0)
        for anchor in (before, after):
            if anchor is not None:
                drift = abs((j - self._pairs[anchor]) - (i - anchor))
                total += _NEIGHBOUR / (1 + drift)
        return total


def _sandwiched(old: Side, new: Side, pairs: Sequence[Pair]) -> list[Pair]:
    """Pairs of the only two unmatched provisions between two sure, adjacent pairs."""
    successor = {pair.old: pair for pair in pairs}
    taken = {pair.new for pair in pairs}
    found = []
    for i in range(1, len(old.texts) - 1):
        before, after = successor.get(i - 1), successor.get(i + 1)
        if i in successor or before is None or after is None or min(before.score, after.score) < _SURE:
            continue
        j = before.new + 1
        if after.new != j + 1 or j in taken:
            continue
        score = pair_score(old, i, new, j, similarity.overlap(old.vectors, i, new.vectors, j))
        if score >= SANDWICHED:
            found.append(Pair(i, j, score, ASSERTED))
    return found
