"""The command line of Guiji (规迹): a command parses options, hands on to `sequence` or a layer, prints, and returns.

Heavy packages are imported inside the commands that need them, so that --help stays instant.

Exit codes: 0 done; 1 done, but some inputs were refused (daily: something is new); 2 wrong usage (daily: degraded but
published); 3 the gate refused to publish; 4 the store, the network or the environment stands in the way; 5 a fault of
the program.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import sequence
from crawler import commands as registry
from rules_db.commands import amending, asking, assess, decide, export, mapping, notify, review, upkeep
from rules_db.commands.options import (
    EXIT_GATE,
    EXIT_PARTIAL,
    data_option,
    format_option,
    now,
    say,
    show_result,
    told_errors,
)

if TYPE_CHECKING:
    import sqlite3

    from rules_db.connection import DataFolder
    from rules_db.snapshots import SnapshotStore


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="guiji")
def main() -> None:
    """Guiji (规迹): what the rules for spent power batteries say, since when, and how we know."""


for command in (
    amending.amendments,
    asking.diff,
    asking.explain,
    asking.flags,
    asking.search,
    asking.show,
    asking.versions,
    assess.assess,
    assess.assess_example,
    decide.decide,
    export.export,
    mapping.mapping,
    mapping.checklist,
    notify.notify,
    review.review,
    upkeep.backup,
    upkeep.doctor,
    upkeep.prune,
    upkeep.publish,
    upkeep.restore,
    upkeep.serve,
    upkeep.verify,
    registry.sources,
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

    from rules_db.intake import find_files, missing_files, read_files, read_manifest, register_handed_in
    from rules_db.stages import record_files

    facts = read_manifest(manifest, now()) if manifest else None
    files = find_files(paths, facts)
    refused = missing_files(files, facts)
    common = Path(os.path.commonpath([p.resolve() if p.is_dir() else p.resolve().parent for p in paths]))

    def record(connection: sqlite3.Connection, snapshots: SnapshotStore, when: str) -> tuple[int, int]:
        register_handed_in(connection)
        given = read_files(files, common, facts, refused)
        return len(files), record_files(connection, snapshots, given, "ingest", when)

    _tell_taken_in(sequence.take_in(folder, record, refused, no_publish=no_publish, jobs=jobs), form)


@main.command()
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="Only this source (repeatable).")
@click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another registry folder."
)
@click.option(
    "--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Follow lists back to this day, however far."
)
@click.option("--no-publish", is_flag=True)
@format_option
@data_option
def crawl(
    source_ids: tuple[str, ...],
    sources: Path | None,
    since: Any,
    no_publish: bool,
    form: str,
    folder: DataFolder,
) -> None:
    """Crawl the sources of the registry, slowly and honestly, then read what came."""
    result = sequence.crawl(
        folder, sources, source_ids, since=str(since.date()) if since else None, no_publish=no_publish
    )
    for finding in result["gate"]:
        say(f"gate: {finding}")
    show_result(result, form, "crawled")
    sys.exit(_code(result))


@main.command()
@click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another registry folder."
)
@format_option
@data_option
def daily(sources: Path | None, form: str, folder: DataFolder) -> None:
    """Crawl, read, compare, flag, publish, notify, report. Exit 0: nothing new, 1: news, 2: degraded, 3: gate held."""
    report = sequence.daily(folder, sources)
    show_result(report, form, "daily")
    sys.exit(report["exit_code"])


@main.command()
@click.argument("day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Watch profile, or a folder of them (repeatable) [default: as 'guiji notify'].",
)
@format_option
@data_option
def replay(day: Any, profiles: tuple[Path, ...], form: str, folder: DataFolder) -> None:
    """What today's patterns and watches would have said of the bytes of DATE (a day in China). Writes nothing."""
    import os

    from rules_db.watch.profiles import profile_files, read_profiles

    named = profiles or notify.default_profiles(folder, os.environ.get(notify.PROFILE_VARIABLE, ""))
    recipients = read_profiles(profile_files(named)) if named else ()
    show_result(sequence.replay(folder, day.date(), recipients), form, "replayed")


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option(
    "--delta", type=click.File("r", encoding="utf-8"), help="Earlier output to compare with, instead of printing."
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Reading processes.")
def extract(file: Any, delta: Any, jobs: int) -> None:
    """Read norms and thresholds: JSON lines {"id", "text"} in, JSON lines out. Needs no store."""
    from nlp.extract import extract_lines

    refused, records = 0, []
    for number, (record, error) in enumerate(extract_lines(file, jobs), 1):
        if error:
            refused += 1
            say(f"refused: line {number}: {error}")
        elif record and delta:
            records.append(json.loads(record))
        elif record:
            click.echo(record)
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

    _tell_taken_in(sequence.take_in(folder, record, [], no_publish=no_publish), form)


@main.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Serve Datasette at the end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-data"), show_default=True)
def demo(then_serve: bool, port: int, data: Path) -> None:
    """Crawl the bundled sample portal on two scripted days and show what the product makes of it."""
    from rules_db import present
    from rules_db.connection import DataFolder
    from rules_db.serve import require_free, serve

    folder = DataFolder(data)
    with told_errors():
        if then_serve:
            require_free("127.0.0.1", port)
        present.demo(sequence.demo(folder), port)
        if then_serve:
            serve(folder.public_db, port=port, announce=lambda address: say(f"Serving {address} (Ctrl-C ends it)"))


def _tell_taken_in(result: dict[str, Any], form: str) -> NoReturn:
    for refusal in result["refused"]:
        say(f"refused: {refusal['file']}: {refusal['code']}: {refusal['message']}")
    for finding in result["gate"]:
        say(f"gate: {finding}")
    show_result(result, form, "ingested")
    sys.exit(_code(result))


def _code(result: dict[str, Any]) -> int:
    return EXIT_GATE if result["published"] is False else EXIT_PARTIAL if result["refused"] else 0


if __name__ == "__main__":
    main()
