"""The command line of Guiji (规迹): a command parses options, calls the stages, prints, and returns an exit code.

This module alone sequences crawler, nlp and rules_db, and alone reads the clock. Heavy packages are imported inside the
commands that need them, so that --help stays instant.

Exit codes: 0 done; 1 done, but some inputs were refused (daily: changes found); 2 wrong usage (daily: degraded but
published); 3 the gate refused to publish; 4 the store, the network or the environment stands in the way.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from rules_db.commands import asking, assess, decide, export, mapping, notify, review, upkeep
from rules_db.commands.options import (
    EXIT_DEGRADED,
    EXIT_GATE,
    EXIT_PARTIAL,
    data_option,
    format_option,
    now,
    say,
    show_result,
    told_errors,
)
from rules_db.commands.upkeep import publish_and_tell

if TYPE_CHECKING:
    import sqlite3

    from rules_db.connection import DataFolder
    from rules_db.model import Analysis, ConvertedDocument
    from rules_db.snapshots import SnapshotStore
    from rules_db.stages import Refused, StageRefusalError, ToRead


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="guiji")
def main() -> None:
    """Guiji (规迹): what the rules for spent power batteries say, since when, and how we know."""


for command in (
    asking.diff,
    asking.explain,
    asking.flags,
    asking.search,
    asking.show,
    asking.versions,
    assess.assess,
    decide.decide,
    export.export,
    mapping.mapping,
    mapping.checklist,
    notify.notify,
    review.review,
    upkeep.backup,
    upkeep.doctor,
    upkeep.publish,
    upkeep.restore,
    upkeep.serve,
    upkeep.verify,
):
    main.add_command(command)


# Bringing in ---------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="CSV with facts by path."
)
@click.option("--no-publish", is_flag=True, help="Stop before publishing the readers' copy.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=None, help="Reading processes [default: the number of cores]."
)
@format_option
@data_option
def ingest(
    paths: tuple[Path, ...], manifest: Path | None, no_publish: bool, jobs: int | None, form: str, folder: DataFolder
) -> None:
    """Take in files or folders (html, pdf, docx, txt, md …)."""
    import os

    from rules_db.intake import find_files, missing_files, read_files, read_manifest
    from rules_db.stages import record_files

    facts = read_manifest(manifest) if manifest else None
    files = find_files(paths, facts)
    refused = missing_files(files, facts)
    common = Path(os.path.commonpath([p.resolve() if p.is_dir() else p.resolve().parent for p in paths]))

    def record(connection: sqlite3.Connection, snapshots: SnapshotStore, when: str) -> tuple[int, int]:
        _register_ingest(connection)
        given = read_files(files, common, facts, refused)
        return len(files), record_files(connection, snapshots, given, "ingest", when)

    _take_in(folder, record, refused, no_publish=no_publish, jobs=jobs, form=form)


@main.command()
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="Only this source (repeatable).")
@click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another registry folder."
)
@click.option("--since", metavar="DATE", help="Follow lists back to this day.")
@click.option("--no-publish", is_flag=True)
@format_option
@data_option
def crawl(
    source_ids: tuple[str, ...],
    sources: Path | None,
    since: str | None,
    no_publish: bool,
    form: str,
    folder: DataFolder,
) -> None:
    """Crawl the sources of the registry, slowly and honestly, then read what came."""
    code, result = _crawl_and_process(folder, sources, source_ids, since, no_publish)
    show_result(result, form, "crawled")
    sys.exit(code)


@main.command()
@click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another registry folder."
)
@format_option
@data_option
def daily(sources: Path | None, form: str, folder: DataFolder) -> None:
    """Crawl, read, compare, flag, publish, notify. Exit code 0: nothing new, 1: changes, 2: degraded, 3: gate held."""
    code, result = _crawl_and_process(folder, sources, (), None, False)
    with folder.locked():
        all_told = notify.notify_stage(folder, now())
    if code == 0 and (result["flags"] or result["new_texts"]):
        code = EXIT_PARTIAL
    troubled = any(v["verdict"] in ("broken", "blocked", "degraded") for v in result["verdicts"])
    if code in (0, EXIT_PARTIAL) and (troubled or not all_told):
        code = EXIT_DEGRADED
    if code or form == "json":
        show_result(result, form, "crawled")
    sys.exit(code)


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option(
    "--delta", type=click.File("r", encoding="utf-8"), help="Earlier output to compare with, instead of printing."
)
def extract(file: Any, delta: Any) -> None:
    """Read norms and thresholds: JSON lines {"id", "text"} in, JSON lines out. Needs no store."""
    refused, records = 0, []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        record, error = _extract_line(line)
        if error:
            refused += 1
            say(f"refused: line {number}: {error}")
        elif delta:
            records.append(record)
        else:
            click.echo(json.dumps(record, ensure_ascii=False))
    if delta:
        from nlp.evaluate import extraction_delta
        from rules_db import present

        present.extraction_delta(extraction_delta([json.loads(line) for line in delta if line.strip()], records))
    sys.exit(EXIT_PARTIAL if refused else 0)


@main.command()
@click.argument("limit")
@click.option(
    "--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="Day of the event."
)
@format_option
def deadline(limit: str, start: Any, form: str) -> None:
    """When LIMIT ends, such as “15个工作日” or “三个月内”, and what the answer assumes."""
    from nlp.pipes.thresholds.thresholds import find_thresholds
    from rules_db.workdays import due_date

    found = find_thresholds(limit)
    if len(found) != 1 or found[0].value != int(found[0].value):
        raise click.UsageError(f"{limit!r} is not one time limit in whole days, working days, weeks, months or years")
    try:
        answer = due_date(int(found[0].value), found[0].unit, start.date())
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    result = {
        "limit": found[0].span.text,
        "from": str(start.date()),
        "due": str(answer.due),
        "counted_to": str(answer.counted_to),
        "assumptions": list(answer.assumptions),
    }
    show_result(result, form, "deadline")


@main.group()
def register() -> None:
    """The register of real instruments, told in our own words."""


@register.command("load")
@click.option("--no-publish", is_flag=True, help="Stop before publishing the readers' copy.")
@format_option
@data_option
def register_load(no_publish: bool, form: str, folder: DataFolder) -> None:
    """Record the bundled register, or what changed in it since."""
    from rules_db.register.load import record_register

    def record(connection: sqlite3.Connection, snapshots: SnapshotStore, when: str) -> tuple[int, int]:
        new = record_register(connection, snapshots, when)
        return new, new

    _take_in(folder, record, [], no_publish=no_publish, jobs=None, form=form)


@main.group()
def sources() -> None:
    """The registry of watched sources."""


@sources.command("list")
@click.option("--sources", "registry", type=click.Path(path_type=Path, exists=True, file_okay=False))
@format_option
@data_option
def sources_list(registry: Path | None, form: str, folder: DataFolder) -> None:
    """Every source with platform, jurisdiction, grade, status and its last good run, where there is a store."""
    from crawler.registry import BUNDLED, load_sources
    from rules_db.captures import last_good_run
    from rules_db.connection import open_store

    store = open_store(folder, read_only=True) if folder.work_db.exists() else None
    rows = []
    for source in load_sources(registry or BUNDLED):
        good = last_good_run(store, source.id) if store else None
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "platform": source.platform,
                "jurisdiction": source.jurisdiction,
                "grade": source.grade,
                "status": source.status,
                "last_good_run": good["finished_at"] if good else None,
            }
        )
    show_result(rows, form, "sources")


@sources.command("check")
@click.option(
    "--sources", "registry", type=click.Path(path_type=Path, file_okay=False), help="Another registry folder."
)
@format_option
def sources_check(registry: Path | None, form: str) -> None:
    """Check the registry's files: what a crawl would refuse, and what a person should look at. Opens no site."""
    import dataclasses

    from crawler.onboarding import check
    from crawler.registry import BUNDLED

    problems = [dataclasses.asdict(problem) for problem in check(registry or BUNDLED)]
    show_result(problems, form, "registry_problems")
    sys.exit(EXIT_PARTIAL if any(problem["fatal"] for problem in problems) else 0)


