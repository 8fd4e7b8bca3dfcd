"""Gaps, claims, sentences of the store in Chinese, whole links in the feed, and the day kept in links."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest
import yaml
from sample_store import MEASURE, NOTICE, NOW
from served import Site, published

from rules_db.connection import StoreError
from rules_db.mapping.claims import ClaimVerdict, read_claims
from rules_db.pages.language import strings
from rules_db.pages.sentences import told
from rules_db.projection.build import PROMISES
from rules_db.publish import publish


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("gaps")).public_db)


def test_gaps_page_tells_who_left_it_open_who_could_fill_it_and_what_seems_to(site: Site) -> None:
    text = site.get("/gaps").text
    filled = text[text.index('id="GAP-1"') :]
    assert "the measure" in filled and "provinces" in filled
    assert f"/instrument/{NOTICE}?version={NOTICE}-1#lvl_1" in filled and "识读率不低于99%" in filled
    assert text.index('id="GAP-2"') < text.index('id="GAP-1"'), "open gaps come first"


def test_claims_page_gives_each_claim_a_verdict_and_a_ground(site: Site) -> None:
    claims = read_claims()
    assert [claim.n for claim in claims] == list(range(1, 19))
    for language, field in (("en", "ground"), ("zh", "ground_zh")):
        text = site.get(f"/claims?lang={language}").text
        assert all(getattr(claim, field) in text for claim in claims)
        assert text.count('<tr id="claim-') == 18
    assert len(site.rows("/rules/claim.json?_shape=array")) == 18


def test_every_verdict_has_words() -> None:
    assert {f"claims.{verdict}" for verdict in ClaimVerdict} <= set(strings())


@pytest.mark.parametrize(
    "change",
    [{"verdict": "true"}, {"ground": ""}, {"extra": "x"}, {"n": 2}],
    ids=["verdict", "empty", "extra", "twice"],
)
def test_a_faulty_claim_is_refused_by_number(tmp_path: Path, change: dict[str, object]) -> None:
    entry = {"n": 1, "claim": "a", "claim_zh": "甲", "verdict": "partly", "ground": "b", "ground_zh": "乙"}
    path = tmp_path / "claims.yml"
    path.write_text(yaml.safe_dump([{**entry, "n": 2}, {**entry, **change}], allow_unicode=True), encoding="utf-8")
    with pytest.raises(StoreError, match=r"claim [12]: "):
        read_claims(path)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "May fill the gap “Reader models”: 二、 speaks of 识读、距离 and sets 2米",
            "可能补充空白“读码设备型号”：二、涉及识读、距离，数值为2米",
        ),
        ("第三条 speaks of 上传 and states an obligation", "第三条涉及上传，并规定了义务"),
        ("Title is about Batteries (动力电池): 电池", "标题涉及动力电池：电池"),
        (
            "2 limits tightened, e.g. 第二条: 30日内 → 15日内 (tightened)",
            "2 个数值收紧，例如 第二条：30日内 → 15日内（收紧）",
        ),
        ("Implements 《某办法》, which this store holds", "依据/实施《某办法》（本库已收录）"),
    ],
)
def test_sentences_of_the_store_in_chinese(english: str, chinese: str) -> None:
    assert told(english, "zh", {"Reader models": "读码设备型号"}).text == chinese
    assert told(english, "en").text == english


def test_a_sentence_of_no_known_frame_is_marked_as_english() -> None:
    assert told("Something else.", "zh").language == "en"


def test_hostile_sentences_cost_little_time() -> None:
    begin = time.perf_counter()
    for words in (" speaks of ", " and states a ", ": ", "May fill the gap “", " → ", "《"):
        told((words * 300)[:600], "zh")
        told((words * 300)[:5000], "zh")
    assert time.perf_counter() - begin < 2


def test_promises_are_told_in_both_languages() -> None:
    assert tuple(strings()[f"promise.n{n}"]["en"] for n in range(1, len(PROMISES) + 1)) == PROMISES


def test_feed_links_are_whole_and_keep_the_base_path(tmp_path: Path) -> None:
    text = Site(published(tmp_path).public_db, base_url="/guiji/").get("/rules/change_feed.atom").text
    assert 'href="http://localhost/guiji/rule/rule00000001"' in text
    assert "<id>urn:guiji:change:c2</id>" in text
    assert 'href="/' not in text


def test_the_day_of_the_address_is_kept_in_links_and_nowhere_else(site: Site) -> None:
    text = site.get("/rule/rule00000001?as_of=2025-01-01").text
    assert f'/instrument/{MEASURE}?as_of=2025-01-01&amp;version={MEASURE}-1#art_2"' in text
    assert 'href="/catalogue?as_of=2025-01-01#CTL-1"' in text
    assert "as_of=2025" not in site.get("/changes").text


def test_instrument_page_names_the_controls_beside_the_provision(site: Site) -> None:
    text = site.get(f"/instrument/{MEASURE}").text
    article = text[text.index('id="art_3"') : text.index('id="art_4"')]
    assert 'href="/catalogue#CTL-1"' in article and "Outlet filing" in article


def test_instrument_page_says_whether_its_text_holds_on_the_day(site: Site) -> None:
    assert "In force on 2026-06-01" in site.get(f"/instrument/{MEASURE}").text
    assert "Not in force on 2026-06-01" in site.get(f"/instrument/{MEASURE}?version={MEASURE}-1").text
    assert '<svg class="plot spans"' in site.get(f"/instrument/{MEASURE}").text
    assert '<svg class="plot spans"' not in site.get(f"/instrument/{NOTICE}").text


def test_texts_of_sample_data_are_never_called_official(tmp_path: Path) -> None:
    sample = Site(published(tmp_path, sample=True).public_db)
    for path in (f"/instrument/{MEASURE}", "/search?q=备案"):
        assert "Sample text" in sample.get(path).text and "Official text" not in sample.get(path).text


def test_search_without_a_hit_leads_to_texts_that_hold_the_words_apart(site: Site) -> None:
    text = site.get("/search?q=检测记录 网点备案 非 罚款").text
    assert "different provisions" not in text, "one of the words is nowhere"
    text = site.get("/search?q=检测记录 主管部门备案").text
    assert "No provision contains this" in text and "different provisions" in text
    assert f'/instrument/{MEASURE}"' in text[text.index("different provisions") :]


def test_catalogue_shows_both_ends_of_a_range_its_unit_and_its_source(tmp_path: Path) -> None:
    folder = published(tmp_path)
    parameter = {"name": "store room", "name_zh": "库房", "comparator": "range", "value": 15, "value_max": 25}
    parameter |= {"unit": "celsius", "tier": "claim", "source": "a notice of storage"}
    with sqlite3.connect(folder.work_db) as store:
        store.execute("UPDATE hardware_item SET parameters = ?", (json.dumps([parameter]),))
    assert publish(folder, now=NOW).done
    site = Site(folder.public_db)
    text = site.get("/catalogue").text
    assert "between 15–25 °C" in text and "a notice of storage" in text and "own practice" in text
    assert "Code reader: store room" in site.get("/claims").text
