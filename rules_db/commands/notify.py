"""The command that tells people what is new, and the stage of the daily run that does the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import EXIT_PARTIAL, data_option, format_option, now, say, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder
    from rules_db.notify.deliver import Outcome

PROFILE_VARIABLE = "GUIJI_WATCH"


@click.command(epilog="Exit codes: 0 all told; 1 a channel failed, and is tried again by a later run.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Watch profile, or a folder of them (repeatable) [default: GUIJI_WATCH, else DATA/watch].",
)
@click.option("--dry-run", is_flag=True, help="Print the messages; send and record nothing.")
@format_option
@data_option
def notify(profiles: tuple[Path, ...], dry_run: bool, form: str, folder: DataFolder) -> None:
    """Tell each recipient of the watch profiles what is new to them, once."""
    from rules_db.connection import StoreError

    with folder.require().locked():
        outcomes = tell_recipients(folder, now(), profiles, dry_run=dry_run)
    if outcomes is None:
        raise StoreError(
            f"no watch profile: name one with --profile or {PROFILE_VARIABLE}, or put it into {folder.root / 'watch'}"
        )
    show_result([outcome.as_row() for outcome in outcomes], form, "notified")
    sys.exit(EXIT_PARTIAL if any(outcome.state == "failed" for outcome in outcomes) else 0)


def tell_recipients(
    folder: DataFolder, when: str, profiles: Sequence[Path] = (), *, dry_run: bool = False
) -> list[Outcome] | None:
    """Read profiles and addresses, tell everybody. None when there is no profile. The caller holds the folder's lock.
    Raises StoreError for a profile or a file of addresses that can't be used."""
    import os

    from rules_db.notify.channels import read_channels
    from rules_db.notify.deliver import notify as tell
    from rules_db.watch.profiles import profile_files, read_profiles

    files = profile_files(profiles or default_profiles(folder, os.environ.get(PROFILE_VARIABLE, "")))
    if not files:
        return None
    return tell(folder, read_profiles(files), read_channels(os.environ, folder.root), now=when, dry_run=dry_run)


def notify_stage(folder: DataFolder, when: str) -> bool:
    """The last stage of a run: tells people, and on stderr what failed. False when somebody could not be told, or the
    profile can't be used: a run that crawled and published must not be lost for that."""
    from rules_db.connection import StoreError

    try:
        outcomes = tell_recipients(folder, when) or []
    except StoreError as error:
        say(f"notify: {error}")
        return False
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    for outcome in failed:
        say(f"notify: {outcome.recipient} through {outcome.channel}: {outcome.error}; next try {outcome.next_try}")
    return not failed


def default_profiles(folder: DataFolder, named: str) -> list[Path]:
    """The profiles of GUIJI_WATCH (several paths joined as in PATH), else the folder `watch` of the data folder."""
    import os

    if named:
        return [Path(part) for part in named.split(os.pathsep) if part]
    own = folder.root / "watch"
    return [own] if own.is_dir() else []
