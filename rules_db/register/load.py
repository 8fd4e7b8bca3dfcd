"""The register into the store: each entry becomes a file handed in under a source of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rules_db.captures import register_source
from rules_db.expressions import REGISTER_PLATFORM
from rules_db.register.entries import BUNDLED, read_register
from rules_db.register.render import SOURCE_ID, render
from rules_db.snapshots import SnapshotStore
from rules_db.stages import record_files


def record_register(connection: sqlite3.Connection, snapshots: SnapshotStore, now: str, folder: Path = BUNDLED) -> int:
    """Keep the entries of a register folder for the stages; returns how many were new or differ from what is held.
    Raises RegisterError before anything is written when the register is not sound."""
    entries = read_register(folder)
    register_source(
        connection,
        source_id=SOURCE_ID,
        name="Register of instruments, told in our own words",
        platform=REGISTER_PLATFORM,
        jurisdiction="100000",
        grade="-",
        status="manual",
        tier="claim",
    )
    return record_files(connection, snapshots, (render(entry, entries) for entry in entries.values()), SOURCE_ID, now)
