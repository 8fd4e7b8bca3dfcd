"""Commands of the mapping layer: links from rules to controls, evidence and hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rules_db.commands.checklist import checklist
from rules_db.commands.map_review import map_review
from rules_db.commands.options import data_option, format_option, now, say, show_result
from rules_db.commands.values import reviewer_option

if TYPE_CHECKING:
    from rules_db.connection import DataFolder

__all__ = ["checklist", "mapping"]


@click.group("map")
def mapping() -> None:
    """Links from rules to controls, evidence and hardware."""


mapping.add_command(map_review)


@mapping.command("list")
@click.option("--status", type=click.Choice(["proposed", "accepted", "rejected", "suspect", "unresolved"]))
@format_option
@data_option
def map_list(status: str | None, form: str, folder: DataFolder) -> None:
    """List the links with their status; suspect ones first."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import list_links
    from rules_db.workdays import china_day

    show_result(list_links(open_store(folder, read_only=True), china_day(now()), status), form, "links")


@mapping.command("suspect")
@format_option
@data_option
def map_suspect(form: str, folder: DataFolder) -> None:
    """Links whose rule moved since a person reviewed them, with the old and the new wording."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import list_links
    from rules_db.workdays import china_day

    show_result(list_links(open_store(folder, read_only=True), china_day(now()), "suspect"), form, "links")


@mapping.command("propose")
@format_option
@data_option
def map_propose(form: str, folder: DataFolder) -> None:
    """Propose links for the rules of flagged texts, with a score and the words that led to each."""
    from rules_db.connection import open_store
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.mapping.coverage import list_links
    from rules_db.mapping.proposals import propose_links
    from rules_db.workdays import china_day

    when = now()
    with folder.require().locked():
        connection = open_store(folder)
        new = propose_links(connection, catalogue_of(folder.root), when)
    say(f"{len(new)} new proposals")
    show_result(list_links(connection, china_day(when), "proposed"), form, "links")


@mapping.command("accept")
@click.argument("link_id")
@reviewer_option
@data_option
def map_accept(link_id: str, reviewer: str, folder: DataFolder) -> None:
    """Write into the YAML that LINK_ID was reviewed against the wording now in force, and load it.

    A proposal (P…) becomes a link of the data folder's own catalogue/links/own.yml.
    """
    _decide(folder, link_id, "accept", reviewer)


@mapping.command("reject")
@click.argument("link_id")
@reviewer_option
@data_option
def map_reject(link_id: str, reviewer: str, folder: DataFolder) -> None:
    """Keep LINK_ID as rejected: it counts for nothing, and is not proposed again while the wording stands."""
    _decide(folder, link_id, "reject", reviewer)


def _decide(folder: DataFolder, link_id: str, verdict: str, reviewer: str) -> None:
    from rules_db.connection import open_store
    from rules_db.mapping.reviewing import Verdict, decide

    with folder.require().locked():
        connection = open_store(folder)
        link_id, path = decide(connection, folder.root, link_id, Verdict(verdict), reviewer=reviewer, now=now())
    say(f"{link_id} {verdict}ed" + (f"; commit {path}" if path else ""))


@mapping.command("coverage")
@click.option("--gaps", is_flag=True, help="List enterprises' duties in linked instruments that nothing is linked to.")
@click.option(
    "--counts", is_flag=True, help="Count instruments, rules, controls, devices, evidence, links, gaps by tier."
)
@format_option
@data_option
def map_coverage(gaps: bool, counts: bool, form: str, folder: DataFolder) -> None:
    """Controls, hardware and evidence with the number of rules linked to each."""
    from rules_db.connection import open_store
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.mapping.coverage import counts_by_tier, coverage, uncovered_duties
    from rules_db.workdays import china_day

    connection = open_store(folder, read_only=True)
    if not counts and not gaps:
        show_result(coverage(connection), form, "coverage")
        return
    catalogue, day = catalogue_of(folder.root), china_day(now())
    if counts:
        show_result(counts_by_tier(connection, catalogue, day), form, "counts")
    if gaps:
        show_result(uncovered_duties(connection, catalogue, day), form, "duties")
