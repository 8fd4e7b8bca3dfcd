"""Finds deontic cues that govern a main clause.

In: a `Layout` (boundaries and the masked text). Out: `Cue` values in order of start. Cues inside quotes and titles are
hidden by the mask; a bracketed clause is read as a small text of its own. Penalties are the sanctions pipe's work: here a
modal that only introduces a sanction is still reported, and dropped by the norms pipe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.pipes.modality import patterns
from nlp.text.clauses import Layout
from rules_db.model import Modality


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue with scope over a main clause. `pattern` names the rule; `confidence` is 1.0 where the reading is plain."""

    modality: Modality
    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


_MODALITY = {cue: modality for modality, cues in patterns.CUES.items() for cue in cues}


def _alternation(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_SCAN = re.compile(
    f"(?P<pseudo>(?:{_alternation(list(patterns.PSEUDO_CUES))})(?!当))|(?P<cue>{_alternation(list(_MODALITY))})"
)


def find_cues(layout: Layout) -> tuple[Cue, ...]:
    """Cues that govern a main clause, in order."""
    found = []
    for match in _SCAN.finditer(layout.masked):
        if match.lastgroup == "pseudo":
            continue
        word = match.group()
        cue = Cue(_MODALITY[word], match.start(), match.end(), word)
        if _governs(layout, cue):
            found.append(cue)
    return tuple(found)


def _governs(layout: Layout, cue: Cue) -> bool:
    start, end = layout.clause(cue.start)
    clause_rest = layout.masked[cue.end : end]
    if clause_rest.endswith("的"):
        return False
    return True