@sources.command("new")
@click.argument("source_id")
@click.argument("url")
@click.option("--name", required=True, help="The site's name in Chinese.")
@click.option("--jurisdiction", required=True, metavar="CODE", help="GB/T 2260 code.")
@click.option("--page", type=click.File("rb"), help="The list page as saved in a browser, to try the settings on.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of stdout.")
def sources_new(source_id: str, url: str, name: str, jurisdiction: str, page: Any, out: Path | None) -> None:
    """Draft the file of a new source: its CMS family guessed from the address and a saved page."""
    from crawler.onboarding import draft
    from crawler.registry import RegistryError

    saved = page.read() if page else None
    try:
        made = draft(source_id, url, name=name, jurisdiction=jurisdiction, saved_page=saved)
    except RegistryError as error:
        raise click.UsageError(str(error)) from error
    say(f"platform {made.platform}; {len(made.entries)} entries found in the saved page")
    for remark in (*made.remarks, *(f"found: {entry.title}" for entry in made.entries[:3])):
        say(f"  {remark}")
    if out is None:
        click.echo(made.text, nl=False)
    elif out.exists():
        raise click.UsageError(f"{out} exists; choose another file")
    else:
        out.write_text(made.text, encoding="utf-8")


@main.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Serve Datasette at the end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-data"), show_default=True)
def demo(then_serve: bool, port: int, data: Path) -> None:
    """Crawl the bundled sample portal on two scripted days and show what the product makes of it."""
    from rules_db.connection import DataFolder

    with told_errors():
        _demo(DataFolder(data), port, then_serve)


