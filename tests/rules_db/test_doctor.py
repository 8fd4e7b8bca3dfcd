"""The doctor: a sound store is well, and each planted trouble is found by the check that is there for it."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_store import NOW
from served import published

from cli import main
from rules_db import doctor
from rules_db.connection import DataFolder, open_store
from rules_db.doctor import Finding, Outcome, examine

TOMORROW = f"{NOW[:8]}{int(NOW[8:10]) + 1:02}{NOW[10:]}"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A published store whose sources all were crawled well at NOW."""
    folder = published(tmp_path / "data")
    crawl(folder, "ok", NOW)
    return folder


def crawl(folder: DataFolder, verdict: str, when: str) -> None:
    with closing(open_store(folder)) as store:
        store.execute(
            "INSERT INTO crawl_run (source_id, started_at, finished_at, verdict) SELECT id, ?, ?, ? FROM source",
            (when, when, verdict),
        )


def troubles(folder: DataFolder, now: str = TOMORROW) -> dict[str, Finding]:
    return {found.check: found for found in examine(folder, now=now) if found.outcome is not Outcome.OK}


def test_a_sound_store_is_well(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage(2**40, 0, 2**40))
    with closing(open_store(folder)) as store:
        store.execute("UPDATE issue SET resolved_at = ?", (NOW,))
    assert troubles(folder) == {}
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage(2**40, 0, 2**20))
    assert troubles(folder)["disk"].outcome is Outcome.FAIL


def test_a_clock_that_went_back(folder: DataFolder) -> None:
    found = troubles(folder, now="2001-01-01T00:00:00Z")["clock"]
    assert found.outcome is Outcome.FAIL
    assert NOW in found.found


def test_runs_that_stopped_and_sources_that_broke(folder: DataFolder) -> None:
    assert "last run" not in troubles(folder)
    assert "last run" in troubles(folder, now=f"{int(NOW[:4]) + 1}{NOW[4:]}")
    crawl(folder, "blocked", TOMORROW)
    assert "blocked" in troubles(folder)["sources"].found
    crawl(folder, "ok", TOMORROW)
    assert "sources" not in troubles(folder)


def test_a_held_lock_and_an_old_copy(folder: DataFolder) -> None:
    with folder.locked():
        assert "lock" in troubles(folder)
    assert "lock" not in troubles(folder)
    assert troubles(folder, now=f"{int(NOW[:4]) + 1}{NOW[4:]}")["published copy"].do == "guiji publish"
    folder.public_db.write_bytes(b"no database" * 1000)
    assert troubles(folder)["published copy"].outcome is Outcome.FAIL


def test_a_damaged_or_missing_store(folder: DataFolder) -> None:
    for path in folder.root.glob("work.db-*"):
        path.unlink()
    folder.work_db.write_bytes(b"no database" * 1000)
    assert troubles(folder)["store"].outcome is Outcome.FAIL
    shutil.rmtree(folder.root)
    found = troubles(folder)
    assert {found["store"].outcome, found["data folder"].outcome} == {Outcome.FAIL}


def test_the_command(folder: DataFolder, tmp_path: Path) -> None:
    run = CliRunner()
    told = run.invoke(main, ["doctor", "--format", "json", "--data", str(folder.root)])
    rows = {row["check"]: row for row in json.loads(told.stdout)}
    assert list(rows)[:4] == ["versions", "sqlite", "data folder", "disk"]
    assert all(row["do"] for row in rows.values() if row["outcome"] != "ok")
    assert told.exit_code == (4 if any(row["outcome"] == "fail" for row in rows.values()) else 0)
    assert run.invoke(main, ["doctor", "--data", str(tmp_path / "none")]).exit_code == 4
