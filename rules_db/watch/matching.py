"""Whom a flagged text concerns: a watch against a text. Pure.

In: a `Subject` (a flagged text with what was read in it), a `Watched`. Out: the kind that the text has for that watch,
or None. A text that binds other kinds of enterprise only is never "action required" for a site that is none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules_db.flags import ACTION, NEWS, TO_KNOW
from rules_db.mapping.parties import Parties
from rules_db.mapping.site_rules import holds_at
from rules_db.watch.profiles import Watched

KINDS = {"action": ACTION, "know": TO_KNOW, "news": NEWS}
RANK = {ACTION: 0, TO_KNOW: 1, NEWS: 2}


@dataclass(frozen=True, slots=True)
class Subject:
    """A flagged text. `kind` is that of its flag, `sentences` the grounds, weightiest first, in the words of the store;
    `bearers` are those of the rules that make it urgent (limits, gaps filled, changes), or of all rules where none is.
    `topics` are ids, `everyones` says that it is watched whatever its topic, `searches` are the saved ones met."""

    expression_id: str
    instrument_id: str
    title: str
    number: str
    jurisdiction: str
    kind: str
    score: float
    sentences: tuple[str, ...]
    bearers: tuple[str, ...]
    topics: frozenset[str]
    everyones: bool
    searches: frozenset[str]
    effective_on: str | None
    url: str | None
    recorded_at: str


def kind_for(watch: Watched, subject: Subject, parties: Parties) -> str | None:
    """The kind of a text for those behind a watch; None when it doesn't concern them."""
    if watch.topics and not subject.everyones and not watch.topics & subject.topics:
        return None
    if watch.search and watch.search not in subject.searches:
        return None
    if not watch.search and subject.kind not in RANK:
        return None
    if not _near(watch, subject.jurisdiction):
        return None
    kind = subject.kind if subject.kind in RANK else (TO_KNOW if subject.bearers else NEWS)
    if kind == ACTION and watch.activities and subject.bearers:
        bound = any(parties.binds(bearer, watch.activities) for bearer in subject.bearers)
        return ACTION if bound else TO_KNOW
    return kind


def _near(watch: Watched, jurisdiction: str) -> bool:
    """A text holds in a watched place, or was issued inside it (a city of a watched province)."""
    return not watch.provinces or any(
        holds_at(jurisdiction, place) or holds_at(place, jurisdiction) for place in watch.provinces
    )
