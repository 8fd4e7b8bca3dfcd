"""Stores of other versions: brought up to date by whoever writes, told in one line by whoever reads."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from rules_db import connection
from rules_db.connection import DataFolder, OlderStoreError, StoreError, open_store


def run(folder: DataFolder, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder.root)])


def tables(folder: DataFolder) -> set[str]:
    with closing(open_store(folder, read_only=True)) as store:
        return {row["name"] for row in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A store as the first release wrote it."""
    from rules_db import migrations

    folder = DataFolder(tmp_path / "data")
    with monkeypatch.context() as patch:
        first = tmp_path / "schema"
        first.mkdir()
        shutil.copy(connection.SCHEMA / "0001_store.sql", first)
        patch.setattr(connection, "SCHEMA", first)
        patch.setattr(migrations.store, "_migrations", migrations.store._migrations[:1])
        open_store(folder).close()
    return folder


def test_a_reader_of_an_older_store_is_told_what_to_do(older: DataFolder) -> None:
    with pytest.raises(OlderStoreError, match="guiji publish"):
        open_store(older, read_only=True)
    told = run(older, "versions", "示例办法")
    assert told.exit_code == 4
    assert "earlier version" in told.output
    found = json.loads(run(older, "doctor", "--format", "json").output)
    (finding,) = [row for row in found if row["check"] == "store"]
    assert (finding["outcome"], finding["do"]) == ("warn", "guiji publish")


def test_publishing_brings_an_older_store_up_to_date(older: DataFolder, tmp_path: Path) -> None:
    fresh = DataFolder(tmp_path / "fresh")
    open_store(fresh).close()
    run(older, "publish")
    assert tables(older) == tables(fresh)


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with closing(open_store(folder)) as store:
        store.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('guiji', 'm9999_later')")
    for read_only in (True, False):
        with pytest.raises(StoreError, match="later version"):
            open_store(folder, read_only=read_only)


def test_another_database_is_no_store(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data").create()
    with closing(sqlite3.connect(folder.work_db)) as other:
        other.execute("CREATE TABLE invoice (id INTEGER)")
    with pytest.raises(StoreError, match="no store of Guiji"):
        open_store(folder)
