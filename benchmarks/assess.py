"""A million rows of a transmission log through every test, on one core: fields, checksums, silences, deadlines.

The log is made from a seed with planted faults; the figures say how many of them were found and what else was.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from rules_db.assess.findings import Tally
from rules_db.assess.limits import Limit
from rules_db.assess.reading import read_rows
from rules_db.assess.uploads import COLUMNS, UploadAudit, upload_columns
from rules_db.mapping.catalogue import BUNDLED, read_catalogue

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "rules_db"))
ROWS = 1_000_000


def main() -> None:
    import example_evidence

    catalogue = read_catalogue(BUNDLED)
    tests = catalogue.tests.values()
    required = [field for test in tests for field in test.get("fields", ())]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploads.csv"
        planted = example_evidence.Planted()
        example_evidence.write_uploads(path, ROWS, 1, planted, faults=200)
        tallies = {name: Tally(name, name) for name in ("fields", "checksum", "silence", "late")}
        limit = Limit("rule", "le", 30, None, "day", "30日内", "2020-01-01", None, "r")
        gap = Limit("enterprise", "le", example_evidence.GAP_HOURS, None, "hour", "")
        columns = upload_columns(tests)
        audit = UploadAudit(
            columns, tallies["fields"], required, tallies["checksum"], tallies["silence"], [gap],
            {"stock_in": (tallies["late"], [limit])}, frozenset({"stock_in"}),
        )  # fmt: skip
        begin = time.perf_counter()
        audit.read(path.name, read_rows(path, columns, lambda line, why: None, set(columns) - set(COLUMNS)))
        seconds = time.perf_counter() - begin
        size = path.stat().st_size
    wanted = {
        "fields": planted.missing, "checksum": planted.checksum, "silence": planted.silent, "late": planted.late,
    }  # fmt: skip
    for name, tally in tallies.items():
        found = {finding.line for finding in tally.findings}
        print(
            f"{name:9} planted {len(wanted[name])}, found {len(found & wanted[name])}, else {len(found - wanted[name])}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ROWS:,} rows ({size / 1e6:.0f} MB) in {seconds:.1f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
