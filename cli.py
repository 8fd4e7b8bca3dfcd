"""The command line of Guiji (规迹) and the order of the stages: bytes in, rules published.

This module alone puts crawler, nlp and rules_db in a row. Each stage reads what is pending in the store and writes for
the next, so that a run may be killed anywhere and taken up by the next one. The commands themselves are in
rules_db/commands and crawler/commands.py; those that need more than one layer are handed `Sequences`. Heavy packages
are imported inside the functions that need them, so that --help stays instant.

Exit codes: 0 done; 1 done, but some inputs were refused (daily: something is new); 2 wrong usage (daily: degraded but
published); 3 the gate refused to publish; 4 the store, the network or the environment stands in the way; 5 a fault of
the program.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler import commands as registry
from rules_db.commands import (
    amending,
    asking,
    assess,
    bringing,
    decide,
    export,
    mapping,
    notify,
    reading,
    review,
    upkeep,
)
from rules_db.commands.options import now, say
from rules_db.commands.sections import SectionedGroup
from rules_db.commands.sequences import Sequences

if TYPE_CHECKING:
    import datetime
    import sqlite3

    from nlp.analyse_many import Result
    from nlp.evaluate import Delta
    from rules_db.connection import DataFolder
    from rules_db.model import Analysis, ConvertedDocument, Threshold
    from rules_db.publish import Published
    from rules_db.snapshots import SnapshotStore
    from rules_db.stages import Refused, StageRefusalError
    from rules_db.watch.profiles import Recipient


@click.group(
    cls=SectionedGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="To see it work: guiji demo. Every command tells more with --help; docs/cli.md has them all.",
)
@click.version_option("0.1.0", prog_name="guiji")
@click.pass_context
def main(context: click.Context) -> None:
    """Guiji (规迹): what the rules for spent power batteries say, since when, and how we know."""
    context.obj = Sequences(
        take_in=take_in,
        crawl=crawl,
        daily=daily,
        replay=replay,
        demo=demo,
        extract=extract,
        compare_readings=compare_readings,
        find_limits=find_limits,
    )


main.add_section("Start 入门", bringing.demo, bringing.ingest, bringing.register, upkeep.serve, upkeep.doctor)
main.add_section("Ask 查询", asking.search, asking.show, asking.versions, asking.explain, reading.deadline)
main.add_section("Changes 变化", asking.flags, asking.diff, amending.amendments, decide.decide)
main.add_section("One site 企业", mapping.checklist, assess.assess, assess.assess_example)
main.add_section("Review 复核", mapping.mapping, review.review)
main.add_section("Every day 日常", bringing.daily, bringing.crawl, registry.sources, notify.notify, bringing.replay)
main.add_section("Publish 发布", upkeep.publish, export.export, reading.extract)
main.add_section("Keep 保管", upkeep.backup, upkeep.restore, upkeep.verify, upkeep.prune)


class Stages:
    """How long each stage took: seconds by name, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - started, 2)


def take_in(
    folder: DataFolder,
    record: Callable[[sqlite3.Connection, SnapshotStore, str], tuple[int, int]],
    refused: list[Refused],
    *,
    no_publish: bool,
    jobs: int | None = None,
) -> dict[str, Any]:
    """Record what a person hands in, process and publish it.

    `record(connection, snapshots, when)` returns how many files there were and how many were new; what it can't use it
    adds to `refused`.
    """
    from rules_db.connection import open_store
    from rules_db.publish import publish
    from rules_db.snapshots import SnapshotStore

    stages = Stages()
    with folder.create().locked(), closing(open_store(folder)) as connection:
        when = now()
        with stages("record"):
            files, new = record(connection, SnapshotStore(folder.snapshots, connection), when)
        summary = process(connection, folder, when, jobs, stages)
        with stages("publish"):
            # a person's own act may change many instruments at once
            published = None if no_publish else publish(folder, now=when, accept_mass_change=True)
    return {
        "files": files,
        "new_files": new,
        **summary,
        "seconds": round(sum(stages.seconds.values()), 1),
        "refused": _rows(refused) + summary["refused"],
        **_published(published),
    }


