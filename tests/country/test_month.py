"""Thirty days of `guiji daily` under cron: every expected flag and change in exactly one report, none that is not
expected, exit codes as documented, through overlapping starts, power cuts, a full disk and a clock that jumps."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import country_cron
import pytest
from country_cron import Started
from country_run import Country
from country_script import MONTH, notice_title, rule_title

from rules_db.connection import connect
from rules_db.snapshots import SnapshotStore

# Five sources and the days that need no more: what `make test` has time for. `make month` runs all.
WHOLE = os.environ.get("GUIJI_MONTH") == "1"
FEW = ("gxt-430000", "gxt-210000", "gxt-320000", "gxt-330000", "miit")
PLAN: dict[int, dict[str, Any]] = MONTH if WHOLE else {1: MONTH[1], **{day: MONTH[day] for day in (11, 13, 14, 15, 16)}}
DAYS = tuple(sorted(PLAN))
ONLY = () if WHOLE else FEW
pytestmark = [pytest.mark.country]


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    with country_cron.watched(tmp_path_factory.mktemp("month"), ONLY) as running:
        yield running


@pytest.fixture(scope="module")
def days(land: Country) -> dict[int, list[Started]]:
    return {day: country_cron.run_day(land, day, PLAN[day]) for day in DAYS}


def last(days: dict[int, list[Started]], day: int) -> dict[str, Any]:
    return days[day][-1].report


def expected(day: int, what: str) -> Any:
    return PLAN[day]["expect"].get(what, [])


def first_titles(land: Country) -> list[str]:
    """Of the two relevant documents that each source starts with; the standards' list puts the number in front."""
    found = []
    for state in land.states.values():
        number = ("GB/T2", "GB/T1") if state.platform == "openstd" else ("", "")
        found += [number[0] + notice_title(state.name), number[1] + rule_title(state.name)]
    return found


def wanted_feed(land: Country, day: int) -> list[str]:
    lines = [land.name(line) for line in expected(day, "feed")]
    return sorted(lines + ([f"instrument_new | {title} | " for title in first_titles(land)] if day == 1 else []))


def told_feed(report: dict[str, Any]) -> list[str]:
    return sorted(
        f"{row['kind']} | {row['title']} | {row['place']}" for row in report["changes"] if row["kind"] != "gap_filled"
    )


@pytest.mark.parametrize("day", DAYS)
def test_exit_codes(days: dict[int, list[Started]], day: int) -> None:
    plan = PLAN[day]
    usual = 1 if expected(day, "feed") or day == 1 or expected(day, "withdrawn") else 0
    if set(plan["expect"].get("verdicts", {})) & {"broken", "blocked", "degraded"}:
        usual = 2
    assert days[day][-1].code == plan["expect"].get("exit", usual), days[day][-1].errors
    mishap = plan.get("mishap", {})
    if "overlap" in mishap:
        assert days[day][0].code == 4
        assert "another guiji" in days[day][0].errors
    if "reboot" in mishap or "killed" in mishap:
        assert days[day][0].code == -9
    if "disk" in mishap:
        assert days[day][0].code == 4, days[day][0].errors
        assert "Traceback" not in days[day][0].errors


@pytest.mark.parametrize("day", DAYS)
def test_changes_are_told_on_their_day(land: Country, days: dict[int, list[Started]], day: int) -> None:
    assert told_feed(last(days, day)) == wanted_feed(land, day)


@pytest.mark.parametrize("day", DAYS)
def test_flags_are_those_of_the_changes(land: Country, days: dict[int, list[Started]], day: int) -> None:
    before = {land.name(title) for title in expected(day, "flagged_before")}
    wanted = {line.split(" | ")[1] for line in wanted_feed(land, day)} - before
    told = Counter(row["title"] for row in last(days, day)["documents"])
    assert told == dict.fromkeys(wanted, 1)


def test_nothing_is_told_twice_or_by_a_start_that_did_not_end_well(days: dict[int, list[Started]]) -> None:
    changes: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    for starts in days.values():
        for start in starts:
            changes.update(row["id"] for row in start.report.get("changes", ()))
            flags.update(row["id"] for row in start.report.get("documents", ()))
    assert max(changes.values()) == 1
    assert max(flags.values()) == 1
    assert len(changes) > 8
    assert len(flags) > 8


@pytest.mark.parametrize("day", DAYS)
def test_sources_get_their_verdicts(days: dict[int, list[Started]], day: int, land: Country) -> None:
    """A source that was read to its end before a power cut has nothing new afterwards: there quiet counts as ok."""
    usual = "ok" if day == 1 else "quiet"
    wanted = dict.fromkeys(land.states, usual)
    for verdict, sources in (PLAN[day]["expect"].get("verdicts") or {}).items():
        wanted |= {source: verdict for source in sources if source in wanted}
    got = {row["source_id"]: row["verdict"] for row in last(days, day)["sources"]}
    if len(days[day]) > 1:
        got, wanted = ({id_: "good" if v in ("ok", "quiet") else v for id_, v in d.items()} for d in (got, wanted))
    assert got == wanted, [row for row in last(days, day)["sources"] if row["verdict"] != wanted[row["source_id"]]]


