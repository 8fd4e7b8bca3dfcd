"""Compare every multi-version title of the corpus and time it, beside plain difflib on the same pairs.

    python -m benchmarks.diff_speed [--no-difflib]

Prints one line per pair of versions, then median and maximum, in CPU seconds. difflib gets the whole texts as one
character sequence (what a page watcher does), with its own time in the second column.
"""

from __future__ import annotations

import argparse
import difflib
import statistics
import time

from benchmarks.diff_corpus import read_provisions, version_pairs
from benchmarks.diff_gold import quantities
from rules_db.diff.compare import diff_expressions, joined
from rules_db.diff.text import apply


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-difflib", action="store_true")
    options = parser.parse_args()
    ours: list[float] = []
    theirs: list[float] = []
    for title, older, newer in version_pairs():
        old, new = read_provisions(older), read_provisions(newer)
        old_quantities, new_quantities = quantities(old), quantities(new)
        started = time.process_time()
        diff = diff_expressions(old, new, old_quantities, new_quantities)
        ours.append(time.process_time() - started)
        for entry in diff.entries:
            assert apply(joined(entry.old), entry.hunks) == joined(entry.new)
        reference = 0.0
        if not options.no_difflib:
            left, right = "".join(p.text for p in old), "".join(p.text for p in new)
            started = time.process_time()
            difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
            reference = time.process_time() - started
            theirs.append(reference)
        print(f"{ours[-1]:7.3f} s  {reference:7.2f} s  {len(old):4} {len(new):4}  {title}", flush=True)
    print(f"pairs {len(ours)}  median {statistics.median(ours):.3f} s  max {max(ours):.3f} s  sum {sum(ours):.1f} s")
    if theirs:
        ratios = [theirs[k] / ours[k] for k in range(len(ours))]
        print(
            f"difflib median {statistics.median(theirs):.2f} s  max {max(theirs):.2f} s  sum {sum(theirs):.1f} s; "
            f"median ratio {statistics.median(ratios):.1f}"
        )


if __name__ == "__main__":
    main()
