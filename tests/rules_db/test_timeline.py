"""Rule lines through time: order of recording is irrelevant, intervals never overlap, every reading has its place."""

from __future__ import annotations

import dataclasses
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.model import Modality, ProvisionKind, ProvisionText
from rules_db.readings import EvidenceSpan, ExpressionReading, RuleReading, Unit
from rules_db.timeline import Links, RuleLine, build_timeline

STATEMENTS = [
    "企业应当自接收之日起30日内上传入库信息。",
    "企业应当自接收之日起20日内上传入库信息。",
    "梯次利用产品不得用于电动自行车。",
    "记录保存期限不得少于三年。",
    "县级以上主管部门应当公布举报电话。",
]


def rule(unit: int, text: str) -> RuleReading:
    modality = Modality.PROHIBITION if "不得" in text else Modality.OBLIGATION
    cue = "不得" if "不得" in text else "应当"
    at = text.index(cue)
    return RuleReading(
        f"art_{unit}", f"第{unit}条", f"art_{unit}__para_1", modality, "", "", "", "", "", "", text,
        fingerprint(comparison_key(text)), 0, len(text), at, 1.0, "", (EvidenceSpan("cue", at, at + 2, cue, "p"),),
    )  # fmt: skip


def expression(n: int, texts: list[str], valid_from: str | None = None) -> ExpressionReading:
    units = tuple(
        Unit(ProvisionText(f"art_{i}", f"第{i}条", text), ProvisionKind.ARTICLE, 0, 0, len(text))
        for i, text in enumerate(texts, 1)
    )
    rules = tuple(rule(i, text) for i, text in enumerate(texts, 1))
    return ExpressionReading(
        f"e{n}", "i", None, valid_from or f"20{10 + n}-01-01", "in_force", "", "1", units, rules, ()
    )


def one_to_one(old: ExpressionReading, new: ExpressionReading) -> Links:
    """Unit k continues unit k; what is left over on either side stands alone."""
    eids = [[unit.provision.eid for unit in side.units] for side in (old, new)]
    shared = [((a,), (b,)) for a, b in zip(*eids, strict=False)]
    gone: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((a,), ()) for a in eids[0][len(shared) :]]
    come: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), (b,)) for b in eids[1][len(shared) :]]
    return [*shared, *gone, *come]


def timeline(expressions: list[ExpressionReading], ends_on: str | None = None) -> list[RuleLine]:
    links = [one_to_one(a, b) for a, b in itertools.pairwise(expressions)]
    return build_timeline(expressions, links, ends_on)


def test_an_amended_limit_is_a_new_version_of_the_same_rule() -> None:
    (line,) = timeline([expression(0, [STATEMENTS[0]]), expression(1, [STATEMENTS[1]])])
    assert [(v.valid_from, v.valid_to) for v in line.versions] == [("2010-01-01", "2011-01-01"), ("2011-01-01", None)]


def test_an_unchanged_statement_is_one_version_in_two_places() -> None:
    (line,) = timeline([expression(0, [STATEMENTS[2]]), expression(1, [STATEMENTS[2]])])
    (version,) = line.versions
    assert [place.expression_id for place in version.places] == ["e0", "e1"]
    assert (version.valid_from, version.valid_to) == ("2010-01-01", None)


def test_a_replaced_statement_ends_one_rule_and_begins_another() -> None:
    lines = timeline([expression(0, [STATEMENTS[2]]), expression(1, [STATEMENTS[4]])])
    assert sorted((line.versions[0].valid_from, line.versions[0].valid_to or "open") for line in lines) == [
        ("2010-01-01", "2011-01-01"),
        ("2011-01-01", "open"),
    ]


def test_a_repeal_ends_what_is_open() -> None:
    (line,) = timeline([expression(0, [STATEMENTS[3]])], ends_on="2015-06-01")
    assert line.versions[-1].valid_to == "2015-06-01"


def test_an_unknown_beginning_stays_unknown() -> None:
    old = expression(0, [STATEMENTS[0]])
    undated = ExpressionReading(**{**{f: getattr(old, f) for f in old.__slots__}, "valid_from": None})
    (line,) = timeline([undated, expression(1, [STATEMENTS[1]])])
    assert [(v.valid_from, v.valid_to) for v in line.versions] == [(None, "2011-01-01"), ("2011-01-01", None)]


histories = st.lists(st.lists(st.sampled_from(STATEMENTS), max_size=5), min_size=1, max_size=5)


