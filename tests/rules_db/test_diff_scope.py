"""Changes of scope: what a text applies to, typed; a manner of speaking is none."""

from __future__ import annotations

import pytest

from rules_db.diff.compare import diff_expressions
from rules_db.diff.jsonform import to_json
from rules_db.diff.render_html import render_html
from rules_db.diff.render_markdown import render_markdown
from rules_db.diff.render_terminal import render_terminal
from rules_db.diff.result import InstrumentDiff
from rules_db.diff.view import Language
from rules_db.model import ProvisionText

PAIRS = {
    ("在本市从事电池回收、利用活动，适用本办法。", "在本市从事电池回收、贮存、利用活动，适用本办法。"): ["widened"],
    ("本办法适用于汽车和船舶的动力电池。", "本办法适用于汽车的动力电池。"): ["narrowed"],
    ("军用电池不适用本办法。", "军用电池和船舶电池不适用本办法。"): ["narrowed"],
    ("在本市从事回收活动，适用本办法。", "在本市从事回收活动，适用本办法，但储能电池除外。"): ["narrowed"],
    ("储能电池适用本办法。", "储能电池不适用本办法。"): ["narrowed"],
    ("储能电池参照本办法执行。", "储能电池的回收和管理，适用本办法。"): ["changed"],
    ("回收企业应当登记。", "回收企业应当登记。\n储能电池的回收参照本办法执行。"): ["added"],
    ("回收企业应当登记。\n储能电池的回收参照本办法执行。", "回收企业应当登记。"): ["removed"],
    ("在本市从事回收活动，必须遵守本办法。", "在本市从事回收活动的，应当遵守本办法。"): ["changed"],
    ("在本市从事回收活动，必须遵守本办法。", "在本市从事回收活动，应当遵守本办法。"): [],
    ("回收活动适用于本办法。", "回收活动适用本办法。"): [],
    ("违反本办法规定的，处一万元罚款。", "违反本办法规定的，处二万元罚款。"): [],
    ("属于《工伤条例》适用范围的，从其规定。", "属于《工伤条例》适用范围的，按照其规定办理。"): [],
}
AROUND = ("为了规范电池回收，制定本办法。", "网点应当公布名称、地址和联系方式。", "本办法自公布之日起施行。")


def compared(old: str, new: str) -> InstrumentDiff:
    sides = []
    for text in (old, new):
        texts = (AROUND[0], text, *AROUND[1:])
        sides.append([ProvisionText(f"art_{n}", f"第{'一二三四'[n - 1]}条", t) for n, t in enumerate(texts, 1)])
    return diff_expressions(*sides)


@pytest.mark.parametrize("pair", PAIRS)
def test_effects(pair: tuple[str, str]) -> None:
    assert [change.effect for change in compared(*pair).scope] == PAIRS[pair]


def test_a_statement_that_moved_to_another_article_changed_nothing() -> None:
    words = "储能电池的回收参照本办法执行。"
    old = [
        ProvisionText("a", "第一条", f"网点应当登记来源。\n{words}"),
        ProvisionText("b", "第二条", "司机应当培训上岗。"),
    ]
    new = [
        ProvisionText("a", "第一条", "网点应当登记来源。"),
        ProvisionText("b", "第二条", f"司机应当培训上岗。\n{words}"),
    ]
    assert diff_expressions(old, new).scope == ()


def test_every_form_shows_it() -> None:
    diff = compared("本办法适用于汽车电池。", "本办法适用于汽车电池和船舶电池。")
    assert to_json(diff)["scope"] == [
        {
            "from_provision": "第二条",
            "to_provision": "第二条",
            "from": "本办法适用于汽车电池。",
            "to": "本办法适用于汽车电池和船舶电池。",
            "effect": "widened",
        }
    ]
    for shown in (
        render_markdown(diff, Language.EN),
        render_html(diff, Language.EN),
        render_terminal(diff, 100, language=Language.EN),
    ):
        assert "widened" in shown
    assert "适用范围变化: 扩大 1" in render_markdown(diff, Language.ZH)
