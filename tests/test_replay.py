"""Replaying a day: the same bytes, today's reading, what was held before; and not a byte of the store is written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from rules_db.connection import DataFolder

RULE = """{name}废旧动力电池回收管理办法（示例）

第一条　回收企业应当在{days}日内报送废旧动力电池入库信息。
第二条　回收企业不得将废旧动力电池交由未登记的企业拆解。
"""
WATCH = """
watches:
  - {{id: near, name: near, name_zh: 附近, provinces: ["{province}"]}}
recipients:
  - {{id: reader, watches: [near], channels: [desk], at_least: news}}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two rules on the first day; on the third one is tightened and another comes."""
    root = tmp_path_factory.mktemp("replay")
    looks = {
        "2026-05-11T01:00:00Z": [("a", "甲省", 30, "2026-05-01"), ("b", "乙省", 20, "2026-05-02")],
        "2026-05-13T01:00:00Z": [("a2", "甲省", 15, "2026-05-12"), ("c", "丙省", 10, "2026-05-12")],
    }
    for when, documents in looks.items():
        for name, province, days, date in documents:
            (root / f"{name}.txt").write_text(RULE.format(name=province, days=days), encoding="utf-8")
            manifest = root / f"{name}.csv"
            manifest.write_text(
                f"path,version_date,jurisdiction,url\n{name}.txt,{date},320000,https://example.gov.cn/{name}\n",
                encoding="utf-8",
            )
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(cli, "now", lambda when=when: when)
                done = run("ingest", root / f"{name}.txt", "--manifest", manifest, "--data", root / "data")
            assert done.exit_code == 0, done.output
    return DataFolder(root / "data")


def replayed(data: DataFolder, day: str, *more: object) -> dict[str, Any]:
    done = run("replay", day, "--data", data.root, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def titles(found: dict[str, Any]) -> set[str]:
    return {flag["title"][:2] for flag in found["flags"]}


def digests(data: DataFolder) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.root.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_day_says_what_it_said(data: DataFolder) -> None:
    first, third = replayed(data, "2026-05-11"), replayed(data, "2026-05-13")
    assert titles(first) == {"甲省", "乙省"}
    assert {change["kind"] for change in first["changes"]} == {"instrument_new"}
    assert titles(third) == {"甲省", "丙省"}
    assert {"threshold_tightened", "instrument_new"} <= {change["kind"] for change in third["changes"]}
    assert all(flag["kind"] == flag["recorded"] for flag in first["flags"] + third["flags"])


def test_today_s_patterns_count(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that finds no norm has other grounds; what the store says is told beside it."""
    import nlp.analyse
    from nlp.reading import UnitReading

    monkeypatch.setattr(nlp.analyse, "read_units", lambda texts: (UnitReading() for _ in texts))
    (new,) = (flag for flag in replayed(data, "2026-05-13")["flags"] if flag["title"].startswith("丙省"))
    assert (new["kind"], new["recorded"]) == ("news", "action required")


def test_today_s_watches_count(data: DataFolder, tmp_path: Path) -> None:
    profile = tmp_path / "watch.yml"
    for province, told in (("320000", True), ("440000", False)):
        profile.write_text(WATCH.format(province=province), encoding="utf-8")
        events = replayed(data, "2026-05-13", "--profile", profile)["told"]["reader"]
        assert bool([event for event in events if event["title"].startswith("丙省")]) is told


def test_nothing_is_written(data: DataFolder) -> None:
    before = digests(data)
    replayed(data, "2026-05-13")
    assert digests(data) == before


def test_a_day_without_looks_is_refused_with_the_days_there_are(data: DataFolder) -> None:
    done = run("replay", "2026-05-12", "--data", data.root)
    assert done.exit_code == 4
    assert "nothing was looked at" in done.stderr and "2026-05-11" in done.stderr


def test_the_day_is_china_s(data: DataFolder) -> None:
    """01:00 UTC on the 11th is 09:00 in China; 16:00 UTC of the day before is midnight there."""
    from datetime import date

    from rules_db.replay import replayed_day

    day = replayed_day(date(2026, 5, 11))
    assert (day.start, day.end) == ("2026-05-10T16:00:00Z", "2026-05-11T16:00:00Z")


def test_the_table_names_what_would_be_told(data: DataFolder) -> None:
    done = run("replay", "2026-05-13", "--data", data.root)
    assert done.exit_code == 0
    assert "丙省" in done.stdout and "threshold_tightened" in done.stdout
