"""The crawl as a child process: `python -m crawler.run --data DIR --now ISO …`.

In: command line. Out: rows in the store and a log on standard error; exit code 0 when the crawl ran to its end.
Scrapy's reactor can't be started twice in a process, so callers use `crawler.launch.crawl`, which starts this. The
caller holds the data folder's lock.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from scrapy.crawler import AsyncCrawlerProcess

from crawler.budget import budgets
from crawler.conduct import Conduct
from crawler.plan import CrawlPlan
from crawler.registry import BUNDLED, RegistryError, Source, load_sources
from crawler.schedule import read_window
from crawler.settings import FAST_PACE, TIMEOUT_SECONDS, WINDOW_VARIABLE, Pace, build_settings
from crawler.spider import RegistrySpider
from rules_db.connection import DataFolder, StoreError, open_store


def choose(sources: Sequence[Source], ids: Sequence[str]) -> tuple[Source, ...]:
    """The sources to crawl: the named ones, else all that may be crawled. Raises RegistryError for a wrong id."""
    by_id = {source.id: source for source in sources}
    for source_id in ids:
        if source_id not in by_id:
            raise RegistryError(f"no source {source_id!r} in the registry; 'guiji sources list' shows the ids")
        if not by_id[source_id].status.crawlable:
            raise RegistryError(
                f"source {source_id} is {by_id[source_id].status}: {by_id[source_id].runbook.splitlines()[0]}"
            )
    chosen = (
        [by_id[source_id] for source_id in dict.fromkeys(ids)] if ids else [s for s in sources if s.status.crawlable]
    )
    return tuple(chosen)


def with_window(sources: Sequence[Source]) -> list[Source]:
    """The sources with the window of the environment variable GUIJI_WINDOW where they have none of their own. Raises
    RegistryError when the variable holds no window."""
    stated = os.environ.get(WINDOW_VARIABLE, "").strip()
    if not stated:
        return list(sources)
    try:
        window = read_window(stated)
    except ValueError as error:
        raise RegistryError(f"{WINDOW_VARIABLE}: {error}") from error
    return [source if source.window else dataclasses.replace(source, window=window) for source in sources]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one crawl to its end."""
    parser = argparse.ArgumentParser(
        prog="crawler.run", description="Crawl sources of the registry into a data folder."
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sources", type=Path, default=BUNDLED)
    parser.add_argument("--source", action="append", default=[], dest="ids")
    parser.add_argument("--now", required=True, help="ISO time of the run")
    parser.add_argument("--since", help="fetch documents published on or after this date")
    parser.add_argument("--max-pages", type=int)
    parser.add_argument("--timeout", type=int, default=TIMEOUT_SECONDS, help="seconds one answer may take")
    parser.add_argument("--allow-loopback", action="store_true", help="reach 127.0.0.1 (demo and tests)")
    parser.add_argument("--trial", action="store_true", help="two screens and one document of each column")
    parser.add_argument("--fast", action="store_true", help="no spacing; only together with --allow-loopback")
    options = parser.parse_args(arguments)
    if options.fast and not options.allow_loopback:
        parser.error("--fast is for loopback servers only; add --allow-loopback")
    try:
        registry = load_sources(options.sources)
        sources = choose(with_window(registry), options.ids)
        folder = DataFolder(options.data)
        connection = open_store(folder)
    except (RegistryError, StoreError) as error:
        print(error, file=sys.stderr)
        return 2
    plan = CrawlPlan(
        sources, budgets(registry), options.now, options.since, options.max_pages, options.fast, trial=options.trial
    )
    pace = FAST_PACE if options.fast else Pace()
    settings = build_settings(pace, allow_loopback=options.allow_loopback)
    conduct = Conduct(pace)
    for source in sources:
        if source.window is not None:
            conduct.closing[source.id] = (monotonic() + source.window.seconds_left(options.now), str(source.window))
    settings["GUIJI_CONDUCT"] = conduct
    settings["DOWNLOAD_TIMEOUT"] = options.timeout
    process = AsyncCrawlerProcess(settings)
    process.crawl(RegistrySpider, plan=plan, connection=connection, snapshots=folder.snapshots)
    process.start()
    connection.close()
    return 1 if process.bootstrap_failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
