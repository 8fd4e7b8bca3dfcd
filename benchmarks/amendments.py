"""Write a decision for each pair of versions of the corpus, read it back, apply it, and compare with the newer text.

    python -m benchmarks.amendments [--errors N]

The corpus holds laws before and after amendments, but not the decisions themselves. Here one is written for each pair
from the lineage of its articles, in the forms that decisions use (修改为, 中的“…”修改为“…”, 增加, 删去, 改为), and then
read and applied with nothing but the older text. A pair is exact when every article comes out as published,
punctuation apart.
"""

from __future__ import annotations

import argparse
from collections import Counter

from benchmarks.decision_writer import write_decision
from benchmarks.diff_corpus import read_provisions, version_pairs
from nlp.structure.amendments import find_operations
from rules_db.amending.apply import apply_operations
from rules_db.amending.check import CheckState, check


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", type=int, default=10)
    options = parser.parse_args()
    states: Counter[CheckState] = Counter()
    kinds: Counter[str] = Counter()
    exact = pairs = written = 0
    for title, older, newer in version_pairs():
        old, new = read_provisions(older), read_provisions(newer)
        decision, instructions = write_decision(title, old, new)
        operations = find_operations(decision, title)
        found = check(apply_operations(old, operations), new)
        states.update(entry.state for entry in found.operations)
        kinds.update(entry.operation.kind for entry in found.operations)
        written += instructions
        pairs += 1
        faults = [entry for entry in found.operations if entry.state is not CheckState.CONFIRMED]
        exact += not faults and not found.unexplained
        for entry in faults[: max(0, options.errors)]:
            options.errors -= 1
            print(f"{title}: {entry.state} {entry.operation.span.text[:50]!r} {entry.label} {entry.reason}")
        if found.unexplained and options.errors > 0:
            options.errors -= 1
            print(f"{title}: unexplained {'、'.join(found.unexplained[:8])}")
    print(f"pairs {pairs}  exact {exact}  instructions written {written}  operations read {states.total()}")
    print("  ".join(f"{state} {count}" for state, count in sorted(states.items())))
    print("  ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main()
