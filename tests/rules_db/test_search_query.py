"""What a person types, as words to find and as an expression that SQLite accepts."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules_db.query import MAX_TERMS, NOTHING, Query, match_expression, parse_query
from rules_db.segment import find_spans, index_text, phrase


@pytest.mark.parametrize(
    ("typed", "clauses", "exclude"),
    [
        ("备案", ["备案"], []),
        ("备案 罚款", ["备案", "罚款"], []),
        ("备案　罚款", ["备案", "罚款"], []),
        ("备案 且 罚款", ["备案", "罚款"], []),
        ("备案 AND 罚款", ["备案", "罚款"], []),
        ("备案 或 登记 年检", ["备案/登记", "年检"], []),
        ("消防 备案 或 登记 或 年检 罚款", ["消防", "备案/登记/年检", "罚款"], []),
        ("备案|登记", ["备案/登记"], []),
        ("备案 OR 登记", ["备案/登记"], []),
        ("备案 -登记", ["备案"], ["登记"]),
        ("备案 非 登记", ["备案"], ["登记"]),
        ("备案 非 登记 或 年检", ["备案"], ["登记", "年检"]),
        ("非 登记 备案", ["备案"], ["登记"]),
        ('备案 -"登记 机关"', ["备案"], ["登记 机关"]),
        ("“动力电池”回收", ["动力电池", "回收"], []),
        ("「动力电池」 回收", ["动力电池", "回收"], []),
        # an operator that can't be one where it stands is a word
        ("或", ["或"], []),
        ("非", ["非"], []),
        ("或 备案", ["或", "备案"], []),
        ("备案 或", ["备案", "或"], []),
        ("-备案", ["备案"], []),
        ('"没有结束', ["没有结束"], []),
        ("", [], []),
        ("，。！", [], []),
    ],
)
def test_reads_words_and_operators(typed: str, clauses: list[str], exclude: list[str]) -> None:
    assert parse_query(typed) == Query(tuple(tuple(clause.split("/")) for clause in clauses), tuple(exclude))


def test_an_alternative_holds_closer_than_a_blank() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='ascii')")
    for text in ("消防和电池", "消防和车辆", "车辆登记", "电池", "消防、车辆和水源"):
        connection.execute("INSERT INTO t VALUES (?)", (index_text(text),))
    query = match_expression("消防 电池 或 车辆 非 水源")
    assert [row[0] for row in connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY 1", (query,))] == [1, 2]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("备案", '"备案"'),
        ("动力电池", '"动力 力电 电池"'),
        ("备", '"备"*'),
        ("ICP备案", '"icp 备案"'),
        ("备案ICP", '"备案 案 icp"'),
        ("30日", '"30 日"*'),
        ("ＩＣＰ", '"icp"'),
        ("《》", None),
    ],
)
def test_phrase_of_a_term(term: str, expected: str | None) -> None:
    assert phrase(term) == expected


def test_tokens_end_each_run_with_its_last_character_alone() -> None:
    assert index_text("回收备案，ICP 30日。") == "回收 收备 备案 案 icp 30 日"


def test_terms_beyond_the_limit_are_dropped() -> None:
    assert len(parse_query(" ".join("甲乙丙丁" for _ in range(500))).clauses) <= MAX_TERMS


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from('备案回收ab1"“”「」-－|或非且()*:^{}+,.NEARORNOT\u3000 \t\n\x00'), max_size=60))
def test_whatever_is_typed_is_a_valid_expression(typed: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='ascii')")
    connection.execute("SELECT count(*) FROM t WHERE t MATCH ?", (match_expression(typed),)).fetchone()


def test_nothing_matches_nothing() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='ascii')")
    connection.execute("INSERT INTO t VALUES (?)", (index_text("备案"),))
    assert connection.execute("SELECT count(*) FROM t WHERE t MATCH ?", (NOTHING,)).fetchone()[0] == 0


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("应当备案，备案后公示", ["备案"], ["备案", "备案"]),
        ("应当备案后公示", ["备案", "案后"], ["备案后"]),
        ("依法取得ＩＣＰ备案", ["icp备案"], ["ＩＣＰ备案"]),
        ("编号ABC1与ABC", ["ABC"], ["ABC"]),
        ("面积㎡以内", ["m2"], ["㎡"]),
        ("没有", ["备案"], []),
    ],
)
def test_spans_point_at_the_original_characters(text: str, terms: list[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in find_spans(text, terms)] == marked
