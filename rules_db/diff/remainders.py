"""Second pass of the alignment: splits, mergers and paragraphs that moved to another provision.

In: the pairs of the first pass. What neither partner of a pair accounts for, sentence by sentence, is its remainder;
remainders and unmatched provisions are compared once more. Out: further links between positions.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from rules_db.diff import similarity
from rules_db.diff.assignment import Pair
from rules_db.diff.canonical import mask
from rules_db.diff.similarity import Vectors, Vocabulary

_SENTENCE = re.compile(r"[^。；;\n]+[。；;\n]?")
_SANCTION = re.compile("罚款|处分|责令|吊销|没收")
_REFRAIN = re.compile("构成犯罪的?,依法追究刑事责任")
_MARKER = re.compile(r"^\([^()]{1,4}\)")
_SHORTEST = 6
_MOST_COPIES = 12

ACCOUNTED = 0.55
"""Share of a sentence's weight that its partner must contain for the sentence to count as carried over."""

# Scores are the mean of cosine and containment, masses count telling bigrams (see Vocabulary).
_SENTENCE_SCORE = 0.40
_SENTENCE_MASS = 7.0
_CLEAR_SCORE = 0.55
_CLEAR_MASS = 14.0
_CLEAR_PART = 0.25
_MOVED_SCORE = 0.55
_MOVED_MASS = 10.5
_HEAVY_SCORE = 0.45
_HEAVY_MASS = 15.5
_TWIN_SCORE = 0.75
_TWIN_MASS = 4.5
_REMAINDER_SCORE = 0.34
_REMAINDER_MASS = 14.0

_FAINT = 0.2
_TRACE = 0.1
_LONGEST_ITEM = 60
_SHORTEST_RUN = 7
_RUN_SHARE = 0.65
_RUN_MASS = 4.5
_RUN_SCORE = 0.44
"""A few words are thin evidence: such a link always scores low enough to be looked at by a person."""
_MOST_SENTENCES = 6_000
"""Beyond this (twice the longest code in force) only main pairs are looked for."""

_STOCK_COSINE = 0.7
_STOCK_COUNT = 4
"""A sentence with near twins in so many provisions of its own expression is a stock phrase and proves no descent."""


@dataclass(frozen=True, slots=True)
class _Loose:
    """Sentences with the position of the provision each stands in."""

    owners: list[int]
    texts: list[str]
    vectors: Vectors

    @classmethod
    def of(cls, bodies: Sequence[str], words: Vocabulary) -> _Loose:
        """All sentences of all provisions, but for those that are printed again and again."""
        owned = [(position, piece) for position, text in enumerate(bodies) for piece in sentences(text)]
        copies = Counter(piece for _, piece in owned)
        owned = [(position, piece) for position, piece in owned if copies[piece] <= _MOST_COPIES]
        texts = [piece for _, piece in owned]
        return cls([position for position, _ in owned], texts, words.vectors(texts))

    def without_accounted(self, partner: Mapping[int, int], other: Vectors, words: Vocabulary) -> _Loose:
        """The sentences that the provision's partner does not contain, stock phrases aside."""
        mass = self.vectors.mass
        loose = np.asarray(mass > 0)
        paired = [row for row, owner in enumerate(self.owners) if owner in partner]
        if paired:
            partners = [partner[self.owners[row]] for row in paired]
            shared = similarity.shared_with(self.vectors, paired, other, partners)
            loose[paired] &= shared < ACCOUNTED * mass[paired]
        loose &= ~similarity.crowded(self.vectors, self.owners, _STOCK_COSINE, _STOCK_COUNT)
        kept = np.flatnonzero(loose).tolist()
        texts = [self.texts[row] for row in kept]
        return _Loose([self.owners[row] for row in kept], texts, words.vectors(texts))


def further_links(
    old: Sequence[str],
    new: Sequence[str],
    old_side: Vectors,
    new_side: Vectors,
    pairs: Sequence[Pair],
    words: Vocabulary,
) -> list[Pair]:
    """Links beside the main pairs. `old` and `new` are the bodies as printed, `pairs` the asserted main pairs.

    A link needs a sentence of each side that are each other's best match, or a shared remainder of some weight. Two
    provisions that both have a main partner need more, because phrases travel between any two penalty clauses.
    """
    successor = {pair.old: pair.new for pair in pairs}
    predecessor = {pair.new: pair.old for pair in pairs}
    all_left, all_right = _Loose.of(old, words), _Loose.of(new, words)
    if max(len(all_left.texts), len(all_right.texts)) > _MOST_SENTENCES:
        return []
    left = all_left.without_accounted(successor, new_side, words)
    right = all_right.without_accounted(predecessor, old_side, words)
    best: dict[tuple[int, int], float] = {}
    for (row, column), (score, mass) in _mutual(_scores(left, right)).items():
        i, j = left.owners[row], right.owners[column]
        if i in successor and j in predecessor:
            if bool(_SANCTION.search(left.texts[row])) != bool(_SANCTION.search(right.texts[column])):
                continue  # a penalty clause repeats the duty it backs; it does not continue it
            enough = (score >= _MOVED_SCORE and mass >= _MOVED_MASS) or (score >= _HEAVY_SCORE and mass >= _HEAVY_MASS)
        else:
            part = max(
                mass / side.mass[position] if position not in placed else 0.0
                for side, position, placed in ((old_side, i, successor), (new_side, j, predecessor))
            )
            clear = score >= _CLEAR_SCORE or mass >= _CLEAR_MASS or part >= _CLEAR_PART
            enough = score >= _SENTENCE_SCORE and mass >= _SENTENCE_MASS and clear
        if enough:
            best[i, j] = max(score, best.get((i, j), 0.0))
    for (row, column), (score, mass) in _mutual(_scores(all_left, all_right)).items():
        i, j = all_left.owners[row], all_right.owners[column]
        if (i not in successor or j not in predecessor) and score >= _TWIN_SCORE and mass >= _TWIN_MASS:
            best[i, j] = max(score, best.get((i, j), 0.0))
    whole_left, whole_right = _joined(left, words), _joined(right, words)
    for (row, column), (score, mass) in _mutual(_scores(whole_left, whole_right)).items():
        i, j = whole_left.owners[row], whole_right.owners[column]
        if (i in successor) != (j in predecessor) and score >= _REMAINDER_SCORE and mass >= _REMAINDER_MASS:
            best.setdefault((i, j), score)
    for (i, j), score in _verbatim(left, right, all_left, all_right, successor, predecessor).items():
        if not _has_link(best, i, j, in_new=i in successor):
            best[i, j] = score
    main = {(pair.old, pair.new) for pair in pairs}
    return [Pair(i, j, score, score) for (i, j), score in sorted(best.items()) if (i, j) not in main]


