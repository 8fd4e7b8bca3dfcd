"""The command that tests a site's evidence files against the rules in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, emit, format_option, now, say, show_result
from rules_db.commands.values import DAY, site_option

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.command()
@site_option
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder with device register, transmission and alert logs, document register.",
)
@click.option("--as-of", type=DAY, help="Day of the assessment [today].")
@click.option("--pack", type=click.Path(path_type=Path, dir_okay=False), help="Write an evidence pack (zip) here.")
@format_option
@data_option
def assess(
    profile_path: Path, evidence: Path, as_of: str | None, pack: Path | None, form: str, folder: DataFolder
) -> None:
    """Test evidence files of one site against the limits that the store holds: a verdict for each control."""
    from rules_db.assess.pack import write_pack
    from rules_db.assess.run import assess as run
    from rules_db.connection import StoreError, open_store
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.mapping.profiles import check_profile, read_profile
    from rules_db.workdays import china_day

    connection = open_store(folder, read_only=True)
    catalogue = catalogue_of(folder.root)
    profile = read_profile(profile_path)
    check_profile(profile, catalogue, profile_path)
    day = as_of or china_day(now())
    found = run(connection, catalogue, profile, evidence, day)
    if pack is not None:
        try:
            digests = write_pack(pack, evidence, profile_path, found)
        except OSError as error:
            raise StoreError(f"{pack}: can't be written: {error.strerror or error}") from error
        say(f"{len(digests)} files and their digests in {pack}")
    show_result(found, form, "assessment")


@click.command("assess-example")
@site_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder.")
@click.option("--as-of", type=DAY, help="Day of the assessment [today].")
@click.option(
    "--rows", type=click.IntRange(100, 10_000_000), default=10_000, show_default=True, help="Rows of uploads."
)
@click.option("--faults", type=click.IntRange(0, 50), default=0, show_default=True, help="Plant so many of each kind.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@format_option
@data_option
def assess_example(
    profile_path: Path, out: Path, as_of: str | None, rows: int, faults: int, seed: int, form: str, folder: DataFolder
) -> None:
    """Write an evidence folder of invented records for a site, to see what `guiji assess` reads and tells.

    The records keep every limit of the site's profile and 30 days for reports; with --faults some break them, and
    the result says in which file and line.
    """
    from rules_db.assess.example import write_example
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.mapping.profiles import check_profile, read_profile
    from rules_db.workdays import china_day

    catalogue = catalogue_of(folder.root)
    profile = read_profile(profile_path)
    check_profile(profile, catalogue, profile_path)
    day = as_of or china_day(now())
    planted = write_example(catalogue, profile, out, day, rows=rows, seed=seed, faults=faults)
    if form == "json":
        emit({"out": str(out), "planted": planted.by_test})
        return
    say(f"evidence folder {out} for {day}")
    for test, places in sorted(planted.by_test.items()):
        say(f"planted for {test}: {', '.join(f'{file}:{line}' for file, line in places)}")
