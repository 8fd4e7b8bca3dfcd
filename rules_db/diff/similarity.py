"""How alike two provisions are: idf-weighted bigrams for what they are about, edit distance for how they say it.

In: masked texts (see canonical.mask). Out: sparse candidate scores 0..1. Weights come from the two expressions
compared, so 应当 or the name of the instrument's own subject count for little and rare words for much.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
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
    """Bigram numbering and idf over all texts of one comparison."""

    def __init__(self, texts: Iterable[str]) -> None:
        frequency: Counter[str] = Counter()
        count = 0
        for text in texts:
            frequency.update(set(_bigrams(text)))
            count += 1
        ordered = sorted(frequency)
        self.index = {bigram: number for number, bigram in enumerate(ordered)}
        self.idf = np.array([math.log((count + 1) / (frequency[bigram] + 0.5)) for bigram in ordered])

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
    rows, columns = old.unit.shape[0], new.unit.shape[0]
    chosen: dict[tuple[int, int], Overlap] = {}
    if not rows or not columns:
        return chosen
    best_of_column: list[list[tuple[float, int, float]]] = [[] for _ in range(columns)]
    unit, present = new.unit.T.tocsr(), new.present.T.tocsr()
    for start in range(0, rows, _BLOCK):
        cosines = (old.unit[start : start + _BLOCK] @ unit).toarray()
        shared = (old.weight[start : start + _BLOCK] @ present).toarray()
        for offset, row in enumerate(cosines):
            for column in _largest(row, keep):
                chosen[start + offset, column] = Overlap(float(row[column]), float(shared[offset, column]))
        for column in range(columns):
            scores = cosines[:, column]
            best_of_column[column].extend(
                (-float(scores[i]), start + i, float(shared[i, column])) for i in _largest(scores, keep)
            )
    for column, ranked in enumerate(best_of_column):
        for negated, row_number, weight in sorted(ranked)[:keep]:
            chosen[row_number, column] = Overlap(-negated, weight)
    return chosen


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


def _largest(scores: np.ndarray, keep: int) -> list[int]:
    """Positions of the `keep` largest positive scores; ties go to the earlier position."""
    if len(scores) > keep:
        cut = np.partition(scores, len(scores) - keep)[len(scores) - keep]
        positions = np.flatnonzero(scores >= max(cut, 1e-9))
    else:
        positions = np.flatnonzero(scores > 0)
    ranked = sorted(positions.tolist(), key=lambda position: (-scores[position], position))
    return ranked[:keep]


def wording(old: str, new: str) -> float:
    """Indel similarity 0..1 of the texts."""
    return Indel.normalized_similarity(old[:_LONGEST], new[:_LONGEST])


def blend(cosine: float, indel: float, share: float) -> float:
    """One similarity out of three views. Cosine leads; edit similarity separates provisions that share their topic;
    containment keeps an article that grew or was cut down recognisable."""
    return 0.5 * cosine + 0.25 * indel + 0.25 * share
