"""Commands of impact work: what flagged changes wait for a decision, and what people decided."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, say, show_result
from rules_db.commands.values import DAY, NAME

if TYPE_CHECKING:
    from rules_db.connection import DataFolder

# As in rules_db.decisions.log, which --help does not import; a test holds them together.
SEVERITIES = ("none", "low", "medium", "high", "critical")


@click.group()
def decide() -> None:
    """Decisions about flagged changes: relevant or not, how severe, whose, until when. Each stays in an audit log."""


@decide.command("set")
@click.argument("change")
@click.option("--relevant/--not-relevant", required=True, help="Whether it concerns us.")
@click.option("--severity", type=click.Choice(SEVERITIES), default="none", show_default=True)
@click.option("--owner", default="", help="Who takes care of it.")
@click.option("--due", type=DAY, help="Until when.")
@click.option("--note", default="", help="Why, in your words.")
@click.option("--by", type=NAME, required=True, help="Who decides.")
@data_option
def decide_set(
    change: str, relevant: bool, severity: str, owner: str, due: str | None, note: str, by: str, folder: DataFolder
) -> None:
    """Decide about CHANGE (an id from 'guiji decide list'); a later decision takes the place of this one."""
    from contextlib import closing

    from rules_db.connection import open_store
    from rules_db.decisions import listing, log

    decision = log.checked(relevant=relevant, severity=severity, owner=owner, due_on=due or "", note=note)
    with closing(open_store(folder, read_only=True)) as store:
        listing.require_change(store, change)
    with log.open_log(folder.decisions_db, write=True) as connection:
        assert connection is not None  # noqa: S101 - opened for writing
        decided = log.append(connection, change, decision, by=by, now=now())
    say(f"decision {decided.n} recorded: {'relevant' if relevant else 'not relevant'}, severity {severity}")


@decide.command("list")
@click.option("--open", "undecided", is_flag=True, help="Only what waits for a decision.")
@format_option
@data_option
def decide_list(undecided: bool, form: str, folder: DataFolder) -> None:
    """Flagged changes, newest first, with the decisions that hold."""
    from rules_db.connection import open_store
    from rules_db.decisions import listing, log

    with log.open_log(folder.decisions_db) as connection:
        decisions = log.current(connection) if connection else {}
    show_result(listing.listed(open_store(folder, read_only=True), decisions, undecided=undecided), form, "decisions")


@decide.command("show")
@click.argument("change")
@format_option
@data_option
def decide_show(change: str, form: str, folder: DataFolder) -> None:
    """Every decision about CHANGE, oldest first; the last one holds."""
    from rules_db.connection import open_store
    from rules_db.decisions import listing, log

    with log.open_log(folder.decisions_db) as connection:
        entries = log.history(connection, change) if connection else []
    if not entries:
        listing.require_change(open_store(folder, read_only=True), change)
    show_result([dataclasses.asdict(entry) for entry in entries], form, "decision_history")


@decide.command("export")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files.")
@format_option
@data_option
def decide_export(out: Path, form: str, folder: DataFolder) -> None:
    """Write the decisions that hold as decisions.csv and decisions.json."""
    from rules_db.connection import open_store
    from rules_db.decisions import listing, log

    with log.open_log(folder.decisions_db) as connection:
        decisions = log.current(connection) if connection else {}
    show_result(listing.write_decisions(open_store(folder, read_only=True), decisions, out), form, "exported")
