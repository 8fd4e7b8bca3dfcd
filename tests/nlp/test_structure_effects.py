"""What a text does to other instruments."""

from __future__ import annotations

import pytest

from nlp.structure.effects import find_effects
from nlp.structure.header import read_head
from nlp.structure.provisions import parse_structure
from nlp.text.normalise import normalise
from rules_db.model import EffectKind, HeadFacts, TextEffect


def effects(source: str) -> list[TextEffect]:
    text = normalise(source).text
    outline = parse_structure(text)
    found = find_effects(text, outline, read_head(text, outline))
    for effect in found:
        assert text[effect.span.start : effect.span.end] == effect.span.text
    return found


def told(source: str) -> list[tuple[str, str, str | None, str | None, str | None]]:
    return [(e.kind.value, e.target_title, e.target_number, e.target_label, e.effective_on) for e in effects(source)]


ARTICLES = "电池条例\n（2030年1月2日某部令第15号公布）\n第一条 {first}\n第二条 企业应当登记。\n第三条 {last}"
FINAL = "本条例自2030年5月1日起施行。"


@pytest.mark.parametrize(
    ("first", "titles"),
    [
        ("为了回收，根据《循环法》，制定本条例。", ["循环法"]),
        (
            "根据《循环法》《固废法》、《环保法》和《车辆条例》等法律法规，结合本省实际，制定本条例。",
            ["循环法", "固废法", "环保法", "车辆条例"],
        ),
        ("为了贯彻实施《循环法》，特制定本条例。", ["循环法"]),
        ("根据循环经济促进法和有关法律，制定本条例。", ["循环经济促进法"]),
        ("为了回收，根据有关法律、法规，制定本条例。", []),
        ("为了与《车辆条例》衔接，制定本条例。", []),
    ],
)
def test_legal_basis(first: str, titles: list[str]) -> None:
    found = told(ARTICLES.format(first=first, last=FINAL))
    assert [title for kind, title, *_ in found if kind == "implements"] == titles


REPEALS = {
    "《旧办法》同时废止。": [("旧办法", None, None, "2030-05-01")],
    "《旧办法》（某工信〔2019〕4号）、《旧细则》（某部令第3号）同时废止。": [
        ("旧办法", "某工信〔2019〕4号", None, "2030-05-01"),
        ("旧细则", "某部令第3号", None, "2030-05-01"),
    ],
    "2001年2月3日某部令第6号公布的《旧办法》同时废止。": [("旧办法", "某部令第6号", None, "2030-05-01")],
    "《旧办法》自2031年1月1日起废止。": [("旧办法", None, None, "2031-01-01")],
    "下列文件同时废止：\n（一）《旧办法》；\n（二）《旧细则》。": [
        ("旧办法", None, None, "2030-05-01"),
        ("旧细则", None, None, "2030-05-01"),
    ],
    "按照《关于废止〈旧办法〉的决定》和《关于废止《旧细则》的通知》办理。": [],
    "《旧办法》第五条同时废止。": [("旧办法", None, "第五条", "2030-05-01")],
    "本条例与《旧办法》不一致的，以本条例为准。": [],
    "企业不得伪造《登记证》，登记证失效的，应当更换。": [],
}


@pytest.mark.parametrize("clause", REPEALS)
def test_repeals(clause: str) -> None:
    found = told(ARTICLES.format(first="为了回收，制定本条例。", last=FINAL + clause))
    assert [row[1:] for row in found if row[0] == "repeals"] == REPEALS[clause]


def test_a_text_amended_since_repealed_when_it_first_took_effect() -> None:
    found = told(
        "电池条例\n（2001年1月2日某部令第5号公布　根据2030年5月6日某部《关于修改〈电池条例〉的决定》修正）\n"
        "第一条 企业应当登记。\n第二条 本条例自2001年3月1日起施行。《旧办法》同时废止。"
    )
    assert ("repeals", "旧办法", None, None, "2001-03-01") in found


