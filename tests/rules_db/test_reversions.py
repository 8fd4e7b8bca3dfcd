"""A page that goes back to an earlier text: told once it lasts, never while two copies take turns."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cli import process
from rules_db.captures import Sighting, finish_run, record_sighting, register_source, start_run
from rules_db.connection import DataFolder, open_store, transaction
from rules_db.model import Outcome, Tier, Verdict
from rules_db.reconcile import ordered_expressions
from rules_db.snapshots import SnapshotStore

URL = "https://gxt.example.gov.cn/tzgg/t20260509_1.html"
TITLE = "关于报送废旧动力电池信息的通知（示例）"
A, B = "10日", "20日"


class Watched:
    """One page, looked at day by day through the real stages."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root / "data").create()
        self.store: sqlite3.Connection = open_store(self.folder)
        self.day = 0
        register_source(
            self.store,
            source_id="gxt",
            name="示例厅",
            platform="trs",
            jurisdiction="990000",
            grade="A",
            status="ok",
            tier=Tier.OFFICIAL,
        )

    def look(self, limit: str) -> list[tuple[str, str]]:
        """See the page with this limit in it; the changes told that day (kind, summary)."""
        self.day += 1
        now = f"2026-05-{9 + self.day:02d}T01:00:00Z"
        page = (
            f"<html><head><meta charset='utf-8'><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
            f"<div class='TRS_Editor'><p>第一条　企业应当在{limit}内报送溯源信息。</p>"
            "<p>第二条　企业不得瞒报。</p></div>"
            "</body></html>"
        )
        snapshots = SnapshotStore(self.folder.snapshots, self.store)
        with transaction(self.store):
            run = start_run(self.store, "gxt", now)
            sha256 = snapshots.add(page.encode(), media_type="text/html", seen_at=now)
            facts = {"title": TITLE, "published_on": "2026-05-09"}
            sighting = Sighting(URL, "detail", Outcome.FETCHED, snapshot_sha256=sha256, facts=facts)
            record_sighting(self.store, run, "gxt", sighting, now)
            finish_run(self.store, run, finished_at=now, verdict=Verdict.OK, reason="", metrics={})
        process(self.store, self.folder, now, 1)
        rows = self.store.execute("SELECT kind, summary FROM change WHERE recorded_at = ? ORDER BY kind", (now,))
        return [tuple(row) for row in rows]


@pytest.fixture
def page(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_lasting_return_is_told_once(page: Watched) -> None:
    assert [kind for kind, _ in page.look(A)] == ["instrument_new"]
    assert [kind for kind, _ in page.look(B)] == ["provision_amended", "threshold_loosened"]
    assert page.look(A) == [], "one look may be an old copy"
    told = page.look(A)
    assert [kind for kind, _ in told] == ["provision_amended", "threshold_tightened"]
    assert "20日内 → 10日内" in told[1][1]
    assert page.look(A) == page.look(A) == []


def test_the_text_that_came_back_applies_from_the_first_look(page: Watched) -> None:
    for limit in (A, B, A, A):
        page.look(limit)
    (instrument,) = [row["id"] for row in page.store.execute("SELECT id FROM instrument")]
    ids = ordered_expressions(page.store, instrument)
    found = [page.store.execute("SELECT * FROM expression WHERE id = ?", (id_,)).fetchone() for id_ in ids]
    assert [A in row["text"] for row in found] == [True, False, True]
    assert (found[2]["effective_on"], found[2]["effective_basis"]) == ("2026-05-12", "first_seen")
    valid = page.store.execute(
        """SELECT statement FROM rule_version
           WHERE valid_to IS NULL AND superseded_at IS NULL AND statement LIKE '%报送%'"""
    ).fetchall()
    assert [A in row["statement"] for row in valid] == [True]


def test_copies_that_take_turns_are_told_once(page: Watched) -> None:
    told = [page.look(limit) for limit in (A, B, A, B, A, B)]
    assert [bool(changes) for changes in told] == [True, True, False, False, False, False]


def test_a_second_change_after_the_return_is_a_change(page: Watched) -> None:
    for limit in (A, B, A, A):
        page.look(limit)
    assert page.look(B) == [], "known text, one look"
    assert [kind for kind, _ in page.look(B)] == ["provision_amended", "threshold_loosened"]
