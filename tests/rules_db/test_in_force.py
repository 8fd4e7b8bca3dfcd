"""In force on a day: terms are half-open, an end ahead ends nothing yet, and what rests on a rule follows the day."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from rules_db.connection import DataFolder, StoreError, connect, open_store
from rules_db.export.oscal.mapping import reviewed_links
from rules_db.export.tables import write_tables
from rules_db.in_force import ended, in_force, within_term
from rules_db.mapping.applicability import Profile, checklist
from rules_db.mapping.catalogue import BUNDLED, Catalogue, read_catalogue
from rules_db.mapping.coverage import counts_by_tier, list_links, uncovered_duties
from rules_db.mapping.links import accept_link, load_links
from rules_db.mapping.proposals import propose_links
from rules_db.mapping.reviewing import Verdict, waiting
from rules_db.mapping.reviewing import decide as review
from rules_db.reviews import Decision, decide, queue

TITLE = "示例海湾市电池回收站试行规定"
TEXT = """# 示例海湾市电池回收站试行规定

第一条 回收站应当自收到电池之日起30日内向主管部门报送入库信息。

第二条 回收站不得拆解电池。

第三条 本规定自{since}起施行，有效期至2028年6月30日。
"""
REPEAL = """# 示例海湾市公告

自2027年5月1日起，废止《示例海湾市电池回收站试行规定》。
"""
SITE = Profile("示例站", "100000", frozenset({"collection"}), frozenset())
TODAY, LAST, OVER = "2026-11-25", "2028-06-30", "2028-07-01"


@pytest.mark.parametrize(
    ("status", "start", "end", "day", "applies", "over"),
    [
        ("in_force", None, None, TODAY, True, False),
        ("in_force", TODAY, None, TODAY, True, False),  # the first day counts
        ("in_force", "2026-11-26", None, TODAY, False, False),  # to come
        ("in_force", None, OVER, LAST, True, False),
        ("in_force", None, OVER, OVER, False, True),  # valid_to is the first day without it
        ("in_force", OVER, OVER, OVER, False, True),  # amended before it came
        ("partly_repealed", "2024-01-01", None, TODAY, True, False),
        ("unknown", None, None, TODAY, True, False),
        ("draft", None, None, TODAY, False, False),
        ("suspended", "2024-01-01", None, TODAY, False, False),
        ("repealed", "2024-01-01", None, TODAY, False, True),  # by the source's word, without a day
        ("repealed", "2024-01-01", OVER, TODAY, True, False),
        ("expired", None, None, TODAY, False, True),
    ],
)
def test_in_force_and_over(
    status: str, start: str | None, end: str | None, day: str, applies: bool, over: bool
) -> None:
    assert in_force(status, start, end, day) == applies
    assert ended(status, end, day) == over


def test_sql_asks_the_same_question(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "any.db")) as connection:
        row = connection.execute(
            "SELECT in_force('in_force', NULL, ?, ?), ended('in_force', ?, ?)", (OVER, LAST, OVER, OVER)
        ).fetchone()
    assert tuple(row) == (1, 1)
    assert within_term("2024-01-01", OVER, LAST)
    assert not within_term("2024-01-01", OVER, OVER)


def ingest(root: Path, when: str, text: str, title: str = TITLE, date: str = "2024-06-20") -> None:
    path = root.parent / f"{date}.md"
    path.write_text(text, encoding="utf-8")
    manifest = path.with_suffix(".csv")
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"{path.name},{title},{date},,,departmental rule,100000\n",
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "now", lambda: when)
        command = ["ingest", str(path), "--manifest", str(manifest), "--no-publish", "--data", str(root)]
        result = CliRunner().invoke(cli.main, command)
    assert result.exit_code == 0, result.output


def linked(root: Path, when: str, since: str = "2024年7月1日") -> None:
    """A store of `when` with the trial rule, and a link to its first article that a person reviewed."""
    path = root / "catalogue" / "links" / "test.yml"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"- id: L951\n  rule: {{instrument: {TITLE}, provision: 第一条}}\n  target: {{control: C04}}\n"
        "  relationship: intersects\n  rationale: made for this test\n  tier: official\n"
        '  stamp: ""\n  reviewed_by: ""\n  reviewed_on: ""\n',
        encoding="utf-8",
    )
    ingest(root, when, TEXT.format(since=since))
    with closing(open_store(DataFolder(root))) as store:
        stamp = store.execute("SELECT current_fingerprint FROM mapping WHERE id = 'L951'").fetchone()[0]
        accept_link(path, "L951", stamp=stamp, reviewer="王", on="2024-07-02")
        load_links(store, catalogue_of(root), when)


def catalogue_of(root: Path) -> Catalogue:
    return read_catalogue(BUNDLED, root / "catalogue")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rule in force since 2024 until 30 June 2028 (有效期至), linked and reviewed."""
    root = tmp_path_factory.mktemp("trial") / "data"
    linked(root, f"{TODAY}T00:00:00Z")
    return root


