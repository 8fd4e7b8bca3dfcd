"""The command that tests a site's evidence files against the rules in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, format_option, now, say, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.command()
@click.option(
    "--profile",
    "profile_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="YAML of the site; see docs/profiles.",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder with device register, transmission and alert logs, document register.",
)
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Day of the assessment [today].")
@click.option("--pack", type=click.Path(path_type=Path, dir_okay=False), help="Write an evidence pack (zip) here.")
@format_option
@data_option
def assess(profile_path: Path, evidence: Path, as_of: object, pack: Path | None, form: str, folder: DataFolder) -> None:
    """Test evidence files of one site against the limits that the store holds: a verdict for each control."""
    from rules_db.assess.pack import write_pack
    from rules_db.assess.run import assess as run
    from rules_db.connection import StoreError, open_store
    from rules_db.mapping.catalogue import catalogue_folders, read_catalogue
    from rules_db.mapping.profiles import check_profile, read_profile

    connection = open_store(folder, read_only=True)
    catalogue = read_catalogue(*catalogue_folders(folder.root))
    profile = read_profile(profile_path)
    check_profile(profile, catalogue, profile_path)
    day = str(as_of)[:10] if as_of else now()[:10]
    found = run(connection, catalogue, profile, evidence, day)
    if pack is not None:
        try:
            digests = write_pack(pack, evidence, profile_path, found)
        except OSError as error:
            raise StoreError(f"{pack}: can't be written: {error.strerror or error}") from error
        say(f"{len(digests)} files and their digests in {pack}")
    show_result(found, form, "assessment")
