"""Thresholds: invariants on any text, linear time, surroundings, the score on the annotated articles."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.pipes.thresholds.thresholds import find_thresholds
from rules_db.model import Comparator

FRAGMENTS = (
    "不得超过", "不少于", "低于", "至少", "提前", "满", "届", "每", "每年", "百分之", "万分之", "三", "十八", "1",
    "3.5", "1,000", "万", "亿", "半", "千", "至", "～", "—", "±", "-", "≥", "日", "个工作日", "个月", "年", "元",
    "%", "倍", "周岁", "米", "千米", "kWh", "/", "t", "℃", "次", "人", "个", "以上", "以下", "内", "前", "后",
    "（含）", "（", "）", "的", "总额的", "，", "。", "、", "2026年", "5月", " ", "罚款", "第", "零",
)  # fmt: skip
ANY = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join),
    st.text(max_size=60),
    st.text(alphabet="一二三十百千万亿零两半点分之0123456789０．.,%～至年月日内前元以上下", max_size=60),
)


@given(ANY)
@example("0%~0")
@example("20±0℃")
@settings(max_examples=400)
def test_invariants(text: str) -> None:
    end = 0
    for one in find_thresholds(text):
        assert text[one.span.start : one.span.end] == one.span.text
        assert end <= one.span.start < one.span.end
        end = one.span.end
        assert one.value.is_finite()
        assert (one.value_max is not None) == (one.comparator is Comparator.RANGE)
        assert one.value_max is None or one.value < one.value_max
        assert one.unit and one.span.pattern
        assert 0 < one.confidence <= 1
        assert one.base in text and one.trigger in text and one.parameter in text


@given(ANY, ANY)
@settings(max_examples=200)
def test_sentences_do_not_reach_into_each_other(first: str, second: str) -> None:
    """What stands before a full stop and a line break never changes what is found behind it."""
    head = first + "。\n"
    alone = [(one.span.start + len(head), one.span.text, one.comparator, one.value) for one in find_thresholds(second)]
    both = [(one.span.start, one.span.text, one.comparator, one.value) for one in find_thresholds(head + second)]
    assert [one for one in both if one[0] >= len(head)] == alone


@pytest.mark.parametrize(
    "unit",
    [
        "一", "百分之", "1", "1,111", "1~", "1至", "三日至", "每", "每年", "不得超过", "不", "至少", "5米", " ",
        "5 ", "（含", "5米（", "1/3", "2026年", "5月", "±1", "1±", "元", "以上", "5元以上", "满", "一年", "1h",
        "自", "自收到之日起三日", "3.", "零下", "个", "/", "5kg/",
    ],
)  # fmt: skip
def test_time_is_linear_on_hostile_repetition(unit: str) -> None:
    def seconds(characters: int) -> float:
        text = unit * (characters // len(unit))
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            find_thresholds(text)
            best = min(best, time.perf_counter() - start)
        return best

    # ten times the text: linear takes ten times as long, quadratic a hundred times
    assert seconds(20_000) < 50 * max(seconds(2_000), 0.001)


@pytest.mark.parametrize(
    ("text", "parameter", "base", "trigger"),
    [
        ("电池包的保存期限不得少于三年。", "保存期限", "", ""),
        ("并处违法所得一倍以上三倍以下罚款。", "罚款", "违法所得", ""),
        ("自有资金不得低于注册资本的百分之三十。", "自有资金", "注册资本", ""),
        ("综合利用能力占总产能的比例不低于20%。", "", "总产能", ""),
        ("应当自收到备案材料之日起十日内核对。", "", "", "自收到备案材料之日起"),
        ("应当在事故发生后一小时内报告。", "", "", "事故发生后"),
        ("收到举报后，主管部门应当在五日内核查。", "", "", "收到举报后"),
        ("台账至少保存至合同履行完毕后两年。", "", "", "合同履行完毕后"),
        ("保存期限不得少于质保期满后六个月。", "保存期限", "", "质保期满后"),
        ("应当在许可证有效期届满三十日前申请。", "", "", "许可证有效期届满"),
        ("库房储存面积不低于2000平方米。", "库房储存面积", "", ""),
        ("库内温度≤35℃。", "库内温度", "", ""),
        ("三十日内办结。", "", "", ""),
    ],
)
def test_surroundings(text: str, parameter: str, base: str, trigger: str) -> None:
    (found,) = find_thresholds(text)
    assert (found.trigger, found.base) == (trigger, base)
    if parameter:
        assert found.parameter.endswith(parameter)


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("二、单体电池的额定能量超过30瓦时的，应当使用专用包装。", "单体电池的额定能量"),
        ("企业应当保证粉料中铁的含量低于2%。", "粉料中铁的含量"),
        ("企业应当确保回收率不低于90%。", "回收率"),
        ("保证金金额不少于5万元。", "保证金金额"),
    ],
)
def test_what_is_measured_begins_with_its_own_words(text: str, parameter: str) -> None:
    assert [found.parameter for found in find_thresholds(text)] == [parameter]


def test_confidence_falls_with_explicitness() -> None:
    def confidence(text: str) -> float:
        (found,) = find_thresholds(text)
        return found.confidence

    assert (
        confidence("期限不超过三年")
        > confidence("有效期三年")
        > confidence("至少保存三年")
        > confidence("应当在届满前三个月申请")
        > confidence("由三人组成")
    )


def test_values_are_exact() -> None:
    (found,) = find_thresholds("误差不超过0.1%")
    assert found.value == Decimal("0.1")
    (found,) = find_thresholds("投资3.3亿元以上")
    assert found.value == Decimal(330_000_000)


def test_pattern_names_the_words() -> None:
    (found,) = find_thresholds("期限不得超过三年")
    assert found.span.pattern == "le:不得超过N"
    (found,) = find_thresholds("处一万元以上三万元以下罚款")
    assert found.span.pattern == "range:N:以上以下"


def test_score_on_annotated_articles(shared: Path, tmp_path: Path) -> None:
    gold = shared / "gold" / "dev.jsonl"
    predicted = tmp_path / "predicted.jsonl"
    with predicted.open("w", encoding="utf-8") as out:
        for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines()):
            found = [
                {
                    "text": one.span.text,
                    "start": one.span.start,
                    "comparator": one.comparator.value,
                    "value": float(one.value),
                    "value_max": None if one.value_max is None else float(one.value_max),
                    "unit": one.unit,
                }
                for one in find_thresholds(row["text"])
            ]
            out.write(json.dumps({"id": row["id"], "norms": [], "thresholds": found}) + "\n")
    command = [sys.executable, str(shared / "gold" / "score.py"), str(gold), str(predicted), "--json"]
    score = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert score["threshold"]["f1"] >= 0.97


def test_whole_corpus_is_fast_and_sane(shared: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((shared / "corpus" / "texts").glob("*.md"))]
    start = time.process_time()
    found = [find_thresholds(text) for text in texts]
    speed = sum(map(len, texts)) / (time.process_time() - start)
    assert speed > 1_000_000, f"{speed:.0f} characters a second"
    assert 9_000 < sum(map(len, found)) < 14_000
    for text, thresholds in zip(texts, found, strict=True):
        assert all(text[one.span.start : one.span.end] == one.span.text for one in thresholds)


def test_component_fills_the_layer() -> None:
    from nlp.language import load

    text = "仓库面积\n不低于800平方米，保存期限不得少于三年。"
    doc = load()(text)
    assert doc._.thresholds == tuple(find_thresholds(text))
    assert [span.label_ for span in doc.spans["thresholds"]] == ["ge", "ge"]
    assert [span.text for span in doc.spans["thresholds"]] == ["不低于800平方米", "不得少于三年"]
