"""Best one-to-one pairing of two short lists by a score, and a way to keep long ones short.

In: indices and a score function. Out: pairs of indices. Used for the quantities and the norms of one link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

STRETCH = 150
"""A table with thousands of values is paired in stretches of at most so many on the longer side."""


def stretches(rows: int, columns: int) -> Iterator[tuple[list[int], list[int]]]:
    """Both lists cut into the same number of parts, part k of one against part k of the other."""
    parts = max(1, -(-max(rows, columns) // STRETCH))
    for part in range(parts):
        yield (
            list(range(rows * part // parts, rows * (part + 1) // parts)),
            list(range(columns * part // parts, columns * (part + 1) // parts)),
        )


def best_pairs(
    rows: Sequence[int], columns: Sequence[int], score: Callable[[int, int], float], enough: float
) -> list[tuple[int, int]]:
    """The pairing with the greatest sum of squared scores, without the pairs that score less than `enough`."""
    if not rows or not columns:
        return []
    scores = np.array([[score(i, j) for j in columns] for i in rows])
    chosen = zip(*linear_sum_assignment(np.where(scores >= enough, scores**2, 0.0), maximize=True), strict=True)
    return [(rows[r], columns[c]) for r, c in chosen if scores[r, c] >= enough]
