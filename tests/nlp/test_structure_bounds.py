"""Hostile texts: the work grows with the length of the text, not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import pytest

from nlp.pipes.definitions.definitions import find_definitions
from nlp.pipes.references.references import find_citations
from nlp.refusal import AnalysisRefused, refuse_what_is_no_regulation
from nlp.structure.effects import find_effects
from nlp.structure.header import read_head
from nlp.structure.markers import Marker, MarkerClass, Reading, Strength
from nlp.structure.outline import BEAM_WIDTH, Move, Placement, least_cost
from nlp.structure.provisions import parse_structure
from nlp.structure.resolve import index_of, resolve
from nlp.text.normalise import normalise
from rules_db.model import HeadFacts

SMALL, FACTOR = 12_000, 5
# Five times the text may take five times the time; the margin is for noise on a busy machine.
ALLOWED, GRACE = 15, 0.25

HOSTILE: dict[str, Callable[[int], str]] = {
    "one long paragraph": lambda n: "企业应当登记并报送去向" * (n // 11),
    "articles": lambda n: "\n".join(f"第{i}条 登记。" for i in range(1, n // 8)),
    "one article again and again": lambda n: "第一条 登记。\n" * (n // 8),
    "run-on articles": lambda n: "第一条 登记。" * (n // 8),
    "citations": lambda n: "第一条" * (n // 3),
    "coordinated citations": lambda n: "第一、二条和第（一）项至" * (n // 12),
    "one list": lambda n: "（一）登记；\n" * (n // 7),
    "inline lists": lambda n: "：（一）" * (n // 4),
    "all kinds of markers": lambda n: "一、\n（二）\n3.\n（4）\n⑤\nf.\nvii.\n1.2.3 甲\n" * (n // 36),
    "chapters": lambda n: "第一章 总则\n" * (n // 7),
    "contents": lambda n: "目录\n" * (n // 3),
    "attachments": lambda n: "第一条 登\n" + "附件1\n" * (n // 5),
    "signatures": lambda n: "某某部\n2030年1月1日\n" * (n // 15),
    "open quotations": lambda n: "“" * n,
    "open titles": lambda n: "《〈" * (n // 2),
    "titles": lambda n: "《甲乙》" * (n // 4),
    "brackets": lambda n: "(" * (n // 2) + "一)" * (n // 4),
    "open brackets": lambda n: "(" * n,
    "one long line of orders": lambda n: "某部公告第" * (n // 5),
    "numerals": lambda n: "一" * n,
    "definitions": lambda n: "本办法所称电池，是指" * (n // 10),
    "repeals": lambda n: "《甲乙》同时废止" * (n // 8),
    "repeals without a title": lambda n: "同时废止" * (n // 4),
    "repeals inside a title": lambda n: "《" + "同时废止" * (n // 4),
    "suspensions": lambda n: "暂停实施" * (n // 4),
    "grounds": lambda n: "根据" * (n // 4) + "制定本" * (n // 6),
    "amendments": lambda n: "将第一条中的“甲”修改为“" * (n // 13),
    "labels": lambda n: "第一条、" * (n // 4) + "删去第二条",
    "final clauses": lambda n: "本办法自公布之日起施行" * (n // 11),
    "blank lines": lambda n: " \n" * (n // 2),
    "combining marks": lambda n: "\u0301\u0323" * (n // 2),
    "lost markers": lambda n: "第一条 报送：\n" + "甲；\n" * (n // 3) + "（三）乙。",
}


def work(source: str) -> None:
    text = normalise(source).text
    outline = parse_structure(text)
    head = read_head(text, outline)
    find_effects(text, outline, head)
    find_effects(text, outline, HeadFacts(title="关于修改和废止部分规章的决定"))
    resolve(text, find_citations(text), index_of(outline.provisions), {})
    find_definitions(text)
    with suppress(AnalysisRefused):
        refuse_what_is_no_regulation(text, outline, HeadFacts())


def seconds(source: str) -> float:
    begin = time.process_time()
    work(source)
    return time.process_time() - begin


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length(name: str) -> None:
    make = HOSTILE[name]
    short = seconds(make(SMALL))
    assert seconds(make(SMALL * FACTOR)) < ALLOWED * short + GRACE


def test_the_search_keeps_a_bounded_number_of_states() -> None:
    calls = 0

    def moves(state: tuple[int, ...], marker: Marker) -> Iterable[tuple[float, tuple[int, ...], Placement]]:
        nonlocal calls
        calls += 1
        for choice in range(4):
            yield 0.0, (*state[-6:], choice), Placement(Move.OPEN)

    marker = Marker(0, 1, 1, "一、", (Reading(MarkerClass.CHINESE, 1),), Strength.PLAIN)
    start: tuple[int, ...] = ()
    assert len(least_cost([marker] * 500, start, moves)) == 500
    assert calls <= 500 * BEAM_WIDTH


def test_a_hundred_thousand_markers() -> None:
    text = "通知\n" + "\n".join(f"{n}.登记" for n in range(1, 1000)) + "\n一、甲\n" * 20_000
    outline = parse_structure(text)
    assert "".join(text[p.start : p.end] for p in outline.provisions) == text
