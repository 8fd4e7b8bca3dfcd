"""Search over a published copy: exact against a substring search, ranked, filtered, highlighted and safe."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator

import pytest
from sample_store import HOSTILE, MEASURE, NOTICE
from served import published

from rules_db.connection import connect
from rules_db.query import match_expression
from rules_db.search import find_titles, highlight_html, search, snippet_html, windows
from rules_db.segment import index_text

HAN = "电池回收备案管理应当不得企业网点自之日起㐂𠀀〇々"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder = published(tmp_path_factory.mktemp("search"))
    connection = connect(folder.public_db, read_only=True)
    yield connection
    connection.close()


def random_text(rng: random.Random) -> str:
    pieces = []
    for _ in range(rng.randint(1, 12)):
        pieces.append("".join(rng.choice(HAN) for _ in range(rng.randint(1, 9))))
        pieces.append(rng.choice(["，", "。", "\n", " ", "ICP", "30", "《", "（一）", ""]))
    return "".join(pieces)


def test_counts_equal_substring_search_on_random_queries() -> None:
    """Recall and precision 1.0 at every length from one to eight characters, rare and supplementary ones included."""
    rng = random.Random(7)  # noqa: S311
    texts = [random_text(rng) for _ in range(400)]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='ascii')")
    connection.executemany("INSERT INTO t VALUES (?)", [(index_text(text),) for text in texts])
    asked = found_some = 0
    for _ in range(600):
        length = rng.randint(1, 8)
        run = rng.choice(re.findall(f"[{HAN}]+", rng.choice(texts)))
        start = rng.randrange(len(run))
        query = run[start : start + length] if rng.random() < 0.8 else "".join(rng.choice(HAN) for _ in range(length))
        got = {row[0] for row in connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (match_expression(query),))}
        assert got == {n for n, text in enumerate(texts, 1) if query in text}, query
        asked += 1
        found_some += bool(got)
    assert asked == 600
    assert found_some > 300


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("備案", "备案"),
        ("廢舊動力電池", "废旧动力电池"),
        ("备案", "備案"),
        ("电池30日", "電池３０日"),
        ("乾电池", "干电池"),
    ],
)
def test_traditional_and_simplified_characters_find_each_other(typed: str, written: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='ascii')")
    text = f"应当办理{written}手续。"
    connection.execute("INSERT INTO t VALUES (?)", (index_text(text),))
    assert connection.execute("SELECT 1 FROM t WHERE t MATCH ?", (match_expression(typed),)).fetchone()
    assert highlight_html(text, [typed]) == f"应当办理<mark>{written}</mark>手续。"


def test_every_row_of_the_copy_is_found_by_its_own_words(copy: sqlite3.Connection) -> None:
    for row in copy.execute("SELECT id, text FROM provision"):
        run = max(re.findall("[\u4e00-\u9fff]+", row["text"]), key=len)
        assert row["id"] in {hit.id for hit in search(copy, run, limit=100).hits}


@pytest.mark.parametrize("query", ["备案", "备", "电池", "罚款", "30日", "ICP备案", "梯次利用企业"])
def test_totals_of_the_copy_equal_like(copy: sqlite3.Connection, query: str) -> None:
    expected = copy.execute("SELECT count(*) FROM provision WHERE instr(text, ?)", (query,)).fetchone()[0]
    result = search(copy, query, limit=100)
    assert (result.total, len(result.hits)) == (expected, expected)
    assert expected > 0


def test_words_alternatives_and_exclusions(copy: sqlite3.Connection) -> None:
    def labels(query: str) -> set[tuple[str, str]]:
        return {(hit.expression_id, hit.label) for hit in search(copy, query, limit=100).hits}

    both = labels("备案 罚款")
    assert both == {(f"{MEASURE}-1", "第四条"), (f"{MEASURE}-2", "第五条")}
    assert labels("备案 -罚款") == labels("备案") - both
    assert labels("罚款 或 读码") == labels("罚款") | labels("读码")


def test_what_holds_today_comes_before_what_is_superseded(copy: sqlite3.Connection) -> None:
    statuses = [hit.status for hit in search(copy, "主管部门备案", limit=10).hits]
    assert statuses == ["in_force", "superseded"]


def test_a_title_that_matches_lifts_its_provisions(copy: sqlite3.Connection) -> None:
    assert search(copy, "编码", limit=1).hits[0].instrument_id == NOTICE
    assert [row["id"] for row in find_titles(copy, "回收管理")] == [MEASURE]


def test_filters_narrow_hits_and_total(copy: sqlite3.Connection) -> None:
    assert {hit.instrument_id for hit in search(copy, "备案", jurisdiction="320000").hits} == {NOTICE}
    assert search(copy, "备案", status="superseded").total == 2
    assert search(copy, "备案", instrument_type="notice").total == 1


def test_as_of_keeps_what_was_valid_on_the_day(copy: sqlite3.Connection) -> None:
    assert {hit.expression_id for hit in search(copy, "备案", as_of="2025-06-01").hits} == {f"{MEASURE}-1"}
    assert {hit.expression_id for hit in search(copy, "备案", as_of="2026-03-01").hits} == {f"{MEASURE}-2"}
    assert search(copy, "碳足迹", as_of="2026-06-01").total == 0, "a draft is never valid"


def test_paging_gives_each_hit_once(copy: sqlite3.Connection) -> None:
    everything = [hit.id for hit in search(copy, "电池", limit=100).hits]
    paged = [hit.id for offset in range(0, 20, 3) for hit in search(copy, "电池", limit=3, offset=offset).hits]
    assert paged == everything


@pytest.mark.parametrize("query", ["", "   ", "，。", '""', "-"])
def test_a_query_without_words_finds_nothing(copy: sqlite3.Connection, query: str) -> None:
    assert search(copy, query).total == 0


def test_snippet_escapes_everything_but_its_marks() -> None:
    text = f"应当{HOSTILE}备案&公示"
    snippet = snippet_html(text, "备案")
    assert "<mark>备案</mark>" in snippet
    assert re.findall(r"<[^>]*>", snippet) == ["<mark>", "</mark>"]
    assert "&amp;公示" in snippet


def test_a_query_that_looks_like_markup_stays_text() -> None:
    assert "<script" not in snippet_html("a<script>b", "<script>")


def test_windows_follow_matches_far_apart() -> None:
    text = "前" * 200 + "备案" + "中" * 300 + "罚款" + "后" * 200
    found = windows(text, ["备案", "罚款"])
    assert [window.text[a:b] for window in found for a, b in window.spans] == ["备案", "罚款"]
    assert all(window.cut_before and window.cut_after for window in found)
    assert all(len(window.text) <= 110 for window in found)


def test_highlighting_keeps_the_text() -> None:
    assert highlight_html("甲<乙>备案", ["备案"]) == "甲&lt;乙&gt;<mark>备案</mark>"


def test_a_window_never_cuts_a_match_in_two() -> None:
    for pad in range(60, 140):
        for window in windows("甲" * 30 + "备案" + "乙" * pad + "备案" + "丙" * 200, ["备案"]):
            assert all(window.text[a:b] == "备案" for a, b in window.spans)
