"""The entry point for whole documents: spans that hold, heads that merge, texts that are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.analyse import AnalysisRefused, RefusalCode, analyse
from nlp.language import PIPELINE_VERSION
from rules_db.model import (
    Analysis,
    Block,
    BlockKind,
    ConvertedDocument,
    EffectKind,
    HeadFacts,
    Modality,
    ProvisionKind,
)


def document(source: str, head: HeadFacts | None = None) -> ConvertedDocument:
    blocks = tuple(Block(BlockKind.PARAGRAPH, line) for line in source.split("\n"))
    return ConvertedDocument(blocks, head or HeadFacts(), "text/plain")


REGULATION = """\ufeff某省动力电池回收办法
（2030年1月2日某省人民政府令第15号公布）
第一章　总　则
第一条　为了规范回收，根据《循环经济促进法》，制定本办法。
第二条　本办法所称网点，是指收集电池的场所。
第三条　企业应当自收到电池之日起三十日内登记。
登记信息有变化的，应当按照前款规定\u200b重新登记。
第四条　违反本办法第三条第一款规定的，由主管部门处一万元以上三万元以下的罚款。
第五条　本办法自2030年5月1日起施行。《旧办法》（某工信〔2019〕4号）同时废止。"""


@pytest.fixture(scope="module")
def regulation() -> Analysis:
    return analyse(document(REGULATION))


def test_every_span_is_where_it_says(regulation: Analysis) -> None:
    text = regulation.text
    spans = [
        *(norm.cue for norm in regulation.norms),
        *(norm.clause for norm in regulation.norms),
        *(norm.bearer for norm in regulation.norms if norm.bearer is not None),
        *(threshold.span for threshold in regulation.thresholds),
        *(reference.span for reference in regulation.references),
        *(definition.term for definition in regulation.definitions),
        *(definition.meaning for definition in regulation.definitions),
        *(effect.span for effect in regulation.effects),
    ]
    assert len(spans) > 12
    for span in spans:
        assert text[span.start : span.end] == span.text


def test_spans_lead_back_to_the_source(regulation: Analysis) -> None:
    (reference,) = [r for r in regulation.references if r.span.text == "前款"]
    first = regulation.source_offsets[reference.span.start]
    assert REGULATION[first : first + 2] == "前款"
    assert len(regulation.source_offsets) == len(regulation.text) + 1
    assert regulation.source_offsets[-1] == len(REGULATION)


def test_layers_meet_in_the_document(regulation: Analysis) -> None:
    by_eid = {p.eid: p for p in regulation.provisions}
    holder = by_eid["art_3"]
    obligations = [n for n in regulation.norms if n.modality is Modality.OBLIGATION]
    assert [holder.start <= n.cue.start < holder.tree_end for n in obligations] == [True, True]
    assert {r.span.text: r.target for r in regulation.references if r.target} == {
        "前款": "art_3__para_1",
        "本办法第三条第一款": "art_3__para_1",
    }
    assert [d.term.text for d in regulation.definitions] == ["网点"]
    assert [(e.kind, e.target_title, e.target_number, e.effective_on) for e in regulation.effects] == [
        (EffectKind.IMPLEMENTS, "循环经济促进法", None, None),
        (EffectKind.REPEALS, "旧办法", "某工信〔2019〕4号", "2030-05-01"),
    ]
    assert any(t.unit == "day" and t.value == 30 for t in regulation.thresholds)
    assert regulation.pipeline_version == PIPELINE_VERSION
    assert regulation.issues == ()


def test_the_head_is_read_and_the_source_wins() -> None:
    read = analyse(document(REGULATION)).head
    assert (read.title, read.document_number) == ("某省动力电池回收办法", "某省人民政府令第15号")
    assert (read.promulgated_on, read.effective_on) == ("2030-01-02", "2030-05-01")
    stated = HeadFacts(title="某省动力电池回收办法", effective_on="2030-06-01", jurisdiction="370000")
    analysis = analyse(document(REGULATION, stated))
    assert (analysis.head.effective_on, analysis.head.jurisdiction) == ("2030-06-01", "370000")
    assert [issue.code for issue in analysis.issues] == ["head_contradiction"]


def test_analysing_twice_gives_equal_results(regulation: Analysis) -> None:
    assert analyse(document(REGULATION)) == regulation


def test_cosmetic_noise_changes_no_text() -> None:
    noisy = (
        REGULATION.replace("\n第", "\r\n\n\u3000 第")
        .replace("（", "(")
        .replace("）", ")")
        .replace("。", "。\u200b\xa0")
    )
    assert analyse(document(noisy)).text == analyse(document(REGULATION)).text


def test_a_notice_without_numbers_is_legitimate() -> None:
    analysis = analyse(
        document(
            "关于暂停受理申请的公告\n某部公告2030年第9号\n因系统升级，自2030年3月1日起暂停受理。\n企业应当在此前提交申请。\n某部\n2030年2月20日"
        )
    )
    assert [p.eid for p in analysis.provisions] == ["preface", "para_1", "para_2", "conclusion"]
    assert analysis.head.document_number == "某部公告2030年第9号"


def test_tables_are_provisions() -> None:
    rows = (("污染物", "限值"), ("粉尘", "10mg/m³"))
    blocks = (
        Block(BlockKind.HEADING, "某市电池拆解污染限值规定"),
        Block(BlockKind.PARAGRAPH, "第一条 企业应当符合下列限值："),
        Block(BlockKind.TABLE, "\n".join("\t".join(row) for row in rows), rows=rows),
        Block(BlockKind.PARAGRAPH, "第二条 本规定自公布之日起施行。"),
    )
    analysis = analyse(ConvertedDocument(blocks, HeadFacts(), "text/html"))
    (table,) = [p for p in analysis.provisions if p.kind is ProvisionKind.TABLE]
    assert analysis.text[table.start : table.end] == "污染物\t限值\n粉尘\t10mg/m³\n"


REFUSED = {
    "": RefusalCode.EMPTY,
    " \n\u200b\u3000": RefusalCode.EMPTY,
    "电池回收": RefusalCode.EMPTY,
    "the quick brown fox jumps over the lazy dog, and the dog does not mind": RefusalCode.NOT_CHINESE,
    "第一条 企业应当登记。\n第二条 企业应当报送。\n第三条 网点应当保存记录。".encode().decode("gb18030", "replace")
    * 3: RefusalCode.MOJIBAKE,
    "第一条 企业应当登记。\n第二条 企业应当报送去向。\n".encode("gb18030").decode("latin-1"): RefusalCode.NOT_CHINESE,
    "第一条 企业应当登记。" + "\ufffd" * 20: RefusalCode.MOJIBAKE,
    "1. 牛奶两盒\n2. 鸡蛋一打\n3. 全麦面包\n4. 七号电池两节\n5. 洗衣液一桶": RefusalCode.NOT_REGULATION,
    "购物清单：牛奶两盒，鸡蛋一打，全麦面包一个，七号电池两节，洗衣液一桶。": RefusalCode.NOT_REGULATION,
    "首页\n新闻动态\n政务公开\n办事服务\n互动交流\n政策法规\n通知公告\n网站地图\n联系我们": RefusalCode.NOT_REGULATION,
    "关于开展电池检查的通知 2030-01-01\n关于印发回收办法的通知 2030-02-01\n" * 10
    + "本网站由办公室负责维护，未经许可不得转载。": RefusalCode.NOT_REGULATION,
    "窗外下着雨，他坐在桌前，慢慢地喝完了那杯已经凉了的茶，然后关上了灯。": RefusalCode.NOT_REGULATION,
}


@pytest.mark.parametrize("source", REFUSED)
def test_what_is_refused(source: str) -> None:
    with pytest.raises(AnalysisRefused) as refused:
        analyse(document(source))
    assert refused.value.code is REFUSED[source]
    assert refused.value.message


SHORT = [
    "某市退役动力电池贮存企业绿色仓库评价要求（征求意见稿）\n一、仓库面积应当不低于300平方米。",
    "关于做好新能源汽车动力电池回收网点信息填报工作的通知\n一、网点应当在20日内填报",
    "关于暂停某某再生资源公司动力电池综合利用业务经营资格的公告\n暂停其经营。",
    "关于立即开展动力电池综合利用企业安全检查的紧急通知\n各区要立即组织检查。",
]


@pytest.mark.parametrize("source", SHORT)
def test_a_notice_may_be_shorter_than_its_title(source: str) -> None:
    analysis = analyse(document(source))
    assert analysis.text.startswith(source.split("\n")[0])


NO_NOTICE = [
    "某市退役动力电池贮存企业绿色仓库评价要求（征求意见稿）\n征求意见中。",
    "关于立即开展动力电池综合利用企业安全检查的紧急通知\n暂无数据。",
    "一、关于动力电池回收企业名单的公示\n二、关于网点应当登记的说明\n首页\n更多",
    "我市召开动力电池回收利用工作推进会\n会议强调，要加强监管。",
]


@pytest.mark.parametrize("source", NO_NOTICE)
def test_a_screen_or_a_line_of_news_is_still_none(source: str) -> None:
    with pytest.raises(AnalysisRefused) as refused:
        analyse(document(source))
    assert refused.value.code is RefusalCode.NOT_REGULATION


def test_no_blocks() -> None:
    with pytest.raises(AnalysisRefused) as refused:
        analyse(ConvertedDocument((), HeadFacts(), "text/plain"))
    assert refused.value.code is RefusalCode.EMPTY


SOUP = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text(
            st.sampled_from("第一二条章款项（）、。；：“”《》应当不得企业三十日内元以上以下规定本办法前自起施行废止\n"),
            max_size=60,
        ),
        st.sampled_from(
            ["第一条 企业应当登记。", "（一）报送去向；", "一、总体要求", "附件1", "目录", "2030年1月1日", "某某部"]
        ),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(SOUP)
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    blocks = tuple(Block(BlockKind.PARAGRAPH, part) for part in parts)
    try:
        analysis = analyse(ConvertedDocument(blocks, HeadFacts(), "text/plain"))
    except AnalysisRefused:
        return
    assert "".join(analysis.text[p.start : p.end] for p in analysis.provisions) == analysis.text
    for norm in analysis.norms:
        assert analysis.text[norm.cue.start : norm.cue.end] == norm.cue.text
    for threshold in analysis.thresholds:
        assert analysis.text[threshold.span.start : threshold.span.end] == threshold.span.text


def test_a_paragraph_beyond_any_article_is_read_in_parts() -> None:
    sentence = "企业应当在三十日内登记。"
    analysis = analyse(document("电池登记办法\n第一条 " + sentence * 10_000))
    assert len(analysis.thresholds) == 10_000
    last = analysis.thresholds[-1].span
    assert analysis.text[last.start : last.end] == last.text == "三十日内"
