"""The report of a daily run: what it tells, once; exit codes; hostile words as words; a run cut off while telling."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sample_store import HOSTILE, NOW
from served import published

from rules_db import present, run_history, run_report
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.decisions import log
from rules_db.issues import raise_issue, resolve_issues
from rules_db.model import Issue, Severity
from rules_db.run_report import RunFacts
from rules_db.verification import verify

LATER = "2026-06-02T08:00:00Z"
GOOD: dict[str, Any] = {
    "source_id": "moiit", "name": "工业和信息化部", "verdict": "quiet", "reason": "5 entries, none new", "first": False,
    "recovered": False, "metrics": {"requests": 4.0, "bytes": 900.0, "new": 0.0}, "withdrawn_candidates": (),
}  # fmt: skip
FACTS = RunFacts(NOW, LATER, [GOOD], {"crawl": 2.0, "publish": 0.5}, [], True)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return published(tmp_path / "data", hostile=True)


@pytest.fixture
def store(folder: DataFolder) -> Iterator[Any]:
    with closing(open_store(folder)) as connection:
        yield connection


def told(store: Any, folder: DataFolder, facts: RunFacts = FACTS) -> dict[str, Any]:
    report, events = run_report.compose(store, facts)
    run_report.give(store, folder.runs, report, events)
    return report


def test_everything_waiting_is_told_once(store: Any, folder: DataFolder) -> None:
    first = told(store, folder)
    assert first["changes"] and first["documents"]
    assert first["exit_code"] == run_report.CHANGES
    assert sum(first["changes_by_kind"].values()) == len(first["changes"])
    assert (first["requests"], first["bytes"], first["seconds"]) == (4, 900, 2.5)
    second = told(store, folder)
    assert not second["changes"] and not second["documents"] and not second["links_turned_suspect"]
    assert second["exit_code"] == run_report.NOTHING_NEW
    assert second["run"] != first["run"], "a clock that shows the same second again does no harm"
    on_disk = [json.loads(path.read_text(encoding="utf-8")) for path in folder.runs.glob("*/report.json")]
    assert sorted(report["run"] for report in on_disk) == sorted([first["run"], second["run"]])


def test_what_the_clock_says_does_not_matter(store: Any, folder: DataFolder) -> None:
    told(store, folder, replace(FACTS, started_at="2027-01-01T00:00:00Z"))
    issue = Issue(Severity.ERROR, "crawl", "broken", "no list", "moiit", "moiit")
    raise_issue(store, issue, "1970-01-01T00:00:00Z")
    assert [row["message"] for row in told(store, folder)["issues"]["new"]] == ["no list"]


@pytest.mark.parametrize("cut", ["before the files", "after the files"])
def test_a_run_cut_off_while_telling_is_told_by_the_next(store: Any, folder: DataFolder, cut: str) -> None:
    report, events = run_report.compose(store, FACTS)
    run_history.record_run(store, report, events)
    (folder.runs / ".part-xyz").mkdir()
    if cut == "after the files":
        run_report.write_report(folder.runs / report["run"], report)
    run_report.settle(store, folder.runs)
    again = told(store, folder)
    assert bool(again["changes"]) is (cut == "before the files")
    files = [json.loads(path.read_text(encoding="utf-8")) for path in folder.runs.glob("*/report.json")]
    ids = [change["id"] for file in files for change in file["changes"]]
    assert sorted(ids) == sorted({change["id"] for change in report["changes"]})
    assert not list(folder.runs.glob(".part-*"))


def test_a_deleted_report_does_not_come_back(store: Any, folder: DataFolder) -> None:
    report = told(store, folder)
    for path in (folder.runs / report["run"]).iterdir():
        path.unlink()
    (folder.runs / report["run"]).rmdir()
    run_report.settle(store, folder.runs)
    assert not told(store, folder)["changes"]


def test_a_report_that_can_not_be_written_is_told_later(store: Any, folder: DataFolder) -> None:
    report, events = run_report.compose(store, FACTS)
    folder.runs.rmdir()
    folder.runs.write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be written"):
        run_report.give(store, folder.runs, report, events)
    folder.runs.unlink()
    run_report.settle(store, folder.runs)
    assert told(store, folder)["changes"] == report["changes"]


def test_troubles_are_told_once_and_so_is_their_end(store: Any, folder: DataFolder) -> None:
    told(store, folder)
    issue = Issue(Severity.ERROR, "crawl", "broken", "no list", "moiit", "moiit")
    raise_issue(store, issue, NOW)
    bad = replace(FACTS, verdicts=[{**GOOD, "verdict": "broken", "first": True}])
    first, second = told(store, folder, bad), told(store, folder, bad)
    assert ([i["message"] for i in first["issues"]["new"]], second["issues"]["new"]) == (["no list"], [])
    assert first["exit_code"] == second["exit_code"] == run_report.DEGRADED
    assert second["in_trouble"] == ["moiit"]
    resolve_issues(store, stage="crawl", subject="moiit", now=LATER)
    over = told(store, folder)
    assert [row["message"] for row in over["issues"]["over"]] == ["no list"]
    assert over["exit_code"] == run_report.NOTHING_NEW
    assert told(store, folder)["issues"]["over"] == []


def test_a_trouble_that_nobody_heard_of_is_not_told_to_be_over(store: Any, folder: DataFolder) -> None:
    raise_issue(store, Issue(Severity.ERROR, "crawl", "broken", "no list", "moiit", "moiit"), NOW)
    resolve_issues(store, stage="crawl", subject="moiit", now=LATER)
    assert told(store, folder)["issues"]["over"] == []


def test_withdrawn_pages_are_told_once(store: Any, folder: DataFolder) -> None:
    told(store, folder)
    facts = replace(FACTS, verdicts=[{**GOOD, "withdrawn_candidates": ("https://example.gov.cn/1.html",)}])
    assert told(store, folder, facts)["withdrawn"] == ["https://example.gov.cn/1.html"]
    assert told(store, folder, facts)["withdrawn"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"refused": [{"file": "a.pdf", "code": "no_text", "message": "a scan"}]}, 1),
        ({"verdicts": [{**GOOD, "verdict": "stale"}]}, 0),
        ({"verdicts": [{**GOOD, "verdict": "blocked"}]}, 2),
        ({"verdicts": [{**GOOD, "verdict": "degraded"}]}, 2),
        ({"notified": False}, 2),
        ({"published": False, "gate": ["loss: gone"]}, 3),
        ({"published": False, "verdicts": [{**GOOD, "verdict": "broken"}]}, 3),
    ],
)
def test_exit_codes(store: Any, folder: DataFolder, change: dict[str, Any], code: int) -> None:
    told(store, folder)
    assert told(store, folder, replace(FACTS, **change))["exit_code"] == code


class Elements(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_hostile_words_are_words_in_the_html(store: Any, folder: DataFolder) -> None:
    hostile = {**GOOD, "verdict": "broken", "reason": HOSTILE, "name": "</td></table>" + HOSTILE}
    refused = [{"file": "\x1b[31mx\u202ey", "code": "no_text", "message": HOSTILE}]
    verdicts = [{**hostile, "withdrawn_candidates": ("javascript:alert(1)",)}]
    report = told(store, folder, replace(FACTS, verdicts=verdicts, refused=refused, published=False, gate=[HOSTILE]))
    report["documents"][0]["url"] = "javascript:alert(4)"
    page = run_report.to_html(report)
    found = Elements(page)
    assert not {"script", "img", "iframe", "object", "form", "link", "base"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not [value for name, value in found.attributes if name in ("href", "src") and "script:" in (value or "")]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)" in page, "and can be read"


def test_an_address_of_the_web_becomes_a_link(store: Any, folder: DataFolder) -> None:
    report = told(store, folder)
    report["documents"][0]["url"] = "https://example.gov.cn/a?b=1&c=2"
    assert 'href="https://example.gov.cn/a?b=1&amp;c=2"' in run_report.to_html(report)


def test_quiet_unless_something_matters(store: Any, folder: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    loud = told(store, folder)
    present.daily({**loud, "place": "runs/1"})
    shown = capsys.readouterr().out
    assert "something is new" in shown and "runs/1" in shown and "\x1b" not in shown
    present.daily({**told(store, folder), "place": "runs/2"})
    assert capsys.readouterr().out == ""


def test_each_run_anchors_the_log_of_decisions(store: Any, folder: DataFolder) -> None:
    """What the log was at the time of a report can't be cut off or written anew later without a fault."""
    with log.open_log(folder.decisions_db, write=True) as connection:
        assert connection is not None
        for note in "ab":
            log.append(connection, "c1", log.checked(relevant=True, severity="low", note=note), by="王", now=NOW)
    report = told(store, folder, replace(FACTS, decisions=run_history.current_anchor(folder)))
    assert report["decisions"]["entries"] == 2
    assert not [fault for fault in verify(folder).faults if "decision" in fault]
    with closing(sqlite3.connect(folder.decisions_db)) as connection:
        connection.execute("DROP TRIGGER decision_log_no_delete")
        connection.execute("DELETE FROM decision_log WHERE n = 2")
        connection.commit()
    assert [fault for fault in verify(folder).faults if fault.startswith("decision 2: was in the log")]
    folder.decisions_db.unlink()
    assert [fault for fault in verify(folder).faults if "decisions.db is gone" in fault]
