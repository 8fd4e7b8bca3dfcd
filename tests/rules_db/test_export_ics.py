"""The calendar file read back by another library, and the days on which comments close."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from icalendar import Calendar
from sample_store import MEASURE, NOTICE
from served import published

import cli
from cli import main
from rules_db.connection import DataFolder
from rules_db.watch.comments import comments_until


@pytest.mark.parametrize(
    ("text", "document_day", "expected"),
    [
        ("现公开征求意见，请于2024年1月15日前将意见反馈至邮箱。", "2023-12-15", "2024-01-15"),
        ("意见反馈截止时间为2024年1月15日。", "2023-12-15", "2024-01-15"),
        ("征求意见时间为2023年12月15日至2024年1月15日。", "2023-12-15", "2024-01-15"),
        ("公开征求意见时间：2023年12月15日—1月15日。", "2023-12-15", "2024-01-15"),
        ("如有建议，请于1月10日前反馈。", "2023-12-15", "2024-01-10"),
        ("有关意见请于2024年1月15日（星期一）17:00前反馈。", "2023-12-15", "2024-01-15"),
        ("征求意见截至2024年2月30日。", "2023-12-15", None),
        ("请于2024年1月15日前完成整改。", "2023-12-15", None),
        ("反馈意见应当写明单位名称。本办法自2024年3月1日起施行。", "2023-12-15", None),
        ("我部于2023年11月1日前收到的意见已经采纳。", "2023-12-15", None),
        ("请于1月10日前反馈意见。", None, None),
        ("", None, None),
    ],
)
def test_the_day_on_which_comments_close(text: str, document_day: str | None, expected: str | None) -> None:
    assert comments_until(text, document_day) == expected


def test_a_hostile_text_takes_no_time() -> None:
    import time

    started = time.monotonic()
    comments_until("意见" + "1月1日（" * 50_000 + "至" * 50_000, "2023-12-15")
    assert time.monotonic() - started < 2


def events(root: Path, *options: str) -> dict[tuple[str, str], date]:
    result = CliRunner().invoke(main, ["export", "ics", "--out", str(root / "out"), "--data", str(root), *options])
    assert result.exit_code == 0, result.output
    data = (root / "out" / "guiji.ics").read_bytes()
    assert b"\n" not in data.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(data)
    assert calendar.errors == []
    found = {}
    for event in calendar.walk("VEVENT"):
        assert event.errors == []
        assert (event["dtend"].dt - event["dtstart"].dt).days == 1
        found[str(event["uid"]), str(event["summary"]).partition("：")[0]] = event["dtstart"].dt
    assert len({uid for uid, _kind in found}) == len(found), "a UID stands twice"
    return found


def test_the_file_is_valid_and_says_what_the_site_says(tmp_path: Path) -> None:
    root = published(tmp_path).root
    found = events(root, "--language", "zh")
    assert found[f"{MEASURE}-2-begins@guiji", "施行"] == date(2026, 3, 1)
    assert found[f"{NOTICE}-1-begins@guiji", "施行"] == date(2026, 7, 1)
    text = (root / "out" / "guiji.ics").read_text(encoding="utf-8")
    assert "URL:" not in text
    events(root, "--site", "https://rules.example.com/")
    unfolded = (root / "out" / "guiji.ics").read_text(encoding="utf-8").replace("\n ", "")
    assert f"URL:https://rules.example.com/instrument/{NOTICE}" in unfolded
    assert len(events(root, "--language", "zh", "--jurisdiction", "320000")) == 1


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    root = published(tmp_path).root
    arguments = ["export", "ics", "--out", str(root / "out"), "--data", str(root), "--site", "javascript:1"]
    assert CliRunner().invoke(main, arguments).exit_code == 4


DRAFT = """# {title}

为做好相关工作，现公开征求意见。有关单位请于2026年7月10日前将意见反馈至示例邮箱。

第一条　梯次利用企业应当保存检测记录，保存期限不得少于3年。

第二条　本办法自发布之日起施行。
"""
RULE = """# {title}

第一条　梯次利用企业应当保存检测记录，保存期限不得少于3年。

第二条　本办法自2026年1月1日起施行，有效期至2028年12月31日。
"""


def test_comments_expiry_and_retention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "now", lambda: "2026-06-15T00:00:00Z")
    draft, rule = "示例梯次利用管理办法（征求意见稿）", "示例检测记录管理办法"
    (tmp_path / "draft.md").write_text(DRAFT.format(title=draft), encoding="utf-8")
    (tmp_path / "rule.md").write_text(RULE.format(title=rule), encoding="utf-8")
    (tmp_path / "manifest.csv").write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"draft.md,{draft},2026-06-10,,,draft,100000\n"
        f"rule.md,{rule},2025-12-01,2026-01-01,,normative_document,100000\n",
        encoding="utf-8",
    )
    root = tmp_path / "data"
    files = [str(tmp_path / name) for name in ("draft.md", "rule.md")]
    arguments = ["ingest", *files, "--manifest", str(tmp_path / "manifest.csv"), "--data", str(root)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    link_to_a_check(DataFolder(root), rule)
    assert CliRunner().invoke(main, arguments).exit_code == 0
    profile = tmp_path / "site.yml"
    profile.write_text(
        'site: Example\njurisdiction: "440000"\nactivities: [second_life]\noperating_since: "2024-03-01"\n',
        encoding="utf-8",
    )
    days = {kind: day for (_uid, kind), day in events(root, "--language", "zh", "--profile", str(profile)).items()}
    assert days == {
        "征求意见截止": date(2026, 7, 10),
        "施行": date(2026, 1, 1),
        "失效": date(2028, 12, 31),
        "首日记录保存期满": date(2027, 3, 1),
    }


def link_to_a_check(folder: DataFolder, title: str) -> None:
    from rules_db.connection import open_store

    stamp = (
        open_store(folder, read_only=True)
        .execute(
            """SELECT rv.fingerprint FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
               WHERE e.status <> 'draft'"""
        )
        .fetchone()[0]
    )
    link = {
        "id": "L951",
        "rule": {"instrument": title, "provision": "第一条"},
        "target": {"control": "C19"},
        "relationship": "intersects",
        "rationale": "For this test.",
        "tier": "official",
        "stamp": stamp,
        "reviewed_by": "Example reviewer",
        "reviewed_on": "2026-01-02",
    }
    place = folder.root / "catalogue" / "links"
    place.mkdir(parents=True)
    (place / "own.yml").write_text(yaml.safe_dump([link], allow_unicode=True), encoding="utf-8")
