"""Scores readings against annotated articles, and tells what changed between two sets of readings.

In: records of the annotation format (`id`, `text` for the annotated ones, `norms`, `thresholds`). Out: `Scores`, and
`Delta` for two pipeline versions. Counting follows the annotation guidelines: a norm matches when its modality is the
same and the cue spans overlap, a penalty when it is in the same segment; a threshold when at least half of the longer
span is shared and comparator, values and unit agree; a bearer is scored on matched norms other than penalties.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules_db.model import Modality

Record = Mapping[str, Any]
Item = Mapping[str, Any]

_SEGMENT_END = re.compile(r"[。；;\n]")
_NOISE = re.compile(r"[\s，,、。；;：:（）()《》“”\"]")


@dataclass(slots=True)
class Count:
    """Hits, misses and extras of one kind; ratios are 0.0 where nothing was counted."""

    hit: int = 0
    missed: int = 0
    extra: int = 0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.extra) if self.hit + self.extra else 0.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (2 * self.hit + self.missed + self.extra) if self.hit else 0.0


@dataclass(slots=True)
class Scores:
    """`kinds` holds `norm`, each modality and `threshold`; bearers are fractions of `bearers` matched norms. `errors`
    are one-line examples: what was missed, extra or named wrongly."""

    kinds: dict[str, Count] = field(default_factory=dict)
    bearers: int = 0
    bearers_exact: int = 0
    bearers_close: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def bearer_accuracy(self) -> float:
        return self.bearers_exact / self.bearers if self.bearers else 0.0

    @property
    def bearer_relaxed(self) -> float:
        return self.bearers_close / self.bearers if self.bearers else 0.0


def score(gold: Iterable[Record], found: Iterable[Record]) -> Scores:
    """Scores of `found` on the articles of `gold`; an article that was not read counts as read empty."""
    read = {record["id"]: record for record in found}
    scores = Scores({name: Count() for name in ("norm", *(modality.value for modality in Modality), "threshold")})
    for record in gold:
        other = read.get(record["id"], {"norms": (), "thresholds": ()})
        _score_norms(scores, record, other)
        pairs, missed, extra = _pair(record["thresholds"], other["thresholds"], _same_threshold)
        _add(scores.kinds["threshold"], pairs, missed, extra)
        scores.errors += [f"{record['id']}: threshold missed: {item['text']}" for item in missed]
        scores.errors += [f"{record['id']}: threshold extra: {item['text']}" for item in extra]
    return scores


def _score_norms(scores: Scores, record: Record, other: Record) -> None:
    text: str = record["text"]
    pairs, missed, extra = _pair(record["norms"], other["norms"], lambda one, two: _same_norm(text, one, two))
    for modality in Modality:
        _add(
            scores.kinds[modality.value],
            [pair for pair in pairs if pair[0]["modality"] == modality],
            [item for item in missed if item["modality"] == modality],
            [item for item in extra if item["modality"] == modality],
        )
    _add(scores.kinds["norm"], pairs, missed, extra)
    for kind, items in (("missed", missed), ("extra", extra)):
        for item in items:
            around = text[max(0, item["start"] - 20) : item["start"] + 20].replace("\n", " ")
            scores.errors.append(f"{record['id']}: {item['modality']} {kind}: {around}")
    for one, two in pairs:
        if one["modality"] == Modality.PENALTY:
            continue
        named, read = _bare(one["bearer"]), _bare(two["bearer"])
        scores.bearers += 1
        scores.bearers_exact += named == read
        scores.bearers_close += _close(named, read)
        if named != read:
            scores.errors.append(f"{record['id']}: bearer at {one['start']}: {one['bearer']!r} read {two['bearer']!r}")


def _add(count: Count, pairs: list[Any], missed: list[Any], extra: list[Any]) -> None:
    count.hit += len(pairs)
    count.missed += len(missed)
    count.extra += len(extra)


def _pair(
    gold: Iterable[Item], found: Iterable[Item], same: Callable[[Item, Item], bool]
) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Greedy one-to-one pairs, and what is left on each side."""
    free = list(found)
    pairs: list[tuple[Item, Item]] = []
    missed: list[Item] = []
    for item in gold:
        index = next((number for number, other in enumerate(free) if same(item, other)), None)
        if index is None:
            missed.append(item)
        else:
            pairs.append((item, free.pop(index)))
    return pairs, missed, free


def _same_norm(text: str, one: Item, two: Item) -> bool:
    if one["modality"] != two["modality"]:
        return False
    if one["modality"] == Modality.PENALTY:
        return _segment(text, one["start"]) == _segment(text, two["start"])
    return _shared(one["start"], one["cue"], two["start"], two["cue"]) > 0


def _segment(text: str, offset: int) -> int:
    return len(_SEGMENT_END.findall(text, 0, offset))


def _shared(start: int, words: str, other_start: int, other_words: str) -> int:
    return min(start + len(words), other_start + len(other_words)) - max(start, other_start)


def _same_threshold(one: Item, two: Item) -> bool:
    if 2 * _shared(one["start"], one["text"], two["start"], two["text"]) < max(len(one["text"]), len(two["text"])):
        return False
    if one["comparator"] != two["comparator"] or one["unit"] != two["unit"]:
        return False
    return _equal(one["value"], two["value"]) and _equal(one["value_max"], two.get("value_max"))


def _equal(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return one is two
    return abs(one - two) <= 1e-9 * max(1.0, abs(one))


def _bare(words: str) -> str:
    return _NOISE.sub("", words or "")


def _close(named: str, read: str) -> bool:
    if named == read:
        return True
    short, long = sorted((named, read), key=len)
    return bool(short) and short in long and 2 * len(short) >= len(long)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a new pipeline reads differently: counts by kind of item, and up to `limit` examples of each."""

    added: tuple[str, ...]
    lost: tuple[str, ...]
    changed: tuple[str, ...]
    counts: Mapping[str, int]


_COMPARED = {
    "norms": ("modality", "bearer", "action", "condition", "exception", "deadline", "consequence"),
    "thresholds": ("comparator", "value", "value_max", "unit", "parameter", "base", "trigger"),
}


def extraction_delta(old: Iterable[Record], new: Iterable[Record], limit: int = 20) -> Delta:
    """Compare two readings of the same texts: items are matched by kind, offset and wording of cue or quantity."""
    before = {record["id"]: record for record in old}
    after = {record["id"]: record for record in new}
    added: list[str] = []
    lost: list[str] = []
    changed: list[str] = []
    for key in sorted(before.keys() | after.keys()):
        for kind, fields in _COMPARED.items():
            was, now = _by_place(before.get(key), kind), _by_place(after.get(key), kind)
            added += [f"{key} {kind[:-1]} {words} at {start}" for start, words in sorted(now.keys() - was.keys())]
            lost += [f"{key} {kind[:-1]} {words} at {start}" for start, words in sorted(was.keys() - now.keys())]
            for place in sorted(was.keys() & now.keys()):
                for name in fields:
                    one, two = was[place].get(name), now[place].get(name)
                    if one != two:
                        changed.append(f"{key} {kind[:-1]} {place[1]} at {place[0]}: {name} {one!r} → {two!r}")
    counts = {"added": len(added), "lost": len(lost), "changed": len(changed)}
    return Delta(tuple(added[:limit]), tuple(lost[:limit]), tuple(changed[:limit]), counts)


def _by_place(record: Record | None, kind: str) -> dict[tuple[int, str], Item]:
    words = "cue" if kind == "norms" else "text"
    return {(item["start"], item[words]): item for item in (record[kind] if record else ())}
