"""The doctor: a sound store is well, and each planted trouble is found by the check that is there for it."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_store import NOW
from served import published

from cli import main
from rules_db import doctor
from rules_db.connection import DataFolder, open_store
from rules_db.doctor import examine
from rules_db.findings import Finding, Outcome
from rules_db.notify import ledger

TOMORROW = f"{NOW[:8]}{int(NOW[8:10]) + 1:02}{NOW[10:]}"
PROFILE = """
watches: [{id: all, name: everything, name_zh: 全部}]
recipients:
  - {id: desk, watches: [all], channels: [desk_mail]}
  - {id: ops, role: maintainer, channels: [ops_mail]}
"""
ADDRESSES = {"GUIJI_CHANNEL_DESK_MAIL": "json://127.0.0.1:9/", "GUIJI_CHANNEL_OPS_MAIL": "json://127.0.0.1:9/"}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A published store whose sources all were crawled well at NOW, with somebody who is told."""
    folder = published(tmp_path / "data")
    crawl(folder, "ok", NOW)
    ran(folder, NOW, 1)
    (tmp_path / "team.yml").write_text(PROFILE, encoding="utf-8")
    return folder


def ran(folder: DataFolder, when: str, code: int) -> None:
    """A daily run that ended."""
    with closing(open_store(folder)) as store:
        store.execute("INSERT INTO daily_run VALUES (?, ?, ?, ?, '{}', 0, '')", (f"{when}-{code}", when, when, code))


def crawl(folder: DataFolder, verdict: str, when: str) -> None:
    with closing(open_store(folder)) as store:
        store.execute(
            "INSERT INTO crawl_run (source_id, started_at, finished_at, verdict) SELECT id, ?, ?, ? FROM source",
            (when, when, verdict),
        )


def troubles(
    folder: DataFolder, now: str = TOMORROW, environment: Mapping[str, str] = ADDRESSES, profiles: bool = True
) -> dict[str, Finding]:
    files = [folder.root.parent / "team.yml"] if profiles else []
    found = examine(folder, now=now, profiles=files, environment=environment)
    return {finding.check: finding for finding in found if finding.outcome is not Outcome.OK}


def test_a_sound_store_is_well(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage(2**40, 0, 2**40))
    with closing(open_store(folder)) as store:
        store.execute("UPDATE issue SET resolved_at = ?", (NOW,))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
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
    ran(folder, TOMORROW, 3)
    assert f"last good run: {NOW}" in troubles(folder)["last run"].found
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
    assert list(rows)[:4] == ["versions", "sqlite", "fonts", "data folder"]
    assert all(row["do"] for row in rows.values() if row["outcome"] != "ok")
    assert told.exit_code == (4 if any(row["outcome"] == "fail" for row in rows.values()) else 0)
    assert run.invoke(main, ["doctor", "--data", str(tmp_path / "none")]).exit_code == 4


def test_files_handed_in_are_no_run_of_the_schedule(folder: DataFolder) -> None:
    with closing(open_store(folder)) as store:
        store.execute("DELETE FROM daily_run")
    assert "has not run yet" in troubles(folder)["last run"].found


def test_nobody_is_told(folder: DataFolder) -> None:
    assert "nobody is told anything" in troubles(folder, profiles=False)["watch profiles"].found
    profile = folder.root.parent / "team.yml"
    profile.write_text(PROFILE.replace("  - {id: ops, role: maintainer, channels: [ops_mail]}\n", ""), encoding="utf-8")
    assert "nobody hears of troubles" in troubles(folder)["watch profiles"].found
    profile.write_text(PROFILE.replace("watches: [all]", "watches: [al]"), encoding="utf-8")
    assert troubles(folder)["watch profiles"].outcome is Outcome.FAIL


def test_a_channel_without_a_usable_address(folder: DataFolder) -> None:
    found = troubles(folder, environment={**ADDRESSES, "GUIJI_CHANNEL_OPS_MAIL": "nosuch://hush-hush"})["channels"]
    assert found.outcome is Outcome.FAIL
    assert "ops_mail" in found.found
    assert "hush" not in found.found
    assert "GUIJI_CHANNEL_DESK_MAIL" in troubles(folder, environment={})["channels"].found


def test_messages_that_wait(folder: DataFolder) -> None:
    with closing(open_store(folder)) as store:
        ledger.begin(store, "desk", "desk_mail", ["text:1"], NOW)
        ledger.settle(store, "desk", "desk_mail", ["text:1"], NOW, "the service could not be reached")
    assert "1 for desk since" in troubles(folder)["deliveries"].found


@pytest.mark.parametrize(
    ("answer", "outcome"), [("Noto Sans CJK SC,Noto Sans\nWenQuanYi\n", Outcome.OK), ("", Outcome.WARN)]
)
def test_fonts_with_chinese_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, outcome: Outcome
) -> None:
    program = tmp_path / "fc-list"
    program.write_text(f"#!/bin/sh\nprintf '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    finding = next(f for f in examine(DataFolder(tmp_path), now=NOW) if f.check == "fonts")
    assert finding.outcome is outcome
    if outcome is Outcome.OK:
        assert "2 with Chinese characters, e.g. Noto Sans CJK SC" in finding.found
