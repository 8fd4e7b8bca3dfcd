"""Ten days of a simulated country: what each day came to, against what `events.yml` says it must come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import country_script
import pytest
from country_run import Country, Day, country
from country_script import DAYS, SCRIPT, notice_title, rule_title

from crawler.platforms import PLATFORMS
from rules_db.connection import connect

TROUBLED = [day for day in DAYS if SCRIPT["days"][day].get("trouble")]


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    with country(tmp_path_factory.mktemp("country")) as running:
        yield running


@pytest.fixture(scope="module")
def days(land: Country) -> dict[int, Day]:
    """All ten days, one after the other; troubled days and the last one are published."""
    return {day: land.run(day, publish=day in (*TROUBLED, DAYS[-1])) for day in DAYS}


def expected(day: int, what: str) -> Any:
    return SCRIPT["days"][day]["expect"].get(what, [])


def test_the_country_is_the_whole_registry_in_every_family(land: Country) -> None:
    assert len(land.states) >= 37
    assert {state.platform for state in land.states.values()} == PLATFORMS.keys()


@pytest.mark.parametrize("day", DAYS)
def test_every_source_gets_its_verdict(days: dict[int, Day], day: int) -> None:
    usual = "ok" if day == 1 else "quiet"
    wanted = dict.fromkeys(country_script.start(), usual)
    for verdict, sources in (expected(day, "verdicts") or {}).items():
        wanted |= dict.fromkeys(sources, verdict)
    assert days[day].verdicts == wanted, {
        source: days[day].reasons[source] for source in wanted if wanted[source] != days[day].verdicts[source]
    }


@pytest.mark.parametrize("day", DAYS)
def test_the_change_feed_is_the_expected_one(land: Country, days: dict[int, Day], day: int) -> None:
    wanted = [land.name(line) for line in expected(day, "feed")]
    if day == 1:
        names = [state.name for state in land.states.values() if state.platform != "openstd"]
        titles = [title(name) for name in names for title in (notice_title, rule_title)]
        # the standards' list puts the number in front of the title
        (standards,) = (state.name for state in land.states.values() if state.platform == "openstd")
        titles += [f"GB/T2{notice_title(standards)}", f"GB/T1{rule_title(standards)}"]
        wanted += [f"instrument_new | {title} | " for title in titles]
    assert days[day].feed == sorted(wanted)


@pytest.mark.parametrize("day", DAYS)
def test_moved_and_reposted_pages_are_copies_of_what_is_held(land: Country, days: dict[int, Day], day: int) -> None:
    assert days[day].copies == sorted(land.name(line) for line in expected(day, "copies"))


@pytest.mark.parametrize("day", DAYS)
def test_only_what_was_withdrawn_is_reported_withdrawn(days: dict[int, Day], day: int) -> None:
    assert days[day].withdrawn == expected(day, "withdrawn")


@pytest.mark.parametrize("day", DAYS)
def test_gaps_are_filled_on_the_day_of_the_follow_up(land: Country, days: dict[int, Day], day: int) -> None:
    assert days[day].gaps == sorted(land.name(line) for line in expected(day, "gaps"))


@pytest.mark.parametrize("day", DAYS)
def test_what_is_about_a_document_is_tied_to_it(land: Country, days: dict[int, Day], day: int) -> None:
    assert days[day].relations == sorted(land.name(line) for line in expected(day, "relations"))


def test_the_limits_of_a_notice_that_is_only_a_file(land: Country, days: dict[int, Day]) -> None:
    """Its page holds a title and a link; the limits stand in a table of the file, which was edited on day 8."""
    store = connect(land.folder.work_db, read_only=True)
    rows = store.execute(
        """SELECT t.parameter, t.comparator, t.value, t.unit, e.effective_on FROM threshold t
           JOIN expression e ON e.id = t.expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE i.title = ? AND t.superseded_at IS NULL ORDER BY e.effective_on, t.start""",
        (land.name("{gxt-430000}关于公布动力电池综合利用技术指标的通知（示例）"),),
    ).fetchall()
    store.close()
    assert [tuple(row) for row in rows] == [
        ("镍综合回收率", "ge", 98.0, "percent", "2026-05-14"),
        ("锂综合回收率", "ge", 90.0, "percent", "2026-05-14"),
        ("镍综合回收率", "ge", 99.0, "percent", "2026-05-18"),
        ("锂综合回收率", "ge", 90.0, "percent", "2026-05-18"),
    ]


@pytest.mark.parametrize("day", DAYS[1:])
def test_a_trouble_is_told_once_and_its_end_too(days: dict[int, Day], day: int) -> None:
    bad = {"blocked", "broken", "degraded", "stale"}
    wanted = [source for source, verdict in days[day].verdicts.items() if verdict in bad]
    assert days[day].first == sorted(wanted)
    assert days[day].recovered == expected(day, "recovered")


@pytest.mark.parametrize("day", DAYS[1:])
def test_rules_stay_as_they_are_unless_their_text_changed(days: dict[int, Day], day: int) -> None:
    """Row by row: no version of a rule is added, ended, superseded or retold for a text that is not in the feed."""
    told = {line.split(" | ")[1] for line in days[day].feed}
    before, after = days[day - 1].rules, days[day].rules
    assert after.keys() - before.keys() <= told
    for title in before.keys() - told:
        assert after[title] == before[title], title


@pytest.mark.parametrize("day", TROUBLED)
def test_the_rest_is_published_on_a_day_of_trouble(days: dict[int, Day], day: int) -> None:
    assert days[day].published is True


def test_a_withdrawn_text_is_in_force_until_a_law_says_otherwise(land: Country, days: dict[int, Day]) -> None:
    (page,) = days[8].withdrawn
    title = notice_title(land.states[page.split("/")[0]].name)
    open_versions = [version for version in days[10].rules[title] if version[4] is None and version[5] is None]
    assert open_versions
    store = connect(land.folder.work_db, read_only=True)
    status = store.execute(
        "SELECT e.status FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE i.title = ?", (title,)
    ).fetchall()
    store.close()
    assert [row["status"] for row in status] == ["in_force"]


def test_a_reposted_notice_is_one_instrument_at_three_addresses(land: Country, days: dict[int, Day]) -> None:
    store = connect(land.folder.work_db, read_only=True)
    rows = store.execute(
        """SELECT count(DISTINCT i.id), count(DISTINCT e.id), count(DISTINCT m.source_id)
           FROM instrument i JOIN expression e ON e.instrument_id = i.id JOIN manifestation m ON m.expression_id = e.id
           WHERE i.title = ?""",
        (land.name("{miit}关于开展废旧动力电池联合执法专项行动的通知"),),
    ).fetchone()
    store.close()
    assert tuple(rows) == (1, 1, 3)


def test_the_listing_tells_the_last_good_run(land: Country, days: dict[int, Day]) -> None:
    """The ministry was down on day 9 and well on day 10; without a store the column is empty."""
    from click.testing import CliRunner

    from cli import main

    def listed(data: Path) -> dict[str, str | None]:
        arguments = ["sources", "list", "--sources", str(land.registry), "--data", str(data), "--format", "json"]
        found = CliRunner().invoke(main, arguments, catch_exceptions=False)
        return {row["id"]: row["last_good_run"] for row in json.loads(found.stdout)}

    assert days[DAYS[-1]].verdicts["miit"] == "quiet"
    assert listed(land.folder.root) == dict.fromkeys(land.states, country_script.when(DAYS[-1]))
    assert set(listed(land.root / "nothing").values()) == {None}


def test_a_site_that_did_not_change_costs_few_requests(days: dict[int, Day]) -> None:
    """Robots, the two list screens (with the call that names them) and the documents that are due."""
    quiet = [days[6].requests[source] for source, verdict in days[6].verdicts.items() if verdict == "quiet"]
    assert sum(quiet) / len(quiet) <= 5
    assert max(quiet) <= 8
