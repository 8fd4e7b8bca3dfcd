"""What waits for a person, and what people decided."""

from __future__ import annotations

from collections.abc import Sequence

from rules_db.present.row import Row
from rules_db.terminal import clean, console, print_table


def review_queue(found: Sequence[Row]) -> None:
    columns = ("rule_id", "title", "label", "modality", "bearer", "confidence", "reason", "statement")
    print_table(f"{len(found)} readings wait for a person", columns, ([row[c] for c in columns] for row in found))


def lineage_queue(found: Sequence[Row]) -> None:
    out = console()
    out.print(f"{len(found)} pairs wait for a person")
    for pair in found:
        dates = f"{pair['from_date'] or 'undated'} → {pair['to_date'] or 'undated'}"
        out.print(f"\n[bold]{pair['id']}[/bold] 《{clean(pair['title'])}》 {dates}, {pair['similarity']:.2f}")
        out.print(f"  [dim]{clean(pair['reason'])}[/dim]")
        if pair["earlier"]:
            out.print(f"  [yellow]{clean(pair['earlier'])}[/yellow]")
        for side, label, text in (("old", pair["old_label"], pair["old"]), ("new", pair["new_label"], pair["new"])):
            out.print(f"  {side} {clean(label) or '(none)'}: {clean(text)}")


def files_to_read(found: Sequence[Row]) -> None:
    columns = ("since", "code", "title", "name", "file", "message")
    print_table(f"{len(found)} files need reading", columns, ([row[c] or "" for c in columns] for row in found))


def decisions(found: Sequence[Row]) -> None:
    out = console()
    out.print(f"{len(found)} flagged changes")
    for row in found:
        out.print(f"\n[bold]{clean(row['change_id'])}[/bold] {clean(row['kind'])}  [dim]{clean(row['flag'])}[/dim]")
        out.print(f"  {clean(row['title'])} {clean(row['place'])}")
        if row["decided_at"]:
            relevance = "relevant" if row["relevant"] == "yes" else "not relevant"
            facts = (relevance, row["severity"], row["owner"], row["due_on"] and f"until {row['due_on']}")
            out.print(f"  decided: {clean(', '.join(filter(None, facts)))}")


def decision_history(found: Sequence[Row]) -> None:
    columns = ("relevant", "severity", "owner", "due_on", "note")
    rows = (
        (row["n"], row["decided_at"], row["decided_by"], *(row["decision"][column] for column in columns))
        for row in found
    )
    print_table(f"{len(found)} decisions", ("entry", "when", "by", *columns), rows)
