"""Every call to the disk made to fail in turn: what readers see stays whole, trouble is told, the next try heals."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_store import fill

from rules_db.backup import back_up, check_backup
from rules_db.connection import DataFolder, StoreError, connect, open_store
from rules_db.decisions import log
from rules_db.publish import publish
from rules_db.snapshots import SnapshotStore

NOW, LATER = "2026-06-01T08:00:00Z", "2026-06-02T08:00:00Z"
MOST = 60  # failures tried for one action; where it makes more calls, they are spread evenly


class Disk:
    """Counts calls that touch the disk and lets the one of a given number fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.fail_at: int | None = None
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, *args: Any) -> Any:
                disk.tick(sqlite3.OperationalError("disk I/O error"))
                return super().execute(*args)

            def executemany(self, *args: Any) -> Any:
                disk.tick(sqlite3.OperationalError("database or disk is full"))
                return super().executemany(*args)

            def executescript(self, *args: Any) -> Any:
                disk.tick(sqlite3.OperationalError("disk I/O error"))
                return super().executescript(*args)

            def backup(self, *args: Any, **kwargs: Any) -> None:
                disk.tick(sqlite3.OperationalError("database or disk is full"))
                super().backup(*args, **kwargs)

            def commit(self) -> None:
                disk.tick(sqlite3.OperationalError("disk I/O error"))
                super().commit()

        real = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{"factory": Connection, **k}))
        for owner, name in ((Path, "replace"), (Path, "mkdir"), (Path, "write_text"), (Path, "rename")):
            self._watch(monkeypatch, owner, name)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self.tick(OSError(28, "No space left on device"))
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, watched)

    def tick(self, error: Exception) -> None:
        self.calls += 1
        if self.calls == self.fail_at:
            raise error

    def calls_of(self, action: Callable[[], object]) -> int:
        self.calls, self.fail_at = 0, None
        action()
        return self.calls

    def failing(self, number: int, action: Callable[[], object]) -> Exception | None:
        """What comes of the action when its call of that number fails."""
        self.calls, self.fail_at = 0, number
        try:
            action()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            self.fail_at = None
        return None


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def chosen(calls: int) -> list[int]:
    assert calls > 3, "nothing was counted"
    return sorted({1 + n * calls // MOST for n in range(MOST)} | {calls})


def seen(folder: DataFolder) -> str:
    """A digest of all that readers can see."""
    with contextlib.closing(connect(folder.public_db, read_only=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def test_publishing_with_any_call_failing_leaves_the_old_copy_or_the_new(tmp_path: Path, disk: Disk) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    assert publish(folder, now=LATER).done
    new = seen(folder)
    assert publish(folder, now=NOW).done
    old = seen(folder)
    assert old != new
    for number in chosen(disk.calls_of(lambda: publish(folder, now=NOW))):
        error = disk.failing(number, lambda: publish(folder, now=LATER))
        assert error is None or isinstance(error, StoreError), (number, error)
        assert seen(folder) == (new if error is None else old), (number, error)
        assert not list(tmp_path.glob("publish-*")), number
        if error is None or number % 5 == 0:  # a failure never stands in the way of the next run
            assert publish(folder, now=NOW).done, number
            assert seen(folder) == old, number


def test_a_backup_with_any_call_failing_is_whole_or_is_not_there(tmp_path: Path, disk: Disk) -> None:
    folder = DataFolder(tmp_path / "data")
    fill(folder)
    assert publish(folder, now=NOW).done
    with contextlib.closing(open_store(folder)) as store:
        store.execute("PRAGMA foreign_keys = OFF")  # the sample store names snapshots whose bytes it does not keep
        store.execute("DELETE FROM snapshot")
        SnapshotStore(folder.snapshots, store).add("一个通知".encode(), media_type="text/plain", seen_at=NOW)
    target = tmp_path / "backup"
    for number in chosen(disk.calls_of(lambda: back_up(folder, tmp_path / "first", now=NOW))):
        error = disk.failing(number, lambda: back_up(folder, target, now=NOW))
        assert error is None or isinstance(error, StoreError), (number, error)
        if error is not None:
            left = [path.name for path in tmp_path.iterdir() if not path.name.startswith("whole-")]
            assert sorted(left) == ["data", "first"], (number, left)
            back_up(folder, target, now=NOW)
        assert check_backup(target) == [], number
        target.rename(tmp_path / f"whole-{number}")


def test_a_decision_with_any_call_failing_is_recorded_or_not(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "decisions.db"
    decision = log.checked(relevant=True, severity="high")

    def decide() -> None:
        with log.open_log(path, write=True) as connection:
            assert connection is not None
            log.append(connection, "c1", decision, by="王", now=NOW)

    for number in chosen(disk.calls_of(decide)):
        with log.open_log(path) as connection:
            before = len(log.history(connection, "c1")) if connection else 0
        error = disk.failing(number, decide)
        assert error is None or isinstance(error, StoreError), (number, error)
        with log.open_log(path) as connection:
            assert connection is not None
            assert len(log.history(connection, "c1")) == before + (error is None), number
            assert log.faults(connection, ()) == []