@pytest.mark.parametrize("day", DAYS)
def test_gaps_and_withdrawn_pages_are_told_once(land: Country, days: dict[int, list[Started]], day: int) -> None:
    gaps = [f"{row['title']}" for row in last(days, day)["changes"] if row["kind"] == "gap_filled"]
    assert sorted(gaps) == sorted(land.name(line).split(" | ")[1] for line in expected(day, "gaps"))
    earlier = {page for before in DAYS if before < day for page in expected(before, "withdrawn")}
    assert {land.page(url) for url in last(days, day)["withdrawn"]} == set(expected(day, "withdrawn")) - earlier


BAD = ("blocked", "broken", "degraded")


@pytest.mark.parametrize("day", DAYS)
def test_troubles_and_their_ends_are_told_once(days: dict[int, list[Started]], day: int, land: Country) -> None:
    """A source in trouble is told on the first day of it, and that it is well again on the first such day."""
    verdicts = expected(day, "verdicts") or {}
    lasting = expected(day, "not_first")
    wanted = {source for kind in BAD for source in verdicts.get(kind, ()) if source in land.states} - set(lasting)
    told = last(days, day)["issues"]
    new = Counter(issue["subject"] for issue in told["new"] if issue["stage"] == "crawl")
    over = Counter(issue["subject"] for issue in told["over"] if issue["stage"] == "crawl")
    assert new == dict.fromkeys(wanted, 1)
    assert over == dict.fromkeys((source for source in expected(day, "recovered") if source in land.states), 1)


def test_a_reposted_text_is_a_copy_and_no_text_of_its_own(land: Country, days: dict[int, list[Started]]) -> None:
    assert days
    store = connect(land.folder.work_db, read_only=True)
    for day in DAYS if WHOLE else ():
        for line in expected(day, "copies"):
            title, source = land.name(line).split(" @ ")
            found = store.execute(
                """SELECT count(DISTINCT e.instrument_id), sum(m.source_id = ?) FROM manifestation m
                   JOIN expression e ON e.id = m.expression_id JOIN instrument i ON i.id = e.instrument_id
                   WHERE i.title = ?""",
                (source, title),
            ).fetchone()
            assert found[0] == 1 and found[1] >= 1, line
    store.close()


def test_the_store_is_whole_at_the_end(land: Country, days: dict[int, list[Started]]) -> None:
    store = connect(land.folder.work_db, read_only=True)
    try:
        assert list(SnapshotStore(land.folder.snapshots, store).verify()) == []
        assert store.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        store.close()
    reports = sorted(path.parent.name for path in land.folder.runs.glob("*/report.html"))
    assert len(reports) == len(DAYS)
    assert not list(land.folder.runs.glob(".part-*"))


KNOWLEDGE = (
    "instrument", "expression", "provision", "extraction", "effect", "rule", "rule_version", "rule_place", "threshold",
    "evidence", "mapping", "gap_filling", "change", "flag", "review", "issue",
)  # fmt: skip
# A page with a counter has other bytes at every look: these are kept, and found to be the text that is held.
HELD = ("manifestation", "snapshot", "conversion", "reading")


def test_a_run_with_nothing_new_changes_no_row(land: Country, days: dict[int, list[Started]]) -> None:
    def rows(names: tuple[str, ...]) -> dict[str, list[str]]:
        store = connect(land.folder.work_db, read_only=True)
        try:
            return {name: sorted(map(repr, map(tuple, store.execute(f"SELECT * FROM {name}")))) for name in names}  # noqa: S608
        finally:
            store.close()

    knowledge, held = rows(KNOWLEDGE), rows(HELD)
    start = country_cron.run_day(land, DAYS[-1] + 1, {})[-1]
    assert start.code == 0, start.report
    assert rows(KNOWLEDGE) == knowledge
    noisy = sum(bool(document.noise) for state in land.states.values() for document in state.pages.values())
    grown = {name: len(found) - len(held[name]) for name, found in rows(HELD).items()}
    assert len(set(grown.values())) == 1 and max(grown.values()) <= noisy, grown
    assert WHOLE or not noisy
    cost = start.report
    print(
        f"nothing new: {cost['seconds']} s, {cost['requests']} requests, {cost['bytes']} bytes, {cost['stages']}, "
        f"{grown} of {noisy} noisy pages"
    )
    assert cost["requests"] <= 8 * len(land.states)
