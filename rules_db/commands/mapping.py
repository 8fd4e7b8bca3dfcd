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


@mapping.command("accept")
@click.argument("link_id")
@click.option("--reviewer", required=True, help="Who looked.")
@click.option("--catalogue", "extra", type=click.Path(path_type=Path, exists=True), multiple=True)
@data_option
def map_accept(link_id: str, reviewer: str, extra: tuple[Path, ...], folder: DataFolder) -> None:
    """Write into the YAML that LINK_ID was reviewed against the wording now in force, and load it."""
    from rules_db.connection import StoreError, open_store
    from rules_db.mapping.catalogue import BUNDLED, read_catalogue
    from rules_db.mapping.links import accept_link, load_links

    with folder.require().locked():
        connection = open_store(folder)
        catalogue = read_catalogue(BUNDLED, *extra)
        row = connection.execute("SELECT current_fingerprint FROM mapping WHERE id = ?", (link_id,)).fetchone()
        if row is None or link_id not in catalogue.links or row["current_fingerprint"] is None:
            raise StoreError(f"{link_id} is no link with a rule in force; 'guiji map review' lists them")
        accept_link(
            catalogue.origin[link_id], link_id, stamp=row["current_fingerprint"], reviewer=reviewer, on=now()[:10]
        )
        load_links(connection, read_catalogue(BUNDLED, *extra), now())
    say(f"{link_id} accepted; commit {catalogue.origin[link_id]}")


@mapping.command("coverage")
@format_option
@data_option
def map_coverage(form: str, folder: DataFolder) -> None:
    """Controls, hardware and evidence with the number of rules linked to each."""
    from rules_db.connection import open_store
    from rules_db.mapping.coverage import coverage

    rows = coverage(open_store(folder, read_only=True))
    show_result(rows, form, "coverage")
