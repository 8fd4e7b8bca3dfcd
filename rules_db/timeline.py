"""Rules through time: a pure function from the readings of an instrument's expressions to the lines of its rules.

A rule continues where its unit (条) continues and its statement is the same or clearly akin. A statement that stands
unchanged in later expressions stays one version with several places: renumbering alone is no change of law. Recomputing
from all expressions each time makes the order in which texts were recorded irrelevant.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from rules_db.fingerprint import comparison_key
from rules_db.readings import ExpressionReading, RuleReading

# Below this likeness (0–100) two statements of the same force are two rules; found on the amended laws of the corpus,
# where reworded statements lie above 55 and unrelated ones of one article below 40.
SAME_FORCE, OTHER_FORCE = 50, 75


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule version stands in one expression; `reading` is its index there."""

    expression_id: str
    reading: int


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a rule: valid in [valid_from, valid_to); None = unknown start, open end."""

    places: tuple[Place, ...]
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule from its first wording to its last."""

    versions: tuple[Version, ...]


@dataclass
class _Open:
    """A line under construction: closed versions, and the one still running."""

    closed: list[Version]
    places: list[Place]
    valid_from: str | None


# For each pair of neighbours, the unit eIds on both sides of each link.
Links = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]


def day_after(last: str) -> str:
    """The first day on which something no longer applies, from the last day on which it does (both ISO)."""
    return str(datetime.date.fromisoformat(last) + datetime.timedelta(days=1))


def build_timeline(
    expressions: Sequence[ExpressionReading],
    links: Sequence[Links],
    ends_on: str | None = None,
    parts_end: Mapping[int, str] | None = None,
) -> list[RuleLine]:
    """The rule lines of one instrument.

    `expressions` in order of validity; `links[i]` joins expressions i and i+1; `ends_on` is the day a repeal ends
    whatever is still open, `parts_end` the days on which repeals of parts end single rules of the last expression, by
    index. Raises ValueError when the numbers of expressions and link lists don't fit.
    """
    if not expressions:
        return []
    if len(links) != len(expressions) - 1:
        raise ValueError(f"{len(expressions)} expressions need {len(expressions) - 1} link lists, got {len(links)}")
    finished: list[_Open] = []
    first = expressions[0]
    running = {n: _Open([], [Place(first.id, n)], first.start_of(rule.eid)) for n, rule in enumerate(first.rules)}
    for (old, new), joined in zip(pairwise(expressions), links, strict=True):
        pairs = _pair_rules(old, new, joined)
        ends = _ends_of_units(new, joined)
        following: dict[int, _Open] = {}
        for old_n, line in running.items():
            new_n = pairs.get(old_n)
            if new_n is None:
                _close(line, ends.get(old.rules[old_n].unit_eid, new.valid_from))
                finished.append(line)
            elif old.rules[old_n].wording == new.rules[new_n].wording:
                line.places.append(Place(new.id, new_n))
                following[new_n] = line
            else:
                start = new.start_of(new.rules[new_n].eid)
                _close(line, start)
                line.places, line.valid_from = [Place(new.id, new_n)], start
                following[new_n] = line
        for n in range(len(new.rules)):
            if n not in following:
                following[n] = _Open([], [Place(new.id, n)], new.start_of(new.rules[n].eid))
        running = following
    for n, line in running.items():
        days = [day for day in (ends_on, (parts_end or {}).get(n)) if day is not None]
        ended = min(days) if days else None
        began = min(filter(None, (line.valid_from, expressions[-1].valid_from)), default=None)
        _close(line, ended if ended is None or began is None or ended > began else None)
        finished.append(line)
    finished.sort(key=lambda line: (line.closed[0].valid_from or "", line.closed[0].places[0].reading))
    return [RuleLine(tuple(line.closed)) for line in finished]


def _ends_of_units(new: ExpressionReading, joined: Links) -> dict[str, str | None]:
    """When units of the older text cease to apply, where their successor has a day of its own."""
    return {
        eid: max(start for start in starts if start)
        for old_units, new_units in joined
        if (starts := [new.starts.get(eid) for eid in new_units]) and all(starts)
        for eid in old_units
    }


def _close(line: _Open, on: str | None) -> None:
    """End the running version. One that had a later day of its own, and was amended before it came, never applied; what
    it was to replace then ends when the amendment takes effect, and not on that day."""
    line.closed.append(Version(tuple(line.places), line.valid_from, on))
    if on is not None:
        line.closed = [_ended(version, on) for version in line.closed]


def _ended(version: Version, on: str) -> Version:
    """A version that ends on a day at the latest; one that would begin later is empty. An unknown end stays unknown."""
    if version.valid_to is None or (version.valid_to <= on and (version.valid_from or "") <= on):
        return version
    begun = version.valid_from if version.valid_from is None else min(version.valid_from, on)
    return Version(version.places, begun, on)


def _pair_rules(old: ExpressionReading, new: ExpressionReading, links: Links) -> dict[int, int]:
    """Old rule index → new rule index, within linked units only; the same wording first, then the most alike."""
    by_unit_old, by_unit_new = _by_unit(old.rules), _by_unit(new.rules)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for old_units, new_units in links:
        ours = [n for eid in old_units for n in by_unit_old.get(eid, [])]
        theirs = [n for eid in new_units for n in by_unit_new.get(eid, [])]
        for a in ours:
            same = next((b for b in theirs if b not in taken and _identical(old.rules[a], new.rules[b])), None)
            if same is not None and a not in pairs:
                pairs[a] = same
                taken.add(same)
        candidates = [
            (_likeness(old.rules[a], new.rules[b]), -abs(ours.index(a) - theirs.index(b)), a, b)
            for a in ours
            if a not in pairs
            for b in theirs
            if b not in taken
        ]
        for likeness, _nearness, a, b in sorted(candidates, reverse=True):
            floor = SAME_FORCE if old.rules[a].modality == new.rules[b].modality else OTHER_FORCE
            if likeness >= floor and a not in pairs and b not in taken:
                pairs[a] = b
                taken.add(b)
    return pairs


def _identical(a: RuleReading, b: RuleReading) -> bool:
    return a.wording == b.wording and a.modality == b.modality and a.cue_start - a.start == b.cue_start - b.start


def _likeness(a: RuleReading, b: RuleReading) -> float:
    return fuzz.ratio(comparison_key(a.statement), comparison_key(b.statement))


def _by_unit(rules: Sequence[RuleReading]) -> dict[str, list[int]]:
    units: dict[str, list[int]] = {}
    for n, rule in enumerate(rules):
        units.setdefault(rule.unit_eid, []).append(n)
    return units