def _has_link(best: Mapping[tuple[int, int], float], i: int, j: int, *, in_new: bool) -> bool:
    """Whether the provision of the two that has no main partner is linked already."""
    return any(b == j for _, b in best) if in_new else any(a == i for a, _ in best)


def _verbatim(
    left: _Loose,
    right: _Loose,
    all_left: _Loose,
    all_right: _Loose,
    successor: Mapping[int, int],
    predecessor: Mapping[int, int],
) -> dict[tuple[int, int], float]:
    """A list item that left a provision for one of its own, or came into one from a provision that is gone: too short
    for the scores, but carried over word for word, in words that stand nowhere else in either expression. The item is
    that of the provision that goes on; otherwise any list in a new provision would seem to descend from something."""
    found: dict[tuple[int, int], float] = {}
    texts = [_by_owner(all_left), _by_owner(all_right)]
    for (row, column), overlap in similarity.alike(left.vectors, right.vectors, _TRACE).items():
        i, j = left.owners[row], right.owners[column]
        if overlap.shared < _RUN_MASS or (i in successor) == (j in predecessor):
            continue
        item, other = (
            (left.texts[row], right.texts[column]) if i in successor else (right.texts[column], left.texts[row])
        )
        item = _MARKER.sub("", item).rstrip("。;")
        if len(item) > min(_LONGEST_ITEM, len(other)):
            continue
        run = _longest_run(item, other)
        if len(run) < _SHORTEST_RUN or len(run) < _RUN_SHARE * len(item):
            continue
        olds, news = ({owner for owner, text in side.items() if run in text} for side in texts)
        # a duty and the penalty that backs it share words: provisions that continue each other explain themselves
        kept = {owner for owner in olds if successor.get(owner) not in news}
        come = {owner for owner in news if predecessor.get(owner) not in olds}
        if kept == {i} and come == {j}:
            found[i, j] = max(found.get((i, j), 0.0), _RUN_SCORE * len(run) / len(item))
    return found


def _by_owner(loose: _Loose) -> dict[int, str]:
    texts: dict[int, str] = defaultdict(str)
    for owner, text in zip(loose.owners, loose.texts, strict=True):
        texts[owner] += f"{text}\n"
    return texts


def _longest_run(a: str, b: str) -> str:
    match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return a[match.a : match.a + match.size].strip("、,;:。()")


def _mutual(scores: Mapping[tuple[int, int], tuple[float, float]]) -> dict[tuple[int, int], tuple[float, float]]:
    """Pairs that are the best of their row and of their column."""
    row_best: dict[int, tuple[float, int]] = {}
    column_best: dict[int, tuple[float, int]] = {}
    for (row, column), (score, _) in sorted(scores.items()):
        if score > row_best.get(row, (0.0, -1))[0]:
            row_best[row] = (score, column)
        if score > column_best.get(column, (0.0, -1))[0]:
            column_best[column] = (score, row)
    return {
        (row, column): found
        for (row, column), found in scores.items()
        if row_best.get(row, (0, -1))[1] == column and column_best.get(column, (0, -1))[1] == row
    }


def sentences(text: str) -> list[str]:
    """Masked sentences and list items of a provision, without scraps too short to recognise and without the words that
    close every second penalty clause."""
    masked = (_REFRAIN.sub("", mask(piece)) for piece in _SENTENCE.findall(text))
    return [piece for piece in masked if len(piece) >= _SHORTEST]


def _joined(loose: _Loose, words: Vocabulary) -> _Loose:
    parts: dict[int, list[str]] = defaultdict(list)
    for owner, text in zip(loose.owners, loose.texts, strict=True):
        parts[owner].append(text)
    owners = sorted(parts)
    texts = ["".join(parts[owner]) for owner in owners]
    return _Loose(owners, texts, words.vectors(texts))


def _scores(left: _Loose, right: _Loose) -> dict[tuple[int, int], tuple[float, float]]:
    """Mean of cosine and containment, and the shared weight, of candidate pairs of loose texts."""
    found = {}
    for (row, column), overlap in similarity.alike(left.vectors, right.vectors, _FAINT).items():
        share = similarity.contained(overlap, left.vectors, row, right.vectors, column)
        found[row, column] = ((overlap.cosine + share) / 2, overlap.shared)
    return found
