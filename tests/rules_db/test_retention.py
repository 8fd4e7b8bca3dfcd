"""Pruning: old list screens go, evidence stays, and a run that is cut off leaves nothing that can't be cleared up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db import retention
from rules_db.captures import Sighting, record_sighting, register_source, start_run, validators
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.model import Outcome
from rules_db.retention import Pruned, prune
from rules_db.snapshots import SnapshotStore

NOW = "2026-06-01T00:00:00Z"
LIST, PAGE = "https://example.gov.cn/zc/", "https://example.gov.cn/zc/1.html"


class Looks:
    """A store of looks: `see` records one."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root).create()
        self.store = open_store(self.folder)
        self.snapshots = SnapshotStore(self.folder.snapshots, self.store)
        register_source(self.store, source_id="s", name="s", platform="trs", jurisdiction="100000", grade="A",
                        status="ok", tier="official")  # fmt: skip

    def see(self, day: str, url: str, role: str, data: str) -> Path:
        when = f"{day}T00:00:00Z"
        run = start_run(self.store, "s", when)
        sha256 = self.snapshots.add(data.encode(), media_type=None, seen_at=when)
        record_sighting(self.store, run, "s", Sighting(url, role, Outcome.FETCHED, snapshot_sha256=sha256), when)
        return self.snapshots.path(sha256)

    def prune(self, days: int = 60, **options: Any) -> Pruned:
        return prune(self.folder, self.store, **{"days": days, "now": NOW, "dry_run": False, **options})


@pytest.fixture
def looks(tmp_path: Path) -> Iterator[Looks]:
    made = Looks(tmp_path / "data")
    with closing(made.store):
        yield made


def test_only_old_screens_of_lists_go(looks: Looks) -> None:
    old = looks.see("2026-01-01", LIST, "list", "screen 1")
    again = looks.see("2026-01-02", LIST, "list", "seen again")
    looks.see("2026-05-02", LIST, "list", "seen again")
    recent = looks.see("2026-05-03", LIST, "list", "screen 3")
    evidence = [looks.see("2026-01-01", PAGE, role, role) for role in ("detail", "attachment", "file")]
    alone = looks.see("2026-01-01", "https://example.gov.cn/other/", "list", "the newest of its list")
    both = looks.see("2026-01-01", LIST, "list", "list and page at once")
    looks.see("2026-01-03", PAGE, "detail", "list and page at once")
    looks.see("2026-05-04", LIST, "list", "screen 4")
    found = looks.prune()
    assert (found.snapshots, found.kept, found.strays, found.size) == (1, 8, 0, len("screen 1"))
    assert not old.exists()
    assert all(path.exists() for path in (again, recent, alone, both, *evidence))
    assert list(looks.snapshots.verify()) == []
    assert looks.store.execute("PRAGMA foreign_key_check").fetchall() == []
    held = validators(looks.store, LIST)
    assert held is not None and looks.snapshots.read(held.snapshot_sha256) == b"screen 4"
    assert looks.store.execute("SELECT count(*) FROM sighting WHERE url = ?", (LIST,)).fetchone()[0] == 6
    assert looks.prune() == Pruned(0, 8, 0, 0)


def test_dry_run_deletes_nothing(looks: Looks) -> None:
    old = looks.see("2026-01-01", LIST, "list", "screen 1")
    looks.see("2026-05-01", LIST, "list", "screen 2")
    assert looks.prune(dry_run=True) == Pruned(1, 1, 0, len("screen 1"))
    assert old.exists()
    assert looks.store.execute("SELECT count(*) FROM snapshot").fetchone()[0] == 2


@pytest.mark.parametrize("role", ["conversion", "reading", "manifestation"])
def test_whatever_was_read_is_kept(looks: Looks, role: str) -> None:
    """Also if all looks at it were at lists: a row that names the bytes is enough."""
    path = looks.see("2026-01-01", LIST, "list", "screen 1")
    looks.see("2026-05-01", LIST, "list", "screen 2")
    sha256 = path.stem
    looks.store.execute("PRAGMA foreign_keys = OFF")
    rows = {
        "conversion": ("snapshot_sha256, url, converter_version, converted_at", (sha256, LIST, "1", NOW)),
        "reading": (
            "snapshot_sha256, url, facts, pipeline_version, outcome, read_at, converter_version, files",
            (sha256, LIST, "{}", "1", "refused", NOW, "1", ""),
        ),
        "manifestation": (
            "expression_id, snapshot_sha256, url, source_id, tier, recorded_at",
            ("e", sha256, LIST, "s", "official", NOW),
        ),
    }
    names, values = rows[role]
    looks.store.execute(f"INSERT INTO {role} ({names}) VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
    assert looks.prune().snapshots == 0
    assert path.exists()


def test_a_cut_off_run_leaves_strays_that_the_next_takes(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    old = looks.see("2026-01-01", LIST, "list", "screen 1")
    looks.see("2026-05-01", LIST, "list", "screen 2")

    def cut_off(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_strays", cut_off)
        with pytest.raises(KeyboardInterrupt):
            looks.prune()
    assert old.exists(), "the row is gone, the file is not"
    assert list(looks.snapshots.verify()) == []
    assert looks.prune().strays == 0, "a file may belong to a run that has not written its row yet"
    os.utime(old, (0, 0))
    assert looks.prune().strays == 1
    assert not old.exists()


@pytest.mark.parametrize("days", [29, 0, -1])
def test_there_is_a_floor(looks: Looks, days: int) -> None:
    with pytest.raises(StoreError, match="at least 30 days"):
        looks.prune(days)
    refused = CliRunner().invoke(main, ["prune", "--older-than", str(days), "--data", str(looks.folder.root)])
    assert refused.exit_code == 2


def test_the_command_tells_what_went(looks: Looks) -> None:
    looks.see("2020-01-01", LIST, "list", "screen 1")
    looks.see("2020-01-02", LIST, "list", "screen 2")
    told = CliRunner().invoke(main, ["prune", "--data", str(looks.folder.root)])
    assert told.exit_code == 0
    assert "1 list screens" in told.stderr and "1 snapshots stay" in told.stderr