@pytest.fixture
def store(trial: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(DataFolder(trial))) as connection:
        yield connection


def status_on(store: sqlite3.Connection, root: Path, day: str) -> str:
    states = {state.id: state.status for state in load_links(store, catalogue_of(root), f"{day}T00:00:00Z")}
    return states["L951"]


def checked(store: sqlite3.Connection, root: Path, day: str) -> list[tuple[str, str]]:
    checks = {check["control"]: check for check in checklist(store, catalogue_of(root), SITE, day)}
    return [(rule["status"], rule["valid_to"]) for rule in checks["C04"]["rules"] if rule["link"] == "L951"]


def test_a_stated_end_ahead_is_recorded(store: sqlite3.Connection) -> None:
    rows = store.execute("SELECT DISTINCT valid_from, valid_to FROM rule_version").fetchall()
    assert [tuple(row) for row in rows] == [("2024-07-01", OVER)]


def test_a_link_is_suspect_from_the_day_after_the_term(store: sqlite3.Connection, trial: Path) -> None:
    assert {day: status_on(store, trial, day) for day in (TODAY, LAST, OVER)} == {
        TODAY: "accepted",
        LAST: "accepted",
        OVER: "suspect",
    }
    (card,) = [card for card in waiting(store, OVER, ("suspect",)) if card.id == "L951"]
    assert "30日内" in card.old
    assert card.new is None  # no longer in force
    assert status_on(store, trial, TODAY) == "accepted"


def test_the_checklist_follows_the_day(store: sqlite3.Connection, trial: Path) -> None:
    assert {day: checked(store, trial, day) for day in ("2024-06-30", "2024-07-01", LAST, OVER)} == {
        "2024-06-30": [],
        "2024-07-01": [("accepted", OVER)],
        LAST: [("accepted", OVER)],
        OVER: [],
    }


def test_duties_and_counts_follow_the_day(store: sqlite3.Connection, trial: Path) -> None:
    catalogue = catalogue_of(trial)
    told = {}
    for day in (LAST, OVER):
        found = uncovered_duties(store, catalogue, day)
        told[day] = (found["counts"], [duty["label"] for duty in found["open"]])
        told[day][0]["rules"] = sum(counts_by_tier(store, catalogue, day)["counts"].get("rules in force", {}).values())
    assert told[LAST][0] | {"of_offices": 0} == {
        "duties": 2, "linked": 1, "with_a_written_reason": 0, "open": 1, "of_offices": 0, "rules": 2,
    }  # fmt: skip
    assert told[LAST][1] == ["第二条"]
    assert told[OVER] == (dict.fromkeys(told[LAST][0], 0), [])


def test_exports_and_lists_follow_the_day(store: sqlite3.Connection, trial: Path, tmp_path: Path) -> None:
    told = {}
    for day in (LAST, OVER):
        write_tables(store, tmp_path, "csv", day)
        with (tmp_path / "rules.csv").open(encoding="utf-8-sig", newline="") as handle:
            rules = [row["valid_to"] for row in csv.DictReader(handle)]
        with (tmp_path / "thresholds.csv").open(encoding="utf-8-sig", newline="") as handle:
            limits = [row["text"] for row in csv.DictReader(handle)]
        wording = {link["id"]: link["statement"] for link in list_links(store, day)}["L951"]
        linked = [link["id"] for link in reviewed_links(store, day)]
        told[day] = (rules, limits, wording is not None, linked)
    assert told[LAST] == ([OVER, OVER], ["30日内"], True, ["L951"])
    assert told[OVER] == ([], [], False, [])


