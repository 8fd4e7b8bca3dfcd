"""Roles and directions of quantities, and how they are paired: own sentences in the style of regulations."""

from __future__ import annotations

import pytest

from rules_db.diff.direction import direction, same
from rules_db.diff.result import ThresholdChange
from rules_db.diff.roles import Role, setting
from rules_db.diff.text import hunks
from rules_db.diff.units import dimension, measure
from rules_db.diff.values import Placed, compare_quantities
from rules_db.model import Comparator, Direction, Modality, Quantity

GE, GT, LE, LT, EQ, RANGE = (
    Comparator.GE,
    Comparator.GT,
    Comparator.LE,
    Comparator.LT,
    Comparator.EQ,
    Comparator.RANGE,
)


def q(text: str, comparator: Comparator, value: float, unit: str, high: float | None = None, **more: str) -> Quantity:
    return Quantity(text, comparator, value, high, unit, **more)  # type: ignore[arg-type]


def changes(old: str, old_q: list[Quantity], new: str, new_q: list[Quantity]) -> list[ThresholdChange]:
    def placed(text: str, label: str, quantities: list[Quantity]) -> list[Placed]:
        return [Placed(item, 0, label, text, text.index(item.text)) for item in quantities]

    return compare_quantities(
        placed(old, "第三条", old_q), placed(new, "第四条", new_q), hunks(old, new), ["第四条"], ["第三条"]
    )


@pytest.mark.parametrize(
    ("text", "quantity", "role"),
    [
        ("由主管部门处三万元以上十万元以下的罚款。", q("三万元以上十万元以下", RANGE, 3e4, "CNY", 1e5), Role.PENALTY),
        ("并处违法所得二倍的罚款。", q("二倍", EQ, 2, "times"), Role.PENALTY),
        ("处十日以下拘留。", q("十日以下", LE, 10, "day"), Role.PENALTY),
        ("暂停业务六个月。", q("六个月", EQ, 6, "month"), Role.PENALTY),
        ("违法所得十万元以上的，并处罚款。", q("十万元以上", GE, 1e5, "CNY"), Role.CASE),
        ("贮存超过一年的，应当报告。", q("超过一年", GT, 1, "year"), Role.CASE),
        ("记录的保存期限不得少于三年。", q("不得少于三年", GE, 3, "year"), Role.RETENTION),
        ("登记表有效期为五年。", q("五年", EQ, 5, "year"), Role.VALIDITY),
        ("被撤销的，三年内不得再次申请。", q("三年内", LE, 3, "year"), Role.BAN),
        ("居民区周边五十米范围内不得设置网点。", q("五十米范围内", LE, 50, "m"), Role.BAN),
        ("应当提前十五日公告。", q("提前十五日", GE, 15, "day"), Role.NOTICE),
        ("每年至少检测一次。", q("每年至少检测一次", GE, 1, "次/year"), Role.FREQUENCY),
        ("情况复杂的，可以延长十日。", q("十日", EQ, 10, "day"), Role.EXTENSION),
        ("应当自受理之日起二十日内答复。", q("二十日内", LE, 20, "day"), Role.DEADLINE),
        ("注册资本不低于五百万元。", q("不低于五百万元", GE, 5e6, "CNY"), Role.FLOOR),
        ("水分含量不得超过百分之五。", q("不得超过百分之五", LE, 5, "percent"), Role.CEILING),
        ("温度保持在5℃～35℃。", q("5℃～35℃", RANGE, 5, "celsius", 35), Role.BAND),
        ("配备消防器材两套。", q("两套", EQ, 2, "套"), Role.PLAIN),
        ("从业人员三百人以上的回收企业应当设专职岗位。", q("三百人以上", GE, 300, "person"), Role.CASE),
    ],
)
def test_role(text: str, quantity: Quantity, role: Role) -> None:
    assert setting(text, quantity).role is role


def test_an_item_of_required_conditions_is_a_floor_and_one_of_cases_a_case() -> None:
    years = q("三年以上", GE, 3, "year")
    required = "企业应当具备下列条件：\n（一）成立三年以上的法人；\n（二）有场地。"
    assert setting(required, years).role is Role.FLOOR
    turnover = q("超过一亿元", GT, 1e8, "CNY")
    cases = "有下列情形之一的，企业应当申报：\n（一）年营业额超过一亿元；\n（二）跨省经营。"
    found = setting(cases, turnover)
    assert (found.role, "应当申报" in found.consequence) == (Role.CASE, True)


