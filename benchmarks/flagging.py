"""Precision and recall of flags on the labelled documents, by part and kind, from files through the real stages.

In: tests/rules_db/flag_titles.yml. Out: a table, and every document that was judged otherwise than labelled.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from cli import main as guiji
from rules_db.connection import DataFolder, open_store
from rules_db.flags import ACTION, NEWS, NOT_RELEVANT, TO_KNOW
from rules_db.watch.news import news_since

LABELLED = Path(__file__).parent.parent / "tests" / "rules_db" / "flag_titles.yml"
KINDS = {"act": ACTION, "know": TO_KNOW, "news": NEWS, "no": NOT_RELEVANT}


def judged(items: list[dict[str, Any]], root: Path) -> dict[str, str]:
    """Title → the kind that the stages give it."""
    lines = ["path,title,version_date,effective_on,document_number,instrument_type,jurisdiction"]
    for item in items:
        (root / f"{item['id']}.md").write_text(f"# {item['title']}\n\n{item['text']}\n", encoding="utf-8")
        lines.append(f"{item['id']}.md,{item['title']},2026-06-01,,,notice,{item.get('place', '100000')}")
    (root / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(root / f"{item['id']}.md") for item in items]
    arguments = ["ingest", *files, "--manifest", str(root / "manifest.csv"), "--no-publish", "--data", str(root / "d")]
    result = CliRunner().invoke(guiji, arguments)
    assert result.exit_code in (0, 1), result.output
    store = open_store(DataFolder(root / "d"), read_only=True)
    found = {subject.title: subject.kind for subject in news_since(store, "")}
    for row in store.execute(
        """SELECT i.title, f.reasons FROM flag f JOIN expression e ON e.id = f.expression_id
           JOIN instrument i ON i.id = e.instrument_id"""
    ):
        found[row["title"]] = json.loads(row["reasons"])["kind"]
    return found


def main() -> None:
    items = yaml.safe_load(LABELLED.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        found = judged(items, Path(scratch))
    parts = [*dict.fromkeys(item["set"] for item in items), "all"]
    for part in parts:
        pairs = Counter(
            (KINDS[item["want"]], found.get(item["title"], NOT_RELEVANT))
            for item in items
            if part in (item["set"], "all")
        )
        told = [f"{part:7}{pairs.total():4} documents"]
        for kind in (ACTION, TO_KNOW, NEWS):
            told.append(f"{kind}: {_ratios(pairs, {kind})}")
        told.append(f"relevant: {_ratios(pairs, {ACTION, TO_KNOW, NEWS})}")
        print("; ".join(told))
    for item in items:
        kind = found.get(item["title"], NOT_RELEVANT)
        if kind != KINDS[item["want"]]:
            print(f"{item['id']} is labelled {KINDS[item['want']]}, judged {kind}: {item['title']}")


def _ratios(pairs: Counter[tuple[str, str]], kinds: set[str]) -> str:
    right = sum(n for (want, got), n in pairs.items() if want in kinds and got in kinds)
    got = sum(n for (_want, got), n in pairs.items() if got in kinds)
    wanted = sum(n for (want, _got), n in pairs.items() if want in kinds)
    return f"precision {right}/{got}, recall {right}/{wanted}"


if __name__ == "__main__":
    main()
