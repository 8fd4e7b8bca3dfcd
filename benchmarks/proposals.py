"""How often the proposals hold the target that a person chose: leave one statement out, look at the first five.

`python -m benchmarks.proposals --data DIR`, on a store with the texts of the links. For each reviewed link, all
reviewed links of the same wording are hidden, and all targets are ranked for the wording. Per file of links, because
the cue words were written together with the links of general law, and before those of the register. Precision is the
share of the first five that a person linked to the wording.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rules_db.connection import DataFolder, open_store
from rules_db.mapping.catalogue import Catalogue, catalogue_folders, read_catalogue
from rules_db.mapping.ranking import Model, rank_targets, reviewed_models

FIRST = (1, 3, 5, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--misses", action="store_true", help="Show what was not among the first five.")
    arguments, _rest = parser.parse_known_args()
    folder = DataFolder(arguments.data)
    catalogue = read_catalogue(*catalogue_folders(folder.root))
    models = reviewed_models(open_store(folder, read_only=True))
    hits: dict[tuple[str, str], Counter[int]] = {}
    for model in models:
        if model.link_id not in catalogue.origin:
            continue
        for ground, others in (
            ("cues and likeness", [m for m in models if m.statement != model.statement]),
            ("cues alone", []),
        ):
            place = _place(model, others, catalogue)
            counted = hits.setdefault((catalogue.origin[model.link_id].stem, ground), Counter())
            counted[0] += 1
            for first in FIRST:
                counted[first] += place is not None and place <= first
            if arguments.misses and ground == "cues and likeness" and (place is None or place > 5):
                print(f"{model.link_id} {model.target[1]} place {place}: {model.statement[:70]}")
    wanted: dict[str, set[tuple[str, str]]] = {}
    for model in models:
        wanted.setdefault(model.statement, set()).add(model.target)
    shown = right = 0
    for statement, targets in wanted.items():
        others = [model for model in models if model.statement != statement]
        top = [(one.kind, one.target_id) for one in rank_targets(statement, catalogue, others)[:5]]
        shown, right = shown + len(top), right + len(targets & set(top))
    print(f"{len(wanted)} wordings: {shown / len(wanted):.1f} shown each, precision {right / max(1, shown):.2f}")
    for (file, ground), counted in sorted(hits.items()):
        shares = ", ".join(f"at {first} {counted[first] / counted[0]:.2f}" for first in FIRST)
        print(f"{file:12} {ground:18} {counted[0]:3} links: {shares}")


def _place(model: Model, others: list[Model], catalogue: Catalogue) -> int | None:
    ranked = rank_targets(model.statement, catalogue, others)
    targets = [(one.kind, one.target_id) for one in ranked]
    return targets.index(model.target) + 1 if model.target in targets else None


if __name__ == "__main__":
    main()
