"""Commands that write what the store holds in formats of others: OSCAL, CSV, JSON lines, Akoma Ntoso, Atom,
and all as one zip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, show_result
from rules_db.commands.values import PLACE

if TYPE_CHECKING:
    from rules_db.connection import DataFolder

_OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the files."
)


@click.group()
def export() -> None:
    """Texts, rules, mapping and assessments in formats of others, or all in one zip."""


@export.command("oscal")
@_OUT
@click.option(
    "--assessment",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON of 'guiji assess --format json', to be written as assessment results.",
)
@format_option
@data_option
def export_oscal(out: Path, assessment: Path | None, form: str, folder: DataFolder) -> None:
    """Write controls as an OSCAL catalog, links as a mapping collection, devices as a component definition."""
    from rules_db.connection import open_store
    from rules_db.export.oscal import write_oscal
    from rules_db.mapping.catalogue import catalogue_of

    connection = open_store(folder, read_only=True)
    catalogue = catalogue_of(folder.root)
    show_result(write_oscal(connection, catalogue, out, assessment, now()), form, "exported")


@export.command("csv")
@_OUT
@format_option
@data_option
def export_csv(out: Path, form: str, folder: DataFolder) -> None:
    """Write the rules in force, their limits, links and sources as CSV that no spreadsheet takes for formulas."""
    from rules_db.connection import open_store
    from rules_db.export.tables import write_tables
    from rules_db.workdays import china_day

    show_result(write_tables(open_store(folder, read_only=True), out, "csv", china_day(now())), form, "exported")


@export.command("jsonl")
@_OUT
@format_option
@data_option
def export_jsonl(out: Path, form: str, folder: DataFolder) -> None:
    """Write the rules in force, their limits, links and sources as JSON lines."""
    from rules_db.connection import open_store
    from rules_db.export.tables import write_tables
    from rules_db.workdays import china_day

    show_result(write_tables(open_store(folder, read_only=True), out, "jsonl", china_day(now())), form, "exported")


@export.command("akn")
@_OUT
@click.option("--instrument", help="Only this instrument, by title or IRI.")
@format_option
@data_option
def export_akn(out: Path, instrument: str | None, form: str, folder: DataFolder) -> None:
    """Write texts as Akoma Ntoso 3.0, one XML file per version, with the eIds that rules cite."""
    from rules_db.connection import open_store
    from rules_db.export.akn import write_akn
    from rules_db.references import one_instrument

    connection = open_store(folder, read_only=True)
    wanted = one_instrument(connection, instrument).id if instrument else None
    show_result(write_akn(connection, out, wanted), form, "exported")


@export.command("atom")
@_OUT
@click.option("--site", help="Address of the served pages, to which entries then link.")
@format_option
@data_option
def export_atom(out: Path, site: str | None, form: str, folder: DataFolder) -> None:
    """Write the newest changes of the published copy as changes.atom."""
    from rules_db.connection import open_public
    from rules_db.export.feed import write_atom

    show_result(write_atom(open_public(folder.public_db), out, site=site), form, "exported")


@export.command("ics")
@_OUT
@click.option("--site", help="Address of the served pages, to which events then link.")
@click.option("--jurisdiction", type=PLACE, help="Only texts of this place (GB/T 2260 code).")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option(
    "--profile",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A site: also the days until which the records of its first day must be kept.",
)
@format_option
@data_option
def export_ics(
    out: Path,
    site: str | None,
    jurisdiction: str | None,
    language: str,
    profile: Path | None,
    form: str,
    folder: DataFolder,
) -> None:
    """Write when texts take effect, expire and close for comments as guiji.ics, for a calendar program."""
    from rules_db.connection import open_public, open_store
    from rules_db.export.ics import retention_events, write_ics
    from rules_db.mapping.applicability import read_profile
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.workdays import china_day

    public = open_public(folder.public_db)
    further = []
    if profile is not None:
        catalogue = catalogue_of(folder.root)
        store = open_store(folder, read_only=True)
        further = retention_events(store, catalogue, read_profile(profile), china_day(now()))
    written = write_ics(public, out, site=site, language=language, jurisdiction=jurisdiction, further=further)
    show_result(written, form, "exported")


@export.command("bundle")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The zip file to write.")
@format_option
@data_option
def export_bundle(out: Path, form: str, folder: DataFolder) -> None:
    """Write every export into one zip with SHA-256 digests; feed and calendar only where a copy is published."""
    import tempfile

    from rules_db.connection import open_public, open_store
    from rules_db.export.akn import write_akn
    from rules_db.export.bundle import write_bundle
    from rules_db.export.feed import write_atom
    from rules_db.export.ics import write_ics
    from rules_db.export.oscal import write_oscal
    from rules_db.export.tables import write_tables
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.workdays import china_day

    connection = open_store(folder, read_only=True)
    catalogue = catalogue_of(folder.root)
    when = now()
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch)
        write_tables(connection, files / "csv", "csv", china_day(when))
        write_tables(connection, files / "jsonl", "jsonl", china_day(when))
        write_oscal(connection, catalogue, files / "oscal", None, when)
        write_akn(connection, files / "akn")
        if folder.public_db.exists():
            public = open_public(folder.public_db)
            write_atom(public, files / "atom")
            write_ics(public, files / "ics")
        written = write_bundle(files, out, now=when)
    show_result(written, form, "exported")
