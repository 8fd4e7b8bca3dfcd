"""Commands of human review: what waits, and what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, say, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.group("review")
def review() -> None:
    """Readings the extraction is unsure of, and what people decided about them."""


@review.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Most urgent first.")
@format_option
@data_option
def review_list(limit: int, form: str, folder: DataFolder) -> None:
    """What waits for a person, with the reason; decisions whose text has moved come first."""
    from rules_db import reviews
    from rules_db.connection import open_store

    connection = open_store(folder, read_only=True)
    show_result(reviews.queue(connection, limit), form, "review_queue")
    files = len(reviews.files_to_read(connection))
    if files:
        say(f"{files} files need reading by a person as well: guiji review files")


@review.command("files")
@format_option
@data_option
def review_files(form: str, folder: DataFolder) -> None:
    """Files that need reading: scans and other files without text, with the notice that links to each.

    Read one, and hand its text in with `guiji ingest`, with the file's address in the manifest column url.
    """
    from rules_db import reviews
    from rules_db.connection import open_store

    show_result(reviews.files_to_read(open_store(folder, read_only=True)), form, "files_to_read")


@review.command("accept")
@click.argument("rule")
@click.option("--reviewer", required=True, help="Who looked.")
@data_option
def review_accept(rule: str, reviewer: str, folder: DataFolder) -> None:
    """RULE is read rightly."""
    _decide(folder, rule, "accepted", {}, reviewer)


@review.command("correct")
@click.argument("rule")
@click.option("--reviewer", required=True, help="Who looked.")
@click.option("--bearer", help="Who is bound; an empty string for nobody.")
@click.option("--modality", help="obligation, prohibition, permission, recommendation or penalty.")
@data_option
def review_correct(rule: str, reviewer: str, bearer: str | None, modality: str | None, folder: DataFolder) -> None:
    """RULE is a norm, but read wrongly."""
    corrected = {name: value for name, value in (("bearer", bearer), ("modality", modality)) if value is not None}
    _decide(folder, rule, "corrected", corrected, reviewer)


@review.command("reject")
@click.argument("rule")
@click.option("--reviewer", required=True, help="Who looked.")
@data_option
def review_reject(rule: str, reviewer: str, folder: DataFolder) -> None:
    """RULE is no norm at all."""
    _decide(folder, rule, "rejected", {}, reviewer)


def _decide(folder: DataFolder, rule: str, decision: str, corrected: dict[str, str], reviewer: str) -> None:
    from rules_db import reviews
    from rules_db.connection import open_store, transaction
    from rules_db.reconcile import reconcile_pending

    with folder.require().locked():
        connection = open_store(folder)
        with transaction(connection):
            reviews.decide(
                connection, rule, reviews.Decision(decision), corrected=corrected, reviewer=reviewer, now=now()
            )
        for _ in reconcile_pending(connection, now()):
            pass
    say(f"{rule}: {decision}; readers see it after 'guiji publish'")
