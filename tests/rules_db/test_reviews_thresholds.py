"""Thresholds corrected by a person: the correction holds through re-extraction and reopens when the statement moves."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, connect

TEXT = """# 示例区电池回收管理办法

第一条 回收企业应当自接收之日起{days}日内报送信息，并在30日内复核，复核后在30日内说明。

第二条 回收企业不得拆解电池。

第三条 本办法自2024年1月1日起施行。
"""


def run(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], catch_exceptions=False)


def hand_in(data: Path, days: int) -> None:
    path = data.parent / "rule.md"
    path.write_text(TEXT.format(days=days), encoding="utf-8")
    assert run(data, "ingest", str(path), "--no-publish", "--jobs", "1").exit_code == 0


def thresholds(data: Path) -> list[sqlite3.Row]:
    return (
        connect(DataFolder(data).work_db, read_only=True)
        .execute(
            """SELECT t.*, rv.rule_id FROM threshold t JOIN rule_version rv ON rv.id = t.rule_version_id
           WHERE t.superseded_at IS NULL AND rv.superseded_at IS NULL AND rv.valid_to IS NULL ORDER BY t.start"""
        )
        .fetchall()
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hand_in(tmp_path / "data", 20)
    return tmp_path / "data"


def rebuild(data: Path) -> None:
    """As another version of the pipeline would: everything is read again."""
    connection = connect(DataFolder(data).work_db)
    connection.execute("UPDATE extraction SET pipeline_version = 'older'")
    connection.execute("DELETE FROM reading")
    connection.execute("DELETE FROM timeline_state")
    connection.close()
    assert run(data, "ingest", str(data.parent / "rule.md"), "--no-publish", "--jobs", "1").exit_code == 0


def test_a_correction_replaces_all_that_it_names_and_survives_rebuilding(data: Path) -> None:
    first = thresholds(data)[0]
    done = run(
        data, "review", "threshold", first["rule_id"], first["text"], "--reviewer", "王", "--value", "15",
        "--unit", "working_day", "--comparator", "lt", "--parameter", "报送期限",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    rebuild(data)
    row = thresholds(data)[0]
    read = (row["value"], row["unit"], row["comparator"], row["parameter"], row["confidence"])
    assert read == (15, "working_day", "lt", "报送期限", 1.0)
    assert row["text"] == first["text"]
    changes = connect(DataFolder(data).work_db, read_only=True).execute("SELECT kind FROM change").fetchall()
    assert [row["kind"] for row in changes] == ["instrument_new"]


def test_a_rejected_threshold_goes_and_stays_away(data: Path) -> None:
    first = thresholds(data)[0]
    assert (
        run(data, "review", "threshold", first["rule_id"], first["text"], "--reject", "--reviewer", "王").exit_code == 0
    )
    rebuild(data)
    assert first["text"] not in [row["text"] for row in thresholds(data)]


def test_a_moved_statement_opens_the_review_again(data: Path) -> None:
    first = thresholds(data)[0]
    run(data, "review", "threshold", first["rule_id"], first["text"], "--value", "15", "--reviewer", "王")
    hand_in(data, 25)
    assert thresholds(data)[0]["value"] == 25
    assert "the statement changed" in run(data, "review", "list").stderr


def test_a_rejected_norm_stays_away_through_rebuilding(data: Path) -> None:
    rules = (
        connect(DataFolder(data).work_db, read_only=True)
        .execute("SELECT rule_id FROM rule_version WHERE label = '第二条' AND superseded_at IS NULL")
        .fetchall()
    )
    assert run(data, "review", "reject", rules[0]["rule_id"], "--reviewer", "王").exit_code == 0
    rebuild(data)
    held = connect(DataFolder(data).work_db, read_only=True).execute(
        "SELECT 1 FROM rule_version WHERE label = '第二条' AND superseded_at IS NULL"
    )
    assert held.fetchone() is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["RULE", "99日", "--value", "1"], "has no threshold"),
        (["RULE", "30日", "--value", "1"], "--nth 1 to 2"),
        (["RULE", "30日", "--value", "1", "--nth", "3"], "--nth 1 to 2"),
        (["nosuchrule00", "20日", "--value", "1"], "no rule in force"),
        (["RULE", "FIRST"], "names at least one"),
        (["RULE", "FIRST", "--comparator", "about"], "choose one of"),
        (["RULE", "FIRST", "--comparator", "range"], "--value-max"),
    ],
)
def test_bad_decisions_are_refused(data: Path, arguments: list[str], told: str) -> None:
    rows = thresholds(data)
    texts = [row["text"] for row in rows]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    assert twice is not None, texts
    owner = next(row["rule_id"] for row in rows if row["text"] == twice)
    first = next(row["text"] for row in rows if row["rule_id"] == owner and row["text"] != twice)
    swap = {"RULE": owner, "30日": twice, "FIRST": first}
    result = run(data, "review", "threshold", *(swap.get(word, word) for word in arguments), "--reviewer", "王")
    assert result.exit_code == 4
    assert told in result.stderr
