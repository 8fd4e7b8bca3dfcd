"""Backup and restore: everything comes back the same, damage is named, nothing is overwritten or left half-done."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_store import NOW
from served import published

from cli import main
from rules_db.backup import MANIFEST, back_up, check_backup, restore
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.export.tables import write_tables
from rules_db.snapshots import SnapshotStore


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A published store with one snapshot that is really on the disk, and an addition to the catalogue."""
    folder = published(tmp_path / "data")
    shutil.rmtree(folder.snapshots, ignore_errors=True)
    with closing(open_store(folder)) as store:
        store.execute("PRAGMA foreign_keys = OFF")  # the sample store names snapshots whose bytes it does not keep
        store.execute("DELETE FROM snapshot")
        SnapshotStore(folder.snapshots, store).add("一个通知".encode(), media_type="text/plain", seen_at=NOW)
    (folder.root / "catalogue").mkdir()
    (folder.root / "catalogue" / "own.yml").write_text("{}\n", encoding="utf-8")
    return folder


def exported(folder: DataFolder, out: Path) -> dict[str, bytes]:
    with closing(open_store(folder, read_only=True)) as store:
        write_tables(store, out, "jsonl", NOW[:10])
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_restored_exports_are_identical(folder: DataFolder, tmp_path: Path) -> None:
    before = exported(folder, tmp_path / "before")
    back_up(folder, tmp_path / "backup", now=NOW)
    shutil.rmtree(folder.root)
    restore(tmp_path / "backup", folder)
    assert exported(folder, tmp_path / "after") == before
    assert any(before.values())
    assert (folder.root / "catalogue" / "own.yml").read_text(encoding="utf-8") == "{}\n"
    with closing(open_store(folder, read_only=True)) as store:
        assert list(SnapshotStore(folder.snapshots, store).verify()) == []
        assert store.execute("SELECT count(*) FROM snapshot").fetchone()[0] == 1


def test_backup_works_while_somebody_writes(folder: DataFolder, tmp_path: Path) -> None:
    with closing(open_store(folder)) as writer, folder.locked():
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE instrument SET title = title || '改'")
        back_up(folder, tmp_path / "backup", now=NOW)
        writer.execute("ROLLBACK")
    restored = DataFolder(tmp_path / "restored")
    restore(tmp_path / "backup", restored)
    with closing(open_store(restored, read_only=True)) as store:
        assert not store.execute("SELECT 1 FROM instrument WHERE title LIKE '%改'").fetchone()


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_damaged_backup_restores_nothing(folder: DataFolder, tmp_path: Path, damage: str) -> None:
    backup, target = tmp_path / "backup", DataFolder(tmp_path / "new")
    back_up(folder, backup, now=NOW)
    assert check_backup(backup) == []
    victim = next(backup.glob("snapshots/*/*.bin"))
    if damage == "flip":
        data = bytearray(victim.read_bytes())
        data[0] ^= 1
        victim.write_bytes(data)
    else:
        victim.unlink()
    assert [line.split(":")[0] for line in check_backup(backup)] == [str(victim.relative_to(backup))]
    with pytest.raises(StoreError, match=victim.name):
        restore(backup, target)
    assert not target.root.exists()
    assert not list(tmp_path.glob(".new*"))


def test_damaged_snapshot_is_not_backed_up_as_good(folder: DataFolder, tmp_path: Path) -> None:
    next(folder.snapshots.glob("*/*.bin")).write_bytes(b"other")
    with pytest.raises(StoreError, match="damaged"):
        back_up(folder, tmp_path / "backup", now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_nothing_is_overwritten(folder: DataFolder, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "backup", now=NOW)
    with pytest.raises(StoreError, match="already exists"):
        back_up(folder, tmp_path / "backup", now=NOW)
    with pytest.raises(StoreError, match="already exists"):
        restore(tmp_path / "backup", folder)
    with pytest.raises(StoreError, match="inside"):
        back_up(folder, folder.root / "backup", now=NOW)


def test_manifest_may_name_no_file_outside(folder: DataFolder, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "backup", now=NOW)
    path = tmp_path / "backup" / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"]["../../evil"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StoreError, match="outside"):
        restore(tmp_path / "backup", DataFolder(tmp_path / "new"))


def test_commands(folder: DataFolder, tmp_path: Path) -> None:
    run = CliRunner()
    backup, new = str(tmp_path / "backup"), str(tmp_path / "new")
    assert run.invoke(main, ["backup", backup, "--data", str(folder.root)]).exit_code == 0
    assert run.invoke(main, ["verify", "--backup", backup]).exit_code == 0
    (tmp_path / "backup" / "stray").write_bytes(b"")
    told = run.invoke(main, ["verify", "--backup", backup])
    assert (told.exit_code, "stray: not in the manifest" in told.output) == (4, True)
    assert run.invoke(main, ["restore", backup, "--data", new]).exit_code == 0
    assert run.invoke(main, ["restore", backup, "--data", new]).exit_code == 4
