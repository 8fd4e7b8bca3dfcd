"""Commands that answer questions: flags, versions, show, explain, search, diff."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules_db.commands.options import data_option, emit, format_option, say, show_result
from rules_db.commands.values import DAY, PLACE

if TYPE_CHECKING:
    from rules_db.connection import DataFolder
    from rules_db.diff.result import InstrumentDiff


@click.command()
@click.option("--since", type=DAY, help="Only what was flagged from this day (in China) on.")
@click.option("--jurisdiction", type=PLACE, help="GB/T 2260 code; its first two digits select a province.")
@format_option
@data_option
def flags(since: str | None, jurisdiction: str | None, form: str, folder: DataFolder) -> None:
    """New guidance and changes, ranked, with why each was flagged."""
    from rules_db.connection import open_store
    from rules_db.flags import list_flags
    from rules_db.workdays import china_midnight

    moment = china_midnight(datetime.date.fromisoformat(since)) if since else None
    found = list_flags(open_store(folder, read_only=True), since=moment, jurisdiction=jurisdiction)
    show_result(found, form, "flags")


@click.command()
@click.argument("title")
@format_option
@data_option
def versions(title: str, form: str, folder: DataFolder) -> None:
    """The expressions known of an instrument, by TITLE or IRI."""
    from rules_db.amending.answers import preview
    from rules_db.answers import list_versions
    from rules_db.connection import open_store
    from rules_db.references import one_instrument

    connection = open_store(folder, read_only=True)
    instrument = one_instrument(connection, title)
    found = list_versions(connection, instrument)
    show_result(found, form, "versions")
    computed = preview(connection, instrument)
    if computed is not None:
        say(
            f"note: {len(computed[1])} amendments are outstanding: no text with them is held; "
            "'guiji show TITLE --computed' shows what they make of the newest one (computed, unofficial)"
        )


@click.command()
@click.argument("reference")
@click.option("--as-of", type=DAY, help="What applied on this day.")
@click.option("--known-on", type=DAY, help="… as the store knew it on this day.")
@click.option("--computed", is_flag=True, help="The newest text with outstanding amendments applied: unofficial.")
@format_option
@data_option
def show(
    reference: str, as_of: str | None, known_on: str | None, computed: bool, form: str, folder: DataFolder
) -> None:
    """One instrument, provision (“TITLE 第五条” or TITLE#art_5) or rule id, as of a date."""
    from rules_db import answers
    from rules_db.connection import open_store

    if computed:
        from rules_db.amending.answers import show_computed

        if as_of or known_on:
            raise click.UsageError("--computed takes the newest text and no date")
        show_result(show_computed(open_store(folder, read_only=True), reference), form, "provisions")
        return
    found = answers.show(open_store(folder, read_only=True), reference, as_of=as_of, known_on=known_on)
    show_result(found, form, "provisions")


@click.command()
@click.argument("rule")
@format_option
@data_option
def explain(rule: str, form: str, folder: DataFolder) -> None:
    """The evidence chain of a rule: span, cue, pattern, provision, digest, address, tier."""
    from rules_db import answers
    from rules_db.connection import open_store

    found = answers.explain(open_store(folder, read_only=True), rule)
    show_result(found, form, "explanation")


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--jurisdiction", type=PLACE, help="GB/T 2260 code; 100000 for the state.")
@click.option("--as-of", type=DAY, help="Only what holds on this day.")
@format_option
@data_option
def search(query: str, limit: int, jurisdiction: str | None, as_of: str | None, form: str, folder: DataFolder) -> None:
    """Ranked provisions that hold the words of QUERY; the engine of the web page."""
    from rules_db.connection import open_public
    from rules_db.search import search as find

    if not query.strip():
        raise click.UsageError("give at least one word to search for")
    result = find(open_public(folder.public_db), query, limit=limit, jurisdiction=jurisdiction, as_of=as_of)
    if form == "json":
        import dataclasses

        emit([dataclasses.asdict(hit) for hit in result.hits])
        return
    from rules_db import present

    present.hits(query, result, limit)


@click.command()
@click.argument("names", nargs=-1, metavar="[REFERENCE]...")
@click.option("--from", "from_date", type=DAY, help="The older day.")
@click.option("--to", "to_date", type=DAY, help="The newer day.")
@click.option("--overlay", is_flag=True, help="NATIONAL PROVINCIAL: what the province repeats, tightens, adds.")
@click.option("--rule-set", is_flag=True, help="Everything that changed between two dates.")
@click.option("--topic", metavar="ID", help="With --rule-set: only this watched topic, such as battery_recycling.")
@click.option("--jurisdiction", type=PLACE, help="With --rule-set: only this province, or 100000 for the state.")
@click.option(
    "--format", "form", type=click.Choice(["terminal", "side-by-side", "markdown", "html", "json"]), default="terminal"
)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of headings.")
@click.option(
    "--table", type=click.Path(path_type=Path, dir_okay=False), help="Write a comparison table: .docx or .xlsx."
)
@data_option
def diff(
    names: tuple[str, ...],
    from_date: str | None,
    to_date: str | None,
    overlay: bool,
    rule_set: bool,
    topic: str | None,
    jurisdiction: str | None,
    form: str,
    language: str,
    table: Path | None,
    folder: DataFolder,
) -> None:
    """Compare two versions: A@DATE B@DATE, or INSTRUMENT --from DATE --to DATE, or --rule-set --from DATE --to DATE."""
    from rules_db import answers, references
    from rules_db.connection import open_store
    from rules_db.diff import jsonform
    from rules_db.expressions import is_paraphrase

    connection = open_store(folder, read_only=True)
    if rule_set:
        if names or not (from_date and to_date):
            raise click.UsageError("--rule-set takes --from DATE and --to DATE and no reference")
        if from_date > to_date:
            raise click.UsageError(f"--from {from_date} is later than --to {to_date}")
        changed = answers.describe_changes(
            connection, since=from_date, until=to_date, topic=topic, jurisdiction=jurisdiction
        )
        show_result(changed, form, "rule_set")
        return
    if len(names) == 1 and from_date and to_date:
        instrument = references.one_instrument(connection, names[0])
        old = references.expression_on(connection, instrument, from_date)
        new = references.expression_on(connection, instrument, to_date)
    elif len(names) == 2 and not (from_date or to_date):
        old, new = (references.one_expression(connection, name) for name in names)
    else:
        raise click.UsageError("give A@DATE B@DATE, or INSTRUMENT --from DATE --to DATE")
    for reference in (old, new):
        if reference.note:
            say(f"note: {reference.note}")
        if is_paraphrase(connection, reference.id):
            say(f"note: of 《{reference.instrument.title}》 only a paraphrase is held; the text may say more")
    result = answers.compare_expressions(connection, old, new)
    if overlay:
        from rules_db.diff import overlay as laid

        show_result(laid.to_json(laid.overlay(result)), form, "overlay")
    elif table:
        _write_table(result, table, language)
    elif form == "json":
        emit(jsonform.to_json(result))
    else:
        from rules_db import present

        present.comparison(result, form, language)


def _write_table(diff: InstrumentDiff, path: Path, language: str) -> None:
    """Write the comparison table next to `path` first, so that a failure leaves no half file."""
    from rules_db.connection import StoreError
    from rules_db.diff.view import Language
    from rules_db.export.comparison import comparison_docx, comparison_xlsx

    writers = {".docx": comparison_docx, ".xlsx": comparison_xlsx}
    if path.suffix not in writers:
        raise click.UsageError(f"{path}: a comparison table is a .docx or an .xlsx file")
    part = path.with_name(path.name + ".part")
    table = writers[path.suffix](diff, Language(language))
    try:
        part.write_bytes(table)
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: can't be written: {error.strerror or error}") from error
    say(f"{path} written")
