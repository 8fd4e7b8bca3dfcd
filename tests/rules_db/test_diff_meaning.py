"""Norms of a continuing provision: force and bearer, what came and what went."""

from __future__ import annotations

import pytest

from rules_db.diff.meaning import compare_norms, modality_direction, whole_provision_norms
from rules_db.diff.result import NormChange, NormField, NormText, TermSwap
from rules_db.model import Direction, Modality

OBLIGATION, PROHIBITION, PERMISSION = Modality.OBLIGATION, Modality.PROHIBITION, Modality.PERMISSION
RECOMMENDATION, PENALTY = Modality.RECOMMENDATION, Modality.PENALTY


def compare(old: list[NormText], new: list[NormText]) -> list[NormChange]:
    return compare_norms(
        [("第二条", norm) for norm in old],
        [("第三条", norm) for norm in new],
        {"第二条": "第三条"},
        {"第三条": "第二条"},
    )


def test_may_becomes_must() -> None:
    [change] = compare(
        [NormText(PERMISSION, "可以", "回收企业", "建立电池信息档案")],
        [NormText(OBLIGATION, "应当", "回收企业", "建立电池信息档案")],
    )
    assert (change.what, change.direction) == (NormField.MODALITY, Direction.TIGHTENED)
    assert (change.old_label, change.new_label) == ("第二条", "第三条")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PERMISSION, OBLIGATION, Direction.TIGHTENED),
        (RECOMMENDATION, OBLIGATION, Direction.TIGHTENED),
        (OBLIGATION, PERMISSION, Direction.LOOSENED),
        (PROHIBITION, PERMISSION, Direction.LOOSENED),
        (OBLIGATION, PROHIBITION, Direction.CHANGED),
        (OBLIGATION, PENALTY, Direction.TIGHTENED),
    ],
)
def test_direction_of_force(old: Modality, new: Modality, expected: Direction) -> None:
    assert modality_direction(NormText(old, ""), NormText(new, "")) is expected


def test_another_bearer_is_seen_and_a_missing_one_is_not_a_change() -> None:
    duty = "每月报送库存数量"
    old = [NormText(OBLIGATION, "应当", "汽车生产企业", duty)]
    assert [change.what for change in compare(old, [NormText(OBLIGATION, "应当", "电池租赁单位", duty)])] == [
        NormField.BEARER
    ]
    assert compare(old, [NormText(OBLIGATION, "应当", "", duty)]) == []
    assert compare(old, [NormText(OBLIGATION, "应当", "汽车生产企业", duty)]) == []


def test_an_authority_renamed_throughout_is_the_same_bearer() -> None:
    old = [("第二条", NormText(OBLIGATION, "应当", "质检部门", "公布抽查结果"))]
    new = [("第三条", NormText(OBLIGATION, "应当", "市场监督管理部门", "公布抽查结果"))]
    swap = TermSwap("质检", "市场监督管理", 5, ("第三条",))
    labels = ({"第二条": "第三条"}, {"第三条": "第二条"})
    assert [change.what for change in compare_norms(old, new, *labels)] == [NormField.BEARER]
    assert compare_norms(old, new, *labels, [swap]) == []


def test_norms_are_paired_by_what_they_demand_not_by_order() -> None:
    store = NormText(OBLIGATION, "应当", "网点", "设置独立的贮存区域")
    report = NormText(OBLIGATION, "应当", "网点", "按月报送回收数量")
    train = NormText(OBLIGATION, "应当", "网点", "对员工开展消防培训")
    found = compare([store, report], [train, report, NormText(PROHIBITION, "不得", "网点", "设置独立的贮存区域")])
    assert [(change.what, change.new.action if change.new else "") for change in found] == [
        (NormField.MODALITY, "设置独立的贮存区域"),
        (NormField.ADDED, "对员工开展消防培训"),
    ]


def test_a_norm_that_went_is_reported_between_the_two_articles() -> None:
    [change] = compare([NormText(PENALTY, "处", "", "处一万元罚款")], [])
    assert (change.what, change.old_label, change.new_label, change.new) == (
        NormField.REMOVED,
        "第二条",
        "第三条",
        None,
    )


def test_whole_provisions_bring_and_take_their_norms() -> None:
    norm = NormText(OBLIGATION, "应当", "", "登记")
    assert [change.what for change in whole_provision_norms([], [("第九条", norm)])] == [NormField.ADDED]
    assert [change.what for change in whole_provision_norms([("第九条", norm)], [])] == [NormField.REMOVED]
