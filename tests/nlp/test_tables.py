"""Limits in tables: parameter, unit and comparator from the heads; what is no limit stays none."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from nlp.analyse import analyse
from nlp.pipes.tables import patterns
from nlp.pipes.tables.tables import table_thresholds
from nlp.text.grids import grids_of
from nlp.text.normalise import normalise_blocks
from rules_db.model import Block, BlockKind, ConvertedDocument, HeadFacts, Threshold

Read = tuple[str, str, str, str, str]


def table(*lines: str) -> Block:
    rows = tuple(tuple(line.split("|")) for line in lines)
    return Block(BlockKind.TABLE, "\n".join("\t".join(row) for row in rows), None, rows)


def read(block: Block, caption: str = "") -> list[Threshold]:
    blocks = [*([Block(BlockKind.PARAGRAPH, caption)] if caption else []), block]
    normalised = normalise_blocks(blocks)
    (grid,) = grids_of(blocks, normalised)
    found = table_thresholds(grid)
    for threshold in found:
        assert normalised.text[threshold.span.start : threshold.span.end] == threshold.span.text
    return found


def short(found: Sequence[Threshold]) -> list[Read]:
    return [
        (
            t.parameter,
            t.comparator.value,
            str(t.value) + (f"~{t.value_max}" if t.value_max is not None else ""),
            t.unit,
            t.span.text,
        )
        for t in found
    ]


CASES: list[tuple[str, Block, str, list[Read]]] = [
    (
        "a column of units",
        table("项目|指标|单位", "镍综合回收率|≥98|%", "单位能耗|不高于1.5|tce/t"),
        "",
        [("镍综合回收率", "ge", "98", "percent", "≥98"), ("单位能耗", "le", "1.5", "tce/t", "不高于1.5")],
    ),
    (
        "two rows of heads, the upper one over two columns with the unit",
        table("序号|污染物|限值（mg/m³）|", "||一级|二级", "1|颗粒物|10|30"),
        "",
        [("颗粒物 一级", "le", "10", "mg/m³", "10"), ("颗粒物 二级", "le", "30", "mg/m³", "30")],
    ),
    (
        "unit behind a stroke, and what has no unit",
        table("污染物项目|最高允许排放浓度/(mg/L)", "总镍|0.5", "pH值|6～9"),
        "",
        [
            ("总镍 最高允许排放浓度", "le", "0.5", "mg/L", "0.5"),
            ("pH值 最高允许排放浓度", "range", "6~9", "", "6～9"),
        ],
    ),
    (
        "comparator in the head",
        table("类别|铜回收率（%，≥）|保存期限", "磷酸铁锂|97|不少于5年"),
        "",
        [("磷酸铁锂 铜回收率", "ge", "97", "percent", "97"), ("磷酸铁锂 保存期限", "ge", "5", "year", "不少于5年")],
    ),
    (
        "no heads at all",
        table("贮存温度|不高于40℃", "堆放高度|3m以下"),
        "",
        [("贮存温度", "le", "40", "celsius", "不高于40℃"), ("堆放高度", "le", "3", "m", "3m以下")],
    ),
    (
        "unit in the line above, bare numbers that the line calls requirements",
        table("元素|回收率", "镍|98", "锂|≥90"),
        "表1　回收率要求（单位：%）",
        [("镍 回收率", "eq", "98", "percent", "98"), ("锂 回收率", "ge", "90", "percent", "≥90")],
    ),
    (
        "years are heads, not values",
        table("指标|2027年|2030年", "回收率（%）|≥80|≥90"),
        "",
        [("回收率 2027年", "ge", "80", "percent", "≥80"), ("回收率 2030年", "ge", "90", "percent", "≥90")],
    ),
    (
        "a label that spans rows, a unit that no table of units knows",
        table("类型|项目|限值|单位", "废水|总镍|0.5|mg/kg", "废水|总钴|1|微当量"),
        "",
        [("废水 总镍", "le", "0.5", "mg/kg", "0.5"), ("废水 总钴", "le", "1", "微当量", "1")],
    ),
    (
        "empty cells keep the columns apart",
        table("参数|下限|上限|单位", "电压||4.2|V", "温度|-20||℃"),
        "",
        [("电压 上限", "le", "4.2", "V", "4.2"), ("温度 下限", "ge", "-20", "celsius", "-20")],
    ),
]


@pytest.mark.parametrize(("what", "block", "caption", "expected"), CASES, ids=[case[0] for case in CASES])
def test_limits_take_what_they_lack_from_the_heads(what: str, block: Block, caption: str, expected: list[Read]) -> None:
    assert short(read(block, caption)) == expected


@pytest.mark.parametrize(
    ("block", "caption"),
    [
        (table("企业名称|地址|产能（吨/年）", "某公司|某市1号|5000", "某二公司|某市2号|8000"), "符合要求企业名单"),
        (table("序号|材料名称|份数", "1|申请表|2", "2|营业执照复印件|1"), ""),
        (table("类别|说明", "三元|镍钴锰", "磷酸铁锂|铁锂"), ""),
    ],
    ids=["capacities of firms", "copies of papers", "words"],
)
def test_numbers_that_bound_nothing_are_no_limits(block: Block, caption: str) -> None:
    assert read(block, caption) == []


def test_prose_in_a_cell_is_read_as_prose() -> None:
    (found,) = read(table("环节|要求", "交接|企业应当自收到电池之日起十日内核对交接单，并保存凭证。"))
    assert (found.trigger, found.value, found.unit) == ("自收到电池之日起", Decimal(10), "day")


def test_a_document_reads_each_quantity_of_a_table_once() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, "第一条　企业的回收率不得低于下表。锂回收率不得低于85%。"),
        table("项目|指标|单位", "镍回收率|≥98|%"),
        Block(BlockKind.PARAGRAPH, "第二条　企业应当在三十日内报送信息。"),
    )
    found = analyse(ConvertedDocument(blocks, HeadFacts(title="某省示例回收办法"), "text/html")).thresholds
    assert [(t.parameter, str(t.value), t.unit) for t in found] == [
        ("锂回收率", "85", "percent"),
        ("镍回收率", "98", "percent"),
        ("", "30", "day"),
    ]


def test_a_hostile_table_takes_linear_time() -> None:
    import time

    rows = ["项目|指标|单位", *("一" * 40 + "|" + "≥" * 30 + "9" * 200 + "|" + "%" * 50 for _ in range(400))]
    started = time.monotonic()
    read(table(*rows))
    assert time.monotonic() - started < 5


def test_word_tables_are_sorted_and_without_doubles() -> None:
    for name in (
        "ORDINAL_HEADS",
        "UNIT_HEADS",
        "LIMIT_HEADS",
        "NOTHING",
        "DIMENSIONLESS",
        "CAPTION_CALLS",
        "CAPTION_LISTS",
        "ASIDE_HEADS",
    ):
        words = getattr(patterns, name)
        assert list(words) == sorted(set(words)), name
    assert list(patterns.DIRECTIONS) == sorted(patterns.DIRECTIONS, key=lambda row: row[0])
