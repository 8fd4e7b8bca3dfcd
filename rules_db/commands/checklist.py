"""`guiji checklist`: the legal register of one site on a day, and what moved since it was last looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rules_db.commands.options import data_option, now, say, show_result
from rules_db.commands.values import DAY, site_option

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.command()
@site_option
@click.option("--as-of", type=DAY, help="Rules in force on this day [today].")
@click.option("--since", type=DAY, help="Compare with the list of this day [the last run's].")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "markdown", "html"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write an .xlsx, .docx, .html or .md file."
)
@data_option
def checklist(
    profile_path: Path, as_of: str | None, since: str | None, form: str, out: Path | None, folder: DataFolder
) -> None:
    """What applies to one site: checks, the rules behind them, evidence, devices, and what its province settled.

    A list of today is kept in the data folder, so that the next one tells what is new, changed or ended since the run
    of an earlier day. `--since` compares with the rules of any day instead; a list of another day keeps nothing.
    """
    from rules_db.connection import StoreError, open_store
    from rules_db.export.checklist import checklist_html, checklist_markdown
    from rules_db.export.checklist_office import WRITERS
    from rules_db.mapping import applicability, profiles
    from rules_db.mapping.catalogue import catalogue_of
    from rules_db.mapping.lines import arrange
    from rules_db.mapping.parties import read_parties
    from rules_db.mapping.since import compare, digest, keep_run, last_run
    from rules_db.workdays import china_day

    if out is not None and out.suffix not in WRITERS:
        raise click.BadParameter(f"{out.name}: the ending says the format: {', '.join(WRITERS)}", param_hint="--out")
    connection = open_store(folder, read_only=True)
    profile = profiles.read_profile(profile_path)
    catalogue = catalogue_of(folder.root)
    profiles.check_profile(profile, catalogue, profile_path)
    parties = read_parties()

    def checks_on(day: str) -> list[dict[str, Any]]:
        return arrange(applicability.checklist(connection, catalogue, profile, day), parties, profile.activities)

    today = china_day(now())
    day = as_of or today
    checks = checks_on(day)
    before = None
    if since is not None:
        before = (since, digest(checks_on(since)))
    elif day == today:
        before = last_run(folder.root, profile.site, profile.jurisdiction, day)
    found = {
        "site": profile.site,
        "jurisdiction": profile.jurisdiction,
        "as_of": day,
        "compared_with": before and (f"the rules of {before[0]}" if since is not None else f"the run of {before[0]}"),
        "ended": compare(before[1], checks) if before else [],
        "checks": checks,
        "local": applicability.local_fillings(connection, profile),
        "left_out": applicability.left_out(catalogue, profile),
    }
    if out is not None:
        try:
            out.write_bytes(WRITERS[out.suffix](found))
        except OSError as error:
            raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
        say(f"{len(checks)} checks in {out}")
    elif form == "markdown":
        click.echo(checklist_markdown(found), nl=False)
    elif form == "html":
        click.echo(checklist_html(found), nl=False)
    else:
        show_result(found, form, "checklist")
    if day == today:
        keep_run(folder.root, profile.site, profile.jurisdiction, day, checks)
