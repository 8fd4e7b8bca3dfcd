"""Normalisation: what is cosmetic goes, every character knows where it came from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text.normalise import normalise, normalise_blocks
from rules_db.model import Block, BlockKind
from rules_db.typography import comparison_key

CASES = {
    "blanks, blank lines, line ends": (
        "\u3000\u3000第一条\u3000登记。\r\n\r\n \u2028第二条\xa0\xa0报送。\x0c",
        "第一条 登记。\n第二条 报送。",
    ),
    "invisible characters": ("\ufeff电\u200b池\u00ad回\u2060收\x07。", "电池回收。"),
    "full-width letters, digits and signs": ("ＧＢ／Ｔ ３３５９８，≥９５％", "GB/T 33598，≥95%"),
    "Chinese punctuation stays": (
        "（一）登记；〔2030〕7号：“甲、乙”。！？～",
        "（一）登记；〔2030〕7号：“甲、乙”。！？～",
    ),
    "ASCII brackets and punctuation in Chinese": (
        "(一)电池(含电芯),登记;报送:去向",
        "（一）电池（含电芯），登记；报送：去向",
    ),
    "ASCII brackets in Latin text": ("60 dB(A), f(x):1, 10:30", "60 dB(A), f(x):1, 10:30"),
    "radicals of PDF fonts": ("⼯业和信息化部⻋辆", "工业和信息化部车辆"),
    "composition": ("e\u0301 \u30ab\u3099", "é ガ"),
    "layout marks of editors": ("登记。\ue004\n报\ue004送", "登记。\n报\ue004送"),
    "lone surrogates": ("登\ud800记", "登\ufffd记"),
}


@pytest.mark.parametrize("name", CASES)
def test_normalised_forms(name: str) -> None:
    source, expected = CASES[name]
    assert normalise(source).text == expected


def test_offsets_lead_back_to_the_source() -> None:
    source = "\ufeff  第一条\u3000\u3000登\u200b记 (试行) 。\r\n\r\n第二条"
    done = normalise(source)
    at = done.text.index("登记")
    assert source[slice(*done.to_source(at, at + 2))] == "登\u200b记"
    at = done.text.index("（试行）")
    assert source[slice(*done.to_source(at, at + 4))] == "(试行)"
    assert done.from_source(source.index("第二条")) == done.text.index("第二条")


@given(
    st.text(st.characters() | st.sampled_from("（）() \t\n\u3000\u200b\ufeff第一条、。\u0301\u0323\uac00\u11a8\ue004"))
)
@settings(max_examples=300, deadline=None)
def test_any_text(source: str) -> None:
    done = normalise(source)
    assert len(done.source_offsets) == len(done.text) + 1
    assert list(done.source_offsets) == sorted(done.source_offsets)
    assert done.source_offsets[-1] == len(source)
    assert all(0 <= offset < len(source) for offset in done.source_offsets[:-1])
    assert done.text == done.text.strip(" \n\t")
    assert "\n\n" not in done.text and "  " not in done.text
    assert normalise(done.text).text == done.text


@given(st.text(st.sampled_from("abe\u0301\u0323\u0327ガ电池\uf900\u212b"), max_size=40))
def test_result_is_composed(source: str) -> None:
    text = normalise(source).text
    assert text == unicodedata.normalize("NFC", text)


def test_blocks_keep_tables_and_source_offsets() -> None:
    blocks = (
        Block(BlockKind.HEADING, " 回收办法 "),
        Block(BlockKind.PARAGRAPH, "\u200b"),
        Block(BlockKind.TABLE, "编号\t数量\n1 \t 20", rows=(("编号", "数量"), ("1", "20"))),
        Block(BlockKind.PARAGRAPH, "第一条\t登记。"),
    )
    source = "\n".join(block.text for block in blocks)
    done = normalise_blocks(blocks)
    assert done.text == "回收办法\n编号\t数量\n1\t20\n第一条 登记。"
    assert [done.text[a:b] for a, b in done.tables] == ["编号\t数量\n1\t20"]
    assert [done.text[a:b] for a, b in done.headings] == ["回收办法"]
    for word in ("回收办法", "数量", "第一条"):
        at = done.text.index(word)
        assert source[slice(*done.to_source(at, at + len(word)))] == word
    assert list(done.source_offsets) == sorted(done.source_offsets)


NOISE = {
    "white space and wrapping": ("企业应当登记电池，\n并报送去向。", "企业应当\u3000登记 电池，并\xa0报送\r\n去向。"),
    "width": ("（一）GB/T 33598，95%", "(一)ＧＢ／Ｔ　３３５９８,９５％"),
    "brackets": ("工信部〔2030〕7号", "工信部[2030]7号"),
    "more brackets": ("工信部〔2030〕7号", "工信部（2030）7号"),
    "quotation marks": ("称“网点”", '称"网点"'),
    "curly and corner": ("称‘网点’", "称「网点」"),
    "dashes": ("GB/T 33598—2017", "GB/T 33598-2017"),
    "invisible": ("网点", "\ufeff网\u200b点\u00ad"),
    "radicals": ("工业", "⼯业"),
}


@pytest.mark.parametrize("name", NOISE)
def test_noise_has_equal_keys(name: str) -> None:
    one, other = NOISE[name]
    assert comparison_key(one) == comparison_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三十日内", "三十个工作日内"),
        ("应当登记", "可以登记"),
        ("10²", "102"),
        ("①", "1"),
        ("不超过5", "超过5"),
        ("1.5", "15"),
    ],
)
def test_content_has_different_keys(one: str, other: str) -> None:
    assert comparison_key(one) != comparison_key(other)


@given(
    st.text(st.sampled_from("第一条应当登记ＡＢ12（）()【】〔〕,，;；:：“”\"'—- \t\n\u3000\u200b\ufeff⼯"), max_size=60)
)
def test_normalising_does_not_touch_the_key(text: str) -> None:
    assert comparison_key(normalise(text).text) == comparison_key(text)


def test_endless_combining_marks_take_linear_time() -> None:
    marks = "\u0301\u0323" * 200_000
    assert len(normalise("a" + marks).text) > 100_000
