"""Writes an example evidence folder from a seed, with planted faults, and tells where each was planted."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

UPLOADS = [
    "code",
    "event",
    "event_at",
    "uploaded_at",
    "payload",
    "sha256",
    "receiver_credit_code",
    "soc",
    "soh",
    "test_log",
]
START = datetime.datetime(2026, 5, 4, 8, 0)
GAP_HOURS = 6


@dataclass
class Planted:
    """Lines of the written files that hold a fault, by kind."""

    late: set[int] = field(default_factory=set)
    checksum: set[int] = field(default_factory=set)
    missing: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    slow_acknowledged: set[int] = field(default_factory=set)
    slow_resolved: set[int] = field(default_factory=set)


def write_uploads(
    path: Path, rows: int, seed: int, planted: Planted, *, faults: int = 25, lag_days: int = 9, late_days: int = 60
) -> None:
    """A transmission log of `rows` rows, one every few minutes, `faults` of each kind on lines of their own."""
    chance = random.Random(seed)  # noqa: S311 - an example, no secret
    lines = chance.sample(range(3, rows + 2), faults * 4)
    late, checksum, missing, silent = (set(lines[n::4]) for n in range(4))
    planted.late, planted.checksum, planted.missing, planted.silent = late, checksum, missing, silent
    uploaded = START
    step = datetime.timedelta(minutes=max(1, 60_000 // rows))
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(UPLOADS)
        for line in range(2, rows + 2):
            uploaded += step
            if line in silent:
                uploaded += datetime.timedelta(hours=GAP_HOURS, minutes=1)
            lag = late_days if line in late else chance.randrange(lag_days)
            happened = uploaded - datetime.timedelta(days=lag, minutes=chance.randrange(1, 9))
            code = f"BAT{seed:03}{line:09}"
            payload = json.dumps({"code": code, "mass": chance.randrange(100, 500)})
            digest = hashlib.sha256(payload.encode()).hexdigest()
            if line in checksum:
                digest = hashlib.sha256((payload + " ").encode()).hexdigest()
            if line in missing:
                code = ""
            cells = [code, "stock_in", happened.isoformat(), uploaded.isoformat(), payload, digest, "", "62", "81", ""]
            writer.writerow(cells)


def write_alerts(
    path: Path, rows: int, seed: int, planted: Planted, *, minutes: int, hours: int, faults: int = 7
) -> None:
    """An alert log; `minutes` and `hours` are the limits that planted alerts miss by a little."""
    chance = random.Random(seed)  # noqa: S311 - an example, no secret
    lines = chance.sample(range(2, rows + 2), faults * 2)
    planted.slow_acknowledged, planted.slow_resolved = set(lines[::2]), set(lines[1::2])
    raised = START
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["alert", "raised_at", "acknowledged_at", "resolved_at", "cause"])
        for line in range(2, rows + 2):
            raised += datetime.timedelta(hours=3)
            quick = minutes + 1 if line in planted.slow_acknowledged else chance.randrange(1, minutes + 1)
            long = hours * 60 + 1 if line in planted.slow_resolved else chance.randrange(minutes, hours * 60 + 1)
            acknowledged, resolved = (raised + datetime.timedelta(minutes=span) for span in (quick, max(quick, long)))
            writer.writerow([f"A{line:05}", *(t.isoformat() for t in (raised, acknowledged, resolved)), "sensor"])


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Rows as they are, the header first."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)
