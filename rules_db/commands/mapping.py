"""Commands of the mapping layer: links from rules to controls, evidence and hardware."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, say, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.group("map")
def mapping() -> None:
    """Links from rules to controls, evidence and hardware."""


@mapping.command("review")
@click.option("--status", type=click.Choice(["proposed", "accepted", "suspect", "unresolved"]))
@format_option
@data_option
def map_review(status: str | None, form: str, folder: DataFolder) -> None:
    """List the links with their status; suspect ones first."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import list_links

    show_result(list_links(open_store(folder, read_only=True), status), form, "links")


@mapping.command("suspect")
@format_option
@data_option
def map_suspect(form: str, folder: DataFolder) -> None:
    """Links whose rule moved since a person reviewed them, with the old and the new wording."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import list_links

    show_result(list_links(open_store(folder, read_only=True), "suspect"), form, "links")


@mapping.command("propose")
@format_option
@data_option
def map_propose(form: str, folder: DataFolder) -> None:
    """Propose links for the rules of flagged texts, with a score and the words that led to each."""
    from rules_db.connection import open_store
    from rules_db.mapping.catalogue import catalogue_folders, read_catalogue
    from rules_db.mapping.coverage import list_links
    from rules_db.mapping.proposals import propose_links

    with folder.require().locked():
        connection = open_store(folder)
        new = propose_links(connection, read_catalogue(*catalogue_folders(folder.root)), now())
    say(f"{len(new)} new proposals")
    show_result(list_links(connection, "proposed"), form, "links")


@mapping.command("accept")
@click.argument("link_id")
@click.option("--reviewer", required=True, help="Who looked.")
@data_option
def map_accept(link_id: str, reviewer: str, folder: DataFolder) -> None:
    """Write into the YAML that LINK_ID was reviewed against the wording now in force, and load it.

    A proposal (P…) becomes a link of the data folder's own catalogue/links/own.yml.
    """
    from rules_db.connection import StoreError, open_store
    from rules_db.mapping.catalogue import catalogue_folders, read_catalogue
    from rules_db.mapping.links import accept_link, load_links
    from rules_db.mapping.proposals import accept_proposal

    with folder.require().locked():
        connection = open_store(folder)
        catalogue = read_catalogue(*catalogue_folders(folder.root))
        row = connection.execute("SELECT current_fingerprint FROM mapping WHERE id = ?", (link_id,)).fetchone()
        if row is None or row["current_fingerprint"] is None:
            raise StoreError(f"{link_id} is no link with a rule in force; 'guiji map review' lists them")
        if link_id in catalogue.links:
            path = catalogue.origin[link_id]
            accept_link(path, link_id, stamp=row["current_fingerprint"], reviewer=reviewer, on=now()[:10])
        else:
            path = folder.root / "catalogue" / "links" / "own.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            link_id = accept_proposal(connection, catalogue, path, link_id, reviewer=reviewer, on=now()[:10])
        load_links(connection, read_catalogue(*catalogue_folders(folder.root)), now())
    say(f"{link_id} accepted; commit {path}")


@mapping.command("reject")
@click.argument("proposal")
@click.option("--reviewer", required=True, help="Who looked.")
@data_option
def map_reject(proposal: str, reviewer: str, folder: DataFolder) -> None:
    """Keep PROPOSAL as rejected, so that it is not made again."""
    from rules_db.connection import open_store
    from rules_db.mapping.proposals import reject_proposal

    with folder.require().locked():
        reject_proposal(open_store(folder), proposal, reviewer=reviewer, on=now()[:10])
    say(f"{proposal} rejected")


@mapping.command("coverage")
@format_option
@data_option
def map_coverage(form: str, folder: DataFolder) -> None:
    """Controls, hardware and evidence with the number of rules linked to each."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import coverage

    rows = coverage(open_store(folder, read_only=True))
    show_result(rows, form, "coverage")


@click.command()
@click.option(
    "--profile",
    "profile_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="YAML of the site: jurisdiction, activities, facts.",
)
@format_option
@data_option
def checklist(profile_path: Path, form: str, folder: DataFolder) -> None:
    """What applies to one site: checks, the rules behind them, evidence, devices, and what its province settled."""
    from rules_db.connection import open_store
    from rules_db.mapping import applicability
    from rules_db.mapping.catalogue import catalogue_folders, read_catalogue

    connection = open_store(folder, read_only=True)
    profile = applicability.read_profile(profile_path)
    catalogue = read_catalogue(*catalogue_folders(folder.root))
    found = {
        "site": profile.site,
        "checks": applicability.checklist(connection, catalogue, profile),
        "local": applicability.local_fillings(connection, profile),
    }
    show_result(found, form, "checklist")