def test_proposals_and_the_review_queue_follow_the_day(store: sqlite3.Connection, trial: Path) -> None:
    store.execute("SAVEPOINT unsure")
    try:
        store.execute("UPDATE rule_version SET confidence = 0.5")
        rule = store.execute("SELECT rule_id FROM rule_version WHERE label = '第二条'").fetchone()[0]
        assert rule in [row["rule_id"] for row in queue(store, LAST)]
        assert queue(store, OVER) == []
        store.execute("UPDATE flag SET score = 1")
        store.execute("DELETE FROM mapping WHERE id LIKE 'P%'")
        made = propose_links(store, catalogue_of(trial), f"{LAST}T00:00:00Z")
        assert made
        propose_links(store, catalogue_of(trial), f"{OVER}T00:00:00Z")
        assert store.execute("SELECT count(*) FROM mapping WHERE score IS NOT NULL").fetchone()[0] == 0
    finally:
        store.execute("ROLLBACK TO unsure")


def test_a_person_can_judge_a_rule_until_it_ends(store: sqlite3.Connection) -> None:
    rule = store.execute("SELECT rule_id FROM rule_version WHERE label = '第二条'").fetchone()[0]
    store.execute("SAVEPOINT judged")
    try:
        with pytest.raises(StoreError, match=rule):
            decide(store, rule, Decision.ACCEPTED, corrected={}, reviewer="王", now=f"{OVER}T00:00:00Z")
        decide(store, rule, Decision.ACCEPTED, corrected={}, reviewer="王", now=f"{LAST}T00:00:00Z")
        assert store.execute("SELECT count(*) FROM review").fetchone()[0] == 1
    finally:
        store.execute("ROLLBACK TO judged")


def test_a_rule_to_come_is_linked_and_owed_but_not_listed_yet(tmp_path: Path) -> None:
    root = tmp_path / "data"
    linked(root, f"{TODAY}T00:00:00Z", since="2027年1月1日")
    with closing(open_store(DataFolder(root))) as store:
        assert status_on(store, root, TODAY) == "accepted"
        assert checked(store, root, "2026-12-31") == []
        assert checked(store, root, "2027-01-01") == [("accepted", OVER)]
        assert uncovered_duties(store, catalogue_of(root), TODAY)["counts"]["linked"] == 1
        assert reviewed_links(store, TODAY) == []


def test_a_store_of_an_earlier_release_loses_the_view_that_could_not_know_the_day(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with closing(open_store(folder)) as store:
        store.execute("CREATE VIEW rule_current AS SELECT * FROM rule_version WHERE valid_to IS NULL")
        store.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0008_in_force'")
    with closing(open_store(folder)) as store:
        views = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert views == []


def test_an_end_that_a_later_text_tells_is_looked_at_at_once(tmp_path: Path) -> None:
    root = tmp_path / "data"
    linked(root, f"{TODAY}T00:00:00Z")
    ingest(root, "2026-12-10T00:00:00Z", REPEAL, "示例海湾市公告", "2026-12-05")
    with closing(open_store(DataFolder(root))) as store:
        assert store.execute("SELECT status FROM mapping WHERE id = 'L951'").fetchone()[0] == "suspect"
        (link,) = [link for link in list_links(store, "2026-12-10", "suspect") if link["id"] == "L951"]
        assert link["because"] == ["it applies no longer from 2027-05-01 on"]
        assert checked(store, root, "2026-12-10") == [("suspect", "2027-05-01")]
        # looked at after the announcement, it stays accepted until that day
        review(store, root, "L951", Verdict.ACCEPT, reviewer="王", now="2026-12-11T00:00:00Z")
        assert status_on(store, root, "2027-04-30") == "accepted"
        assert status_on(store, root, "2027-05-01") == "suspect"


def test_a_wording_to_come_is_reviewed_before_it_applies(tmp_path: Path) -> None:
    root = tmp_path / "data"
    linked(root, f"{TODAY}T00:00:00Z")
    amended = TEXT.format(since="2027年3月1日").replace("30日内", "20日内")
    ingest(root, "2026-12-10T00:00:00Z", amended, date="2026-12-05")
    with closing(open_store(DataFolder(root))) as store:
        (card,) = [card for card in waiting(store, "2026-12-10", ("suspect",)) if card.id == "L951"]
        assert ("30日内" in card.old, "20日内" in (card.new or "")) == (True, True)
        assert card.because == ()
        assert card.current == store.execute("SELECT current_fingerprint FROM mapping WHERE id = 'L951'").fetchone()[0]
        review(store, root, "L951", Verdict.ACCEPT, reviewer="王", now="2026-12-11T00:00:00Z")
        assert status_on(store, root, "2026-12-11") == "accepted"
        assert status_on(store, root, "2027-03-01") == "accepted"
