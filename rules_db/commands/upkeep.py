"""Commands of publishing and upkeep: publish, serve, verify, backup, restore, prune, doctor."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import (
    EXIT_ENVIRONMENT,
    EXIT_GATE,
    data_option,
    emit,
    format_option,
    now,
    say,
    show_result,
)

if TYPE_CHECKING:
    from rules_db.backup import BackupReport
    from rules_db.connection import DataFolder


@click.command(epilog="Exit codes: 0 published; 3 the gate refused, and readers keep the last good copy.")
@click.option("--accept-mass-change", is_flag=True, help="Publish though many instruments of a source changed at once.")
@format_option
@data_option
def publish(accept_mass_change: bool, form: str, folder: DataFolder) -> None:
    """Check the store at the gate and publish the readers' copy in one step."""
    from rules_db.connection import open_store
    from rules_db.publish import publish as run
    from rules_db.terminal import counted

    with folder.require().locked():
        open_store(folder).close()  # a store of an earlier version is brought up to date
        published = run(folder, now=now(), accept_mass_change=accept_mass_change)
    if form == "json":
        findings = [str(finding) for finding in published.findings]
        emit({"published": published.done, "gate": findings, "counts": published.counts})
    for finding in published.findings:
        say(f"gate: {finding}")
    holds = ", ".join(counted(count, name.replace("_", " ")) for name, count in published.counts.items())
    say(
        f"published at {folder.public_db}: {holds}"
        if published.done
        else f"not published: the copy that readers see stays as it was ({folder.public_db})"
    )
    sys.exit(0 if published.done else EXIT_GATE)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--base-url", default="/", show_default=True, help="Path below which a reverse proxy serves the pages.")
@click.option("--no-sql", is_flag=True, help="Refuse queries that readers write themselves.")
@click.option(
    "--users",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="YAML of the people who may read (see docs/http.md); without it everybody who reaches the port may.",
)
@data_option
def serve(port: int, host: str, base_url: str, no_sql: bool, users: Path | None, folder: DataFolder) -> None:
    """Serve the published rule set with Datasette."""
    from rules_db.serve import serve as run

    run(
        folder.public_db,
        host=host,
        port=port,
        base_url=base_url,
        allow_sql=not no_sql,
        users=users,
        announce=lambda address: say(f"Serving {address} (Ctrl-C ends it)"),
    )


@click.command(epilog="Exit codes: 0 sound; 4 at least one fault.")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Check this backup against its manifest instead.",
)
@format_option
@data_option
def verify(backup: Path | None, form: str, folder: DataFolder) -> None:
    """Read every snapshot back against its digest, check the store's integrity and the chain of decisions."""
    from rules_db.backup import check_backup
    from rules_db.verification import verify as look

    if backup is not None:
        faults: Sequence[str] = check_backup(backup)
        counts: dict[str, int] = {}
        told = f"{backup}: {len(faults)} faults"
    else:
        found = look(folder)
        faults, counts = found.faults, {"snapshots": found.snapshots, "decisions": found.decisions}
        told = f"{found.snapshots} snapshots, {found.decisions} decisions, {len(faults)} faults"
    if form == "json":
        emit({**counts, "faults": list(faults)})
    for fault in faults:
        say(f"fault: {fault}")
    say(told)
    sys.exit(EXIT_ENVIRONMENT if faults else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@format_option
@data_option
def backup(target: Path, form: str, folder: DataFolder) -> None:
    """Copy all state to the new folder TARGET, with a digest for each file; works while a crawl or a server runs."""
    from rules_db.backup import back_up
    from rules_db.terminal import progress

    with progress("Backing up") as step:
        report = back_up(folder, target, now=now(), progress=step)
    _tell(report, "backed up to", form)


@click.command()
@click.argument("backup", type=click.Path(path_type=Path, exists=True, file_okay=False))
@format_option
@data_option
def restore(backup: Path, form: str, folder: DataFolder) -> None:
    """Lay the folder BACKUP out as a new data folder (--data), checking each file; never overwrites anything."""
    from rules_db.backup import restore as lay_out
    from rules_db.terminal import progress

    with progress("Restoring") as step:
        report = lay_out(backup, folder, progress=step)
    _tell(report, f"of {report.taken_at} restored to", form)


@click.command(epilog="Exit codes: 0 fit, perhaps with warnings; 4 at least one check failed.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=24,
    show_default=True,
    help="Hours between runs of 'guiji daily'; a last run older than twice that is a warning.",
)
@format_option
@data_option
def doctor(every: int, form: str, folder: DataFolder) -> None:
    """Check machine, store, schedule and messages; each finding says what to do."""
    import os

    from rules_db.commands.notify import PROFILE_VARIABLE, default_profiles
    from rules_db.doctor import examine
    from rules_db.findings import Outcome

    profiles = default_profiles(folder, os.environ.get(PROFILE_VARIABLE, ""))
    findings = examine(folder, now=now(), every_hours=every, profiles=profiles, environment=os.environ)
    show_result([finding.as_row() for finding in findings], form, "findings")
    sys.exit(EXIT_ENVIRONMENT if any(finding.outcome is Outcome.FAIL for finding in findings) else 0)


@click.command()
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=30),
    default=365,
    show_default=True,
    metavar="DAYS",
    help="Only what was last seen so many days ago; at least 30.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
@format_option
@data_option
def prune(days: int, dry_run: bool, form: str, folder: DataFolder) -> None:
    """Delete the bytes of old list screens. Bytes of documents and files are evidence and are never deleted."""
    from rules_db.connection import open_store
    from rules_db.retention import prune as let_go

    with folder.require().locked():
        found = let_go(folder, open_store(folder), days=days, now=now(), dry_run=dry_run)
    if form == "json":
        emit({**dataclasses.asdict(found), "dry_run": dry_run})
    went = "would go" if dry_run else "went"
    say(
        f"{found.snapshots} list screens and {found.strays} stray files {went}, {found.size / 1e6:.1f} MB; "
        f"{found.kept} snapshots stay"
    )


def _tell(report: BackupReport, done: str, form: str) -> None:
    if form == "json":
        emit(dataclasses.asdict(report))
    say(f"{report.files} files, {report.size / 1e6:.1f} MB {done} {report.place}")
