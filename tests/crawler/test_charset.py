"""Encodings are decided from the bytes: right text or an explicit error, never mojibake."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charset import UndecidedError, declared_charset, decode, han_score
from crawler.han_frequency import COMMON_SIMPLIFIED, COMMON_TRADITIONAL

LAW = (
    "第一条　为了规范废旧动力电池的回收利用，防止环境污染，制定本办法。\n第二条　在本省行政区域内从事收集、贮存、运输、"
    "梯次利用和再生利用的单位，应当遵守本办法，如实记录电池来源和去向，保存期限不少于三年。\n"
)
FOUR_BYTE = "企业名称含有生僻字㐂䶮𠮷𬭎的，应当按照登记证书填写，不得以同音字代替。" * 3
TAIWAN = "第一條　為加強廢棄電池之回收清除處理，業者應於每月十日前申報，違反規定者，處新臺幣六萬元以上罰鍰。"
PAGE = "<html><head>{meta}<title>公告</title></head><body><p>{text}</p></body></html>"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'

ENCODINGS = {
    "utf-8": (LAW, "utf-8", "utf-8"),
    "utf-8 with mark": (LAW, "utf-8-sig", "utf-8"),
    "gb2312": (LAW, "gb2312", "gb18030"),
    "gbk": (LAW, "gbk", "gb18030"),
    "gb18030 with four-byte characters": (FOUR_BYTE, "gb18030", "gb18030"),
    "big5": (TAIWAN, "big5", "big5"),
    "utf-16 with mark": (LAW, "utf-16", "utf-16-le"),
    "utf-16-be without mark": (LAW, "utf-16-be", "utf-16-be"),
}
DECLARATIONS = (None, "utf-8", "gb2312", "gbk", "gb18030", "big5", "iso-8859-1", "windows-1252", "no-such-charset")


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("meta", DECLARATIONS)
@pytest.mark.parametrize("header", [None, "utf-8", "gb2312", "iso-8859-1"])
def test_declarations_right_wrong_or_absent_never_change_the_text(
    name: str, meta: str | None, header: str | None
) -> None:
    text, codec, expected = ENCODINGS[name]
    page = PAGE.format(meta=META.format(meta) if meta else "", text=text)
    decoded = decode(page.encode(codec), f"text/html; charset={header}" if header else "text/html")
    assert decoded.text == page
    assert decoded.charset == expected
    assert decoded.confidence >= 0.7


def test_a_false_declaration_is_reported() -> None:
    page = PAGE.format(meta=META.format("gb2312"), text=LAW).encode()
    assert decode(page, "text/html; charset=ISO-8859-1").warnings == (
        "HTTP header says windows-1252 but the bytes are utf-8",
        "document says gb18030 but the bytes are utf-8",
    )
    assert decode(PAGE.format(meta=META.format("gb2312"), text=LAW).encode("gbk")).warnings == ()


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le"])
def test_a_cut_last_character_is_left_out_and_told(codec: str) -> None:
    text = LAW + "终"
    decoded = decode(text.encode(codec)[:-1])
    assert decoded.text == LAW
    assert decoded.warnings == ("the last character is cut off",)


def test_one_broken_byte_in_a_long_text_is_replaced_and_told() -> None:
    data = (LAW * 20).encode()
    at = data.index("办法".encode())
    decoded = decode(data[:at] + b"\xff" + data[at:])
    assert decoded.text.replace("\ufffd", "") == LAW * 20
    assert decoded.warnings == ("1 broken byte sequences replaced",)


@pytest.mark.parametrize(
    "data",
    [
        LAW.encode().decode("gb18030", "replace").encode(),
        LAW.encode().decode("latin-1").encode(),
        LAW.encode("gbk").decode("latin-1").encode(),
        LAW.encode("gbk").decode("cp1252", "replace").encode(),
        ("锟斤拷" * 20 + "正文").encode(),
        LAW.encode("shift_jisx0213", "ignore"),
        LAW.encode("iso2022_jp_2", "ignore"),
        LAW.encode("utf-16-le")[1:],
        bytes((n * n * 31 + n * 7) % 128 + 128 for n in range(600)),
    ],
    ids=[
        "utf-8 as gbk",
        "utf-8 as latin-1",
        "gbk as latin-1",
        "gbk as cp1252",
        "replacement characters",
        "sjis",
        "iso-2022",
        "half a unit",
        "noise",
    ],
)
def test_what_cannot_be_read_is_undecided(data: bytes) -> None:
    with pytest.raises(UndecidedError) as caught:
        decode(data)
    assert "again" in str(caught.value)  # says what to do


def test_two_characters_of_gbk_that_are_valid_utf8_are_gbk() -> None:
    assert decode("通知.txt".encode("gbk")).text == "通知.txt"


def test_zero_bytes_and_private_characters_pass_through() -> None:
    text = LAW[:20] + "\x00\ue000" + LAW[20:]
    assert decode(text.encode()).text == text


def test_latin_text_needs_a_declaration() -> None:
    data = "Le décret précise les modalités de collecte des batteries usagées.".encode("latin-1")
    assert decode(data, "text/plain; charset=iso-8859-1").text.startswith("Le décret précise")
    with pytest.raises(UndecidedError):
        decode(data)


def test_gb18030_2022_characters_leave_the_private_area() -> None:
    assert decode(LAW.encode("gb18030") + b"\xfe\x59\xa6\xd9").text == LAW + "\u9fb4\ufe10"


def test_every_assigned_han_character_survives_gb18030() -> None:
    blocks = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0), (0x2A700, 0x2EBE1), (0x30000, 0x323B0))
    every = "".join(map(chr, (code for first, last in blocks for code in range(first, last))))
    assert len(every) > 90_000
    assert decode(every.encode("gb18030"), "text/plain; charset=gbk").text == every


@given(st.text(alphabet=COMMON_SIMPLIFIED + "，。（）0123456789", min_size=30, max_size=300))
def test_ordinary_text_is_read_back_from_both_encodings(text: str) -> None:
    for codec in ("utf-8", "gb18030"):
        assert decode(text.encode(codec)).text == text


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_undecided(data: bytes) -> None:
    try:
        decoded = decode(data)
    except UndecidedError:
        return
    assert 0 <= decoded.confidence <= 1


def test_declarations_are_found_in_their_usual_forms() -> None:
    assert declared_charset(b'<meta charset="GBK">', None) == (None, "gb18030")
    assert declared_charset(b"<META CONTENT='text/html;charset=utf-8' http-equiv=x>", None) == (None, "utf-8")
    assert declared_charset(b'<?xml version="1.0" encoding="gb2312"?><a/>', 'text/xml; charset="utf-8"') == (
        "utf-8",
        "gb18030",
    )


def test_frequency_tables_are_sorted_and_apart() -> None:
    for table in (COMMON_SIMPLIFIED, COMMON_TRADITIONAL):
        assert "".join(sorted(set(table))) == table
    assert set(COMMON_SIMPLIFIED).isdisjoint(COMMON_TRADITIONAL)
    assert han_score(LAW) > 0.8 > 0.2 > han_score(LAW.encode().decode("gb18030", "ignore"))


def test_corpus_reads_the_same_from_every_encoding(shared: Path) -> None:
    for path in sorted((shared / "corpus" / "texts").glob("*.md"))[::20]:
        text = path.read_text(encoding="utf-8")
        assert decode(text.encode("gb18030")).text == text
        assert decode(text.encode()[:5000], "text/html; charset=gbk").text == text.encode()[:5000].decode(
            errors="ignore"
        )
