"""What the store knew on a day: the day is one in China, as in messages and reports, and counts to its end."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sample_store import fill

from cli import main
from rules_db.connection import DataFolder, open_store

TITLE = "示例省退役电池回收管理办法"


def run(data: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], catch_exceptions=False)


def test_what_the_morning_run_brings_belongs_to_the_day_in_china(tmp_path: Path) -> None:
    """The daily run starts at 22:10 UTC, which is 6:10 of the next day there."""
    path = tmp_path / "rule.md"
    path.write_text(
        f"# {TITLE}\n\n第一条 回收企业应当备案。\n\n第二条 本办法自2024年1月1日起施行。\n", encoding="utf-8"
    )
    data = tmp_path / "data"
    assert run(data, "ingest", str(path), "--jobs", "1", "--no-publish").exit_code == 0
    with closing(open_store(DataFolder(data))) as connection:
        for table in ("expression", "rule_version"):
            connection.execute(f"UPDATE {table} SET recorded_at = '2026-05-26T22:10:00Z'")  # noqa: S608
    before = run(data, "show", TITLE, "--known-on", "2026-05-26")
    assert (before.exit_code, "was first recorded on 2026-05-27" in before.stderr) == (4, True)
    on_the_day = json.loads(run(data, "show", TITLE, "--known-on", "2026-05-27", "--format", "json").stdout)
    (rule,) = [rule for unit in on_the_day["units"] for rule in unit["rules"]]
    assert rule["bearer"] == "回收企业"
    versions = json.loads(run(data, "show", rule["rule_id"], "--known-on", "2026-05-26", "--format", "json").stdout)
    assert versions["versions"] == []


def test_what_was_flagged_in_the_morning_was_flagged_on_that_day(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    fill(folder)
    with closing(open_store(folder)) as connection:
        connection.execute("UPDATE flag SET recorded_at = '2026-05-26T22:10:00Z'")
    all_of_them = json.loads(run(tmp_path, "flags", "--format", "json").stdout)
    assert all_of_them
    assert json.loads(run(tmp_path, "flags", "--since", "2026-05-27", "--format", "json").stdout) == all_of_them
    assert json.loads(run(tmp_path, "flags", "--since", "2026-05-28", "--format", "json").stdout) == []
