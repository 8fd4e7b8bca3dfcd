"""How alike two provisions are: idf-weighted bigrams for what they are about, edit distance for how they say it.

In: masked texts (see canonical.mask). Out: sparse candidate scores 0..1. Weights come from the two expressions
compared, so 应当 or the name of the instrument's own subject count for little and rare words for much.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Indel
from scipy import sparse

CANDIDATES = 12
"""Partners kept per provision before the exact comparison; bounds the work on codes with thousands of articles."""

_BLOCK = 512
_FULL_SHARE = 3.0
_LONGEST = 4000
"""Characters per text that enter the edit distance; an annex-like article longer than this is judged by its start."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Bigram vectors of a list of texts: `unit` rows have length 1, `weight` rows hold idf per distinct bigram."""

    unit: sparse.csr_array
    weight: sparse.csr_array
    present: sparse.csr_array
    mass: np.ndarray


class Overlap(NamedTuple):
    """Cosine of two texts, and the idf weight of the distinct bigrams that both have."""

    cosine: float
    shared: float


class Vocabulary:
    """Bigram numbering and idf over all texts of one comparison, scaled so that a bigram of one text alone weighs 1:
    weights are then counts of telling bigrams, whatever the number of provisions."""

    def __init__(self, texts: Iterable[str]) -> None:
        frequency: Counter[str] = Counter()
        count = 0
        for text in texts:
            frequency.update(set(_bigrams(text)))
            count += 1
        ordered = sorted(frequency)
        self.index = {bigram: number for number, bigram in enumerate(ordered)}
        unique = math.log((count + 1) / 1.5) or 1.0
        self.idf = np.array([math.log((count + 1) / (frequency[bigram] + 0.5)) / unique for bigram in ordered])

    def vectors(self, texts: Sequence[str]) -> Vectors:
        indices: list[int] = []
        counts: list[float] = []
        starts = [0]
        for text in texts:
            found = Counter(self.index[bigram] for bigram in _bigrams(text) if bigram in self.index)
            for number in sorted(found):
                indices.append(number)
                counts.append(1.0 + math.log(found[number]))
            starts.append(len(indices))
        shape = (len(texts), len(self.index))
        columns = np.array(indices, dtype=np.int64)
        idf = self.idf[columns] if len(columns) else np.zeros(0)
        data = np.array(counts) * idf
        rows = np.repeat(np.arange(len(texts)), np.diff(starts))
        norm = np.sqrt(np.bincount(rows, weights=data**2, minlength=len(texts)))
        norm[norm == 0] = 1.0
        pointer = np.array(starts)
        unit = sparse.csr_array((data / norm[rows], columns, pointer), shape=shape)
        weight = sparse.csr_array((idf, columns, pointer), shape=shape)
        present = sparse.csr_array((np.ones(len(columns)), columns, pointer), shape=shape)
        mass = np.bincount(rows, weights=idf, minlength=len(texts))
        return Vectors(unit, weight, present, mass)


def _bigrams(text: str) -> list[str]:
    """Overlapping bigrams with a boundary mark at both ends, so that a one-character text has features too."""
    padded = f"^{text}$"
    return [padded[i : i + 2] for i in range(len(padded) - 1)]


def candidates(old: Vectors, new: Vectors, keep: int = CANDIDATES) -> dict[tuple[int, int], Overlap]:
    """Overlap of each pair that is among the `keep` best of its row or of its column. Work is done in row blocks, so
    memory stays bounded by block size x number of new texts."""
    chosen: dict[tuple[int, int], Overlap] = {}
    columns = new.unit.shape[0]
    ranked: list[list[tuple[float, int, float]]] = [[] for _ in range(columns)]
    for start, cosines, shared in _blocks(old, new):
        for offset, column in _best(cosines, keep):
            chosen[start + offset, column] = Overlap(float(cosines[offset, column]), float(shared[offset, column]))
        for column, offset in _best(cosines.T, keep):
            ranked[column].append((-float(cosines[offset, column]), start + offset, float(shared[offset, column])))
    for column, found in enumerate(ranked):
        for negated, row, weight in sorted(found)[:keep]:
            chosen[row, column] = Overlap(-negated, weight)
    return chosen