# Sequencing ----------------------------------------------------------------------------------------------------------


def _take_in(
    folder: DataFolder,
    record: Callable[[sqlite3.Connection, SnapshotStore, str], tuple[int, int]],
    refused: list[Refused],
    *,
    no_publish: bool,
    jobs: int | None,
    form: str,
) -> NoReturn:
    """Record what a person hands in, process and publish it, tell the figures, and end with the exit code.

    `record(connection, snapshots, when)` returns how many files there were and how many were new; what it can't use it
    adds to `refused`.
    """
    import time

    from rules_db.connection import open_store
    from rules_db.snapshots import SnapshotStore

    started = time.monotonic()
    with folder.create().locked():
        connection, when = open_store(folder), now()
        files, new = record(connection, SnapshotStore(folder.snapshots, connection), when)
        summary = _process(connection, folder, when, jobs)
        refused += summary.pop("refused")
        # a person's own act may change many instruments at once
        published = None if no_publish else publish_and_tell(folder, when, accept_mass_change=True)
    for refusal in refused:
        say(f"refused: {refusal.subject}: {refusal.code}: {refusal.message}")
    result = {
        "files": files,
        "new_files": new,
        **summary,
        "seconds": round(time.monotonic() - started, 1),
        "refused": [{"file": r.subject, "code": r.code, "message": r.message} for r in refused],
        "published": published,
    }
    show_result(result, form, "ingested")
    sys.exit(EXIT_GATE if published is False else EXIT_PARTIAL if refused else 0)


def _register_ingest(connection: sqlite3.Connection) -> None:
    from rules_db.captures import register_source

    register_source(
        connection,
        source_id="ingest",
        name="Files handed in",
        platform="file",
        jurisdiction="100000",
        grade="-",
        status="manual",
        tier="repost",
    )


