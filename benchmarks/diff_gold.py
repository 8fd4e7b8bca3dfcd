"""Score the comparison against annotated comparison tables.

    python -m benchmarks.diff_gold [--errors N] [--out DIR]

Reads `<project>/../shared/gold/versions/*.json`, compares the two texts each names, writes the JSON form to DIR and
prints what the reference scorer says.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.diff_corpus import CORPUS, read_provisions
from nlp.pipes.thresholds.thresholds import find_thresholds
from rules_db.diff.compare import diff_expressions
from rules_db.diff.jsonform import to_json
from rules_db.diff.result import InstrumentDiff
from rules_db.model import ProvisionText, Quantity

GOLD = CORPUS.parent / "gold"


def quantities(provisions: Sequence[ProvisionText]) -> dict[str, list[Quantity]]:
    """Thresholds of each provision as the comparison wants them."""
    found: dict[str, list[Quantity]] = {}
    for provision in provisions:
        found[provision.eid] = [
            Quantity(
                text=threshold.span.text,
                comparator=threshold.comparator,
                value=float(threshold.value),
                value_max=None if threshold.value_max is None else float(threshold.value_max),
                unit=threshold.unit,
                parameter=threshold.parameter,
                base=threshold.base,
                trigger=threshold.trigger,
                start=threshold.span.start,
            )
            for threshold in find_thresholds(provision.text)
        ]
    return found


def compare_files(older: Path, newer: Path) -> InstrumentDiff:
    old, new = read_provisions(older), read_provisions(newer)
    return diff_expressions(old, new, quantities(old), quantities(new))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", type=int, default=10)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    out = options.out or Path(tempfile.mkdtemp())
    out.mkdir(parents=True, exist_ok=True)
    for table in sorted((GOLD / "versions").glob("*.json")):
        gold = json.loads(table.read_text(encoding="utf-8"))
        files = [CORPUS / "texts" / f"{gold['title']}_{gold[date]}.md" for date in ("old_date", "new_date")]
        result = out / table.name
        result.write_text(json.dumps(to_json(compare_files(*files)), ensure_ascii=False, indent=1), encoding="utf-8")
        print(gold["title"], flush=True)
        command = [sys.executable, str(GOLD / "score_versions.py"), str(table), str(result)]
        subprocess.run([*command, "--errors", str(options.errors)], check=True)


if __name__ == "__main__":
    main()
