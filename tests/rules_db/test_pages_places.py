"""The map of provinces and the timeline: everything that is held is on them, in its place, and leads somewhere."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sample_store import MEASURE, NOW
from served import Site, published

from rules_db.connection import DataFolder, connect
from rules_db.pages.places import TILES, places_page
from rules_db.pages.timelines import timeline_page
from rules_db.projection.jurisdictions import provinces


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return published(tmp_path_factory.mktemp("places"))


def test_every_province_has_a_tile_of_its_own() -> None:
    assert set(TILES) == {place.code for place in provinces()}
    assert len(set(TILES.values())) == len(TILES)


def test_counts_are_those_of_the_copy(folder: DataFolder) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        page = places_page(public)
        expected = dict(
            public.execute(
                """SELECT jurisdiction, count(*) FROM instrument JOIN jurisdiction ON code = jurisdiction
                   WHERE level IN ('province', 'city') GROUP BY 1"""
            ).fetchall()
        )
        shut = {row[0] for row in public.execute("SELECT jurisdiction FROM source_health WHERE unreachable_since > ''")}
    places = {place.facts["code"]: place for place in page.mapped + page.others}
    assert {
        code: place.facts["instruments"] for code, place in places.items() if place.facts["instruments"]
    } == expected
    assert expected
    assert {code for code, place in places.items() if place.reach == "shut"} == shut & set(places)
    assert shut & set(places)
    assert max(place.shade for place in places.values()) == 4


def test_bars_follow_the_dates(folder: DataFolder) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        page = timeline_page(public, NOW[:10])
        dated = public.execute(
            "SELECT count(DISTINCT instrument_id) FROM expression WHERE valid_from > '' AND status <> 'draft'"
        ).fetchone()[0]
    assert page.total == len(page.lines) == dated
    line = next(line for line in page.lines if line.instrument_id == MEASURE)
    old, new = line.bars
    assert date.fromisoformat(old.start) < date.fromisoformat(new.start)
    assert old.end == new.start
    assert old.x + old.width == pytest.approx(new.x, abs=0.2)
    assert new.end is None
    assert new.x + new.width == pytest.approx(100, abs=0.2)
    assert all(0 <= bar.x <= 100 for line in page.lines for bar in line.bars)
    assert old.x < page.today
    assert (old.state, new.state) == ("superseded", "in_force")
    assert {"in_force", "superseded"} <= set(page.states)


def test_a_day_counts_what_had_begun_by_then(folder: DataFolder) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        first = public.execute("SELECT min(valid_from) FROM expression").fetchone()[0]
        before, now = places_page(public, "1990-01-01"), places_page(public)
        then = timeline_page(public, first)
    assert first > "1990-01-01"
    assert sum(place.facts["instruments"] for place in before.mapped + before.others) < sum(
        place.facts["instruments"] for place in now.mapped + now.others
    )
    states = [bar.state for line in then.lines for bar in line.bars]
    assert states.count("in_force") >= 1 and "superseded" not in states
    assert all(bar.state == "not_yet_in_force" for line in then.lines for bar in line.bars if bar.start > first)


def test_the_timeline_narrows(folder: DataFolder) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        row = public.execute("SELECT * FROM instrument WHERE id = ?", (MEASURE,)).fetchone()
        for wish in (
            {"title": row["title"]},
            {"jurisdiction": row["jurisdiction"], "instrument_type": row["instrument_type"]},
        ):
            assert MEASURE in [line.instrument_id for line in timeline_page(public, NOW[:10], **wish).lines]
        assert not timeline_page(public, NOW[:10], title="没有这样的标题").lines


@pytest.mark.parametrize("path", ["/provinces", "/timeline", "/timeline?title=没有", "/timeline?jurisdiction=x"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_show_and_their_links_lead_somewhere(folder: DataFolder, path: str, language: str) -> None:
    site = Site(folder.public_db)
    answer = site.get(path, params={"lang": language})
    assert answer.status_code == 200
    assert "style=" not in answer.text
    for link in set(re.findall(r'<a href="(/(?:instrument|timeline|rules/instrument)[^"]*)"', answer.text)):
        assert site.get(link.replace("&amp;", "&")).status_code == 200, link


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    site = Site(published(tmp_path, hostile=True).public_db)
    for path in ("/provinces", "/timeline"):
        assert "<script>alert" not in site.get(path).text
