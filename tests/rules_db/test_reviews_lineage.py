"""Pairs of provisions decided by a person: the decision stands in lineage and rules, holds when the pair is compared
again, and reopens when a text changes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, connect
from rules_db.pages.compare import compare_page

TITLE = "示例区电池回收管理办法"

OLD = """# 示例区电池回收管理办法
2024年1月1日公布

第一条 为了规范电池回收，制定本办法。

第二条 网点应当登记来源、数量和去向。

第三条 运输车辆应当配备灭火器材和绝缘垫。

第四条 县级以上主管部门应当公布举报电话。

第五条 本办法自2024年1月1日起施行。
"""
NEW = """# 示例区电池回收管理办法
2026年1月1日公布

第一条 为了规范电池回收，制定本办法。

第二条 网点应当登记来源、数量和去向。

第三条 运输单位对{words}承担安全责任。

第四条 司机上岗前应当接受绝缘和灭火培训。

第五条 县级以上主管部门应当公布举报电话。

第六条 本办法自2026年1月1日起施行。
"""


def run(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], catch_exceptions=False)


def hand_in(data: Path, name: str, text: str) -> None:
    path = data.parent / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    assert run(data, "ingest", str(path), "--no-publish", "--jobs", "1").exit_code == 0


def waiting(data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(data, "review", "lineage", "list", "--format", "json").stdout)
    return found


def lineage(data: Path) -> dict[tuple[str | None, str | None], str]:
    rows = connect(DataFolder(data).work_db, read_only=True).execute(
        "SELECT from_eid, to_eid, decided_by FROM provision_lineage WHERE superseded_at IS NULL"
    )
    return {(row["from_eid"], row["to_eid"]): row["decided_by"] for row in rows}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    hand_in(folder, "old", OLD)
    hand_in(folder, "new", NEW.format(words="车辆和随车器材"))
    return folder


def the_pair(data: Path) -> dict[str, Any]:
    (pair,) = [row for row in waiting(data) if row["old_label"] == "第三条"]
    return pair


def test_a_pair_that_waits_is_told_with_both_texts(data: Path) -> None:
    pair = the_pair(data)
    assert "灭火器材" in pair["old"]
    assert pair["reason"]
    assert "pairs of provisions wait" in run(data, "review", "list").stderr
    assert pair["id"] in run(data, "review", "lineage", "list").output


def test_an_accepted_pair_waits_no_more(data: Path) -> None:
    pair = the_pair(data)
    assert run(data, "review", "lineage", "accept", pair["id"], "--reviewer", "王").exit_code == 0
    assert pair["id"] not in [row["id"] for row in waiting(data)]


def test_a_correction_pairs_with_the_label_named_and_lineage_stays_total(data: Path) -> None:
    pair = the_pair(data)
    assert run(data, "review", "lineage", "correct", pair["id"], "--with", "第四条", "--reviewer", "王").exit_code == 0
    pairs = lineage(data)
    assert pairs["art_3", "art_4"] == "王"
    assert ("art_3", "art_3") not in pairs
    assert (None, "art_3") in pairs
    assert (None, "art_4") not in pairs
    assert {old for old, _ in pairs if old and old.startswith("art")} == {f"art_{n}" for n in range(1, 6)}
    assert {new for _, new in pairs if new and new.startswith("art")} == {f"art_{n}" for n in range(1, 7)}


def test_a_rejected_pair_is_deleted_and_added(data: Path) -> None:
    pair = the_pair(data)
    run(data, "review", "lineage", "correct", pair["id"], "--with", "第三条", "--reviewer", "王")
    connection = connect(DataFolder(data).work_db)
    connection.execute("UPDATE provision_lineage SET needs_review = 1, decided_by = 'program' WHERE to_eid = 'art_3'")
    connection.close()
    run(data, "review", "lineage", "reject", the_pair(data)["id"], "--reviewer", "王")
    assert {("art_3", None), (None, "art_3")} <= set(lineage(data))


def test_a_comparison_keeps_to_what_was_decided(data: Path) -> None:
    def fates() -> dict[str, tuple[str, ...]]:
        texts = (f"{TITLE}@2024-01-01", f"{TITLE}@2026-01-01")
        answer = json.loads(run(data, "diff", *texts, "--format", "json").stdout)
        return {"、".join(provision["from"]): tuple(provision["to"]) for provision in answer["provisions"]}

    assert fates()["第三条"] == ("第三条",)
    (pair,) = waiting(data)
    run(data, "review", "lineage", "correct", pair["id"], "--with", "第四条", "--reviewer", "甲")
    assert fates()["第三条"] == ("第四条",)
    run(data, "publish")
    with closing(sqlite3.connect(DataFolder(data).public_db)) as public:
        public.row_factory = sqlite3.Row
        page = compare_page(public, TITLE, "2024-01-01", "2026-01-01")
    assert page.diff is not None
    assert {e.link.old_labels: e.link.new_labels for e in page.diff.entries}[("第三条",)] == ("第四条",)


def test_a_decision_holds_when_the_pair_is_compared_again(data: Path) -> None:
    pair = the_pair(data)
    run(data, "review", "lineage", "correct", pair["id"], "--with", "第四条", "--reviewer", "王")
    connection = connect(DataFolder(data).work_db)
    connection.execute("DELETE FROM provision_lineage")
    connection.execute("DELETE FROM timeline_state")
    connection.close()
    hand_in(data, "old", OLD)
    assert ("art_3", "art_4") in lineage(data)
    assert pair["id"] not in [row["id"] for row in waiting(data)]


def test_a_changed_text_opens_the_pair_again(data: Path) -> None:
    pair = the_pair(data)
    run(data, "review", "lineage", "correct", pair["id"], "--with", "第四条", "--reviewer", "王")
    connection = connect(DataFolder(data).work_db)
    connection.execute("UPDATE expression SET replaced_at = '2026-02-01' WHERE version_date = '2026-01-01'")
    connection.close()
    hand_in(data, "better-copy", NEW.format(words="随车灭火器材和绝缘垫"))
    connection = connect(DataFolder(data).work_db, read_only=True)
    assert [row["state"] for row in connection.execute("SELECT state FROM review")] == ["open"]
    assert "decided by 王" in the_pair(data)["earlier"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["accept", "nosuchpair"], "no pair that waits"),
        (["correct", "PAIR", "--with", "第九十条"], "no provisions 第九十条"),
    ],
)
def test_bad_decisions_are_refused(data: Path, arguments: list[str], told: str) -> None:
    pair = the_pair(data)["id"]
    before = lineage(data)
    result = run(
        data, "review", "lineage", *(pair if word == "PAIR" else word for word in arguments), "--reviewer", "王"
    )
    assert result.exit_code == 4
    assert told in result.stderr
    assert lineage(data) == before
