"""The whole comparison and its JSON form, on a small instrument of our own."""

from __future__ import annotations

import json
from dataclasses import replace

from rules_db.diff.compare import diff_expressions, joined
from rules_db.diff.jsonform import to_json
from rules_db.diff.result import HunkKind, InstrumentDiff, NormField, NormText
from rules_db.diff.text import apply
from rules_db.model import Comparator, Continuity, Direction, Modality, ProvisionText, Quantity

OLD = (
    "为了加强废旧动力电池管理，制定本办法。",
    "回收企业应当向质检部门备案，并在30日内公布网点信息。",
    "电池贮存场所由质检部门核查，每年至少核查一次。",
    "梯次利用产品由质检部门抽查，不合格的不得销售。",
    "综合利用企业可以委托检测机构测定回收率。",
    "违反第二条规定的，由质检部门处一万元以上三万元以下的罚款。",
    "从事电池租赁的，参照本办法执行，具体办法另行制定。",
)
NEW = (
    "为了加强废旧动力电池管理，制定本办法。",
    "本市建立废旧动力电池溯源平台，归集编码、流向和处置数据。",
    "回收企业应当向市场监督管理部门备案，并在20日内公布网点信息。",
    "电池贮存场所由市场监督管理部门核查，每年至少核查一次。",
    "梯次利用产品由市场监督管理部门抽查，不合格的不得销售。",
    "综合利用企业应当委托检测机构测定回收率。",
    "违反第三条规定的，由市场监督管理部门处五万元以上十万元以下的罚款。",
)


def provisions(texts: tuple[str, ...]) -> list[ProvisionText]:
    labels = [f"第{numeral}条" for numeral in "一二三四五六七"]
    return [
        ProvisionText(f"art_{k + 1}", labels[k], f"{labels[k]} {text}", "第一章 总则") for k, text in enumerate(texts)
    ]


def quantity(items: list[ProvisionText], eid: str, text: str, *values: object) -> dict[str, list[Quantity]]:
    body = next(item.text for item in items if item.eid == eid)
    return {eid: [Quantity(text, *values, start=body.index(text))]}  # type: ignore[arg-type]


def comparison() -> InstrumentDiff:
    old, new = provisions(OLD), provisions(NEW)
    le, rng = Comparator.LE, Comparator.RANGE
    old_q = quantity(old, "art_2", "30日内", le, 30.0, None, "day")
    old_q |= quantity(old, "art_6", "一万元以上三万元以下", rng, 1e4, 3e4, "CNY")
    new_q = quantity(new, "art_3", "20日内", le, 20.0, None, "day")
    new_q |= quantity(new, "art_7", "五万元以上十万元以下", rng, 5e4, 1e5, "CNY")
    action = "委托检测机构测定回收率"
    old_n = {"art_5": [NormText(Modality.PERMISSION, "可以", "综合利用企业", action)]}
    new_n = {"art_6": [NormText(Modality.OBLIGATION, "应当", "综合利用企业", action)]}
    return diff_expressions(
        old, new, old_q, new_q, old_n, new_n, instrument="某办法", old_date="2024-01-01", new_date="2026-01-01"
    )


def test_links_thresholds_and_norms_of_the_whole() -> None:
    diff = comparison()
    kinds = [entry.link.continuity for entry in diff.entries]
    assert kinds.count(Continuity.ADDED) == kinds.count(Continuity.DELETED) == 1
    assert [(c.old_label, c.new_label, c.direction) for c in diff.thresholds] == [
        ("第二条", "第三条", Direction.TIGHTENED),
        ("第六条", "第七条", Direction.TIGHTENED),
    ]
    [norm] = diff.norms
    assert (norm.what, norm.direction) == (NormField.MODALITY, Direction.TIGHTENED)


def test_a_term_swapped_throughout_is_listed_once_and_folded_away() -> None:
    diff = comparison()
    [swap] = diff.terms
    assert (swap.old_term, swap.new_term, swap.count) == ("质检部门", "市场监督管理部门", 4)
    by_label = {entry.link.new_labels: entry for entry in diff.entries}
    assert by_label[("第四条",)].cosmetic and by_label[("第五条",)].cosmetic
    assert by_label[("第三条",)].substantive and by_label[("第七条",)].substantive
    references = [hunk for hunk in by_label[("第七条",)].hunks if hunk.kind is HunkKind.REFERENCE]
    assert [(hunk.old, hunk.new) for hunk in references] == [("第二条", "第三条")]


