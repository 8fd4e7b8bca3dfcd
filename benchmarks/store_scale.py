"""A store of a million rule versions: "what applied then" and "what differs between two dates" for one instrument.

The rows are made up in the real schema: 5,000 instruments of 100 rules with two versions each.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rules_db.connection import DataFolder, open_store, transaction

INSTRUMENTS, RULES, CALLS = 5_000, 100, 500
NOW = "2026-01-01T00:00:00Z"
AS_OF = """SELECT rv.rule_id, rv.statement FROM rule r JOIN rule_version rv ON rv.rule_id = r.id
           WHERE r.instrument_id = ? AND rv.superseded_at IS NULL AND rv.valid_from <= ?
             AND (rv.valid_to IS NULL OR rv.valid_to > ?)"""
DIFF = """SELECT a.rule_id FROM rule r JOIN rule_version a ON a.rule_id = r.id
          LEFT JOIN rule_version b ON b.rule_id = r.id AND b.superseded_at IS NULL AND b.valid_from <= :later
            AND (b.valid_to IS NULL OR b.valid_to > :later)
          WHERE r.instrument_id = :instrument AND a.superseded_at IS NULL AND a.valid_from <= :earlier
            AND (a.valid_to IS NULL OR a.valid_to > :earlier) AND a.id IS NOT b.id"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder))
        connection = open_store(data)
        connection.execute("PRAGMA foreign_keys = OFF")
        begin = time.perf_counter()
        with transaction(connection):
            connection.executemany(
                "INSERT INTO rule (id, instrument_id, minted_at) VALUES (?, ?, ?)",
                ((f"r{i}-{r}", f"i{i}", NOW) for i in range(INSTRUMENTS) for r in range(RULES)),
            )
            marks = ", ".join("?" * 25)
            columns = [
                row[1]
                for row in connection.execute("PRAGMA table_info(rule_version)")
                if row[1] not in ("superseded_at", "superseded_why")
            ]
            names = ", ".join(f'"{name}"' for name in columns)
            connection.executemany(f"INSERT INTO rule_version ({names}) VALUES ({marks})", _versions(columns))  # noqa: S608
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        count = connection.execute("SELECT count(*) FROM rule_version").fetchone()[0]
        seconds, size = time.perf_counter() - begin, data.work_db.stat().st_size / 2**20
        print(f"{count:,} rule versions written in {seconds:.1f} s, {size:.0f} MiB")

        def as_of(n: int) -> Any:
            return connection.execute(AS_OF, (f"i{n}", "2022-01-01", "2022-01-01")).fetchall()

        def diff(n: int) -> Any:
            dates = {"earlier": "2022-01-01", "later": "2025-01-01"}
            return connection.execute(DIFF, {"instrument": f"i{n}", **dates}).fetchall()

        assert len(as_of(1)) == RULES
        assert len(diff(1)) == RULES
        _report("as of a date, one instrument", as_of)
        _report("diff of two dates, one instrument", diff)


def _versions(columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of the real width: a statement of about 60 characters, the usual fields filled."""
    fixed = {
        **dict.fromkeys(("condition", "exception", "consequence", "reason"), ""),
        **{"expression_id": "e", "eid": "art_1__para_1", "label": "第一条", "modality": "obligation"},
        **{"bearer": "回收企业", "action": "上传入库信息", "deadline": "自接收之日起30日内", "start": 0, "end": 60},
        **{"status": "in_force", "confidence": 1.0, "pipeline_version": "1", "recorded_at": NOW},
    }
    for i in range(INSTRUMENTS):
        for r in range(RULES):
            for n in (1, 2):
                row = {
                    **fixed,
                    "id": f"v{i}-{r}-{n}",
                    "rule_id": f"r{i}-{r}",
                    "n": n,
                    "statement": f"回收企业应当自接收废旧电池之日起{20 + n}日内上传第{r}类入库信息，保证真实、完整。",
                    "fingerprint": f"{i:08}{r:04}{n:04}",
                    "content_digest": f"{i:08}{r:04}{n:04}",
                    "valid_from": "2020-01-01" if n == 1 else "2024-01-01",
                    "valid_to": "2024-01-01" if n == 1 else None,
                }
                yield tuple(row[name] for name in columns)


def _report(name: str, call: Callable[[int], Any]) -> None:
    times = []
    for n in range(CALLS):
        begin = time.perf_counter()
        call(n * 7 % INSTRUMENTS)
        times.append((time.perf_counter() - begin) * 1000)
    times.sort()
    print(f"{name}: median {statistics.median(times):.2f} ms, p95 {times[int(len(times) * 0.95)]:.2f} ms")


if __name__ == "__main__":
    main()