def crawl(
    folder: DataFolder,
    sources: Path | None = None,
    source_ids: Sequence[str] = (),
    *,
    since: str | None = None,
    no_publish: bool = False,
    loopback: bool = False,
    when: str | None = None,
) -> dict[str, Any]:
    """Crawl, process, publish. `loopback` reaches servers on this machine, without spacing; `when` plays another
    time."""
    with folder.create().locked() as lock:
        return _run(folder, lock, sources, source_ids, since, no_publish, Stages(), loopback, when or now())


def daily(
    folder: DataFolder, sources: Path | None = None, *, loopback: bool = False, when: str | None = None
) -> dict[str, Any]:
    """One daily run from lock to report. Whatever earlier runs left untold is in this report as well."""
    from rules_db import run_report
    from rules_db.connection import open_store
    from rules_db.gate import record_verdict
    from rules_db.run_history import current_anchor

    started, stages = when or now(), Stages()
    with folder.create().locked() as lock, closing(open_store(folder)) as connection:
        run_report.settle(connection, folder.runs)
        result = _run(folder, lock, sources, (), None, False, stages, loopback, started)
        record_verdict(connection, result["gate"], started)
        with stages("notify"):
            notified = notify.notify_stage(folder, started)
        facts = run_report.RunFacts(
            started_at=started,
            finished_at=when or now(),
            verdicts=result["verdicts"],
            stages=stages.seconds,
            refused=result["refused"],
            published=bool(result["published"]),
            gate=result["gate"],
            notified=notified,
            counts={name: result[name] for name in ("instruments", "expressions", "rules", "changes")},
            decisions=current_anchor(folder),
        )
        report, events = run_report.compose(connection, facts)
        place = run_report.give(connection, folder.runs, report, events)
    return {**report, "place": str(place)}


def replay(folder: DataFolder, day: datetime.date, recipients: tuple[Recipient, ...]) -> dict[str, Any]:
    """What today's patterns and watches say of the bytes of a day, knowing what was held before. Works on a copy of the
    looks in a scratch folder; the store is only read."""
    import tempfile

    from rules_db import replay as days
    from rules_db.connection import open_store
    from rules_db.publish import publish

    bounds = days.replayed_day(day)
    with tempfile.TemporaryDirectory(prefix="guiji-replay-") as scratch:
        made = days.prepare(folder, Path(scratch) / "data", bounds)
        with closing(open_store(made)) as connection:
            process(connection, made, bounds.start)
            days.add_day(folder, made, bounds)
            process(connection, made, bounds.end)
        publish(made, now=bounds.end, accept_mass_change=True)
        return days.said(made, folder, bounds, recipients)


def demo(folder: DataFolder) -> dict[str, Any]:
    """Two scripted days of the sample portal through the real stages, in a folder of its own; returns its figures."""
    import shutil

    from crawler.sample import NOW, serve, write_sources
    from rules_db.connection import StoreError
    from rules_db.demo import day_report
    from rules_db.mapping.catalogue import SAMPLE

    marker = folder.root / ".sample"
    if folder.root.exists() and any(folder.root.iterdir()):
        if not marker.exists():
            raise StoreError(f"{folder.root} holds something that is no demo; choose another folder with --data")
        shutil.rmtree(folder.root)
    folder.create()
    marker.write_text("sample data of `guiji demo`; made anew at each run\n", encoding="utf-8")
    shutil.copytree(SAMPLE, folder.root / "catalogue")
    results = {}
    addresses: dict[str, str] | None = None
    for day, when in NOW.items():
        with serve(day, addresses) as addresses:
            say(f"day {day} ({when[:10]}): crawling {len(addresses)} sample sites on loopback")
            registry = write_sources(folder.root / "sources", addresses)
            results[day] = crawl(folder, registry, loopback=True, when=when)
    return day_report(folder, results[2]["verdicts"], NOW[2])


def extract(lines: Iterable[str], jobs: int) -> Iterator[tuple[str, str]]:
    """Lines of JSON with the norms and limits of lines of JSON; see nlp.extract."""
    from nlp.extract import extract_lines

    return extract_lines(lines, jobs)


