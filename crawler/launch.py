"""Starting a crawl from another program, and reading how it went.

In: data folder, registry folder, ids, times. Out: one `SourceVerdict` per source. The crawl runs in a child process
(Scrapy's reactor starts once per process); what it did is read from the store, so a child that dies half way leaves
verdicts for what it finished and "interrupted" for the rest.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.health import WITHDRAWN_AFTER, withdrawn_candidates
from crawler.registry import Source, load_sources
from crawler.run import choose, with_window
from crawler.schedule import source_is_due
from rules_db import capture_history
from rules_db.connection import DataFolder, open_store
from rules_db.model import Verdict

_GOOD: Final = (Verdict.OK, Verdict.QUIET)
_PROJECT: Final = Path(__file__).resolve().parent.parent
# Variables that would change how the child reaches the network.
_DROPPED: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "scrapy_settings_module", "scrapy_project")


@dataclass(frozen=True, slots=True)
class SourceVerdict:
    """How one source did. `recovered` = healthy after a run that was not; `first` = a trouble not told before;
    `withdrawn_candidates` = documents no longer listed in several healthy runs, or answered as gone that often: for a
    person to look at; `newly_withdrawn` are those that were none after the healthy run before: what to tell."""

    source_id: str
    name: str
    run_id: int | None
    verdict: Verdict
    reason: str
    metrics: Mapping[str, float]
    recovered: bool = False
    first: bool = False
    withdrawn_candidates: tuple[str, ...] = ()
    newly_withdrawn: tuple[str, ...] = ()


def crawl(
    data_root: Path,
    sources: Path,
    ids: Sequence[str],
    now: str,
    since: str | None = None,
    *,
    max_pages: int | None = None,
    timeout: int | None = None,
    allow_loopback: bool = False,
    fast: bool = False,
    trial: bool = False,
    lock: int | None = None,
) -> list[SourceVerdict]:
    """Crawl and report, in order of source id. `now` is ISO UTC. The caller holds the data folder's lock; `lock` is its
    file, which the child keeps open too: a caller that is killed leaves the folder locked until the child has ended.

    Without `ids` every crawlable source whose cadence says so is read; a source that was broken is tried again at once.
    A source outside its window is not asked, named or not: its verdict is `waiting`, and nothing is recorded of it.

    Raises RegistryError for a broken registry or an unknown id, StoreError when the folder can't be used.
    """
    chosen = choose(with_window(load_sources(sources)), ids)
    folder = DataFolder(data_root)
    connection = open_store(folder)
    if not ids:
        chosen = tuple(source for source in chosen if _turn(connection, source, now))
    waiting = [source for source in chosen if _waits(source, now)]
    chosen = tuple(source for source in chosen if source not in waiting)
    resting = [
        SourceVerdict(source.id, source.name_zh, None, Verdict.WAITING, f"read at {source.window} only; not asked", {})
        for source in waiting
    ]
    if not chosen:
        connection.close()
        return resting
    before = capture_history.newest_run_id(connection)
    command = [sys.executable, "-m", "crawler.run", "--data", str(data_root), "--sources", str(sources), "--now", now]
    for source in chosen:
        command += ["--source", source.id]
    if since:
        command += ["--since", since]
    if max_pages:
        command += ["--max-pages", str(max_pages)]
    if timeout:
        command += ["--timeout", str(timeout)]
    command += ["--allow-loopback"] if allow_loopback else []
    command += ["--fast"] if fast else []
    command += ["--trial"] if trial else []
    environment = {key: value for key, value in os.environ.items() if key.lower() not in _DROPPED}
    environment["PYTHONPATH"] = os.pathsep.join([str(_PROJECT), *filter(None, [environment.get("PYTHONPATH")])])
    log = folder.runs / f"crawl-{now.replace(':', '')}.log"
    with log.open("ab") as output:
        kept = () if lock is None else (lock,)
        code = subprocess.run(  # noqa: S603 - our own program
            command, stdout=output, stderr=output, env=environment, check=False, pass_fds=kept
        ).returncode
    ended = f"the crawl process ended with code {code} before this source was done; see {log}"
    runs = {run.source_id: run for run in capture_history.runs_after(connection, before)}
    verdicts = []
    for source in chosen:
        run = runs.get(source.id)
        if run is None or run.verdict is None:
            verdicts.append(
                SourceVerdict(source.id, source.name_zh, run.id if run else None, Verdict.BROKEN, ended, {})
            )
            continue
        earlier = capture_history.recent_runs(connection, source.id, tuple(Verdict), 2)
        previous = earlier[1].verdict if len(earlier) > 1 else None
        withdrawn = _withdrawn(connection, source.id) if run.verdict in _GOOD else ()
        before_it = set(_withdrawn(connection, source.id, skip=1)) if withdrawn else set()
        verdicts.append(
            SourceVerdict(
                source_id=source.id,
                name=source.name_zh,
                run_id=run.id,
                verdict=run.verdict,
                reason=run.reason,
                metrics=run.metrics,
                recovered=run.verdict in _GOOD and previous is not None and previous not in _GOOD,
                first=run.verdict not in _GOOD and previous != run.verdict,
                withdrawn_candidates=withdrawn,
                newly_withdrawn=tuple(url for url in withdrawn if url not in before_it),
            )
        )
    connection.close()
    return sorted([*verdicts, *resting], key=lambda verdict: verdict.source_id)


def _waits(source: Source, now: str) -> bool:
    """Whether the source is not to be asked at this hour."""
    return source.window is not None and source.window.seconds_left(now) == 0


def _turn(connection: sqlite3.Connection, source: Source, now: str) -> bool:
    """Whether the cadence wants this source now."""
    last = capture_history.recent_runs(connection, source.id, tuple(Verdict), 1)
    if not last or last[0].verdict is Verdict.BROKEN:
        return True
    return source_is_due(source.cadence, last[0].finished_at, now)


def _withdrawn(connection: sqlite3.Connection, source_id: str, *, skip: int = 0) -> tuple[str, ...]:
    """Documents that a source seems to have withdrawn as of its newest healthy run, or of the `skip`-th before it."""
    runs = capture_history.recent_runs(connection, source_id, _GOOD, WITHDRAWN_AFTER + skip)[skip:]
    if not runs:
        return ()
    lists = [capture_history.listed_documents(connection, run.id) for run in runs]
    places: dict[tuple[str, str | None], set[str]] = {}
    for entry in lists[0] if lists else ():
        places.setdefault((entry.title, entry.published_on), set()).add(entry.url)
    known: dict[str, str | None] = {}
    for document in capture_history.known_documents(connection, source_id):
        published = document.facts.get("published_on")
        listed_at = places.get((str(document.facts.get("title")), published), set())
        # A page whose title and day are listed at other addresses alone has moved.
        if document.role == "detail" and (not listed_at or document.url in listed_at):
            known[document.url] = published
    unlisted = withdrawn_candidates(known, lists)
    gone = [
        url
        for url in capture_history.gone_documents(connection, source_id, WITHDRAWN_AFTER, runs[0].id)
        if url in known
    ]
    return tuple(sorted({*unlisted, *gone}))
