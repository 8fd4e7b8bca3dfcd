"""Snapshots: whole or absent, verified on reading, and named when damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.snapshots import SnapshotStore

NOW = "2026-05-20T00:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    folder = DataFolder(tmp_path).create()
    return SnapshotStore(folder.snapshots, open_store(folder))


def test_same_bytes_are_kept_once(store: SnapshotStore) -> None:
    first = store.add("通知".encode(), media_type="text/plain", seen_at=NOW)
    assert store.add("通知".encode(), media_type="text/html", seen_at="2027-01-01T00:00:00Z") == first
    assert store.read(first) == "通知".encode()
    assert store.connection.execute("SELECT count(*), min(first_seen) FROM snapshot").fetchone()[:] == (1, NOW)


@pytest.mark.parametrize("damage", [lambda p: p.write_bytes(p.read_bytes()[:-1]), lambda p: p.unlink()])
def test_a_damaged_snapshot_is_named_and_not_read(store: SnapshotStore, damage: Callable[[Path], Any]) -> None:
    good = store.add(b"good", media_type=None, seen_at=NOW)
    bad = store.add(b"to be damaged", media_type=None, seen_at=NOW)
    damage(store.path(bad))
    assert [fault.sha256 for fault in store.verify()] == [bad]
    with pytest.raises(ValueError, match=bad):
        store.read(bad)
    assert store.read(good) == b"good"


@pytest.mark.parametrize("call", ["fsync", "write", "replace"])
def test_a_failing_disk_leaves_no_half_snapshot(
    store: SnapshotStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if call == "replace":
            patch.setattr(Path, "replace", fail)
        elif call == "fsync":
            patch.setattr(os, "fsync", fail)
        else:
            patch.setattr(os, "fdopen", fail)
        with pytest.raises(OSError, match="No space"):
            store.add(b"bytes", media_type=None, seen_at=NOW)
    assert store.connection.execute("SELECT count(*) FROM snapshot").fetchone()[0] == 0
    assert [path for path in store.root.rglob("*") if path.is_file()] == []
    assert store.read(store.add(b"bytes", media_type=None, seen_at=NOW)) == b"bytes"


def test_lock_is_exclusive_and_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).create()
    with folder.locked(), pytest.raises(StoreError, match="another guiji"), folder.locked():
        pass
    with folder.locked():
        pass


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    schemas = []
    for _ in range(2):
        connection = open_store(folder)
        schemas.append(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
        connection.close()
    assert [tuple(row) for row in schemas[0]] == [tuple(row) for row in schemas[1]]


def test_every_table_is_strict(tmp_path: Path) -> None:
    connection = open_store(DataFolder(tmp_path))
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    loose = [row["name"] for row in tables if not row["strict"] and not row["name"].startswith(("sqlite_", "_sqlite"))]
    assert loose == []


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).create()
    folder.work_db.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="is it a Guiji store"):
        open_store(folder)
