"""Commands of human review: what waits, and what a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, say, show_result
from rules_db.commands.values import reviewer_option

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

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
    from rules_db import lineage_reviews, reviews, threshold_reviews
    from rules_db.connection import open_store
    from rules_db.workdays import china_day

    connection = open_store(folder, read_only=True)
    show_result(reviews.queue(connection, china_day(now()), limit), form, "review_queue")
    moved = threshold_reviews.reopened(connection)
    for row in moved:
        say(
            f"《{row['title']}》{row['label']} {row['text']}: reviewed as {row['earlier']}, but {row['reason']}; look "
            "again and use 'guiji review threshold'"
        )
    pairs = len(lineage_reviews.queue(connection, limit=10_000))
    if pairs:
        say(f"{pairs} pairs of provisions wait as well: guiji review lineage list")
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
@reviewer_option
@data_option
def review_accept(rule: str, reviewer: str, folder: DataFolder) -> None:
    """RULE is read rightly."""
    _decide(folder, rule, "accepted", {}, reviewer)


@review.command("correct")
@click.argument("rule")
@reviewer_option
@click.option("--bearer", help="Who is bound; an empty string for nobody.")
@click.option("--modality", help="obligation, prohibition, permission, recommendation or penalty.")
@data_option
def review_correct(rule: str, reviewer: str, bearer: str | None, modality: str | None, folder: DataFolder) -> None:
    """RULE is a norm, but read wrongly."""
    corrected = {name: value for name, value in (("bearer", bearer), ("modality", modality)) if value is not None}
    _decide(folder, rule, "corrected", corrected, reviewer)


@review.command("reject")
@click.argument("rule")
@reviewer_option
@data_option
def review_reject(rule: str, reviewer: str, folder: DataFolder) -> None:
    """RULE is no norm at all."""
    _decide(folder, rule, "rejected", {}, reviewer)


@review.command("threshold")
@click.argument("rule")
@click.argument("words")
@reviewer_option
@click.option("--value", type=float, help="The number, or the lower end of a range.")
@click.option("--value-max", type=float, help="The upper end of a range.")
@click.option("--unit", help="Such as day, working_day, percent, CNY.")
@click.option("--comparator", help="ge, gt, le, lt, eq or range.")
@click.option("--parameter", help="What is measured.")
@click.option("--reject", is_flag=True, help="It is no threshold at all.")
@click.option("--accept", is_flag=True, help="It is read rightly.")
@click.option("--nth", type=click.IntRange(1), help="Which one, where the rule has these words several times.")
@data_option
def review_threshold(
    rule: str,
    words: str,
    reviewer: str,
    value: float | None,
    value_max: float | None,
    unit: str | None,
    comparator: str | None,
    parameter: str | None,
    reject: bool,
    accept: bool,
    nth: int | None,
    folder: DataFolder,
) -> None:
    """Correct, accept or reject the threshold of RULE printed as WORDS (三十日); `guiji explain` lists them."""
    from rules_db import threshold_reviews
    from rules_db.reviews import Decision

    given = {"value": value, "value_max": value_max, "unit": unit, "comparator": comparator, "parameter": parameter}
    corrected = {name: told for name, told in given.items() if told is not None}
    if reject + accept + bool(corrected) > 1:
        raise click.UsageError("give either --accept, or --reject, or corrections")
    decision = Decision.REJECTED if reject else Decision.ACCEPTED if accept else Decision.CORRECTED

    def record(connection: sqlite3.Connection, when: str) -> None:
        threshold_reviews.decide(
            connection, rule, words, decision, corrected=corrected, reviewer=reviewer, now=when, nth=nth
        )

    _record(folder, record, f"{rule} {words}: {decision}")


@review.group("lineage")
def review_lineage() -> None:
    """Pairs of provisions that the comparison was unsure of: does the newer one continue the older one?"""


@review_lineage.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Weakest first.")
@format_option
@data_option
def lineage_list(limit: int, form: str, folder: DataFolder) -> None:
    """Pairs that wait, with both texts. One side is empty for a near miss that was told as deleted or added."""
    from rules_db import lineage_reviews
    from rules_db.connection import open_store

    show_result(lineage_reviews.queue(open_store(folder, read_only=True), limit), form, "lineage_queue")


@review_lineage.command("accept")
@click.argument("pair")
@reviewer_option
@data_option
def lineage_accept(pair: str, reviewer: str, folder: DataFolder) -> None:
    """The newer provision of PAIR continues the older one (or, with one side only: it has no partner)."""
    _decide_pair(folder, pair, "accepted", None, reviewer)


@review_lineage.command("reject")
@click.argument("pair")
@reviewer_option
@data_option
def lineage_reject(pair: str, reviewer: str, folder: DataFolder) -> None:
    """The provisions of PAIR have nothing to do with each other: one was deleted, the other added."""
    _decide_pair(folder, pair, "rejected", None, reviewer)


@review_lineage.command("correct")
@click.argument("pair")
@click.option("--with", "partner", required=True, metavar="LABEL", help="The right partner, such as 第八条.")
@reviewer_option
@data_option
def lineage_correct(pair: str, partner: str, reviewer: str, folder: DataFolder) -> None:
    """The older provision of PAIR continues in another one of the newer text (without an older one: the other way)."""
    _decide_pair(folder, pair, "corrected", partner, reviewer)


def _decide_pair(folder: DataFolder, pair: str, decision: str, partner: str | None, reviewer: str) -> None:
    from rules_db import lineage_reviews
    from rules_db.reviews import Decision

    def record(connection: sqlite3.Connection, when: str) -> None:
        lineage_reviews.decide(connection, pair, Decision(decision), partner=partner, reviewer=reviewer, now=when)

    _record(folder, record, f"{pair}: {decision}")


def _record(folder: DataFolder, record: Callable[[sqlite3.Connection, str], None], told: str) -> None:
    """Record a decision in one transaction and bring what rests on it up to date."""
    from rules_db.connection import open_store, transaction
    from rules_db.reconcile import reconcile_pending

    with folder.require().locked():
        connection = open_store(folder)
        with transaction(connection):
            record(connection, now())
        for _ in reconcile_pending(connection, now()):
            pass
    say(f"{told}; readers see it after 'guiji publish'")


def _decide(folder: DataFolder, rule: str, decision: str, corrected: dict[str, str], reviewer: str) -> None:
    from rules_db import reviews

    def record(connection: sqlite3.Connection, when: str) -> None:
        reviews.decide(connection, rule, reviews.Decision(decision), corrected=corrected, reviewer=reviewer, now=when)

    _record(folder, record, f"{rule}: {decision}")
