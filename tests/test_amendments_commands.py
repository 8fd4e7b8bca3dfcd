"""Amending decisions through the command line: outstanding, computed on request, then checked against the text
published since; nothing computed is ever stored as a text of the instrument.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.serve import build_datasette

RULE = (
    "某市电池办法\n（2029年12月1日某市人民政府令第3号公布{note}）\n第一条 为了管理电池，制定本办法。\n"
    "第二条 企业应当登记。\n登记依照第{four}条办理。\n{added}第{three}条 企业应当报送信息。\n"
    "第{four}条 环境部门应当在{days}内答复。\n第{last}条 本办法自2030年1月1日起施行。{more}\n"
)
DECISION = (
    "某市人民政府关于修改《某市电池办法》的决定\n（2031年1月2日某市人民政府令第15号公布）\n"
    "某市人民政府决定对《某市电池办法》作如下修改：\n一、将第四条中的“三十日”修改为“十五日”。\n"
    "二、增加一条，作为第三条：“企业应当培训人员。”\n三、删去第九条。\n此外，对条文顺序作相应调整。\n"
    "本决定自2031年2月1日起施行。\n"
)
BEFORE = RULE.format(note="", added="", three="三", four="四", last="五", days="三十日", more="")
AFTER = RULE.format(
    note="　根据2031年1月2日《某市人民政府关于修改〈某市电池办法〉的决定》修正",
    added="第三条 企业应当培训人员。\n",
    three="四",
    four="五",
    last="六",
    days="十五日",
    more="本办法由某市解释。",
)


def run(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)])


def read(data: Path, *arguments: str) -> Any:
    result = run(data, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hand_in(tmp_path, "before", BEFORE)
    hand_in(tmp_path, "decision", DECISION)
    return tmp_path / "data"


def hand_in(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    result = run(folder / "data", "ingest", str(folder / f"{name}.txt"), "--no-publish", "--jobs", "1")
    assert result.exit_code == 0, result.output


def test_an_outstanding_amendment_is_shown_and_computed_on_request(data: Path) -> None:
    (decision,) = read(data, "amendments", "某市电池办法")
    assert decision["outstanding"]
    assert [entry["state"] for entry in decision["operations"]] == [
        "unchecked",
        "unchecked",
        "not_applied",
        "unchecked",
    ]
    shown = read(data, "show", "某市电池办法")
    assert shown["outstanding"][0]["instructions"][2] == "删去第九条"
    computed = read(data, "show", "某市电池办法", "--computed")
    assert computed["status"] == computed["tier"] == "computed, unofficial"
    assert "第九条" in computed["note"]
    assert [unit["label"] for unit in computed["units"]][-1] == "第六条"
    assert computed["units"][1]["text"].endswith("登记依照第五条办理。")
    assert "computed, unofficial" in run(data, "show", "某市电池办法 第五条", "--computed").output
    assert "1 amendments are outstanding" in run(data, "versions", "某市电池办法").output
    assert len(read(data, "versions", "某市电池办法")) == 1


def test_a_published_text_confirms_or_differs(data: Path) -> None:
    hand_in(data.parent, "after", AFTER)
    (decision,) = read(data, "amendments", "某市电池办法")
    assert decision["checked_against"] == "the text of 2031-01-02"
    assert [entry["state"] for entry in decision["operations"]] == [
        "confirmed",
        "confirmed",
        "not_applied",
        "confirmed",
    ]
    assert decision["unexplained"] == ["第六条"]
    assert read(data, "show", "某市电池办法")["outstanding"] == []
    refused = run(data, "show", "某市电池办法", "--computed")
    assert refused.exit_code == 4
    assert "nothing to compute" in refused.output


def test_a_decision_without_the_text_before_it_says_so(tmp_path: Path) -> None:
    hand_in(tmp_path, "decision", DECISION)
    hand_in(tmp_path, "after", AFTER)
    (decision,) = read(tmp_path / "data", "amendments", "某市电池办法")
    assert decision["note"] == "no text from before the decision is held"
    assert {entry["state"] for entry in decision["operations"]} == {"not_applied"}


def test_computing_takes_no_date(data: Path) -> None:
    assert run(data, "show", "某市电池办法", "--computed", "--as-of", "2030-01-01").exit_code == 2


def test_readers_see_the_instructions_of_an_outstanding_amendment(data: Path) -> None:
    assert run(data, "publish").exit_code == 0
    rows = sqlite3.connect(data / "public" / "rules.db").execute(
        "SELECT target_label, words FROM effect WHERE state = 'outstanding' AND target_label IS NOT NULL"
    )
    assert ("第九条", "删去第九条") in rows.fetchall()


def test_the_readers_copy_tells_what_outstanding_amendments_would_make(data: Path) -> None:
    """Place by place, labelled unofficial, with what could not be applied; gone once the text itself is held."""
    assert run(data, "publish").exit_code == 0
    with closing(sqlite3.connect(data / "public" / "rules.db")) as public:
        rows = public.execute("SELECT label, before, after, reason FROM computed_amendment ORDER BY n").fetchall()
        (key,) = public.execute("SELECT id FROM instrument WHERE title = '某市电池办法'").fetchone()
    assert ("第五条", "环境部门应当在三十日内答复。", "环境部门应当在十五日内答复。", "") in rows
    assert ("第三条", "", "企业应当培训人员。", "") in rows
    assert any("第九条" in reason for *_words, reason in rows)
    page = asyncio.run(build_datasette(data / "public" / "rules.db").client.get(f"/instrument/{key}")).text
    section = page[page.index('id="computed"') : page.index('class="law"')]
    assert "computed, unofficial" in section and "<ins>企业应当培训人员。</ins>" in section

    hand_in(data.parent, "after", AFTER)
    assert run(data, "publish").exit_code == 0
    with closing(sqlite3.connect(data / "public" / "rules.db")) as public:
        assert public.execute("SELECT count(*) FROM computed_amendment").fetchone() == (0,)
