"""Second pass of the alignment: splits, mergers and paragraphs that moved to another provision.

In: the pairs of the first pass. What neither partner of a pair accounts for, sentence by sentence, is its remainder;
remainders and unmatched provisions are compared once more. Out: further links between positions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules_db.diff import similarity
from rules_db.diff.assignment import Pair
from rules_db.diff.canonical import mask
from rules_db.diff.similarity import Vectors, Vocabulary

_SENTENCE = re.compile(r"[^。；;\n]+[。；;\n]?")
_SHORTEST = 6

ACCOUNTED = 0.55
"""Share of a sentence's weight that its partner must contain for the sentence to count as carried over."""

_SENTENCE_SCORE = 0.40
_SENTENCE_MASS = 30.0
_MOVED_SCORE = 0.55
_MOVED_MASS = 45.0
_REMAINDER_SCORE = 0.34
_REMAINDER_MASS = 60.0


@dataclass(frozen=True, slots=True)
class _Loose:
    """Sentences that no partner accounts for, with the position of the provision each stands in."""

    owners: list[int]
    texts: list[str]
    vectors: Vectors


def further_links(
    old: Sequence[str],
    new: Sequence[str],
    old_side: Vectors,
    new_side: Vectors,
    pairs: Sequence[Pair],
    words: Vocabulary,
) -> list[Pair]:
    """Links beside the main pairs. `old` and `new` are the bodies as printed, `pairs` the asserted main pairs.

    A link needs a shared sentence, or a shared remainder of some weight; between two provisions that both have a main
    partner already the demand is higher, because stock phrases travel between any two penalty clauses.
    """
    successor = {pair.old: pair.new for pair in pairs}
    predecessor = {pair.new: pair.old for pair in pairs}
    left = _loose(old, successor, new_side, words)
    right = _loose(new, predecessor, old_side, words)
    best: dict[tuple[int, int], float] = {}
    for (row, column), (score, mass) in _scores(left, right).items():
        i, j = left.owners[row], right.owners[column]
        both_placed = i in successor and j in predecessor
        enough = (
            score >= _MOVED_SCORE and mass >= _MOVED_MASS
            if both_placed
            else score >= _SENTENCE_SCORE and mass >= _SENTENCE_MASS
        )
        if enough:
            best[i, j] = max(score, best.get((i, j), 0.0))
    whole_left, whole_right = _joined(left, words), _joined(right, words)
    for (row, column), (score, mass) in _scores(whole_left, whole_right).items():
        i, j = whole_left.owners[row], whole_right.owners[column]
        if (i in successor) != (j in predecessor) and score >= _REMAINDER_SCORE and mass >= _REMAINDER_MASS:
            best.setdefault((i, j), score)
    main = {(pair.old, pair.new) for pair in pairs}
    return [Pair(i, j, score, score) for (i, j), score in sorted(best.items()) if (i, j) not in main]


def sentences(text: str) -> list[str]:
    """Masked sentences and list items of a provision, without scraps too short to recognise."""
    masked = (mask(piece) for piece in _SENTENCE.findall(text))
    return [piece for piece in masked if len(piece) >= _SHORTEST]


def _loose(bodies: Sequence[str], partner: Mapping[int, int], other: Vectors, words: Vocabulary) -> _Loose:
    owners: list[int] = []
    texts: list[str] = []
    for position, text in enumerate(bodies):
        pieces = sentences(text)
        if position in partner and pieces:
            vectors = words.vectors(pieces)
            shared = (vectors.weight @ other.present[[partner[position]]].T).toarray()[:, 0]
            pieces = [
                piece
                for piece, found, mass in zip(pieces, shared, vectors.mass, strict=True)
                if mass > 0 and found / mass < ACCOUNTED
            ]
        owners.extend([position] * len(pieces))
        texts.extend(pieces)
    return _Loose(owners, texts, words.vectors(texts))


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
    for (row, column), overlap in similarity.candidates(left.vectors, right.vectors).items():
        share = similarity.contained(overlap, left.vectors, row, right.vectors, column)
        found[row, column] = ((overlap.cosine + share) / 2, overlap.shared)
    return found
