"""Articles with a day of effect of their own, through the command line: `show --as-of` says which don't apply yet and
what applies until then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main

FIRST = (
    "某市电池办法\n（2029年12月1日某市人民政府令第3号公布）\n第一条 为了管理电池，制定本办法。\n"
    "第二条 企业应当在三十日内登记。\n第三条 企业应当报送信息。\n第四条 本办法自2030年1月1日起施行。\n"
)
SECOND = (
    "某市电池办法\n（2031年1月5日某市人民政府令第9号公布）\n第一条 为了管理电池，制定本办法。\n"
    "第二条 企业应当在十五日内登记。\n第三条 企业应当报送信息。\n第四条 企业应当安装称重设备。\n"
    "第五条 本办法自2031年2月1日起施行，其中第二条、第四条自2031年8月1日起施行，第一条自公布之日起施行。\n"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commencement")
    for name, text in (("first", FIRST), ("second", SECOND)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(
        main, ["ingest", str(folder), "--no-publish", "--jobs", "1", "--data", str(folder / "data")]
    )
    assert result.exit_code == 0, result.output
    return folder / "data"


def show(data: Path, day: str, reference: str = "某市电池办法") -> Any:
    result = CliRunner().invoke(main, ["show", reference, "--as-of", day, "--data", str(data), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_does_not_apply_yet_and_what_does_until_then(data: Path) -> None:
    shown = show(data, "2031-03-01")
    assert [(p["label"], p["effective_on"]) for p in shown["pending"]] == [
        ("第二条", "2031-08-01"),
        ("第四条", "2031-08-01"),
    ]
    assert "三十日" in shown["pending"][0]["until_then"]
    assert shown["pending"][1]["until_then"] == ""
    assert {u["label"]: u["effective_on"] for u in shown["units"]}["第四条"] == "2031-08-01"
    assert show(data, "2031-08-01")["pending"] == []


def test_what_of_the_next_text_applies_already(data: Path) -> None:
    shown = show(data, "2031-01-20")
    assert shown["version_date"] == "2029-12-01"
    assert "第一条 (from 2031-01-05)" in shown["note"]


def test_rules_carry_the_day_of_their_article(data: Path) -> None:
    rules = {u["label"]: u["rules"] for u in show(data, "2031-09-01")["units"]}
    assert rules["第二条"][0]["valid_from"] == "2031-08-01"
    old = show(data, "2030-06-01")["units"]
    (earlier,) = next(u["rules"] for u in old if u["label"] == "第二条")
    assert (earlier["valid_from"], earlier["valid_to"]) == ("2030-01-01", "2031-08-01")


def test_the_change_feed_dates_a_change_from_its_articles_day(data: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["diff", "--rule-set", "--from", "2031-07-31", "--to", "2031-08-02", "--data", str(data), "--format", "json"],
    )
    kinds = {row["kind"] for row in json.loads(result.stdout)}
    assert {"threshold_tightened", "provision_added"} <= kinds


def test_the_table_says_it(data: Path) -> None:
    result = CliRunner().invoke(main, ["show", "某市电池办法", "--as-of", "2031-03-01", "--data", str(data)])
    assert "not yet in force: 第二条, from 2031-08-01 on" in result.output
