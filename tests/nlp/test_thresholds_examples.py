"""Marked sentences: tests/examples/thresholds.txt is the specification by example, and no table entry is idle.

`[words|comparator value unit]` marks a threshold, `low..high` a range. The mutation tests leave out one entry of a
table and expect a sentence to come out differently.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from marked_sentences import Expected, marked

from nlp.pipes.thresholds import patterns
from nlp.pipes.thresholds.lexicon import DEFAULT, Lexicon
from nlp.pipes.thresholds.thresholds import find_thresholds
from nlp.pipes.thresholds.units import AS_WRITTEN, CANONICAL, UNITS

MARK = re.compile(r"\[(?P<words>[^|\]]+)\|(?P<comparator>\w+) (?P<value>\S+) (?P<unit>[^\]]+)\]")


def examples() -> tuple[tuple[str, tuple[Expected, ...]], ...]:
    """(sentence without marks, what it must give) for every line that is no comment."""
    return marked("thresholds.txt", MARK)


def read(text: str, lexicon: Lexicon = DEFAULT) -> tuple[Expected, ...]:
    return tuple(
        (
            one.span.start,
            one.span.end,
            one.comparator.value,
            f"{one.value}" if one.value_max is None else f"{one.value}..{one.value_max}",
            one.unit,
        )
        for one in find_thresholds(text, lexicon)
    )


@pytest.mark.parametrize(("text", "expected"), examples(), ids=[text for text, _ in examples()])
def test_sentence_gives_the_marked_thresholds(text: str, expected: tuple[Expected, ...]) -> None:
    assert read(text) == expected


def test_examples_are_not_trivially_few() -> None:
    assert len(examples()) > 150
    assert sum(len(expected) for _, expected in examples()) > 250


TABLES: dict[str, Any] = {
    "after": patterns.AFTER,
    "closing": patterns.CLOSING,
    "comparing": patterns.COMPARING,
    "copulas": patterns.COPULAS,
    "far_reaching": patterns.FAR_REACHING,
    "leads": patterns.LEADS,
    "negations": patterns.NEGATIONS,
    "or_equal": patterns.OR_EQUAL,
    "plain": patterns.PLAIN,
}


def entries() -> list[tuple[str, int]]:
    return [(table, index) for table, rows in TABLES.items() for index in range(len(rows))]


def name_of(row: Any) -> str:
    return row if isinstance(row, str) else row[0]


@pytest.mark.parametrize(
    ("table", "index"), entries(), ids=[f"{table}:{name_of(TABLES[table][index])}" for table, index in entries()]
)
def test_no_entry_is_idle(table: str, index: int) -> None:
    """Without this one entry at least one marked sentence comes out differently."""
    rows = TABLES[table]
    lexicon = Lexicon(**{table: rows[:index] + rows[index + 1 :]})
    assert any(read(text, lexicon) != expected for text, expected in examples()), (
        f"{name_of(rows[index])} has no example"
    )


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_are_sorted_and_unique(table: str) -> None:
    rows = TABLES[table]
    assert len(set(rows)) == len(rows)
    assert [name_of(row) for row in rows] == sorted(name_of(row) for row in rows)


@pytest.mark.parametrize(
    ("unit", "word"), [(unit, word) for unit, words in patterns.BARE_COUNTS.items() for word in words]
)
def test_a_bare_count_counts_behind_these_words_only(unit: str, word: str) -> None:
    spelling = {"person": "名"}.get(unit, unit)
    assert [found.span.text for found in find_thresholds(f"应当{word}一{spelling}。")] == [f"一{spelling}"]
    assert not find_thresholds(f"应当记录一{spelling}。")


@pytest.mark.parametrize("word", patterns.NOT_OCCASIONS)
def test_processes_and_editions_are_no_occasions(word: str) -> None:
    assert not find_thresholds(f"有关三次{word}。")
    assert find_thresholds("有关三次复检。")


def test_other_tables_are_sorted_and_unique() -> None:
    for table in (
        patterns.APPROXIMATE, patterns.COUNT_LOOKALIKES, patterns.EVENT_ENDS, patterns.LINKS, patterns.LOOKALIKES,
        patterns.MEASURED, patterns.MEASURED_COUNT, patterns.MEASURED_TIME, patterns.NOT_OCCASIONS,
        patterns.PHRASE_CUTS, patterns.SUMS, patterns.TAKEN_OF, *patterns.BARE_COUNTS.values(),
        tuple(patterns.NOT_BEFORE), tuple(patterns.PERIODS),
    ):  # fmt: skip
        assert list(table) == sorted(set(table))


def test_a_spelling_belongs_to_one_unit_only() -> None:
    spellings = [s for row in CANONICAL for s in row[5].split()] + [s for row in AS_WRITTEN for s in row[2].split()]
    assert len(spellings) == len(set(spellings)) == len(UNITS)
    assert set(patterns.NOT_BEFORE) <= set(UNITS)


@pytest.mark.parametrize("spelling", sorted(UNITS))
def test_every_spelling_reads_as_its_unit(spelling: str) -> None:
    (found,) = find_thresholds(f"设备参数不低于25{spelling}。")
    assert (found.span.text, found.unit, found.value) == (f"不低于25{spelling}", UNITS[spelling].name, 25)


@pytest.mark.parametrize("period", sorted(patterns.PERIODS))
def test_every_period_is_in_an_example(period: str) -> None:
    assert any(f"每{period}" in text or re.search(rf"每[一二三五\d]{period}", text) for text, _ in examples())