def test_a_law_that_speaks_of_repealing_repeals_nothing() -> None:
    first = "为了立法，制定本条例。制定机关认为《立法条例》需要修改或者废止的，应当提出意见；被废止的规定应当公布。"
    assert not [row for row in told(ARTICLES.format(first=first, last=FINAL)) if row[0] == "repeals"]


def test_a_clause_is_repealed_by_an_announcement() -> None:
    found = told(
        "关于废止部分条款的公告\n某部公告2030年第9号\n"
        "现决定废止《电池规范条件（2024年本）》“梯次利用”条款。\n某部\n2030年7月1日"
    )
    assert ("repeals", "电池规范条件（2024年本）", None, "“梯次利用”条款", None) in found


DECISION = (
    "关于修改《某市电池办法》的决定\n（2030年1月2日某市人民政府令第15号公布）\n"
    "一、将第三条修改为：“网点应当每季度检查一次。”\n二、删去第五条第二款。\n三、第七条中的“三十日”修改为“十五日”。\n"
    "四、增加一条，作为第八条之一：“企业应当培训人员。”\n五、第九条改为第十条。\n本决定自2030年2月1日起施行。"
)


def test_amending_decision() -> None:
    assert told(DECISION) == [
        ("amends", "某市电池办法", None, None, "2030-02-01"),
        ("amends", "某市电池办法", None, "第三条", "2030-02-01"),
        ("amends", "某市电池办法", None, "第五条第二款", "2030-02-01"),
        ("amends", "某市电池办法", None, "第七条", "2030-02-01"),
        ("amends", "某市电池办法", None, "第八条之一", "2030-02-01"),
        ("amends", "某市电池办法", None, "第九条", "2030-02-01"),
    ]


def test_several_provisions_in_one_clause() -> None:
    found = told(
        "关于修改《电池办法》的决定\n一、将第三条、第四条第一款和第五条中的“甲”修改为“乙”。\n二、删去第七条、第八条。"
    )
    assert [label for *_, label, _ in found if label] == ["第三条", "第四条第一款", "第五条", "第七条", "第八条"]


def test_a_decision_on_several_regulations() -> None:
    found = told(
        "关于修改部分规章的决定\n一、将《甲办法》第三条修改为：“登记。”\n"
        "二、删去《乙办法》第五条。\n本决定自2030年2月1日起施行。"
    )
    assert [(kind, title, label) for kind, title, _, label, _ in found] == [
        ("amends", "甲办法", "第三条"),
        ("amends", "乙办法", "第五条"),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某省实施《循环经济促进法》办法", ("implements", "循环经济促进法")),
        ("电池条例实施细则", ("implements", "电池条例")),
        ("某省工业和信息化厅转发《关于回收的意见》的通知", ("forwards", "关于回收的意见")),
        ("某市转发某部关于电池回收的意见的通知", ("forwards", "关于电池回收的意见")),
        ("关于废止《电池办法》的决定", ("repeals", "电池办法")),
    ],
)
def test_effects_of_titles(title: str, expected: tuple[str, str]) -> None:
    assert expected in [row[:2] for row in told(title + "\n各市：\n请结合实际，认真贯彻执行。")]


def test_a_title_that_only_the_source_has() -> None:
    text = "各市：\n请认真贯彻执行。"
    head = HeadFacts(title="某市转发《电池回收意见》的通知")
    (effect,) = find_effects(text, parse_structure(text), head)
    assert (effect.kind, effect.target_title) == (EffectKind.FORWARDS, "电池回收意见")
    assert (effect.span.start, effect.span.end, effect.span.text) == (0, 0, "")


def test_replacing_and_suspending() -> None:
    source = (
        "关于标准和暂停措施的公告\n本标准代替 GB/T 33598—2017。\n"
        "自2030年1月1日起，暂停实施《出口管制公告》。\n特此公告。"
    )
    assert [row[:3] for row in told(source)] == [
        ("replaces", "GB/T 33598-2017", "GB/T 33598-2017"),
        ("suspends", "出口管制公告", None),
    ]
