"""Would a trained choice of the carried-over bearer beat the rule? Cross-validation by document on annotated passages.

The question is asked only where rules end: a cue whose sentence names no party, when an earlier sentence does. The
choice is to carry that party on or to name none. A linear model (logistic regression on the words and places that the
rule looks at, too) is trained on four fifths of the documents and asked about the last fifth, in turn; no document is
in both. Beside it stand the rule, and the rule overruled only where the model is sure.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import CORPUS
from nlp.evaluate import score
from nlp.pipes.bearers.bearers import _Search
from nlp.pipes.bearers.earlier import Earlier
from nlp.pipes.bearers.naming import Bearer
from nlp.pipes.modality.modality import Cue, find_cues
from nlp.text.clauses import Layout, lay_out, marker_end

GOLD = Path(__file__).resolve().parent.parent / "tests" / "gold"
SETS = ("extra_dev", "extra_dev2", "held", "held2", "held3", "held4")
"""Development sets; the last annotated set stays out, so that it can be scored unseen."""
FOLDS = 5
SURE = (0.6, 0.7, 0.8, 0.9)
_ROUNDS, _RATE, _PENALTY = 400, 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """A choice to make: `carried` is what the annotation says, `rule` what the rule does. `fold` is the document's."""

    features: tuple[str, ...]
    carried: bool
    rule: bool
    fold: int


class _Recording(Earlier):
    """Notes every choice with the party that could be carried on; lists take theirs from the lead and are left out."""

    def __init__(self, layout: Layout, cues: tuple[Cue, ...]) -> None:
        super().__init__(layout, cues)
        self.choices: list[tuple[int, Bearer, bool, tuple[str, ...]]] = []

    def carried_on(self, cue: Cue, sentence: tuple[int, int], before: tuple[tuple[int, int], ...]) -> Bearer | None:
        answer = super().carried_on(cue, sentence, before)
        line = self.layout.line(cue.start)
        marked = marker_end(self.layout.text, line[0]) > line[0]
        candidate = None if marked and sentence[0] == line[0] else self.last_named(cue, marked)
        if candidate is not None:
            self.choices.append(
                (
                    cue.start,
                    candidate,
                    answer is not None,
                    (f"rule {answer is not None}", *self._features(cue, before, candidate)),
                )
            )
        return answer

    def _features(self, cue: Cue, before: tuple[tuple[int, int], ...], candidate: Bearer) -> tuple[str, ...]:
        text, clause = self.masked, self.layout.clause(cue.start)
        first = text[slice(*(before[0] if before else clause))].strip()
        last = text[slice(*before[-1])].strip() if before else ""
        sentences = self.layout.sentence_index(cue.start) - self.layout.sentence_index(candidate.start)
        new_line = self.layout.sentence(cue.start)[0] == self.layout.line(cue.start)[0]
        return (
            f"cue {text[cue.start : cue.end]}",
            f"modality {cue.modality.value}",
            f"sentences back {min(sentences, 4)}",
            f"new paragraph {new_line}",
            f"clauses before {min(len(before), 3)}",
            f"opens with {first[:2]}",
            f"opens with {first[:1]}",
            f"new paragraph {new_line}, opens with {first[:2]}",
            f"clause before ends with {last[-1:]}",
            f"clause before ends with {last[-2:]}",
            f"before the cue {text[max(clause[0], cue.start - 2) : cue.start]}",
            f"behind the cue {text[cue.end : cue.end + 2]}",
            f"party {text[max(0, candidate.end - 2) : candidate.end]}",
            f"party found as {candidate.pattern}",
            f"said again {text.startswith(first[:2], candidate.end)}",
        )


def cases(records: Sequence[dict[str, Any]]) -> Iterator[Case]:
    """The choices whose annotation is either the earlier party or none; a third party is out of either's reach."""
    for record in records:
        layout = lay_out(record["text"])
        cues = find_cues(layout)
        search = _Search(layout, cues)
        recording = search.earlier = _Recording(layout, cues)
        for cue in cues:
            search.resolve(cue)
        document = record["id"].split("#")[0]
        fold = int(hashlib.sha256(document.encode()).hexdigest(), 16) % FOLDS
        annotated = {norm["start"]: norm for norm in record["norms"] if norm["modality"] != "penalty"}
        for start, candidate, rule, features in recording.choices:
            norm = annotated.get(start)
            if norm is None:
                continue
            name = record["text"][candidate.start : candidate.end]
            carried = bool(norm["bearer"]) and _names(record, norm, name)
            if carried or not norm["bearer"]:
                yield Case(features, carried, rule, fold)


def _names(record: dict[str, Any], norm: dict[str, Any], name: str) -> bool:
    """Whether the scorer takes the name for the annotated bearer, in its relaxed sense."""
    gold = {"id": record["id"], "text": record["text"], "norms": [norm], "thresholds": []}
    found = {**gold, "norms": [{**norm, "bearer": name}]}
    return score([gold], [found]).bearers_close == 1


def train(known: Sequence[Case]) -> dict[str, float]:
    """Weights of features by logistic regression with a ridge penalty; "" is the constant."""
    names = ["", *sorted({feature for case in known for feature in case.features})]
    column = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(known), len(names)))
    for row, case in enumerate(known):
        matrix[row, [0, *(column[feature] for feature in case.features)]] = 1.0
    goal = np.array([case.carried for case in known], dtype=float)
    weights = np.zeros(len(names))
    for _ in range(_ROUNDS):
        error = 1 / (1 + np.exp(-matrix @ weights)) - goal
        weights -= _RATE * (matrix.T @ error / len(known) + _PENALTY * weights)
    return dict(zip(names, weights.tolist(), strict=True))


def probability(weights: dict[str, float], case: Case) -> float:
    """That the party is carried on."""
    total = weights[""] + sum(weights.get(feature, 0.0) for feature in case.features)
    return float(1 / (1 + np.exp(-total)))


def main() -> None:
    sys.path.insert(0, str(GOLD))
    expand = import_module("expand").expand

    records = [record for name in SETS for record in expand(GOLD / f"{name}.jsonl", CORPUS)]
    reference = CORPUS.parent / "gold" / "dev.jsonl"
    records += [json.loads(line) for line in reference.read_text(encoding="utf-8").splitlines()]
    known = list(cases(records))
    chances = []
    for case_fold in range(FOLDS):
        weights = train([case for case in known if case.fold != case_fold])
        chances += [(case, probability(weights, case)) for case in known if case.fold == case_fold]
    total = len(chances)
    print(f"{total} choices in {len(records)} passages; carried on in {sum(case.carried for case in known)}")
    print(f"rule                       {sum(case.rule == case.carried for case, _ in chances) / total:.3f}")
    print(f"model alone                {sum((p > 0.5) == case.carried for case, p in chances) / total:.3f}")
    for sure in SURE:
        right = sum((p > 0.5 if max(p, 1 - p) >= sure else case.rule) == case.carried for case, p in chances)
        print(f"rule, model where p >= {sure} {right / total:.3f}")


if __name__ == "__main__":
    main()
