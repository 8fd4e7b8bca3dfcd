"""What the store says, asked by a person: flags, texts, rules, comparisons, hits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rules_db.present.row import Row
from rules_db.terminal import clean, console, counted, plain, print_records, print_table

if TYPE_CHECKING:
    from rules_db.diff.result import InstrumentDiff
    from rules_db.search import SearchResult


def flags(found: Sequence[Row]) -> None:
    """`found`: what `flags.list_flags` gives."""
    records = (
        ((f["score"], f["kind"], f["title"], f["version_date"]), [f"· {r['sentence']}" for r in f["reasons"]])
        for f in found
    )
    print_records(f"{len(found)} flagged", records)


def versions(found: Sequence[Row]) -> None:
    """`found`: what `answers.list_versions` gives; never empty, an unknown title is an error."""
    columns = ("version_date", "effective_on", "effective_basis", "status", "document_number", "tier", "units", "norms")
    print_table(f"《{found[0]['title']}》", columns, ([version[c] for c in columns] for version in found))


def provisions(found: Row) -> None:
    """`found`: what `answers.show` gives, of an instrument or of a rule."""
    if "rule" in found:
        columns = ("n", "valid_from", "valid_to", "modality", "bearer", "statement")
        print_table(f"rule {found['rule']}", columns, ([version[c] for c in columns] for version in found["versions"]))
        return
    out = console()
    status = found["standing"] or found["status"]
    out.print(f"[bold]《{clean(found['instrument'])}》[/bold] {found['version_date'] or 'undated'}  {status}")
    out.print(f"[dim]tier: {found['tier']}[/dim]")
    if found["note"]:
        out.print(f"[yellow]{clean(found['note'])}[/yellow]")
    for part in found["pending"]:
        out.print(f"[yellow]not yet in force: {clean(part['label'])}, from {part['effective_on']} on[/yellow]")
        if part["until_then"]:
            out.print(f"[yellow]  until then: {clean(part['until_then'])}[/yellow]")
    for decision in found["outstanding"]:
        out.print(f"[yellow]outstanding amendment: {clean(decision['title'])} {decision['date'] or ''}[/yellow]")
        for instruction in decision["instructions"]:
            out.print(f"[yellow]  {clean(instruction)}[/yellow]")
    for relation in found["relations"]:
        arrow = "→" if relation["direction"] == "to" else "←"
        unknown = "" if relation["instrument_id"] else "  [yellow](not identified)[/yellow]"
        out.print(f"[dim]{arrow} {relation['kind']}[/dim] 《{clean(relation['title'])}》{unknown}")
    for unit in found["units"]:
        out.print(f"\n[bold]{clean(unit['label'])}[/bold] [dim]{clean(unit['container'])}[/dim]\n{clean(unit['text'])}")


def amendments(found: Sequence[Row]) -> None:
    """`found`: what `amending.answers.amendments` gives."""
    out = console()
    if not found:
        out.print("No amending decision on it is held.")
    for decision in found:
        standing = "outstanding" if decision["outstanding"] else f"checked against {decision['checked_against']}"
        out.print(f"\n[bold]{clean(decision['title'])}[/bold] {decision['date'] or 'undated'}: {clean(standing)}")
        if decision["note"]:
            out.print(f"  [yellow]{clean(decision['note'])}[/yellow]")
        for entry in decision["operations"]:
            words = clean(entry["words"].replace("\n", " ")[:80])
            out.print(f"  [bold]{entry['state']}[/bold] {words}")
            if entry["reason"]:
                out.print(f"    {clean(entry['reason'])}")
            if entry["state"] == "differs":
                out.print(f"    computed  {clean(entry['label'])}: {clean(entry['computed']) or '(nothing)'}")
                out.print(f"    published {clean(entry['label'])}: {clean(entry['published']) or '(nothing)'}")
        if decision["unexplained"]:
            out.print(f"  changed without an instruction: {clean('、'.join(decision['unexplained']))}")


def explanation(found: Row) -> None:
    """`found`: what `answers.explain` gives."""
    out = console()
    for version in found["versions"]:
        out.print(f"[bold]《{clean(version['title'])}》{clean(version['label'])}[/bold], version {version['n']}")
        out.print(f"  valid from {version['valid_from'] or 'an unknown day'} to {version['valid_to'] or 'now'}")
        out.print(f"  {version['modality']}, bearer {clean(version['bearer']) or '—'}: {clean(version['statement'])}")
        for item in version["evidence"]:
            place = f"[{item['start']}:{item['end']}]"
            out.print(f"  {item['field']} {clean(item['text'])} {clean(place)} by pattern {clean(item['pattern'])}")
        for item in version["thresholds"]:
            out.print(f"  threshold {clean(item['text'])}: {item['comparator']} {item['value']:g} {item['unit']}")
        for item in version["sources"]:
            out.print(f"  source {clean(item['url'])} ({item['tier']})\n    sha256 {item['snapshot_sha256']}")
    for item in found["mappings"]:
        out.print(f"  {item['id']} → {item['target_kind']} {item['target_id']}: {item['status']}")


def hits(query: str, result: SearchResult, limit: int) -> None:
    """`result` holds at most `limit` hits of all that there are."""
    out = console()
    more = f"; the first {limit}:" if result.total > limit else ""
    out.print(f"{result.total} provisions hold “{clean(query)}”{more}")
    for hit in result.hits:
        out.print(
            f"\n[bold]《{clean(hit.instrument_title)}》{clean(hit.label)}[/bold] [dim]{hit.version_date or ''}[/dim]"
        )
        out.print(clean(plain(hit.snippet)))


def comparison(diff: InstrumentDiff, form: str, language: str) -> None:
    """`form`: terminal, side-by-side, markdown or html."""
    from rules_db.diff.render_html import render_html
    from rules_db.diff.render_markdown import render_markdown
    from rules_db.diff.render_terminal import Layout, render_terminal
    from rules_db.diff.view import Language

    words = Language(language)
    if form == "markdown":
        text = render_markdown(diff, words)
    elif form == "html":
        text = render_html(diff, words)
    else:
        out = console()
        layout = Layout.SIDE_BY_SIDE if form == "side-by-side" else Layout.UNIFIED
        text = render_terminal(diff, max(out.width, 40), layout, colour=out.is_terminal, language=words)
    sys.stdout.write(text)


def overlay(found: Sequence[Row]) -> None:
    """`found`: what `diff.overlay.to_json` gives."""
    rows = (
        (
            row["stance"] + (", please check" if row["check"] else ""),
            "、".join(row["national"]),
            "、".join(row["provincial"]),
            "\n".join(row["reasons"]),
        )
        for row in found
    )
    print_table("Province over nation", ("stance", "national", "provincial", "limits and norms"), rows)


def rule_set(found: Sequence[Row]) -> None:
    """`found`: what `answers.describe_changes` gives; told by document, in its order."""
    documents: dict[tuple[str, str], list[str]] = {}
    for change in found:
        told = documents.setdefault((change["valid_on"] or "undated", f"《{change['title']}》"), [])
        told.append(f"{change['kind']}: {change['summary']}")
    print_records(counted(len(found), "change"), documents.items())


def deadline(found: Row) -> None:
    """`found`: the limit as read, the day it ends, and what that assumes."""
    out = console()
    out.print(f"[bold]{found['due']}[/bold]  {clean(found['limit'])} from {found['from']}")
    for note in found["assumptions"]:
        out.print(f"  {clean(note)}")
