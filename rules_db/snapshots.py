"""Content-addressed store of immutable bytes: `snapshots/ab/abcdef….bin`, named by SHA-256.

A file appears under its name only when it is whole (written aside, fsynced, renamed), so a crash leaves at most a
stray temporary file. Nothing here ever changes or deletes a snapshot.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SnapshotFault:
    """A snapshot whose bytes are missing or no longer match their digest."""

    sha256: str
    problem: str


class SnapshotStore:
    """Bytes in a folder, and their rows in the store's `snapshot` table."""

    def __init__(self, root: Path, connection: sqlite3.Connection) -> None:
        self.root = root
        self.connection = connection

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.bin"

    def add(self, data: bytes, *, media_type: str | None, seen_at: str) -> str:
        """Keep the bytes; returns their SHA-256 in hex. Adding the same bytes again is free."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        self.connection.execute(
            "INSERT OR IGNORE INTO snapshot (sha256, size, media_type, first_seen) VALUES (?, ?, ?, ?)",
            (sha256, len(data), media_type, seen_at),
        )
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, verified. Raises ValueError when they are gone or damaged: nothing downstream may use them."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ValueError(f"snapshot {sha256} is missing from {self.root}; restore it from a backup") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"snapshot {sha256} is damaged in {self.root}; restore it from a backup")
        return data

    def verify(self) -> Iterator[SnapshotFault]:
        """Every recorded snapshot that can't be read back as recorded."""
        for (sha256,) in self.connection.execute("SELECT sha256 FROM snapshot ORDER BY sha256").fetchall():
            try:
                self.read(sha256)
            except ValueError as error:
                yield SnapshotFault(sha256, str(error))
