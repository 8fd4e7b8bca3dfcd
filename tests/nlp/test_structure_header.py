"""What a text says about itself: title, number, issuers, dates, term; and how that meets what the source says."""

from __future__ import annotations

import pytest

from nlp.structure.header import merge_heads, read_head
from nlp.structure.provisions import parse_structure
from nlp.text.normalise import normalise
from rules_db.model import HeadFacts, Severity


def head_of(source: str, stated: HeadFacts | None = None) -> HeadFacts:
    text = normalise(source).text
    return read_head(text, parse_structure(text), stated=stated)


BODY = "\n第一条 企业应当登记。\n第二条 {final}"

NUMBERS = {
    "某工信节能〔2030〕7号": "某工信节能〔2030〕7号",
    "某工信节能[2030] 07 号": "某工信节能〔2030〕7号",
    "某工信节能（2030）第7号": "某工信节能〔2030〕7号",
    "（某工信节能【2030】7号）": "某工信节能〔2030〕7号",
    "中华人民共和国国务院令第712号": "国务院令第712号",
    "中华人民共和国国务院令\n第712号": "国务院令第712号",
    "某部 某委令第七十三号": "某部、某委令第73号",
    "某部公告2030年第9号": "某部公告2030年第9号",
    "某部公告\n2030年 第9号": "某部公告2030年第9号",
    "2030年1月2日某市人民政府令第15号公布": "某市人民政府令第15号",
    "1999年1月2日国务院令第20号公布 2030年5月6日国务院令第99号修订": "国务院令第99号",
    "1999年1月2日国务院令第20号公布 根据2030年5月6日国务院令第99号《关于修改电池条例的决定》修订": "国务院令第20号",
}


@pytest.mark.parametrize("line", NUMBERS)
def test_document_numbers(line: str) -> None:
    assert head_of("电池回收条例\n" + line + BODY.format(final="自公布之日起施行。")).document_number == NUMBERS[line]


def test_a_number_that_is_cited_is_not_the_own_one() -> None:
    source = "关于开展检查的通知\n各市：\n根据《电池办法》（某部令第5号），现通知如下：\n一、检查企业。\n二、报送结果。"
    assert head_of(source).document_number is None


TITLES = {
    "某部文件\n某节〔2030〕7号\n关于印发《电池办法》的通知\n各市：\n请执行。": "关于印发《电池办法》的通知",
    "某部\n关于印发《电池办法\n（试行）》的通知\n各市：\n"
    "请遵照执行，并报送情况。": "某部关于印发《电池办法（试行）》的通知",
    "国务院令\n第7号\n电池条例\n第一条 登记。": "电池条例",
    "电池条例（2030年修订）\n第一条 登记。": "电池条例（2030年修订）",
}


@pytest.mark.parametrize("source", TITLES)
def test_titles(source: str) -> None:
    assert head_of(source).title == TITLES[source]


def test_dates_of_a_local_regulation() -> None:
    head = head_of(
        "某市电池条例\n2019年12月30日某市人民代表大会常务委员会第十九次会议通过\n"
        "2020年3月31日某省人民代表大会常务委员会第十七次会议批准\n"
        "根据2030年5月20日某市人民代表大会常务委员会《关于修改〈某市电池条例〉的决定》修正"
        + BODY.format(final="本条例自2020年6月1日起施行。")
    )
    assert head.promulgated_on == "2020-03-31"
    assert head.version_date == "2030-05-20"
    # The text of 2030 does not apply from 2020 on.
    assert head.effective_on is None


def test_a_full_revision_restates_its_day_of_effect() -> None:
    head = head_of(
        "电池条例\n（2001年6月15日国务院令第306号公布　2030年5月6日国务院令第999号修订）"
        + BODY.format(final="本条例自2030年7月1日起施行。")
    )
    assert (head.promulgated_on, head.version_date, head.effective_on) == ("2001-06-15", "2030-05-06", "2030-07-01")


