"""Which controls, devices and evidence items a statement may belong to, likeliest first, each with its ground.

Three grounds: the statement holds a cue word of every group that the target lists; it is worded like a statement that a
person linked to the target; or the target belongs to one found so (a control and its evidence and devices) and shares
words with the statement. In: a statement, the catalogue, reviewed statements. Out: ranked targets. Measured by
benchmarks/proposals.py.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules_db.fingerprint import comparison_key
from rules_db.mapping.catalogue import Catalogue, Entry

_ALIKE = 0.5  # cosine of pairs of characters from which two statements count as worded alike
_CUES_BASE, _CUES_STEP = 0.4, 0.1  # a target with more groups, and more words met, is the likelier one
_CUES_MOST = 0.9
# What belongs to a target that was found gets half its score, and a little for rare words that it shares.
_NEAR_SHARE, _NEAR_WORDS, _NEAR_ENOUGH = 0.5, 0.2, 3.0
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")
Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A target that a statement may belong to: score in 0..1 and the ground in words."""

    kind: str
    target_id: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Model:
    """A reviewed statement and the target that a person linked it to; `pairs` are its pairs of characters."""

    link_id: str
    target: tuple[str, str]
    statement: str
    pairs: Counter[str]


def reviewed_models(connection: sqlite3.Connection) -> list[Model]:
    """The statements of reviewed links, by id of the link."""
    rows = connection.execute(
        """SELECT id, target_kind, target_id, stamp_statement FROM mapping
           WHERE stamp <> '' AND stamp_statement <> '' AND status <> 'rejected' ORDER BY id"""
    )
    return [
        Model(row["id"], (row["target_kind"], row["target_id"]), row["stamp_statement"], _pairs(row["stamp_statement"]))
        for row in rows
    ]


def rank_targets(statement: str, catalogue: Catalogue, models: Sequence[Model]) -> list[Ranked]:
    """All targets with a ground, the likeliest first; `models` are reviewed statements that one may be worded like."""
    entries = {(kind, entry["id"]): entry for kind, entry in _targets(catalogue)}
    alike = _alike(statement, models)
    found: dict[Target, Ranked] = {}
    for target, entry in entries.items():
        likeness, model = alike.get(target, (0.0, ""))
        words = cues_met(entry, statement)
        by_cues = 0.0
        if words:
            by_cues = min(_CUES_MOST, _CUES_BASE + _CUES_STEP * (len(entry["cues"]) + len(words) - 2))
        if max(likeness, by_cues) == 0:
            continue
        reasons = [f"speaks of {'、'.join(words)}"] if words else []
        reasons += [f"worded like the rule of {model} ({likeness:.2f})"] if likeness else []
        found[target] = Ranked(*target, round(max(likeness, by_cues), 3), "; ".join(reasons))
    weights = _weights(entries)
    pairs = _han_pairs(statement)
    closeness = {target: sum(weight for pair, weight in weights[target].items() if pair in pairs) for target in entries}
    near = list(_near(found, _neighbours(catalogue), closeness))
    ranked = [*found.values(), *near]
    return sorted(
        ranked,
        key=lambda one: (-one.score, -closeness[one.kind, one.target_id], one.kind, one.target_id),
    )


def cues_met(entry: Entry, statement: str) -> tuple[str, ...] | None:
    """The words met, one or more of each group; None when a group is not met or the entry lists no cues."""
    met: list[str] = []
    for group in entry.get("cues", ()):
        words = [word for word in group if word in statement]
        if not words:
            return None
        met += words
    return tuple(dict.fromkeys(met)) or None


def _targets(catalogue: Catalogue) -> Iterator[tuple[str, Entry]]:
    for kind, entries in (
        ("control", catalogue.controls),
        ("hardware_item", catalogue.hardware),
        ("evidence_item", catalogue.evidence),
    ):
        for entry in entries.values():
            yield kind, entry


def _neighbours(catalogue: Catalogue) -> dict[Target, set[Target]]:
    """A control with its evidence and devices, both ways."""
    found: dict[Target, set[Target]] = {}
    for control in catalogue.controls.values():
        here = ("control", control["id"])
        others = [("evidence_item", key) for key in control["evidence"]]
        others += [("hardware_item", key) for key in control.get("hardware", ())]
        for other in others:
            found.setdefault(here, set()).add(other)
            found.setdefault(other, set()).add(here)
    return found


def _near(
    found: dict[Target, Ranked], neighbours: dict[Target, set[Target]], closeness: dict[Target, float]
) -> Iterator[Ranked]:
    best: dict[Target, Ranked] = {}
    for target, ranked in sorted(found.items(), key=lambda item: -item[1].score):
        for other in neighbours.get(target, ()):
            if other not in found and other not in best and closeness[other] > 0:
                words = _NEAR_WORDS * min(closeness[other], _NEAR_ENOUGH) / _NEAR_ENOUGH
                score = round(_NEAR_SHARE * ranked.score + words, 3)
                best[other] = Ranked(*other, score, f"goes with {ranked.target_id} ({ranked.why}) and shares words")
    yield from best.values()


def _weights(entries: dict[Target, Entry]) -> dict[Target, dict[str, float]]:
    """Pairs of Han characters of each target's title and cues, rare ones heavier, so that long titles gain nothing."""
    pairs = {
        target: _han_pairs(" ".join([entry["title_zh"], *(word for group in entry.get("cues", ()) for word in group)]))
        for target, entry in entries.items()
    }
    counts = Counter(pair for mine in pairs.values() for pair in mine)
    found = {}
    for target, mine in pairs.items():
        rarity = {pair: math.log(len(pairs) / counts[pair]) for pair in mine}
        whole = math.sqrt(sum(rarity.values())) or 1.0
        found[target] = {pair: weight / whole for pair, weight in sorted(rarity.items())}
    return found


def _han_pairs(text: str) -> set[str]:
    return {run[i : i + 2] for run in _NOT_HAN.split(text) for i in range(len(run) - 1)}


def _alike(statement: str, models: Sequence[Model]) -> dict[tuple[str, str], tuple[float, str]]:
    """Target → likeness and link of the most similar reviewed statement, where it is similar enough."""
    pairs = _pairs(statement)
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for model in models:
        likeness = _cosine(pairs, model.pairs)
        if likeness >= _ALIKE and likeness > best.get(model.target, (0.0, ""))[0]:
            best[model.target] = (likeness, model.link_id)
    return best


def _pairs(text: str) -> Counter[str]:
    key = comparison_key(text)
    return Counter(key[i : i + 2] for i in range(len(key) - 1))


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    if len(b) < len(a):
        a, b = b, a
    dot = sum(count * b[pair] for pair, count in a.items())
    norms = sum(n * n for n in a.values()) * sum(n * n for n in b.values())
    return dot / math.sqrt(norms) if norms else 0.0
