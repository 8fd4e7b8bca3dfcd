"""To which norm of a sentence a limit belongs: the one whose words stand before it, or the duty it goes on with."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, open_store

TITLE = "示例溯源管理办法"
# article → (start of the norm's action, bearer) of the limit's owner
CASES = [
    ("回收企业应当保存交接记录，期限不得少于三年。", "保存交接记录", "回收企业"),
    ("回收企业应当保存交接记录，保存期限不少于三年。", "保存交接记录", "回收企业"),
    ("回收企业应当保存交接记录，并应当按季核对，保存期限不得少于三年。", "保存交接记录", "回收企业"),
    ("回收企业应当公示价格，公示期不得少于三十日，最长不得超过六十日。", "公示价格", "回收企业"),
    ("回收企业应当登记来源，保存期限应当不少于三年。", "不少于三年", ""),
    ("回收企业应当登记来源，仓库面积不得小于五百平方米。", "小于五百平方米", ""),
    ("贮存期限不得超过一年。", "超过一年", ""),
    ("回收企业应当建账，拆解企业不得超过十日交货。", "超过十日交货", "拆解企业"),
]


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, str]]]:
    """By article, (action, bearer) of every norm that holds a limit."""
    folder = tmp_path_factory.mktemp("limits")
    marks = "一二三四五六七八"
    lines = [f"第{mark}条 {text}" for mark, (text, _, _) in zip(marks, CASES, strict=True)]
    path = folder / "rule.md"
    path.write_text("\n\n".join((f"# {TITLE}", *lines)) + "\n", encoding="utf-8")
    data = folder / "data"
    result = CliRunner().invoke(main, ["ingest", str(path), "--no-publish", "--data", str(data)])
    assert result.exit_code == 0, result.output
    found: dict[str, set[tuple[str, str]]] = {}
    for row in open_store(DataFolder(data), read_only=True).execute(
        """SELECT rv.label, rv.action, rv.bearer FROM threshold t JOIN rule_version rv ON rv.id = t.rule_version_id
           WHERE t.superseded_at IS NULL AND rv.superseded_at IS NULL"""
    ):
        found.setdefault(row["label"], set()).add((row["action"], row["bearer"]))
    return found


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_limit_belongs_to_the_duty_that_it_goes_on_with(owners: dict[str, set[tuple[str, str]]], number: int) -> None:
    _, action, bearer = CASES[number]
    (owner,) = owners[f"第{'一二三四五六七八'[number]}条"]
    assert (owner[0][: len(action)], owner[1]) == (action, bearer)
