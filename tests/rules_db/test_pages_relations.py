"""The picture of relations: every relation is in it once, in its place, bounded, and leads to the other text."""

from __future__ import annotations

import re
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from sample_store import MEASURE, NOW, fill
from served import Site

from rules_db.connection import DataFolder, connect
from rules_db.pages.relations import SIDE, RelationGraph, relation_graph, wrapped
from rules_db.publish import publish


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The sample store, in which one text also acts on ten others, and another on it."""
    folder = DataFolder(tmp_path_factory.mktemp("relations"))
    fill(folder)
    with closing(connect(folder.work_db)) as work, work:
        own = work.execute(
            "SELECT id, instrument_id FROM expression WHERE instrument_id = ? ORDER BY id", (MEASURE,)
        ).fetchone()
        other = work.execute(
            "SELECT id, instrument_id FROM expression WHERE instrument_id <> ? ORDER BY id", (MEASURE,)
        ).fetchone()
        rows = [(f"f{n}", own["id"], "implements", f"甲市样例规定之{n}", None, "unresolved") for n in range(SIDE + 2)]
        rows += [("g1", own["id"], "repeals", "乙市样例规定", None, "unresolved")]
        rows += [(f"h{n}", other["id"], "amends", "样例办法", MEASURE, "outstanding") for n in range(3)]
        rows += [("k1", own["id"], "replaces", "样例办法", MEASURE, "applied")]
        work.executemany(
            """INSERT INTO effect (id, affecting_expression_id, kind, target_title, target_instrument_id, state, start,
                 "end", recorded_at, target_label) VALUES (?, ?, ?, ?, ?, ?, 0, 1, '2026-01-01T00:00:00Z', '第一条')""",
            rows,
        )
    assert publish(folder, now=NOW).done
    return folder


@pytest.fixture(scope="module")
def graph(folder: DataFolder) -> RelationGraph:
    with closing(connect(folder.public_db, read_only=True)) as public:
        found = relation_graph(public, MEASURE, "样例办法")
    assert found is not None
    return found


def test_each_side_is_bounded_and_counted(graph: RelationGraph) -> None:
    assert len(graph.right) == SIDE
    assert graph.right_total == SIDE + 3
    assert graph.left_total == len(graph.left) == 1


def test_relations_of_one_text_are_one_box_with_their_number(graph: RelationGraph) -> None:
    (node,) = graph.left
    assert node.kinds == (("amends", 3),)
    assert node.open
    assert node.instrument_id not in (None, MEASURE)


def test_the_weightiest_comes_first_and_what_is_not_held_leads_nowhere(graph: RelationGraph) -> None:
    assert graph.right[0].title == "乙市样例规定"
    assert all(node.instrument_id is None and node.open for node in graph.right)


def test_boxes_stand_inside_the_picture_and_apart(graph: RelationGraph) -> None:
    for side in (graph.left, graph.right):
        tops = [node.y for node in side]
        assert min(tops) >= 0 and max(tops) + 58 <= graph.height
        assert all(after - before >= 58 for before, after in pairwise(tops))


def test_an_instrument_without_relations_has_no_picture(folder: DataFolder) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        assert relation_graph(public, "nobody0000", "无") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("短题", ("短题",)),
        ("一二三四五六七八", ("一二三四", "五六七八")),
        ("一二三四五六七八九", ("一二三四", "五六七…")),
        ("", ("",)),
    ],
)
def test_titles_are_broken_to_the_room_there_is(text: str, expected: tuple[str, ...]) -> None:
    assert wrapped(text, 4, 2) == expected


@pytest.mark.parametrize(("language", "word"), [("en", "amends ×3"), ("zh", "修改 ×3")])
def test_the_page_draws_it_with_links_in_both_languages(folder: DataFolder, language: str, word: str) -> None:
    with closing(connect(folder.public_db, read_only=True)) as public:
        other = public.execute("SELECT instrument_id FROM effect WHERE id = 'h1'").fetchone()[0]
    site = Site(Path(folder.public_db))
    text = site.get(f"/instrument/{MEASURE}?lang={language}").text
    drawing = re.search(r'<svg class="relations.*?</svg>', text, re.S)
    assert drawing is not None
    assert word in drawing[0]
    assert f'<a href="/instrument/{other}"' in drawing[0]
    assert drawing[0].count("relation-arrow") == SIDE + 1
    assert f"/rules/effect?instrument_id={MEASURE}" in text
    assert site.get(f"/rules/effect.json?instrument_id={MEASURE}&_shape=array").json()