@pytest.mark.parametrize(
    ("old", "old_q", "new", "new_q", "expected"),
    [
        ("应当在30日内报告。", ("30日内", LE, 30, "day"), "应当在20日内报告。", ("20日内", LE, 20, "day"), "tightened"),
        ("应当在20日内报告。", ("20日内", LE, 20, "day"), "应当在30日内报告。", ("30日内", LE, 30, "day"), "loosened"),
        (
            "应当在30日内报告。",
            ("30日内", LE, 30, "day"),
            "应当在30个工作日内报告。",
            ("30个工作日内", LE, 30, "working_day"),
            "changed",
        ),
        ("处五万元的罚款。", ("五万元", EQ, 5e4, "CNY"), "处八万元的罚款。", ("八万元", EQ, 8e4, "CNY"), "tightened"),
        (
            "处五万元以下罚款。",
            ("五万元以下", LE, 5e4, "CNY"),
            "处二万元以下罚款。",
            ("二万元以下", LE, 2e4, "CNY"),
            "loosened",
        ),
        ("处五万元的罚款。", ("五万元", EQ, 5e4, "CNY"), "处货值三倍的罚款。", ("三倍", EQ, 3, "times"), "changed"),
        ("台账保存三年。", ("三年", EQ, 3, "year"), "台账保存五年。", ("五年", EQ, 5, "year"), "tightened"),
        ("许可证有效期三年。", ("三年", EQ, 3, "year"), "许可证有效期五年。", ("五年", EQ, 5, "year"), "loosened"),
        ("三年内不得申请。", ("三年内", LE, 3, "year"), "五年内不得申请。", ("五年内", LE, 5, "year"), "tightened"),
        (
            "锂回收率不低于85%。",
            ("不低于85%", GE, 85, "percent"),
            "锂回收率不低于90%。",
            ("不低于90%", GE, 90, "percent"),
            "tightened",
        ),
        (
            "含水率不超过5%。",
            ("不超过5%", LE, 5, "percent"),
            "含水率不超过3%。",
            ("不超过3%", LE, 3, "percent"),
            "tightened",
        ),
        (
            "人数超过300人的，应当设岗。",
            ("超过300人", GT, 300, "person"),
            "人数超过100人的，应当设岗。",
            ("超过100人", GT, 100, "person"),
            "tightened",
        ),
        (
            "满三年的，可以申请补贴。",
            ("满三年", GE, 3, "year"),
            "满一年的，可以申请补贴。",
            ("满一年", GE, 1, "year"),
            "loosened",
        ),
        (
            "应当提前三个月告知。",
            ("提前三个月", GE, 3, "month"),
            "应当提前九十日告知。",
            ("提前九十日", GE, 90, "day"),
            "changed",
        ),
        (
            "应当提前一个月告知。",
            ("提前一个月", GE, 1, "month"),
            "应当提前九十日告知。",
            ("提前九十日", GE, 90, "day"),
            "tightened",
        ),
        ("配备两套器材。", ("两套", EQ, 2, "套"), "配备三套器材。", ("三套", EQ, 3, "套"), "changed"),
        (
            "湿度不低于40%。",
            ("不低于40%", GE, 40, "percent"),
            "湿度不高于40%。",
            ("不高于40%", LE, 40, "percent"),
            "changed",
        ),
    ],
)
def test_direction(
    old: str,
    old_q: tuple[str, Comparator, float, str],
    new: str,
    new_q: tuple[str, Comparator, float, str],
    expected: str,
) -> None:
    found = changes(old, [q(*old_q)], new, [q(*new_q)])
    assert [(change.direction.value, change.old_label, change.new_label) for change in found] == [
        (expected, "第三条", "第四条")
    ]
    assert found[0].old is not None and found[0].new is not None


def test_a_fine_that_rises_at_one_end_and_falls_at_the_other_is_changed() -> None:
    old, new = "处二万元以上五万元以下罚款。", "处一万元以上十万元以下罚款。"
    before, after = q("二万元以上五万元以下", RANGE, 2e4, "CNY", 5e4), q("一万元以上十万元以下", RANGE, 1e4, "CNY", 1e5)
    assert [change.direction for change in changes(old, [before], new, [after])] == [Direction.CHANGED]


