"""Commands about the registry of watched sources: list, check, new. Only `check ID` opens a site.

Light on purpose: `guiji --help` imports this.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rules_db.commands.options import EXIT_PARTIAL, data_option, format_option, now, say, show_result, told
from rules_db.commands.values import NAME

if TYPE_CHECKING:
    from rules_db.connection import DataFolder


@click.group()
def sources() -> None:
    """The registry of watched sources."""


@sources.command("list")
@click.option(
    "--sources",
    "registry",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another registry folder.",
)
@format_option
@data_option
def sources_list(registry: Path | None, form: str, folder: DataFolder) -> None:
    """Every source with platform, jurisdiction, grade, status and its last good run, where there is a store."""
    from crawler.registry import BUNDLED, RegistryError, load_sources
    from rules_db.capture_history import last_good_run
    from rules_db.connection import StoreError, open_store

    try:
        known = load_sources(registry or BUNDLED)
    except RegistryError as error:
        raise StoreError(str(error)) from error
    store = open_store(folder, read_only=True) if folder.work_db.exists() else None
    rows = []
    for source in known:
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


@sources.command("check", epilog="Exit codes: 0 well; 1 a file would be refused, or a source tried was not well.")
@click.argument("source_ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--sources", "registry", type=click.Path(path_type=Path, file_okay=False), help="Another registry folder."
)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep what came in this new data folder.")
@click.option("--loopback", is_flag=True, help="Reach servers on this machine, without spacing.")
@format_option
@told
def sources_check(
    source_ids: tuple[str, ...], registry: Path | None, keep: Path | None, loopback: bool, form: str
) -> None:
    """Check the registry's files; with an ID, try that source live and tell what was seen at each step.

    Without an ID no site is opened: told is what a crawl would refuse, and what a person should look at. With one, two
    screens, one document and two files of each column are asked for, as slowly as in a crawl; no store is touched.
    """
    import dataclasses

    from crawler.onboarding import check
    from crawler.registry import BUNDLED

    if source_ids:
        _try(source_ids, registry or BUNDLED, keep, loopback, form)
        return
    problems = [dataclasses.asdict(problem) for problem in check(registry or BUNDLED)]
    show_result(problems, form, "registry_problems")
    sys.exit(EXIT_PARTIAL if any(problem["fatal"] for problem in problems) else 0)


def _try(source_ids: tuple[str, ...], registry: Path, keep: Path | None, loopback: bool, form: str) -> None:
    import dataclasses

    from crawler.registry import RegistryError
    from crawler.trial import FAILED, may_be_tried, try_source

    told, well = [], True
    try:
        chosen = may_be_tried(registry, source_ids, keep)
    except RegistryError as error:
        raise click.UsageError(str(error)) from error
    for source in chosen:
        source_id, pause = source.id, "" if loopback else f", at least {source.delay:.0f} s apart"
        say(f"{source_id}: asking for {len(source.columns)} lists and a document of each{pause}")
        place = keep / source_id if keep and len(chosen) > 1 else keep
        trial = try_source(registry, source_id, now(), allow_loopback=loopback, keep=place)
        steps = [dataclasses.asdict(step) for step in trial.steps]
        verdict = trial.verdict
        well = well and verdict.verdict in ("ok", "quiet") and all(step["outcome"] != FAILED for step in steps)
        told.append({"source_id": source_id, "verdict": verdict.verdict, "reason": verdict.reason, "steps": steps})
    show_result(told, form, "source_trials")
    sys.exit(0 if well else EXIT_PARTIAL)


@sources.command("new")
@click.argument("source_id")
@click.argument("url")
@click.option("--name", type=NAME, required=True, help="The site's name in Chinese.")
@click.option("--jurisdiction", required=True, metavar="CODE", help="GB/T 2260 code.")
@click.option("--page", type=click.File("rb"), help="The list page as saved in a browser, to try the settings on.")
@click.option("--out", type=click.Path(path_type=Path), help="Write here (a file, or a folder of sources).")
@click.option(
    "--fixture",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write a fixture below this folder (tests/fixtures/sources): the page with invented words.",
)
@told
def sources_new(
    source_id: str, url: str, name: str, jurisdiction: str, page: Any, out: Path | None, fixture: Path | None
) -> None:
    """Draft the file of a new source: its CMS family guessed from the address and a saved page."""
    from crawler.onboarding import draft
    from crawler.registry import RegistryError

    saved = page.read() if page else None
    try:
        made = draft(source_id, url, name=name, jurisdiction=jurisdiction, saved_page=saved)
    except RegistryError as error:
        raise click.UsageError(str(error)) from error
    if fixture is not None and not made.fixture:
        raise click.UsageError(
            "a fixture is made of a page that can be read; save the list in a browser, give it with --page"
        )
    say(f"platform {made.platform}" + (f"; {len(made.entries)} entries found in the saved page" if page else ""))
    for remark in (*made.remarks, *(f"found: {entry.title}" for entry in made.entries[:3])):
        say(f"  {remark}")
    place = out / f"{source_id}.yml" if out is not None and out.is_dir() else out
    case = fixture / source_id / "list" if fixture is not None else None
    for taken in (place, case):
        if taken is not None and taken.exists():
            raise click.UsageError(f"{taken} exists; choose another")
    if case is not None:
        case.mkdir(parents=True)
        for file, text in made.fixture.items():
            (case / file).write_text(text, encoding="utf-8")
        say(f"fixture written to {case}")
    if place is None:
        click.echo(made.text, nl=False)
    else:
        place.write_text(made.text, encoding="utf-8")
        say(f"source written to {place}; next: guiji sources check {source_id} --sources {place.parent}")
