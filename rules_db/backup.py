"""Backup and restore of a data folder: all state as plain files beside a manifest of SHA-256 digests.

In: a data folder that may be in use, or a backup. Out: a folder that appears under its name only when it is whole.
Databases are copied through SQLite's backup API, so a running crawl or server need not stop. The store is copied before
the snapshots: a row is written after its file, so each snapshot the copy names is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rules_db.connection import DataFolder, StoreError, connect

MANIFEST = "MANIFEST.json"
FORM = "guiji-backup-1"
_BLOCK = 1 << 20
# Locks and SQLite's working files belong to running processes, not to the state.
_PASSING = (".lock", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds: number of files, their bytes, and the time in its manifest (ISO UTC)."""

    place: Path
    files: int
    size: int
    taken_at: str


def back_up(
    folder: DataFolder, target: Path, *, now: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> BackupReport:
    """Copy the data folder to `target`, which must not exist. Every snapshot the store names is checked against its
    digest on the way. Raises StoreError, leaving nothing behind, when one is missing or damaged or the disk is full."""
    folder.require()
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise StoreError(f"{target}: a backup can't lie inside the data folder {folder.root}; choose another place")
    with _appearing(target) as aside:
        databases = [path for path in (folder.work_db, folder.public_db, folder.decisions_db) if path.exists()]
        for path in databases:
            copy = aside / path.relative_to(folder.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copy_database(path, copy)
        with closing(connect(aside / "work.db", read_only=True)) as store:
            digests = {row[0] for row in store.execute("SELECT sha256 FROM snapshot")}
        own = sorted(_own_files(folder, set(databases)))
        entries = {str(path.relative_to(aside)): _digest(path) for path in sorted(aside.rglob("*.db"))}
        total = len(entries) + len(digests) + len(own)
        for sha256 in sorted(digests):
            place = Path("snapshots", sha256[:2], f"{sha256}.bin")
            if not (folder.root / place).exists():
                raise StoreError(
                    f"snapshot {sha256} is missing from {folder.snapshots}; 'guiji verify' lists all faults"
                )
            if _copy(folder.root / place, aside / place) != sha256:
                raise StoreError(f"snapshot {sha256} is damaged in {folder.snapshots}; 'guiji verify' lists all faults")
            entries[str(place)] = sha256
            progress(len(entries), total)
        for path in own:
            place = path.relative_to(folder.root)
            entries[str(place)] = _copy(path, aside / place)
            progress(len(entries), total)
        size = sum((aside / name).stat().st_size for name in entries)
        manifest = {"form": FORM, "taken_at": now, "files": dict(sorted(entries.items()))}
        _write(aside / MANIFEST, json.dumps(manifest, indent=1).encode())
    return BackupReport(target, len(entries), size, now)


def restore(
    backup: Path, folder: DataFolder, *, progress: Callable[[int, int], None] = lambda done, of: None
) -> BackupReport:
    """Lay a backup out as a new data folder. Each file is checked against the manifest while it is copied. Raises
    StoreError, leaving nothing behind, for a damaged backup or when the folder already holds something."""
    taken_at, files = _manifest(backup)
    size = 0
    if folder.root.is_dir() and not any(folder.root.iterdir()):
        folder.root.rmdir()
    with _appearing(folder.root) as aside:
        for done, (name, sha256) in enumerate(files.items(), 1):
            if not (backup / name).is_file():
                raise StoreError(f"{backup}: {name} is missing; nothing was restored")
            if _copy(backup / name, aside / name) != sha256:
                raise StoreError(f"{backup}: {name} is damaged (its digest differs); nothing was restored")
            size += (aside / name).stat().st_size
            progress(done, len(files))
        DataFolder(aside).create()
    return BackupReport(folder.root, len(files), size, taken_at)


def check_backup(backup: Path) -> list[str]:
    """Faults of a backup, one line each: files that are missing, changed, or not in its manifest."""
    _, files = _manifest(backup)
    faults = []
    for name, sha256 in files.items():
        path = backup / name
        if not path.is_file():
            faults.append(f"{name}: missing")
        elif _digest(path) != sha256:
            faults.append(f"{name}: damaged")
    held = {str(path.relative_to(backup)) for path in backup.rglob("*") if path.is_file()}
    return faults + [f"{name}: not in the manifest" for name in sorted(held - set(files) - {MANIFEST})]


def _manifest(backup: Path) -> tuple[str, dict[str, str]]:
    try:
        value = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        files = {str(name): str(sha256) for name, sha256 in value["files"].items()}
        if value["form"] != FORM:
            raise ValueError(f"form {value['form']!r}, expected {FORM!r}")
        for name in files:
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise ValueError(f"it names a file outside: {name!r}")
        return str(value["taken_at"]), files
    except FileNotFoundError as error:
        raise StoreError(f"{backup}: no backup there (no {MANIFEST}); name the folder 'guiji backup' wrote") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{backup / MANIFEST}: can't be read as a backup's manifest: {error}") from error


def _own_files(folder: DataFolder, databases: set[Path]) -> Iterator[Path]:
    """What lies in the data folder beside databases and snapshots: reports of runs, additions to the catalogue."""
    for path in folder.root.rglob("*"):
        inside = path.is_relative_to(folder.snapshots) or path in databases or path.name.endswith(_PASSING)
        if path.is_file() and not path.is_symlink() and not inside:
            yield path


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A folder beside `target` that takes its name at the end, or vanishes."""
    if target.exists():
        raise StoreError(f"{target} already exists; choose a place that does not, nothing is ever overwritten")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.part-"))
    except OSError as error:
        raise StoreError(f"{target}: can't be written: {error.strerror or error}") from error
    try:
        yield aside
        aside.chmod(0o755)
        aside.rename(target)
    except OSError as error:
        raise StoreError(f"{target}: can't be written: {error.strerror or error}; nothing was left behind") from error
    except sqlite3.Error as error:
        raise StoreError(f"{target}: the store can't be copied: {error}; nothing was left behind") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copy_database(source: Path, target: Path) -> None:
    with closing(connect(source, read_only=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _copy(source: Path, target: Path) -> str:
    """Copy through to the disk; returns the SHA-256 of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    seen = hashlib.sha256()
    with source.open("rb") as old, target.open("wb") as new:
        while block := old.read(_BLOCK):
            seen.update(block)
            new.write(block)
        new.flush()
        os.fsync(new.fileno())
    return seen.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