def test_a_loaded_swap_is_never_a_term() -> None:
    old = provisions(tuple(f"{text}网点可以登记。" for text in OLD))
    new = provisions(tuple(f"{text}网点应当登记。" for text in OLD))
    diff = diff_expressions(old, new)
    assert diff.terms == ()
    assert all(entry.substantive for entry in diff.entries)


def test_hunks_of_every_entry_rebuild_its_new_side() -> None:
    for entry in comparison().entries:
        assert apply(joined(entry.old), entry.hunks) == joined(entry.new)


def test_a_split_is_compared_as_a_whole_and_told_once() -> None:
    parts = (
        "贮存场所应当保持通风干燥，远离火源。",
        "运输车辆应当安装定位装置，行驶轨迹上传平台，数据保存90日。",
    )
    old = provisions((OLD[0], parts[0] + "\n" + parts[1].replace("90", "60"), OLD[4]))
    new = provisions((OLD[0], *parts, OLD[4]))
    eq = Comparator.EQ
    diff = diff_expressions(
        old,
        new,
        quantity(old, "art_2", "60日", eq, 60.0, None, "day"),
        quantity(new, "art_3", "90日", eq, 90.0, None, "day"),
    )
    [change] = diff.thresholds
    assert (change.old_label, change.new_label, change.direction) == ("第二条", "第三条", Direction.TIGHTENED)
    [entry] = [entry for entry in diff.entries if entry.link.continuity is Continuity.SPLIT]
    assert [(hunk.old, hunk.new) for hunk in entry.hunks if hunk.kind is HunkKind.WORDING] == [("60", "90")]


def test_quantities_of_added_and_deleted_provisions_are_listed_as_such() -> None:
    old = provisions((OLD[0], "渔船应当每二年检验。"))
    new = provisions((OLD[0], "废旧电池露天堆放的，处五万元的罚款。"))
    eq = Comparator.EQ
    diff = diff_expressions(
        old,
        new,
        quantity(old, "art_2", "二年", eq, 2.0, None, "year"),
        quantity(new, "art_2", "五万元", eq, 5e4, None, "CNY"),
    )
    assert {(c.direction, c.old_label, c.new_label) for c in diff.thresholds} == {
        (Direction.REMOVED, "第二条", ""),
        (Direction.ADDED, "", "第二条"),
    }


def test_json_has_the_documented_shape() -> None:
    value = json.loads(json.dumps(to_json(comparison()), ensure_ascii=False))
    assert (value["instrument"], value["from"], value["to"]) == (
        "某办法",
        {"date": "2024-01-01"},
        {"date": "2026-01-01"},
    )
    for entry in value["provisions"]:
        assert {"change", "from", "to", "similarity"} <= entry.keys()
    added = [entry for entry in value["provisions"] if entry["change"] == "added"]
    deleted = [entry for entry in value["provisions"] if entry["change"] == "deleted"]
    assert [(e["from"], e["to"]) for e in added] == [([], ["第二条"])]
    assert [(e["from"], e["to"]) for e in deleted] == [(["第七条"], [])]
    first = value["thresholds"][0]
    assert (first["from_provision"], first["to_provision"], first["direction"]) == ("第二条", "第三条", "tightened")
    assert first["from"] == {
        "text": "30日内", "comparator": "le", "value": 30, "value_max": None, "unit": "day",
        "parameter": "", "base": "", "trigger": "",
    }  # fmt: skip
    assert value["modalities"][0]["from"]["cue"] == "可以"
    assert value["summary"]["thresholds"] == {"tightened": 2}


def test_the_same_input_gives_the_same_bytes() -> None:
    assert json.dumps(to_json(comparison())) == json.dumps(to_json(comparison()))


def test_without_quantities_and_norms_the_wording_is_compared_all_the_same() -> None:
    bare = diff_expressions(provisions(OLD), provisions(NEW))
    full = comparison()
    assert bare == replace(full, thresholds=(), norms=(), instrument="", old_date="", new_date="")