def _process(connection: sqlite3.Connection, folder: DataFolder, when: str, jobs: int | None) -> dict[str, Any]:
    """Everything between bytes and published rules: convert, read, reconcile, map, flag. Returns counts."""
    from crawler.convert import CONVERTER_VERSION
    from nlp.language import PIPELINE_VERSION
    from rules_db.answers import store_counts
    from rules_db.flags import flag_pending
    from rules_db.mapping.catalogue import catalogue_folders, load_catalogue, read_catalogue
    from rules_db.mapping.filled import suspect_filled
    from rules_db.mapping.links import load_links
    from rules_db.mapping.proposals import propose_links
    from rules_db.reconcile import reconcile_pending
    from rules_db.snapshots import SnapshotStore
    from rules_db.stages import convert_pending, pending_reads, record_reads
    from rules_db.succession import record_successions
    from rules_db.terminal import progress

    snapshots = SnapshotStore(folder.snapshots, connection)
    with progress("converting") as advance:
        refused = convert_pending(connection, snapshots, _convert, CONVERTER_VERSION, when, advance)
    waiting = pending_reads(connection, CONVERTER_VERSION, PIPELINE_VERSION)
    with progress("reading") as advance, _reader(jobs, len(waiting)) as read:
        tally = record_reads(connection, read(waiting), len(waiting), PIPELINE_VERSION, when, advance)
    with progress("comparing") as advance:
        reconciled = list(reconcile_pending(connection, when, advance))
    succeeded = record_successions(connection, when)
    catalogue = read_catalogue(*catalogue_folders(folder.root))
    load_catalogue(connection, catalogue)
    links = load_links(connection, catalogue, when)
    flags = flag_pending(connection, catalogue, when)
    filled = suspect_filled(connection, when)
    proposals = propose_links(connection, catalogue, when)
    return {
        **store_counts(connection),
        "outcomes": tally.outcomes,
        "new_texts": sum(tally.outcomes.get(k, 0) for k in ("new_instrument", "new_expression")),
        "new_changes": sum(r.changes for r in reconciled) + succeeded,
        "readings_revised": sum(r.revised for r in reconciled),
        "links_turned_suspect": [*(link.id for link in links if link.turned_suspect), *filled],
        "links_proposed": len(proposals),
        "flags": len(flags),
        "refused": refused + tally.refused,
    }


def _convert(
    data: bytes, name: str, content_type: str | None, url: str, body_selectors: Sequence[str] = ()
) -> ConvertedDocument:
    """The crawler's converter, its refusals in the terms of the stages."""
    from crawler.convert import ConversionError, Format, convert, convert_sandboxed, sniff
    from rules_db.stages import StageRefusalError

    # parsers of binary formats run in a limited child process; text is read here, hundreds of times faster
    plain = sniff(data, name, content_type) in (Format.HTML, Format.MARKDOWN, Format.TEXT)
    try:
        if plain:
            return convert(data, name=name, content_type=content_type, url=url, body_selectors=body_selectors)
        return convert_sandboxed(data, name=name, content_type=content_type, url=url)
    except ConversionError as error:
        raise StageRefusalError(error.code, error.message) from error
    except ValueError as error:
        raise StageRefusalError("bad_selector", f"{url}: {error}; correct selectors.body of its source") from error


def _extract_line(line: str) -> tuple[dict[str, Any], str]:
    """One JSON line read, or the reason why not."""
    from nlp.extract import extract_record

    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return {}, f"no JSON ({error.msg} at column {error.colno}); one object a line is expected"
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "id" not in record:
        return {}, 'an object with "id" and a string "text" is expected'
    return extract_record(record["id"], record["text"]), ""


def _analyse(item: ToRead) -> tuple[ToRead, Analysis | StageRefusalError]:
    """Read one document; runs in a worker process."""
    from nlp.analyse import AnalysisRefused, analyse
    from rules_db.stages import StageRefusalError

    try:
        return item, analyse(item.document)
    except AnalysisRefused as error:
        return item, StageRefusalError(error.code, error.message)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one text must not stop the others; it is told as an issue
        message = f"{type(error).__name__}: {error}; please report it with the file"
        return item, StageRefusalError("internal_error", message)


