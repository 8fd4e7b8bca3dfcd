"""The commands that bring something in, from bytes to published rules: files, crawls, the daily run, the register, the
demonstration; and the replay of a day."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from rules_db.commands.notify import PROFILE_VARIABLE, default_profiles
from rules_db.commands.options import (
    EXIT_GATE,
    EXIT_PARTIAL,
    TAKES_IN,
    data_option,
    emit,
    format_option,
    now,
    say,
    show_result,
    told_errors,
)
from rules_db.commands.sequences import Sequences, pass_sequences
from rules_db.commands.values import DAY

if TYPE_CHECKING:
    import sqlite3

    from rules_db.connection import DataFolder
    from rules_db.snapshots import SnapshotStore

_registry_option = click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another registry folder."
)
_no_publish_option = click.option("--no-publish", is_flag=True, help="Stop before publishing the readers' copy.")


@click.command(epilog=TAKES_IN)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--manifest", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="CSV with facts by path."
)
@_no_publish_option
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=None, help="Reading processes [default: the number of cores]."
)
@format_option
@data_option
@pass_sequences
def ingest(
    sequences: Sequences,
    paths: tuple[Path, ...],
    manifest: Path | None,
    no_publish: bool,
    jobs: int | None,
    form: str,
    folder: DataFolder,
) -> None:
    """Take in files or folders (html, pdf, docx, txt, md …)."""
    import os

    from rules_db.intake import find_files, missing_files, read_files, read_manifest, register_handed_in
    from rules_db.stages import record_files

    facts = read_manifest(manifest, now(), paths) if manifest else None
    files = find_files(paths, facts)
    refused = missing_files(files, facts)
    common = Path(os.path.commonpath([p.resolve() if p.is_dir() else p.resolve().parent for p in paths]))

    def record(connection: sqlite3.Connection, snapshots: SnapshotStore, when: str) -> tuple[int, int]:
        register_handed_in(connection)
        given = read_files(files, common, facts, refused)
        return len(files), record_files(connection, snapshots, given, "ingest", when)

    _tell_taken_in(sequences.take_in(folder, record, refused, no_publish=no_publish, jobs=jobs), form)


@click.command(epilog=TAKES_IN)
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="Only this source (repeatable).")
@_registry_option
@click.option("--since", type=DAY, help="Follow lists back to this day, however far.")
@_no_publish_option
@format_option
@data_option
@pass_sequences
def crawl(
    sequences: Sequences,
    source_ids: tuple[str, ...],
    sources: Path | None,
    since: str | None,
    no_publish: bool,
    form: str,
    folder: DataFolder,
) -> None:
    """Crawl the sources of the registry, slowly and honestly, then read what came."""
    result = sequences.crawl(folder, sources, source_ids, since=since, no_publish=no_publish)
    for finding in result["gate"]:
        say(f"gate: {finding}")
    show_result(result, form, "crawled")
    sys.exit(_code(result))


@click.command(
    epilog="Exit codes: 0 nothing new; 1 something is new; 2 degraded but published; 3 the gate refused to publish."
)
@_registry_option
@format_option
@data_option
@pass_sequences
def daily(sequences: Sequences, sources: Path | None, form: str, folder: DataFolder) -> None:
    """The run for every morning: crawl, read, compare, flag, publish, notify, report."""
    report = sequences.daily(folder, sources)
    show_result(report, form, "daily")
    sys.exit(report["exit_code"])


@click.command()
@click.argument("day", metavar="DATE", type=DAY)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Watch profile, or a folder of them (repeatable) [default: as 'guiji notify'].",
)
@format_option
@data_option
@pass_sequences
def replay(sequences: Sequences, day: str, profiles: tuple[Path, ...], form: str, folder: DataFolder) -> None:
    """What today's patterns and watches would have said of the bytes of DATE (a day in China). Writes nothing."""
    import os

    from rules_db.watch.profiles import profile_files, read_profiles

    named = profiles or default_profiles(folder, os.environ.get(PROFILE_VARIABLE, ""))
    recipients = read_profiles(profile_files(named)) if named else ()
    show_result(sequences.replay(folder, datetime.date.fromisoformat(day), recipients), form, "replayed")


@click.group()
def register() -> None:
    """The register of real instruments, told in our own words."""


@register.command("load", epilog=TAKES_IN)
@_no_publish_option
@format_option
@data_option
@pass_sequences
def register_load(sequences: Sequences, no_publish: bool, form: str, folder: DataFolder) -> None:
    """Record the bundled register, or what changed in it since."""
    from rules_db.register.load import record_register

    def record(connection: sqlite3.Connection, snapshots: SnapshotStore, when: str) -> tuple[int, int]:
        new = record_register(connection, snapshots, when)
        return new, new

    _tell_taken_in(sequences.take_in(folder, record, [], no_publish=no_publish), form)


@click.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Serve Datasette at the end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@format_option
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-data"), show_default=True)
@pass_sequences
def demo(sequences: Sequences, then_serve: bool, port: int, form: str, data: Path) -> None:
    """Crawl the bundled sample portal on two scripted days and show what the product makes of it."""
    from rules_db import present
    from rules_db.connection import DataFolder
    from rules_db.serve import require_free, serve

    folder = DataFolder(data)
    with told_errors():
        if then_serve:
            require_free("127.0.0.1", port)
        report = sequences.demo(folder)
        if form == "json":
            emit(report)
        else:
            present.demo(report, port)
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
