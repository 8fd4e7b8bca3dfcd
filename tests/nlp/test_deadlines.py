"""Time limits with their triggers: marked sentences of tests/examples/deadlines.txt, mutations, invariants."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_sentences import Expected, marked

from nlp.pipes.deadlines import deadlines as module
from nlp.pipes.deadlines import patterns
from nlp.pipes.deadlines.deadlines import DeadlineKind, find_deadlines
from nlp.pipes.thresholds.thresholds import find_thresholds

MARK = re.compile(r"\[(?P<words>[^|\]]+)\|(?P<kind>\w+) (?P<trigger>\S+) (?P<due>\S+)\]")


def examples() -> tuple[tuple[str, tuple[Expected, ...]], ...]:
    return marked("deadlines.txt", MARK)


def read(text: str) -> tuple[Expected, ...]:
    return tuple(
        (
            one.span.start,
            one.span.end,
            one.kind.value,
            one.trigger.text if one.trigger else "-",
            ("R" if one.recurring else "") + one.due or "-",
        )
        for one in find_deadlines(text)
    )


@pytest.mark.parametrize(("text", "expected"), examples(), ids=[text for text, _ in examples()])
def test_sentence_gives_the_marked_deadlines(text: str, expected: tuple[Expected, ...]) -> None:
    assert read(text) == expected


TABLES = ("AFTER", "AHEAD", "AT_ONCE", "DUE", "EVERY", "NOT_TO_ACT", "PART_OF", "WITHIN")


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_sorted_and_unique(table: str) -> None:
    rows = getattr(patterns, table)
    assert list(rows) == sorted(set(rows))


@pytest.mark.parametrize(
    ("table", "word"), [(table, word) for table in TABLES for word in getattr(patterns, table)], ids=str
)
def test_no_word_is_idle(table: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this one word a marked sentence comes out differently."""
    rows: tuple[str, ...] = tuple(other for other in getattr(patterns, table) if other != word)
    monkeypatch.setattr(patterns, table, rows)
    monkeypatch.setattr(module, "_EXPRESSIONS", module.compile_expressions())
    assert any(read(text) != expected for text, expected in examples()), f"{word} of {table} has no example"


def test_limit_and_trigger_lie_inside_the_span() -> None:
    text = "企业应当自收到告知书之日起十五日内整改。"
    (found,) = find_deadlines(text)
    assert found.limit is not None and found.trigger is not None
    assert found.span.start == found.trigger.start < found.trigger.end <= found.limit.span.start
    assert found.limit.span.end == found.span.end
    assert found.kind is DeadlineKind.WITHIN


def test_known_thresholds_give_the_same_deadlines() -> None:
    for text, _ in examples():
        assert find_deadlines(text, find_thresholds(text)) == find_deadlines(text)


FRAGMENTS = (
    "自收到申请之日起",
    "十日内",
    "2026年5月",
    "底前",
    "每年",
    "1月31日前",
    "立即",
    "三年内",
    "不得",
    "，",
    "。",
    "提前",
    "后",
)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_spans_are_substrings_in_order(text: str) -> None:
    found: list[Any] = find_deadlines(text)
    for one in found:
        assert text[one.span.start : one.span.end] == one.span.text
        if one.trigger:
            assert text[one.trigger.start : one.trigger.end] == one.trigger.text
    assert [one.span.start for one in found] == sorted(one.span.start for one in found)


def test_component_fills_the_layer() -> None:
    from nlp.language import load

    doc = load()("发生起火事故的，应当自事故发生之日起三日内提交报告，并立即停产。")
    assert [one.kind.value for one in doc._.deadlines] == ["within", "at_once"]
    assert [span.text for span in doc.spans["deadlines"]] == ["自事故发生之日起三日内", "立即"]