def alike(old: Vectors, new: Vectors, floor: float) -> dict[tuple[int, int], Overlap]:
    """Overlap of every pair with at least `floor` cosine (which must be above 0)."""
    found: dict[tuple[int, int], Overlap] = {}
    for start, cosines, shared in _blocks(old, new):
        rows, columns = np.nonzero(cosines >= floor)
        cosine, weight = cosines[rows, columns].tolist(), shared[rows, columns].tolist()
        pairs = zip((rows + start).tolist(), columns.tolist(), strict=True)
        found.update(zip(pairs, map(Overlap, cosine, weight), strict=True))
    return found


def _blocks(old: Vectors, new: Vectors) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """First row, cosines and shared weights of one block of rows after the other."""
    if not old.unit.shape[0] or not new.unit.shape[0]:
        return
    unit, present = new.unit.T.tocsr(), new.present.T.tocsr()
    for start in range(0, old.unit.shape[0], _BLOCK):
        rows = slice(start, start + _BLOCK)
        yield start, (old.unit[rows] @ unit).toarray(), (old.weight[rows] @ present).toarray()


def _best(scores: np.ndarray, keep: int) -> Iterator[tuple[int, int]]:
    """Row and column of the `keep` largest positive scores of each row."""
    keep = min(keep, scores.shape[1])
    columns = np.argpartition(-scores, keep - 1, axis=1)[:, :keep]
    rows = np.repeat(np.arange(scores.shape[0]), keep)
    for row, column in zip(rows.tolist(), columns.ravel().tolist(), strict=True):
        if scores[row, column] > 0:
            yield row, column


def shared_with(old: Vectors, rows: Sequence[int], new: Vectors, partners: Sequence[int]) -> np.ndarray:
    """Shared weight of old row rows[k] and new row partners[k], for all k at once."""
    return np.asarray(old.weight[list(rows)].multiply(new.present[list(partners)]).sum(axis=1)).ravel()


def crowded(vectors: Vectors, owners: Sequence[int], floor: float, count: int) -> np.ndarray:
    """For each row whether rows of at least `count` different owners (its own included) are that close to it."""
    owner = np.asarray(owners)
    result = np.zeros(len(owner), dtype=bool)
    for start, cosines, _ in _blocks(vectors, vectors):
        for offset, row in enumerate(cosines >= floor):
            result[start + offset] = len(set(owner[row].tolist())) >= count
    return result


def overlap(old: Vectors, row: int, new: Vectors, column: int) -> Overlap:
    """The same for one pair."""
    cosine = (old.unit[[row]] @ new.unit[[column]].T).toarray()[0, 0]
    shared = (old.weight[[row]] @ new.present[[column]].T).toarray()[0, 0]
    return Overlap(float(cosine), float(shared))


def contained(found: Overlap, old: Vectors, row: int, new: Vectors, column: int) -> float:
    """Share 0..1 of the lighter text's weight that the other text has as well."""
    smaller = min(float(old.mass[row]), float(new.mass[column]))
    return found.shared / smaller if smaller else 0.0


def damped(share: float, old: Vectors, row: int, new: Vectors, column: int) -> float:
    """Containment counts in full down to a third of the other text's weight and for less below: a long article
    contains the words of many short ones without continuing them."""
    smaller, larger = sorted((float(old.mass[row]), float(new.mass[column])))
    return share * min(1.0, _FULL_SHARE * smaller / larger) if larger else 0.0


def wording(old: str, new: str) -> float:
    """Indel similarity 0..1 of the texts."""
    return Indel.normalized_similarity(old[:_LONGEST], new[:_LONGEST])


def blend(cosine: float, indel: float, share: float) -> float:
    """One similarity out of three views. Cosine leads; edit similarity separates provisions that share their topic;
    containment keeps an article that grew or was cut down recognisable."""
    return 0.5 * cosine + 0.25 * indel + 0.25 * share
