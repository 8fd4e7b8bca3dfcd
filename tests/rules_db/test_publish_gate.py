"""Each reason for which the gate refuses, and that a sound store passes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_store import NOW, fill

from rules_db.connection import DataFolder
from rules_db.gate import MASS_CHANGE_FLOOR, check, check_copy
from rules_db.projection.build import build_public

Spoil = Callable[[sqlite3.Connection], object]


def built(folder: DataFolder, name: str) -> Path:
    target = folder.root / name
    build_public(folder.work_db, target, now=NOW)
    return target


def test_a_sound_store_passes(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store:
        assert check(store) == []
    with contextlib.closing(sqlite3.connect(built(folder, "a.db"))) as copy:
        assert check_copy(copy, None) == []
        assert check_copy(copy, copy) == []


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("foreign_key", "UPDATE rule SET instrument_id = 'nowhere' WHERE id = 'rule00000003'"),
        ("overlap", "UPDATE rule_version SET valid_to = '2026-04-01' WHERE id = 'rule00000001-1'"),
        ("overlap", "UPDATE rule_version SET valid_to = NULL WHERE id = 'rule00000001-1'"),
        ("backward", "UPDATE rule_version SET valid_to = '2020-01-01' WHERE id = 'rule00000001-1'"),
        ("evidence", "UPDATE evidence SET text = '可以' WHERE rule_version_id = 'rule00000001-2' AND field = 'cue'"),
        ("evidence", "UPDATE expression SET text = ' ' || text WHERE id = 'a1b2c3d4e5-2'"),
    ],
)
def test_a_broken_store_is_refused(tmp_path: Path, code: str, statement: str) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store:
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute(statement)
        store.commit()
        findings = check(store)
    assert [finding.code for finding in findings] == [code]
    assert "guiji verify" in findings[0].message


def test_superseded_rows_may_overlap(tmp_path: Path) -> None:
    """Record time is another matter: what we once believed may contradict what we believe now."""
    folder = DataFolder(tmp_path)
    fill(folder)
    with contextlib.closing(sqlite3.connect(folder.work_db)) as store:
        store.execute("UPDATE rule_version SET valid_to = NULL, superseded_at = ? WHERE id = 'rule00000001-1'", (NOW,))
        assert check(store) == []


@pytest.mark.parametrize(
    ("code", "statements"),
    [
        ("local_path", ["UPDATE source_copy SET url = 'file:///home/someone/x.pdf'"]),
        ("search_index", ["INSERT INTO provision_fts(provision_fts) VALUES ('delete-all')"]),
        (
            "emptied",
            ["DELETE FROM mapping"],
        ),
        ("loss", ["PRAGMA foreign_keys = OFF", "DELETE FROM expression WHERE id LIKE '%-1'"]),
    ],
)
def test_a_copy_worse_than_the_last_is_refused(tmp_path: Path, code: str, statements: list[str]) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    with (
        contextlib.closing(sqlite3.connect(built(folder, "last.db"))) as last,
        contextlib.closing(sqlite3.connect(built(folder, "next.db"))) as copy,
    ):
        for statement in statements:
            copy.execute(statement)
        assert code in [finding.code for finding in check_copy(copy, last)]


def many_instruments(path: Path, count: int, changed: int) -> sqlite3.Connection:
    """A copy with one source whose first `changed` instruments have another text in force."""
    connection = sqlite3.connect(path)
    connection.executescript((Path(check.__code__.co_filename).parent / "projection" / "public.sql").read_text("utf-8"))
    connection.execute("INSERT INTO jurisdiction VALUES ('100000', '全国', 'National', 'national')")
    for n in range(count):
        text = f"e{n}-2" if n < changed else f"e{n}-1"
        connection.execute(
            "INSERT INTO instrument VALUES (?, ?, '甲', 'law', '100000', '', '', NULL, 'in_force', NULL, NULL, NULL, "
            "NULL, 1, ?, 'official', NULL, '')",
            (f"i{n}", f"/i{n}", text),
        )
        connection.execute("INSERT INTO source_copy VALUES (?, 'x', NULL, 'site', 'official', '')", (text,))
    return connection


@pytest.mark.parametrize(
    ("count", "changed", "refused"), [(MASS_CHANGE_FLOOR, 10, True), (40, 12, False), (40, 13, True), (6, 6, False)]
)
def test_many_changes_at_once_wait_for_a_person(tmp_path: Path, count: int, changed: int, refused: bool) -> None:
    with (
        contextlib.closing(many_instruments(tmp_path / "a.db", count, 0)) as last,
        contextlib.closing(many_instruments(tmp_path / "b.db", count, changed)) as copy,
    ):
        found = [finding for finding in check_copy(copy, last) if finding.code == "mass_change"]
        assert bool(found) == refused
        if refused:
            assert f"{changed} of {count} instruments of source site" in found[0].message
        accepted = check_copy(copy, last, accept_mass_change=True)
        assert "mass_change" not in [finding.code for finding in accepted]


def test_a_copy_of_an_older_layout_is_no_obstacle(tmp_path: Path) -> None:
    """After an upgrade the last good copy may lack tables: what can be compared is, the rest isn't."""
    folder = DataFolder(tmp_path)
    fill(folder)
    with (
        contextlib.closing(sqlite3.connect(built(folder, "last.db"))) as last,
        contextlib.closing(sqlite3.connect(built(folder, "next.db"))) as copy,
    ):
        for table in ("source_copy", "hardware_item"):
            last.execute(f"DROP TABLE {table}")
        assert check_copy(copy, last) == []
        last.execute(
            "INSERT INTO instrument SELECT 'x', 'x', title, instrument_type, jurisdiction, jurisdiction_name, "
            "issuers, document_number, status, promulgated_on, published_on, effective_on, expires_on, versions, "
            "current_expression_id, tier, url, recorded_at FROM instrument LIMIT 1"
        )
        assert [finding.code for finding in check_copy(copy, last)] == ["loss"]
