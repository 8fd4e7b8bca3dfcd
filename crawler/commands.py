"""Commands about the registry of watched sources: list, check, new. None of them opens a site.

Light on purpose: `guiji --help` imports this.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rules_db.commands.options import EXIT_PARTIAL, data_option, format_option, say, show_result

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.group()
def sources() -> None:
    """The registry of watched sources."""


@sources.command("list")
@click.option("--sources", "registry", type=click.Path(path_type=Path, exists=True, file_okay=False))
@format_option
@data_option
def sources_list(registry: Path | None, form: str, folder: DataFolder) -> None:
    """Every source with platform, jurisdiction, grade, status and its last good run, where there is a store."""
    from crawler.registry import BUNDLED, load_sources
    from rules_db.captures import last_good_run
    from rules_db.connection import open_store

    store = open_store(folder, read_only=True) if folder.work_db.exists() else None
    rows = []
    for source in load_sources(registry or BUNDLED):
        good = last_good_run(store, source.id) if store else None
        rows.append(
            {
                "id": source.id,
                "name": source.name,
                "platform": source.platform,
                "jurisdiction": source.jurisdiction,
                "grade": source.grade,
                "status": source.status,
                "last_good_run": good["finished_at"] if good else None,
            }
        )
    show_result(rows, form, "sources")


@sources.command("check")
@click.option(
    "--sources", "registry", type=click.Path(path_type=Path, file_okay=False), help="Another registry folder."
)
@format_option
def sources_check(registry: Path | None, form: str) -> None:
    """Check the registry's files: what a crawl would refuse, and what a person should look at. Opens no site."""
    import dataclasses

    from crawler.onboarding import check
    from crawler.registry import BUNDLED

    problems = [dataclasses.asdict(problem) for problem in check(registry or BUNDLED)]
    show_result(problems, form, "registry_problems")
    sys.exit(EXIT_PARTIAL if any(problem["fatal"] for problem in problems) else 0)


@sources.command("new")
@click.argument("source_id")
@click.argument("url")
@click.option("--name", required=True, help="The site's name in Chinese.")
@click.option("--jurisdiction", required=True, metavar="CODE", help="GB/T 2260 code.")
@click.option("--page", type=click.File("rb"), help="The list page as saved in a browser, to try the settings on.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of stdout.")
def sources_new(source_id: str, url: str, name: str, jurisdiction: str, page: Any, out: Path | None) -> None:
    """Draft the file of a new source: its CMS family guessed from the address and a saved page."""
    from crawler.onboarding import draft
    from crawler.registry import RegistryError

    saved = page.read() if page else None
    try:
        made = draft(source_id, url, name=name, jurisdiction=jurisdiction, saved_page=saved)
    except RegistryError as error:
        raise click.UsageError(str(error)) from error
    say(f"platform {made.platform}; {len(made.entries)} entries found in the saved page")
    for remark in (*made.remarks, *(f"found: {entry.title}" for entry in made.entries[:3])):
        say(f"  {remark}")
    if out is None:
        click.echo(made.text, nl=False)
    elif out.exists():
        raise click.UsageError(f"{out} exists; choose another file")
    else:
        out.write_text(made.text, encoding="utf-8")
