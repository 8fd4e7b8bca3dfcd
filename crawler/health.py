"""How a source did in one run, judged from counts alone.

Pure: facts of this run, facts of the last good run and the source's assertions in; verdict and reason out. The judge
never sees documents: a failing, blocked or empty list is a finding about the site, not about the law. Also here: which
documents a source no longer lists in several healthy runs, as data for a person, never as repeal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crawler.registry import Assertions
from crawler.schedule import days_between
from rules_db.capture_history import ListedDocument
from rules_db.model import Verdict

DEGRADED_SHARE: Final = 0.6  # fewer entries than this share of the last good run's, over as many screens
DETAIL_FAILURE_SHARE: Final = 0.2
MANY_GONE: Final = 3
COMPARABLE_DAYS: Final = 45  # overlap with an older run says little
WITHDRAWN_AFTER: Final = 3


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Counts of one run of one source. `entries` counts documents listed, each once; `kept` those of the last good
    run's documents that are listed again (by address, or by title and day), `comparable` how many could
    have been (not older than what was read)."""

    columns: int = 0
    columns_read: int = 0
    screens: int = 0
    entries: int = 0
    with_title: int = 0
    with_date: int = 0
    new: int = 0
    kept: int = 0
    comparable: int = 0
    newest: str | None = None
    details_tried: int = 0
    details_failed: int = 0
    details_gone: int = 0
    blocked: str | None = None
    stopped: str | None = None
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastGood:
    """What the newest run with verdict ok or quiet had. `finished_at` is ISO."""

    finished_at: str
    entries: int
    screens: int


def judge(
    facts: RunFacts, last: LastGood | None, assertions: Assertions, quiet_after: int, now: str
) -> tuple[Verdict, str]:
    """Verdict and one line of reason. The order is from "nothing can be said" to "nothing is wrong"."""
    if facts.blocked:
        return Verdict.BLOCKED, facts.blocked
    broken = _broken(facts, last, assertions, now)
    if broken:
        return Verdict.BROKEN, broken
    degraded = _degraded(facts, last, assertions)
    if degraded:
        return Verdict.DEGRADED, degraded
    if facts.newest and days_between(facts.newest, now) > quiet_after:
        return Verdict.STALE, f"newest entry is of {facts.newest}, more than {quiet_after} days ago"
    if last is not None and facts.new == 0:
        return Verdict.QUIET, f"{facts.entries} entries, none new"
    return Verdict.OK, f"{facts.entries} entries, {facts.new} new"


def _broken(facts: RunFacts, last: LastGood | None, assertions: Assertions, now: str) -> str | None:
    cause = f": {facts.failures[0]}" if facts.failures else ""
    if facts.screens == 0:
        return f"no list could be read{cause}"
    if facts.entries == 0:
        return "the lists have no rows; layout changed?"
    if facts.entries < assertions.min_entries:
        return f"{facts.entries} entries, fewer than {assertions.min_entries}{cause}"
    if facts.with_title < assertions.title_fill * facts.entries:
        return f"titles in {facts.with_title} of {facts.entries} rows, expected {assertions.title_fill:.0%}"
    if facts.with_date < assertions.date_fill * facts.entries:
        return f"dates in {facts.with_date} of {facts.entries} rows, expected {assertions.date_fill:.0%}"
    if last is not None and facts.comparable >= assertions.min_entries:
        share = facts.kept / facts.comparable
        if share < assertions.min_overlap and days_between(last.finished_at, now) <= COMPARABLE_DAYS:
            return f"only {facts.kept} of {facts.comparable} documents of the last good run are listed; another list?"
    return None


def _degraded(facts: RunFacts, last: LastGood | None, assertions: Assertions) -> str | None:
    if facts.stopped:
        return f"stopped early: {facts.stopped}"
    if facts.columns_read < facts.columns:
        cause = f" ({facts.failures[0]})" if facts.failures else ""
        return f"{facts.columns_read} of {facts.columns} columns read{cause}"
    if facts.failures:
        return facts.failures[0]
    if facts.entries > assertions.max_entries:
        return f"{facts.entries} entries, more than {assertions.max_entries}: does the pager loop?"
    if last is not None and facts.screens <= last.screens and facts.entries < DEGRADED_SHARE * last.entries:
        return f"{facts.entries} entries after {last.entries} in the last good run"
    # One page gone is its own affair; many at once look like a site that lost its way.
    unread = facts.details_failed + (facts.details_gone if facts.details_gone >= MANY_GONE else 0)
    if unread > DETAIL_FAILURE_SHARE * facts.details_tried:
        return f"{unread} of {facts.details_tried} documents could not be read"
    return facts.notes[0] if facts.notes else None


def withdrawn_candidates(
    known: Mapping[str, str | None], healthy_runs: Sequence[Sequence[ListedDocument]], needed: int = WITHDRAWN_AFTER
) -> tuple[str, ...]:
    """Addresses missing from each of the newest `needed` healthy runs although their place in the list was read.

    `known` maps address → published_on. A document counts as missing from a run only when that run lists something
    older: otherwise it may just lie beyond the screens that were read. Documents without a date are never reported.
    """
    runs = healthy_runs[:needed]
    if len(runs) < needed:
        return ()
    listed = [{entry.url for entry in run} for run in runs]
    oldest = [min((entry.published_on for entry in run if entry.published_on), default=None) for run in runs]
    return tuple(
        url
        for url, published in sorted(known.items())
        if published is not None
        and all(
            url not in urls and floor is not None and floor < published
            for urls, floor in zip(listed, oldest, strict=True)
        )
    )