def test_reversing_a_change_reverses_its_direction() -> None:
    opposite = {Direction.TIGHTENED: Direction.LOOSENED, Direction.LOOSENED: Direction.TIGHTENED}
    for text, short, long in (
        ("应当在{}日内报告。", ("10日内", 10), ("15日内", 15)),
        ("数据留存{}日。", ("60日", 60), ("90日", 90)),
    ):
        comparator = LE if "内" in short[0] else EQ
        a, b = q(short[0], comparator, short[1], "day"), q(long[0], comparator, long[1], "day")
        old, new = (
            text.replace("{}日", short[0]).replace("内内", "内"),
            text.replace("{}日", long[0]).replace("内内", "内"),
        )
        there, _ = direction(a, setting(old, a), b, setting(new, b))
        back, _ = direction(b, setting(new, b), a, setting(old, a))
        assert back is opposite[there]


def test_equal_quantities_are_silent_however_they_are_written() -> None:
    assert same(q("30日内", LE, 30, "day"), q("三十日内", LE, 30, "day"))
    old, new = "应当在30日内报告。", "应当在三十日内报告。"
    assert changes(old, [q("30日内", LE, 30, "day")], new, [q("三十日内", LE, 30, "day")]) == []


def test_a_changed_base_is_reported_though_the_number_stays() -> None:
    old, new = "处违法所得三倍的罚款。", "处货值金额三倍的罚款。"
    before, after = q("三倍", EQ, 3, "times", base="违法所得"), q("三倍", EQ, 3, "times", base="货值金额")
    assert [change.direction for change in changes(old, [before], new, [after])] == [Direction.CHANGED]


def test_two_fines_of_one_article_are_paired_by_place_not_by_size() -> None:
    old = "不登记的，处一万元的罚款；情节严重的，处三万元的罚款。"
    new = "不登记的，处三万元的罚款；情节严重的，处九万元的罚款。"
    one, three, nine = q("一万元", EQ, 1e4, "CNY"), q("三万元", EQ, 3e4, "CNY"), q("九万元", EQ, 9e4, "CNY")
    found = changes(old, [one, three], new, [three, nine])
    pairs = [(change.old.text, change.new.text) for change in found if change.old and change.new]
    assert pairs == [("一万元", "三万元"), ("三万元", "九万元")]


@pytest.mark.parametrize(
    ("text", "quantity", "expected"),
    [
        ("企业应当在10日内备案。", q("10日内", LE, 10, "day"), Direction.TIGHTENED),
        ("处二万元的罚款。", q("二万元", EQ, 2e4, "CNY"), Direction.TIGHTENED),
        ("可以延长五日。", q("五日", EQ, 5, "day"), Direction.LOOSENED),
        ("证书有效期三年。", q("三年", EQ, 3, "year"), Direction.CHANGED),
        ("超过百吨的，应当报告。", q("超过百吨", GT, 100, "t"), Direction.CHANGED),
    ],
)
def test_a_quantity_that_appears(text: str, quantity: Quantity, expected: Direction) -> None:
    [change] = changes("企业应当备案。", [], f"企业应当备案。{text}", [quantity])
    assert (change.direction, change.old, change.old_label) == (expected, None, "第三条")


def test_a_dated_right_that_appears_is_no_burden() -> None:
    right = Quantity("15日内", LE, 15, None, "day", modality=Modality.PERMISSION)
    [change] = changes("企业应当备案。", [], "企业应当备案。企业可以在15日内申请复核。", [right])
    assert change.direction is Direction.CHANGED
    cap = Quantity("最长不得超过90日", LE, 90, None, "day", modality=Modality.PERMISSION)
    [change] = changes("企业应当备案。", [], "企业应当备案。可以延长，但最长不得超过90日。", [cap])
    assert change.direction is Direction.TIGHTENED


def test_a_fine_that_vanishes_is_a_relief_unless_another_law_takes_over() -> None:
    fine = q("三万元", EQ, 3e4, "CNY")
    old = "伪造编码的，责令改正，处三万元的罚款。"
    [gone] = changes(old, [fine], "伪造编码的，责令改正。", [])
    [elsewhere] = changes(old, [fine], "伪造编码的，依照《某某法》的规定处罚。", [])
    assert (gone.direction, elsewhere.direction) == (Direction.LOOSENED, Direction.CHANGED)
    assert gone.new is None


