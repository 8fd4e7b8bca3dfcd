"""What waits for a person, and what people decided."""

from __future__ import annotations

from collections.abc import Sequence

from rules_db.present.row import Row
from rules_db.terminal import clean, console, counted, print_records, print_table


def review_queue(found: Sequence[Row]) -> None:
    """`found`: what `reviews.queue` gives."""
    records = (
        (
            (row["rule_id"], f"《{row['title']}》{row['label']}"),
            (
                row["statement"],
                f"read as {row['modality']}, bearer {row['bearer'] or 'none'}; confidence {row['confidence']}",
                f"why: {row['reason']}",
            ),
        )
        for row in found
    )
    print_records(f"waiting for a person: {counted(len(found), 'reading')}", records)


def lineage_queue(found: Sequence[Row]) -> None:
    """`found`: what `lineage_reviews.queue` gives; one side is empty for what was told as added or deleted."""
    out = console()
    out.print(f"waiting for a person: {counted(len(found), 'pair')}")
    for pair in found:
        dates = f"{pair['from_date'] or 'undated'} → {pair['to_date'] or 'undated'}"
        out.print(f"\n[bold]{pair['id']}[/bold] 《{clean(pair['title'])}》 {dates}, {pair['similarity']:.2f}")
        out.print(f"  [dim]{clean(pair['reason'])}[/dim]")
        if pair["earlier"]:
            out.print(f"  [yellow]{clean(pair['earlier'])}[/yellow]")
        for side, label, text in (("old", pair["old_label"], pair["old"]), ("new", pair["new_label"], pair["new"])):
            out.print(f"  {side} {clean(label) or '(none)'}: {clean(text)}")


def files_to_read(found: Sequence[Row]) -> None:
    """`found`: what `reviews.files_to_read` gives."""
    records = (
        (
            (row["name"] or row["file"], row["code"], f"since {row['since']}"),
            (row["title"], row["file"], row["message"]),
        )
        for row in found
    )
    print_records(f"to be read by a person: {counted(len(found), 'file')}", records)


def decisions(found: Sequence[Row]) -> None:
    """`found`: what `decisions.listing.listed` gives."""
    print_records(counted(len(found), "flagged change"), map(_decision, found))


def _decision(row: Row) -> tuple[Sequence[object], list[object]]:
    lines: list[object] = [f"{row['title']} {row['place']}".strip()]
    if row["decided_at"]:
        relevance = "relevant" if row["relevant"] == "yes" else "not relevant"
        facts = (relevance, row["severity"], row["owner"], row["due_on"] and f"until {row['due_on']}")
        lines.append(f"decided: {', '.join(filter(None, facts))}")
    return (row["change_id"], row["kind"], row["flag"]), lines


def decision_history(found: Sequence[Row]) -> None:
    """`found`: the entries of the log about one change, oldest first."""
    columns = ("relevant", "severity", "owner", "due_on", "note")
    rows = (
        (
            row["n"],
            row["decided_at"],
            row["decided_by"],
            "yes" if row["decision"]["relevant"] else "no",
            *(row["decision"][column] for column in columns[1:]),
        )
        for row in found
    )
    print_table(counted(len(found), "decision"), ("entry", "when", "by", *columns), rows)