@given(histories)
@settings(max_examples=200, deadline=None)
def test_as_of_agrees_with_reading_the_text_in_force(history: list[list[str]]) -> None:
    """The naive model: on any day, what applies is what stands in the expression in force on that day."""
    expressions = [expression(n, texts) for n, texts in enumerate(history)]
    lines = timeline(expressions)
    for current in expressions:
        day = current.valid_from
        assert day is not None
        valid = [
            (current_place.reading, version)
            for line in lines
            for version in line.versions
            if (version.valid_from or "") <= day and (version.valid_to is None or version.valid_to > day)
            for current_place in version.places
            if current_place.expression_id == current.id
        ]
        assert sorted(reading for reading, _version in valid) == list(range(len(current.rules)))


@given(histories)
@settings(max_examples=200, deadline=None)
def test_intervals_touch_and_never_overlap(history: list[list[str]]) -> None:
    for line in timeline([expression(n, texts) for n, texts in enumerate(history)]):
        for before, after in zip(line.versions, line.versions[1:], strict=False):
            assert before.valid_to == after.valid_from
        places = [place for version in line.versions for place in version.places]
        assert len(places) == len(set(places))


@given(histories, st.data())
@settings(max_examples=200, deadline=None)
def test_as_of_agrees_where_articles_start_on_days_of_their_own(history: list[list[str]], data: st.DataObject) -> None:
    """The naive model: of an article applies what the newest text says whose day for that article has come; a text
    without the article ends it from the day of the text."""
    expressions = []
    for n, texts in enumerate(history):
        plain = expression(n, texts)
        later = data.draw(st.sets(st.sampled_from([u.provision.eid for u in plain.units])) if texts else st.just(set()))
        expressions.append(dataclasses.replace(plain, starts=dict.fromkeys(later, f"20{10 + n}-07-01")))
    lines = timeline(expressions)
    for day in [f"20{10 + n}-{month}-01" for n in range(len(history)) for month in ("03", "09")]:
        expected = set()
        for eid in {f"art_{i}" for texts in history for i in range(1, len(texts) + 1)}:
            standing = None
            for one in expressions:
                held = [n for n, r in enumerate(one.rules) if r.unit_eid == eid]
                start = one.start_of(eid) if held else one.valid_from
                assert start is not None
                if start <= day:
                    standing = (one.id, held[0]) if held else None
            if standing is not None:
                expected.add(standing)
        valid = [
            {(place.expression_id, place.reading) for place in version.places}
            for line in lines
            for version in line.versions
            if (version.valid_from or "") <= day and (version.valid_to is None or version.valid_to > day)
        ]
        assert len(valid) == len(expected)
        assert all(any(one in places for places in valid) for one in expected)


def test_an_article_that_starts_later_leaves_the_old_one_in_force_until_then() -> None:
    new = dataclasses.replace(expression(1, [STATEMENTS[1], STATEMENTS[2]]), starts={"art_1": "2011-09-01"})
    lines = timeline([expression(0, [STATEMENTS[0], STATEMENTS[2]]), new])
    assert [(v.valid_from, v.valid_to) for v in lines[0].versions] == [
        ("2010-01-01", "2011-09-01"),
        ("2011-09-01", None),
    ]


def test_an_article_amended_before_its_day_came_never_applied() -> None:
    first = dataclasses.replace(expression(0, [STATEMENTS[0]]), starts={"art_1": "2012-01-01"})
    (line,) = timeline([first, expression(1, [STATEMENTS[1]])])
    assert [(v.valid_from, v.valid_to) for v in line.versions] == [("2011-01-01", "2011-01-01"), ("2011-01-01", None)]


def test_a_repeal_before_an_articles_day_ends_it_unapplied() -> None:
    first = dataclasses.replace(expression(0, [STATEMENTS[0]]), starts={"art_1": "2012-01-01"})
    (line,) = timeline([first], ends_on="2011-01-01")
    assert line.versions[-1].valid_to == "2011-01-01"


@given(histories, st.data())
@settings(max_examples=200, deadline=None)
def test_versions_of_a_rule_never_overlap_whatever_days_articles_have(
    history: list[list[str]], data: st.DataObject
) -> None:
    days = st.sampled_from([f"20{year}-{month}-01" for year in range(10, 17) for month in ("03", "09")])
    expressions = []
    for n, texts in enumerate(history):
        plain = expression(n, texts)
        eids = [unit.provision.eid for unit in plain.units]
        chosen = data.draw(st.dictionaries(st.sampled_from(eids), days) if eids else st.just({}))
        expressions.append(dataclasses.replace(plain, starts={k: v for k, v in chosen.items() if v > f"20{10 + n}"}))
    for line in timeline(expressions):
        applied = [v for v in line.versions if v.valid_from != v.valid_to]
        for version in applied:
            assert version.valid_to is None or (version.valid_from or "") < version.valid_to
        for before, after in itertools.pairwise(applied):
            assert before.valid_to is not None
            assert after.valid_from is not None
            assert before.valid_to <= after.valid_from