def test_working_days_are_a_time_but_not_the_measure_of_days() -> None:
    assert dimension("working_day") == dimension("day") == "time"
    assert measure("working_day") != measure("day")
    assert measure("kWh") == "kWh"


def test_a_sentence_without_end_is_read_in_bounded_time() -> None:
    text = "企业应当" + "甲" * 500_000 + "在30日内报告" + "乙" * 500_000
    limit = Quantity("30日内", LE, 30, None, "day", start=text.index("30日内"))
    found = setting(text, limit)
    assert found.role is Role.DEADLINE
    assert len(found.before) <= 400 and len(found.after) <= 400


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("5℃～35℃", RANGE, 5, "celsius", 35), ("10℃～30℃", RANGE, 10, "celsius", 30), Direction.TIGHTENED),
        (("10℃～30℃", RANGE, 10, "celsius", 30), ("5℃～35℃", RANGE, 5, "celsius", 35), Direction.LOOSENED),
        (("5℃～35℃", RANGE, 5, "celsius", 35), ("10℃～40℃", RANGE, 10, "celsius", 40), Direction.CHANGED),
        (("5℃～35℃", RANGE, 5, "celsius", 35), ("5℃以上", GE, 5, "celsius"), Direction.LOOSENED),
        (("35℃以下", LE, 35, "celsius"), ("5℃～35℃", RANGE, 5, "celsius", 35), Direction.TIGHTENED),
    ],
)
def test_a_band_within_the_old_one_is_tightened(
    old: tuple[str, Comparator, float, str], new: tuple[str, Comparator, float, str], expected: Direction
) -> None:
    before, after = f"贮存温度应当保持在{old[0]}。", f"贮存温度应当保持在{new[0]}。"
    assert [change.direction for change in changes(before, [q(*old)], after, [q(*new)])] == [expected]


def test_words_that_nobody_read_as_a_quantity_are_no_relief() -> None:
    old, new = "决定应当经半数以上成员同意。", "决定应当经过半数成员同意。"
    [change] = changes(old, [q("半数以上", GE, 50, "percent")], new, [])
    assert (change.direction, change.new) == (Direction.CHANGED, None)


def test_a_table_of_thousands_of_values_is_paired_in_bounded_time() -> None:
    rows = range(2000)
    old = "\n".join(f"第{k}号样品浓度不高于{k}毫克" for k in rows)
    new = old.replace("不高于1999毫克", "不高于1998毫克")
    before = [q(f"不高于{k}毫克", LE, k, "毫克") for k in rows]
    after = [*before[:-1], q("不高于1998毫克", LE, 1998, "毫克")]
    assert [change.direction for change in changes(old, before, new, after)] == [Direction.TIGHTENED]


def test_words_that_still_stand_are_not_told_as_dropped_or_new() -> None:
    old, new = "网点配备消防器材两套，每季检查。", "网点应当配备消防器材两套，每月检查。"
    read = [q("两套", EQ, 2, "套")]
    assert changes(old, read, new, []) == []
    assert changes(old, [], new, read) == []
    assert [c.direction for c in changes(old, read, new.replace("两套", "若干"), [])] == [Direction.CHANGED]


@pytest.mark.parametrize("number", ["两", "三"])
def test_words_that_were_replaced_are_told(number: str) -> None:
    found = changes(
        "网点配备器材一套。", [q("一套", EQ, 1, "套")], f"网点配备器材{number}套。", [q(f"{number}套", EQ, 3, "套")]
    )
    assert [c.direction for c in found] == [Direction.CHANGED]


def test_limits_of_sentences_that_changed_places_go_by_the_event_that_starts_them() -> None:
    old_out, old_in = "利用企业应当在产品出库后15个工作日内报送。", "利用企业应当在电池入库后30个工作日内报送。"
    new_in, new_out = "利用企业应当在电池入库后30日内报送。", "利用企业应当在产品出库后30日以内报送。"
    out, into = "产品出库后", "电池入库后"
    found = changes(
        old_out + old_in,
        [q("15个工作日内", LE, 15, "working_day", trigger=out), q("30个工作日内", LE, 30, "working_day", trigger=into)],
        new_in + new_out,
        [q("30日内", LE, 30, "day", trigger=into), q("30日以内", LE, 30, "day", trigger=out)],
    )
    assert {(c.old.text, c.new.text) for c in found if c.old and c.new} == {
        ("15个工作日内", "30日以内"),
        ("30个工作日内", "30日内"),
    }
