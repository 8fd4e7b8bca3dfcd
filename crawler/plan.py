"""What one crawl is to do, as the process that does it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.budget import Budget
from crawler.registry import Source


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What one crawl is to do. `budgets` are those of the whole registry, by source.
    `since` = ISO date: lists are followed back to it, however many screens that takes; older documents are recorded
    from the list but not fetched.
    `max_pages` overrides the screens per column; `max_revisits` bounds the known documents asked for again beyond those
    that the lists show; `fast` drops the spacing (loopback servers only); a `trial` looks at one document of each
    column, of the field where its first screen lists one, and at two of its files."""

    sources: tuple[Source, ...]
    budgets: Mapping[str, Budget]
    now: str
    since: str | None
    max_pages: int | None
    fast: bool
    max_revisits: int = 60
    trial: bool = False
