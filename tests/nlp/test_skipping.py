"""What is skipped for speed would not have matched: each short cut against the expression it spares."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

import nlp.pipes.definitions.patterns as definitions
from nlp.language import load, read_units
from nlp.pipes.bearers import heads
from nlp.pipes.references import references
from nlp.pipes.sanctions import patterns as sanctions
from nlp.pipes.sanctions import sanctions as sanction_pipe
from nlp.pipes.thresholds import measures
from nlp.stage import _BATCH, Stage
from nlp.text import calendar, clauses, lexicon

TEXTS = st.text(
    alphabet=st.sampled_from(
        "2026年5月六日第三十条（一）、.．-/半双倍百千万分之《法》本前款办法项1,0。：\n "
        "应当依法责令改正罚款处由的者人员本市全省其都并"
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("starts", "pattern"),
    [
        (measures.HEAD_STARTS, measures.HEAD),
        (calendar._STARTS, calendar._FIND),
        (references._TOKEN_STARTS, references._TOKEN),
    ],
    ids=["numerals", "dates", "citations"],
)
@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_scan_finds_what_the_expression_finds(starts: re.Pattern[str], pattern: re.Pattern[str], text: str) -> None:
    found = [(match.span(), match.groupdict()) for match in lexicon.scan(starts, pattern, text)]
    assert found == [(match.span(), match.groupdict()) for match in pattern.finditer(text)]


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_text_without_year_and_month_has_no_date(text: str) -> None:
    assert [date.start for date in calendar.find_dates(text)][:1] == [
        match.start() for match in calendar._FIND.finditer(text) if calendar._iso(match)
    ][:1]


def test_every_defining_word_holds_the_character_that_is_looked_for() -> None:
    assert all("指" in word for word in definitions.DEFINING_WORDS)


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_list_markers_start_as_the_table_says(text: str) -> None:
    match = clauses._MARKER.match(text)
    assert clauses.marker_end(text, 0) == (match.end() if match else 0)


@pytest.mark.parametrize("digit", ["٣", "߃", "３", "𝟛"])
def test_any_decimal_digit_may_open_a_list_marker(digit: str) -> None:
    assert clauses.marker_end(f"{digit}、报送", 0) == 2


@given(text=TEXTS, end=st.integers(0, 40))
@settings(max_examples=300, deadline=None)
def test_adverbs_before_a_cue_end_as_the_table_says(text: str, end: int) -> None:
    end = min(end, len(text))
    match = heads._TRAILING.search(text, max(0, end - 24), end)
    assert heads.trim_adverbs(text, 0, end) == (match.start() if match else end)


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_first_characters_spare_only_what_cannot_match(text: str) -> None:
    bare = re.compile(heads._HEAD.pattern.removeprefix(lexicon.ahead(heads._HEAD_STARTS)))
    assert bare.pattern != heads._HEAD.pattern
    assert [m.span() for m in heads._HEAD.finditer(text)] == [m.span() for m in bare.finditer(text)]


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_sanction_verbs_are_the_first_of_the_table_that_match(text: str) -> None:
    grouped = re.compile(
        "|".join(
            f"(?P<v{n}>{expression})"
            for n, (_, expression) in enumerate((*sanctions.STRONG_VERBS, *sanctions.WEAK_VERBS))
        )
    )
    expected = [(match.span(), match.lastgroup) for match in grouped.finditer(text)]
    found = [
        (m.span(), f"v{next(n for n, verb in enumerate(sanction_pipe._VERBS) if verb.match(text, m.start()))}")
        for m in sanction_pipe._VERB.finditer(text)
    ]
    assert found == expected


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_clauses_are_cut_at_marks_but_not_between_digits(text: str) -> None:
    layout = clauses.lay_out(text)
    cut = re.compile(r"[，；;：:。！？!?\n]|(?<!\d),|,(?!\d)")
    assert [end for _, end in layout.clauses][:-1] == [match.start() for match in cut.finditer(layout.masked)]
    for pieces, marks in ((layout.segments, "。；;\n"), (layout.sentences, "。！？!?\n"), (layout.lines, "\n")):
        assert [end for _, end in pieces][:-1] == [n for n, mark in enumerate(layout.masked) if mark in marks]
        assert [start for start, _ in pieces][1:] == [end + 1 for _, end in pieces[:-1]]


def test_a_stage_passes_every_doc_on_once_and_in_order() -> None:
    seen: list[str] = []
    stage = Stage(lambda doc, layers: seen.append(layers.source))
    texts = ["企业应当编码。", "", "字" * _BATCH, "甲", "乙" * (_BATCH + 1), "丙"]
    docs: Iterator[Doc] = (load().make_doc(text) for text in texts)
    assert [doc.text for doc in stage.pipe(docs)] == texts
    assert seen == texts


def test_a_stream_is_read_like_its_texts_one_by_one() -> None:
    texts = [f"第{n}号仓库应当在{n}日内登记。" * (n % 7) for n in range(1, 300)]
    assert list(read_units(texts)) == [reading for text in texts for reading in read_units([text])]


def test_a_doc_from_elsewhere_is_read_by_its_text() -> None:
    doc = Doc(load().vocab, words=list("企业应当编码。"), spaces=[False] * 7)
    for _, component in load().pipeline:
        doc = component(doc)
    assert [norm.cue.text for norm in doc._.norms] == ["应当"]