def compare_readings(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Delta:
    from nlp.evaluate import extraction_delta

    return extraction_delta(old, new)


def find_limits(text: str) -> Sequence[Threshold]:
    from nlp.pipes.thresholds.thresholds import find_thresholds

    return find_thresholds(text)


def process(
    connection: sqlite3.Connection,
    folder: DataFolder,
    when: str,
    jobs: int | None = None,
    stages: Stages | None = None,
) -> dict[str, Any]:
    """Everything between bytes and published rules: convert, read, compare, map, flag. Returns counts."""
    from crawler.convert import CONVERTER_VERSION
    from nlp.analyse_many import analyse_many
    from nlp.language import PIPELINE_VERSION
    from rules_db import stages as work
    from rules_db.answers import store_counts
    from rules_db.derive import derive
    from rules_db.snapshots import SnapshotStore
    from rules_db.terminal import progress

    timed = stages or Stages()
    snapshots = SnapshotStore(folder.snapshots, connection)
    with timed("convert"), progress("converting") as advance:
        refused = work.convert_pending(connection, snapshots, _convert, CONVERTER_VERSION, when, advance)
    with timed("read"), progress("reading") as advance:
        waiting = work.pending_reads(connection, CONVERTER_VERSION, PIPELINE_VERSION)
        results = zip(waiting, map(_refused, analyse_many((item.document for item in waiting), jobs)), strict=True)
        tally = work.record_reads(connection, results, len(waiting), PIPELINE_VERSION, when, advance)
    with timed("compare"), progress("comparing") as advance:
        derived = derive(connection, folder.root, when, advance)
    return {
        **store_counts(connection),
        "outcomes": tally.outcomes,
        "new_texts": sum(tally.outcomes.get(k, 0) for k in ("new_instrument", "new_expression")),
        "new_changes": derived.changes,
        "readings_revised": derived.revised,
        "links_turned_suspect": list(derived.suspect),
        "links_proposed": derived.proposed,
        "flags": derived.judged,
        "refused": _rows(refused + tally.refused),
    }


def _run(
    folder: DataFolder,
    lock: int,
    sources: Path | None,
    source_ids: Sequence[str],
    since: str | None,
    no_publish: bool,
    stages: Stages,
    loopback: bool,
    when: str,
) -> dict[str, Any]:
    """The stages of a crawl, under the folder's lock, which the crawl's own process keeps while it lives."""
    import dataclasses

    from crawler import launch
    from crawler.registry import BUNDLED, RegistryError
    from rules_db.connection import StoreError, open_store
    from rules_db.publish import publish

    with closing(open_store(folder)) as connection:
        try:
            with stages("crawl"):
                verdicts = launch.crawl(
                    folder.root,
                    sources or BUNDLED,
                    source_ids,
                    when,
                    since,
                    allow_loopback=loopback,
                    fast=loopback,
                    lock=lock,
                )
        except RegistryError as error:
            raise StoreError(str(error)) from error
        summary = process(connection, folder, when, None, stages)
    with stages("publish"):
        published = None if no_publish else publish(folder, now=when)
    return {"verdicts": [dataclasses.asdict(verdict) for verdict in verdicts], **summary, **_published(published)}


def _convert(
    data: bytes, name: str, content_type: str | None, url: str, body_selectors: Sequence[str] = ()
) -> ConvertedDocument:
    """The crawler's converter, its refusals in the terms of the stages."""
    from crawler.convert import ConversionError
    from crawler.convert.guarded import convert_guarded
    from rules_db.stages import StageRefusalError

    try:
        return convert_guarded(data, name, content_type, url, body_selectors)
    except ConversionError as error:
        raise StageRefusalError(error.code, error.message) from error


def _refused(result: Result) -> Analysis | StageRefusalError:
    """The reader's refusals in the terms of the stages."""
    from nlp.analyse_many import Refusal
    from rules_db.stages import StageRefusalError

    return StageRefusalError(result.code, result.message) if isinstance(result, Refusal) else result


def _published(published: Published | None) -> dict[str, Any]:
    """None = nobody wanted to publish."""
    return {
        "published": published.done if published else None,
        "gate": [str(finding) for finding in published.findings] if published else [],
    }


def _rows(refused: Sequence[Refused]) -> list[dict[str, str]]:
    return [{"file": one.subject, "code": one.code, "message": one.message} for one in refused]


if __name__ == "__main__":
    main()
