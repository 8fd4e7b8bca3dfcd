"""Gaps: a later text of the field that says what was left open is found with its place; silence stays silence."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from crawler.sample import NOW
from rules_db.connection import DataFolder, open_store

OPENER = "示例部门关于开展动力电池回收联合执法专项行动的通知"
HEADER = "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction"


@dataclass(frozen=True)
class Case:
    title: str
    text: str
    gaps: frozenset[str]
    date: str = "2026-06-01"


def case(title: str, text: str, *gaps: str, date: str = "2026-06-01") -> Case:
    return Case(title, text, frozenset(gaps), date)


CASES = [
    case(OPENER, "一、企业应当处置告警。告警的响应时限由各省规定。各省另行规定识读设备的型号。", date="2026-05-06"),
    case("示例甲省动力电池告警细则", "第一条 企业收到平台告警后，应当在45分钟内确认。", "G04"),
    case("示例乙省动力电池识读设备要求", "第一条 动力电池出入口的识读设备，识读距离不得小于1.5米。", "G02"),
    case("示例丙省动力电池数据报送规定", "第一条 企业应当上传下列字段：\n（一）电池编码；\n（二）重量。", "G05"),
    case("示例丁省动力电池平台对接规定", "第一条 企业平台应当按照统一的接口规范与省级平台对接。", "G03"),
    case("示例戊省动力电池企业接入安排", "第一条 综合利用企业应当于2026年9月30日前完成接入。", "G01"),
    case("示例己省动力电池仓储规定", "第一条 库区出入口的视频监控资料应当保存不少于120日。", "G08"),
    case("示例庚省动力电池台账规定", "第一条 动力电池出入库台账记录保存期限不得少于四年。", "G09"),
    case("示例辛省动力电池称重规定", "第一条 称重结果与申报数的偏差超过4%的，应当停止入库。", "G11"),
    case("示例壬省动力电池出口管理提示", "第一条 企业被查处的，主管部门应当暂停其出口资格登记。", "G15"),
    case("示例癸省动力电池健康状态数据规定", "第一条 企业应当上传每组电池的荷电状态和健康状态。", "G06"),
    case("示例子市动力电池检查指引", "第一条 接受检查的企业应当提供设备部署记录和传输日志。", "G16"),
    case("示例丑市动力电池回收网点规定", "第一条 网点贮存废旧动力电池不得超过3吨。", "G13"),
    case("示例寅市动力电池编码备案规定", "第一条 生产企业应当申请厂商代码并备案编码规则。", "G14"),
    case("示例卯市动力电池作业区规定", "第一条 拆解车间应当设置门禁，记录进出人员。", "G10"),
    case("示例辰市动力电池再利用规定", "第一条 用于储能的电池，剩余容量不得低于额定容量的70%。", "G12"),
    case("示例巳市动力电池数据补传规定", "第一条 网络中断的，企业应当在恢复后3小时内补传。", "G07"),
    # the matter is touched but nothing is settled
    case("示例午市动力电池告警宣传提示", "第一条 企业应当重视平台告警，认真处置。"),
    case("示例未市动力电池告警培训安排", "第一条 企业应当处置告警。\n第二条 培训应当在30日内完成。"),
    case("示例申市动力电池告警年报要求", "第一条 企业应当处置告警。年度报告应当在60日内报送。"),
    case("示例酉市动力电池设备采购提示", "第一条 企业可以采购识读设备。"),
    # settled, but in another field
    case("示例戌市消防控制室值守规定", "第一条 值班人员接到火灾报警后，应当在3分钟内核实并处置。"),
    case("示例亥市粮食仓库视频监控规定", "第一条 粮食仓库的视频监控资料应当保存不少于90日。"),
    # settled, but before the gap was left open
    case("示例旧省动力电池告警办法", "第一条 企业收到告警后，应当在20分钟内确认。", date="2024-03-01"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, sqlite3.Row]]:
    """Title → gap id → the recorded filling, after one ingest of all cases."""
    root = tmp_path_factory.mktemp("gaps")
    lines = [HEADER]
    for n, item in enumerate(CASES):
        (root / f"{n}.md").write_text(f"# {item.title}\n\n{item.text}\n", encoding="utf-8")
        lines.append(f"{n}.md,{item.title},{item.date},,,notice,{'100000' if n == 0 else '440000'}")
    (root / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [str(root / f"{n}.md") for n in range(len(CASES))]
    data = root / "data"
    arguments = ["ingest", *files, "--manifest", str(root / "manifest.csv"), "--no-publish", "--data", str(data)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, dict[str, sqlite3.Row]] = {item.title: {} for item in CASES}
    for row in open_store(DataFolder(data)).execute(
        "SELECT f.*, i.title FROM gap_filling f JOIN instrument i ON i.id = f.instrument_id"
    ):
        found[row["title"]][row["gap_id"]] = row
    return found


@pytest.mark.parametrize("item", CASES, ids=lambda item: item.title)
def test_what_fills_a_gap(filled: dict[str, dict[str, sqlite3.Row]], item: Case) -> None:
    assert set(filled[item.title]) == item.gaps


def test_the_reason_names_place_words_and_quantity(filled: dict[str, dict[str, sqlite3.Row]]) -> None:
    row = filled["示例甲省动力电池告警细则"]["G04"]
    assert (row["eid"], row["reason"]) == ("art_1", "第一条 speaks of 告警、确认 and sets 45分钟内")
    assert "states an obligation" in filled["示例卯市动力电池作业区规定"]["G10"]["reason"]


def test_the_sample_provinces_fill_the_campaigns_gaps(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(tmp_path / "demo")])
    assert result.exit_code == 0, result.output
    rows = (
        open_store(DataFolder(tmp_path / "demo"))
        .execute(
            """SELECT f.gap_id, f.recorded_at, i.jurisdiction, i.title FROM gap_filling f
               JOIN instrument i ON i.id = f.instrument_id WHERE f.gap_id IN ('G02', 'G04', 'G05')"""
        )
        .fetchall()
    )
    found = {(row["gap_id"], row["recorded_at"], "东江" in row["title"]) for row in rows}
    assert found == {
        ("G02", NOW[1], False),
        ("G04", NOW[1], False),
        ("G05", NOW[1], True),
        ("G02", NOW[2], True),
        ("G04", NOW[2], True),
    }