@contextmanager
def _reader(jobs: int | None, waiting: int) -> Iterator[Callable[[list[ToRead]], Iterator[Any]]]:
    """A lazy map of `_analyse`: in this process for a handful, in a pool of forked processes for many."""
    import multiprocessing
    import os

    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or waiting < 2 * jobs or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda items: map(_analyse, items)
        return
    from nlp.language import load

    load()  # once, before forking: the children share it
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield lambda items: pool.imap(_analyse, items, chunksize=4)


def _crawl_and_process(
    folder: DataFolder,
    registry: Path | None,
    source_ids: tuple[str, ...],
    since: str | None,
    no_publish: bool,
    *,
    loopback: bool = False,
    when: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """Crawl, process, publish; the exit code and a report."""
    import dataclasses

    from crawler.launch import crawl as launch
    from crawler.registry import BUNDLED, RegistryError
    from rules_db.connection import StoreError, open_store

    when = when or now()
    with folder.create().locked():
        connection = open_store(folder)
        try:
            verdicts = launch(
                folder.root, registry or BUNDLED, source_ids, when, since, allow_loopback=loopback, fast=loopback
            )
        except RegistryError as error:
            raise StoreError(str(error)) from error
        summary = _process(connection, folder, when, None)
        refused = summary.pop("refused")
        published = None if no_publish else publish_and_tell(folder, when)
    result = {
        "verdicts": [dataclasses.asdict(verdict) for verdict in verdicts],
        **summary,
        "refused": [{"file": r.subject, "code": r.code, "message": r.message} for r in refused],
        "published": published,
    }
    return (EXIT_GATE if published is False else EXIT_PARTIAL if refused else 0), result


def _demo(folder: DataFolder, port: int, then_serve: bool) -> None:
    """Two scripted days of the sample portal through the real stages, then a summary and the server."""
    import shutil

    from crawler.sample import NOW, serve, write_sources
    from rules_db import present
    from rules_db.connection import StoreError
    from rules_db.mapping.catalogue import SAMPLE
    from rules_db.serve import require_free
    from rules_db.serve import serve as serve_copy

    if then_serve:
        require_free("127.0.0.1", port)
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
            _code, results[day] = _crawl_and_process(folder, registry, (), None, False, loopback=True, when=when)
    present.demo(_demo_report(folder, results[2], NOW[2]), port)
    if then_serve:
        serve_copy(folder.public_db, port=port, announce=lambda address: say(f"Serving {address} (Ctrl-C ends it)"))


def _demo_report(folder: DataFolder, result: dict[str, Any], when: str) -> dict[str, Any]:
    """The figures of day two that the demo prints, read from the store like any reader would."""
    from rules_db import answers
    from rules_db.connection import open_store
    from rules_db.flags import list_flags
    from rules_db.mapping.coverage import list_links

    connection = open_store(folder, read_only=True)
    changes = answers.changes_recorded(connection, when)
    thresholds = [change for change in changes if change["kind"].startswith("threshold_")]
    suspect = list_links(connection, "suspect")
    revised = thresholds[0] if thresholds else None
    pair = f"?from={revised['from_expression_id']}&to={revised['to_expression_id']}" if revised else ""
    return {
        "flags": list_flags(connection, since=when),
        "rule": revised["title"] if revised else "",
        "rule_id": suspect[0]["rule_id"] if suspect else "",
        "diff_path": f"/diff{pair}",
        "thresholds": thresholds,
        "suspect": suspect,
        "silent": answers.silent_documents(connection, when),
        "verdicts": result["verdicts"],
        "data": str(folder.root),
    }


if __name__ == "__main__":
    main()
