"""kill -9 at twenty random points of two days of the simulated country: the store equals that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import country_script
from country_run import TIMEOUT, Country, country

from rules_db.connection import DataFolder, connect, open_store
from rules_db.snapshots import SnapshotStore

PROJECT = Path(__file__).resolve().parents[2]
SEED = 20260511
KILLS = {1: 10, 3: 10}  # day → kills; day 3 has edits, outages, a challenge and an empty list
# What a later reader can see, without row numbers and times of recording.
CONTENT = {
    "changes": "SELECT c.kind, i.title, c.from_label, c.to_label, c.summary FROM change c "
    "JOIN instrument i ON i.id = c.instrument_id",
    "copies": "SELECT expression_id, snapshot_sha256, url, source_id, tier, facts FROM manifestation",
    "expressions": "SELECT id, version_date, document_number, effective_on, expires_on, status, text FROM expression",
    "instruments": "SELECT id, title, instrument_type, jurisdiction, issuers FROM instrument",
    "issues": "SELECT severity, stage, code, subject, message, resolved_at IS NULL FROM issue",
    "lists": "SELECT DISTINCT r.source_id, r.started_at, l.url, l.title, l.published_on, l.position FROM list_entry l "
    "JOIN crawl_run r ON r.id = l.run_id WHERE r.verdict IS NOT NULL",
    "provisions": 'SELECT expression_id, eid, label, start, "end" FROM provision',
    "rules": "SELECT id, rule_id, n, expression_id, statement, status, valid_from, valid_to FROM rule_version",
    "snapshots": "SELECT sha256, size FROM snapshot",
    # a source that was read to its end before a kill has nothing new when it is read again: ok becomes quiet
    "verdicts": "SELECT DISTINCT source_id, started_at, CASE WHEN verdict IN ('ok', 'quiet') THEN 'good' "
    "ELSE verdict || reason END FROM crawl_run WHERE verdict IS NOT NULL",
}


def content(data: DataFolder) -> dict[str, list[tuple[object, ...]]]:
    store = connect(data.work_db, read_only=True)
    try:
        return {name: sorted(map(tuple, store.execute(query)), key=repr) for name, query in CONTENT.items()}
    finally:
        store.close()


def child(land: Country, data: Path, day: int) -> subprocess.Popen[bytes]:
    """The crawl as `crawler.launch` starts it."""
    command = [sys.executable, "-m", "crawler.run", "--data", str(data), "--sources", str(land.registry)]
    command += ["--now", country_script.when(day), "--timeout", str(TIMEOUT), "--allow-loopback", "--fast"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def process(data: DataFolder, day: int) -> None:
    from cli import process as run_stages

    store: sqlite3.Connection = open_store(data)
    summary = run_stages(store, data, country_script.when(day), None)
    store.close()
    assert summary["refused"] == []


def test_killed_at_twenty_points_equals_undisturbed(tmp_path: Path) -> None:
    rng = random.Random(SEED)  # noqa: S311 - places to kill at
    with country(tmp_path) as land:
        whole, killed = DataFolder(tmp_path / "whole").create(), DataFolder(tmp_path / "killed").create()
        reached = []
        for day in range(1, max(KILLS) + 1):
            country_script.apply(land.states, day)
            if day not in KILLS:
                continue
            before = land.requests()
            assert child(land, whole.root, day).wait(120) == 0
            requests = land.requests() - before
            process(whole, day)
            for _ in range(KILLS[day]):
                before = land.requests()
                stop_after = rng.randrange(1, requests)
                running = child(land, killed.root, day)
                deadline = time.monotonic() + 60
                while land.requests() - before < stop_after and running.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.002)
                assert running.poll() is None, "the crawl ended before it could be killed"
                running.send_signal(signal.SIGKILL)
                running.wait(10)
                reached.append(land.requests() - before)
            assert child(land, killed.root, day).wait(120) == 0
            process(killed, day)
        assert len(reached) == 20
        assert len(set(reached)) > 10, "the points lie apart"
        ours, theirs = content(killed), content(whole)
        for name in CONTENT:
            assert theirs[name], name
            assert ours[name] == theirs[name], name
        store = open_store(killed)
        assert list(SnapshotStore(killed.snapshots, store).verify()) == []
        store.close()