FINALS = {
    "本办法自2030年5月1日起施行。": ("2030-05-01", None),
    "本办法自公布之日起施行。": ("2030-01-02", None),
    "本办法自公布之日起30日后施行。": ("2030-02-02", None),
    "本办法自2030年5月1日起施行，有效期五年。": ("2030-05-01", "2035-04-30"),
    "本办法自2030年5月1日起试行，试行期2年。": ("2030-05-01", "2032-04-30"),
    "本办法自2032年2月29日起施行，有效期为1年。": ("2032-02-29", "2033-02-27"),
    "本办法（试行）自二〇三〇年五月一日起施行，有效期至二〇三二年十二月三十一日。": ("2030-05-01", "2032-12-31"),
    "网点的电池自2030年5月1日起登记，合同有效期五年。": (None, None),
}


@pytest.mark.parametrize("final", FINALS)
def test_effect_and_expiry(final: str) -> None:
    head = head_of("电池办法\n（2030年1月2日某部令第15号公布）" + BODY.format(final=final))
    assert (head.effective_on, head.expires_on) == FINALS[final]


def test_the_source_gives_the_day_that_the_text_counts_from() -> None:
    source = "电池办法" + BODY.format(final="本办法自公布之日起施行。")
    assert head_of(source).effective_on is None
    assert head_of(source, HeadFacts(promulgated_on="2030-03-04")).effective_on == "2030-03-04"


def test_a_day_that_the_calendar_lacks_counts_for_nothing() -> None:
    source = "电池办法" + BODY.format(final="本办法自公布之日起30日后施行，有效期五年。")
    assert head_of(source, HeadFacts(promulgated_on="2030-02-30")).effective_on is None
    assert head_of(source, HeadFacts(promulgated_on="9999-12-31")).effective_on is None


def test_signature() -> None:
    head = head_of(
        "关于开展检查的通知\n各市：\n一、检查企业。\n二、报送结果。\n"
        "某工业和信息化部 某商务部\n某海关总署\n二〇三〇年六月一日"
    )
    assert head.issuers == ("某工业和信息化部", "某商务部", "某海关总署")
    assert head.promulgated_on == "2030-06-01"


def test_signature_of_a_covering_letter() -> None:
    head = head_of(
        "关于印发《电池办法》的通知\n各市：\n现印发给你们，请执行。\n某部办公厅\n2030年3月5日\n电池办法"
        + BODY.format(final="本办法自印发之日起施行。")
    )
    assert (head.issuers, head.promulgated_on, head.effective_on) == (("某部办公厅",), "2030-03-05", "2030-03-05")


ORDER = """某工业部 某环境部
令
第73号
《电池回收办法》已经2030年12月1日部务会议通过，现予公布，自2031年4月1日起施行。
部长 李某
2030年12月31日
电池回收办法
（2030年本）
第一条 企业应当登记。
第二条 企业应当报送。"""


def test_an_order_has_the_title_of_what_it_brings() -> None:
    head = head_of(ORDER)
    assert (head.title, head.document_number) == ("电池回收办法（2030年本）", "某工业部、某环境部令第73号")
    assert (head.promulgated_on, head.effective_on) == ("2030-12-31", "2031-04-01")
    assert head.issuers == ("某工业部", "某环境部")


def test_an_announcement_that_brings_conditions() -> None:
    head = head_of(
        "某工业部\n公告\n2030年第42号\n现将《规范条件（2030年本）》予以公告，自2031年1月1日起施行。\n附件：规范条件\n某工业部\n"
        "2030年12月23日\n附件\n规范条件\n（2030年本）\n一、企业应当登记。\n二、企业应当报送。"
    )
    assert (head.title, head.document_number) == ("规范条件（2030年本）", "某工业部公告2030年第42号")
    assert (head.promulgated_on, head.effective_on) == ("2030-12-23", "2031-01-01")


def test_what_the_source_says_wins_and_contradictions_are_told() -> None:
    stated = HeadFacts(title="电池办法", effective_on="2030-06-01", document_number="某部令第5号", issuers=("某部",))
    found = HeadFacts(
        title="电池办法（试行）",
        effective_on="2030-05-01",
        document_number="某委、某部令第5号",
        promulgated_on="2030-01-02",
    )
    merged, issues = merge_heads(stated, found)
    assert merged.effective_on == "2030-06-01" and merged.title == "电池办法" and merged.issuers == ("某部",)
    assert merged.promulgated_on == "2030-01-02"
    assert [issue.code for issue in issues] == ["head_contradiction"]
    assert issues[0].severity is Severity.WARN and "2030-05-01" in issues[0].message
