"""Human decisions: they hold through re-extraction, reopen when the statement moves, and change no law."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, connect

TEXT = """# 示例区电池回收管理办法

第一条 回收企业应当自接收之日起{days}日内报送信息。

第二条 回收企业不得拆解电池。

第三条 本办法自2024年1月1日起施行。
"""


def run(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], catch_exceptions=False)


def current(data: Path) -> dict[str, sqlite3.Row]:
    rows = connect(DataFolder(data).work_db, read_only=True).execute(
        "SELECT * FROM rule_version WHERE superseded_at IS NULL AND valid_to IS NULL"
    )
    return {row["label"]: row for row in rows}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "rule.md"
    path.write_text(TEXT.format(days=30), encoding="utf-8")
    assert run(tmp_path / "data", "ingest", str(path), "--no-publish").exit_code == 0
    return tmp_path / "data"


def test_a_correction_replaces_the_field_and_removes_doubt(data: Path) -> None:
    rule = current(data)["第一条"]
    assert run(data, "review", "correct", rule["rule_id"], "--bearer", "网点经营者", "--reviewer", "王").exit_code == 0
    after = current(data)["第一条"]
    assert (after["rule_id"], after["bearer"], after["confidence"]) == (rule["rule_id"], "网点经营者", 1.0)
    assert after["fingerprint"] == rule["fingerprint"]
    changes = connect(DataFolder(data).work_db, read_only=True).execute("SELECT kind FROM change").fetchall()
    assert [row["kind"] for row in changes] == ["instrument_new"]


def test_a_rejected_norm_goes_and_others_stay(data: Path) -> None:
    before = current(data)
    run(data, "review", "reject", before["第二条"]["rule_id"], "--reviewer", "王")
    assert set(current(data)) == set(before) - {"第二条"}


def test_a_decision_survives_rebuilding(data: Path) -> None:
    rule = current(data)["第一条"]["rule_id"]
    run(data, "review", "correct", rule, "--bearer", "网点经营者", "--reviewer", "王")
    connection = connect(DataFolder(data).work_db)
    connection.execute("UPDATE extraction SET pipeline_version = 'older'")
    connection.execute("DELETE FROM reading")
    connection.execute("DELETE FROM timeline_state")
    connection.close()
    path = data.parent / "rule.md"
    assert run(data, "ingest", str(path), "--no-publish", "--format", "json").exit_code == 0
    assert current(data)["第一条"]["bearer"] == "网点经营者"


def test_a_moved_statement_opens_the_review_again(data: Path) -> None:
    rule = current(data)["第一条"]["rule_id"]
    run(data, "review", "correct", rule, "--bearer", "网点经营者", "--reviewer", "王")
    path = data.parent / "rule.md"
    path.write_text(TEXT.format(days=20), encoding="utf-8")
    assert run(data, "ingest", str(path), "--no-publish").exit_code == 0
    waiting = json.loads(run(data, "review", "list", "--format", "json").stdout)
    assert [row["rule_id"] for row in waiting] == [rule]
    assert json.loads(waiting[0]["earlier"]) == {"bearer": "网点经营者"}
    assert current(data)["第一条"]["bearer"] == "回收企业"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["review", "accept", "nosuchrule00", "--reviewer", "王"], "no rule in force"),
        (["review", "correct", "RULE", "--reviewer", "王"], "at least one field"),
        (["review", "correct", "RULE", "--modality", "duty", "--reviewer", "王"], "choose one of"),
    ],
)
def test_bad_decisions_are_refused(data: Path, arguments: list[str], told: str) -> None:
    rule = current(data)["第一条"]["rule_id"]
    result = run(data, *[rule if word == "RULE" else word for word in arguments])
    assert result.exit_code == 4
    assert told in result.stderr
    assert connect(DataFolder(data).work_db, read_only=True).execute("SELECT count(*) FROM review").fetchone()[0] == 0
