"""Hostile files end in an error code, within time and memory, and reach nothing outside themselves."""

from __future__ import annotations

import socket
import struct
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from file_builders import MC, OFD, W, doc, docx, ofd, p, pdf, xlsx, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.convert import ConversionError, ErrorCode, SandboxLimits, convert, convert_sandboxed
from crawler.convert.furniture import furniture_line
from crawler.convert.lines import join_wrapped
from crawler.convert.wire import dump, load

SENTENCE = "企业应当建立台账。"
SAMPLES = {
    "a.doc": doc(f"某省办法\r甲\x07乙\x07\x07{SENTENCE}\x13 PAGE \x14一\x15\r", compressed="abc\r"),
    "a.docx": docx(p(SENTENCE) + "<w:tbl><w:tr><w:tc/><w:tc/></w:tr></w:tbl>"),
    "a.html": f"<table><tr><td rowspan=2>甲</td></table><ol><li value=2>{SENTENCE}<a href='./a.pdf'>附件</a>".encode(),
    "a.md": f"---\na: b\n---\n# 办法\n\n|a|b|\n|--|--|\n|c|d|\n\n{SENTENCE}".encode(),
    "a.ofd": ofd([[(24, 40, 5, SENTENCE * 2)]]),
    "a.pdf": pdf([[(80, 100, 12, SENTENCE * 3)]]),
    "a.txt": f"办法\n{SENTENCE}".encode("gbk"),
    "a.xlsx": xlsx({"表": [["甲", "乙"], ["丙", 1.5]]}),
}
SECONDS = 8.0  # generous, for a busy machine: each case takes about one second or less


def timed(data: bytes, name: str = "a.html") -> str:
    """Text of a document or the code of its error, asserted to come in time."""
    started = time.process_time()
    try:
        result = convert(data, name=name).text
    except ConversionError as error:
        result = error.code.value
    assert time.process_time() - started < SECONDS
    return result


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div>" * 100_000 + SENTENCE + "</div>" * 100_000 + f"<p>{SENTENCE}</p>", f"{SENTENCE}\n{SENTENCE}"),
        (f"<span>{SENTENCE}" * 100_000, SENTENCE * 100_000),
        ("<table><tr><td>" * 10_000 + SENTENCE, "too_large"),
        ("<table><tr><td>" * 400 + SENTENCE, SENTENCE),
        ("<ul><li>" * 10_000 + SENTENCE, "too_large"),
        ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{SENTENCE}", SENTENCE),
        (f"<ht\x00ml><p>\x00{SENTENCE}</p>", SENTENCE),
        (f"<div id=zoom><p>第一条{SENTENCE * 75_000}</p></div>", "第一条" + SENTENCE * 75_000),
        ("<div id=zoom>" + "<div class=share>x</div>" * 50_000 + f"{SENTENCE * 9}</div>", SENTENCE * 9),
        ("<table>" + "<tr><td>x</td><td colspan=1000 rowspan=5000>y</td></tr>" * 3_000 + "</table>", "too_large"),
        (f"<p>{SENTENCE}" + "<!-- " * 100_000, SENTENCE),
        ("<" * 500_000 + SENTENCE, "<" * 500_000 + SENTENCE),
        (f"<p>{SENTENCE}</p>" + "<a href='/x/y.html'>" * 50_000, SENTENCE),
        ("<p>&#55296;&#x110000;" + SENTENCE, None),
        ("x" * (17 << 20), "too_large"),
    ],
    ids=[
        *("deep divs", "unclosed spans", "deep tables", "nested tables", "deep lists", "attributes", "zero bytes"),
        *("one long article", "furniture", "spans", "comments", "brackets", "links", "bad references", "size"),
    ],
)
def test_html_is_read_in_linear_time(page: str, expected: str | None) -> None:
    result = timed(f"<html><body>{page}".encode())
    assert expected is None or result == expected


@pytest.mark.parametrize(
    "source",
    [
        *("**a " * 100_000, "__a_" * 100_000, "#" * 500_000, "# t" + " #" * 300_000 + "x", "<!--" * 200_000),
        *("|--" * 200_000, "\n" * 500_000, " " * 1_000_000 + "x", "（一）" * 200_000, "第一" * 300_000),
        *("a|b\n" + "|-" * 200_000 + "x", "建立台账\n" * 100_000, "ab\n" * 100_000),
    ],
)
@pytest.mark.parametrize("suffix", ["md", "txt"])
def test_text_is_read_in_linear_time(source: str, suffix: str) -> None:
    timed(f"# 标题\n\n{source}\n{SENTENCE}".encode(), f"a.{suffix}")


@pytest.mark.parametrize(
    "make", [lambda n: "字号：大 中 小 " * n, lambda n: "首页" + " > a" * n + "!", lambda n: "第一一" * n]
)
def test_line_patterns_grow_linearly(make: Callable[[int], str]) -> None:
    def cost(size: int) -> float:
        started = time.process_time()
        for _ in range(20):
            furniture_line(make(size))
            join_wrapped([make(size)] * 10)
        return time.process_time() - started

    assert cost(4_000) < 40 * cost(1_000) + 0.2


@pytest.fixture
def sentinel(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("SENTINEL-CONTENT", encoding="ascii")
    return path


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """A loopback server's address and the connections it has seen."""
    seen: list[object] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    seen.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", seen
        stop.set()
        thread.join()


def entity_attacks(target: str) -> dict[str, str]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "external entity": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{target}">]>',
        "parameter entity": f'<!DOCTYPE a [<!ENTITY % e SYSTEM "{target}"> %e;]>',
        "external dtd": f'<!DOCTYPE a SYSTEM "{target}">',
        "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "lol"><!ENTITY e "&l9;">{laughs}]>',
    }


@pytest.mark.parametrize("attack", list(entity_attacks("x")))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_entities_reach_nothing(
    attack: str, encoding: str, sentinel: Path, listener: tuple[str, list[object]]
) -> None:
    address, seen = listener
    for target in (sentinel.as_uri(), address):
        start = f'<?xml version="1.0" encoding="{encoding}"?>{entity_attacks(target)[attack]}'
        word = f"{start}<w:document {W} {MC}><w:body>{p('正文。').replace('正文', '&e;')}</w:body></w:document>"
        page = f"{start}<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>&e;</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        for name, data in (
            ("a.docx", zipped({"word/document.xml": word.encode(encoding)})),
            ("a.ofd", zipped({"OFD.xml": page.encode(encoding)})),
            ("a.html", f"{start}<html><body><p>&e; {SENTENCE}</p></body></html>".encode(encoding)),
        ):
            assert "SENTINEL" not in timed(data, name)
    assert seen == []


@pytest.mark.parametrize("member", ["word/document.xml", "OFD.xml", "xl/workbook.xml", "a.txt"])
def test_zip_bombs_are_refused_before_they_unpack(member: str) -> None:
    assert timed(zipped({member: b"\0" * (40 << 20)}), "a.zip") == "too_large"
    many = {f"{n}.txt": b"" for n in range(5_001)}
    assert timed(zipped({member: b"x", **many}, zipfile.ZIP_STORED), "a.zip") == "too_large"


def test_a_member_that_lies_about_its_size_is_cut_off() -> None:
    bomb = bytearray(docx(p("x"), extra={"word/numbering.xml": "0" * (90 << 20)}))
    at = bomb.find(b"PK\x01\x02")
    while at >= 0:  # claim 1,000 bytes unpacked in the directory
        if bomb[at + 46 : at + 64] == b"word/numbering.xml":
            bomb[at + 24 : at + 28] = struct.pack("<I", 1000)
        at = bomb.find(b"PK\x01\x02", at + 4)
    assert timed(bytes(bomb), "a.docx") in ("too_large", "unreadable")


def test_overlapping_members_are_refused() -> None:
    data = bytearray(zipped({"word/document.xml": b"x" * 500, "b.xml": b"y" * 500}, zipfile.ZIP_STORED))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 10)
    assert timed(bytes(data), "a.docx") == "unreadable"


def test_password_on_a_member_is_told() -> None:
    data = bytearray(zipped({"a.txt": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    assert timed(bytes(data), "a.zip") == "encrypted"


def test_members_with_hostile_names_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["../../evil.txt", "/abs.txt", "C:\\x.txt", "a\x00b.txt", "x" * 300 + ".txt", "\u202egnp.txt"]
    text = timed(zipped(dict.fromkeys(names, SENTENCE.encode())), "a.zip")
    assert text.count(SENTENCE) >= 5
    assert "\u202e" not in text
    assert list(tmp_path.iterdir()) == []


def test_ofd_pages_outside_the_package_are_not_found() -> None:
    data = ofd([[(24, 40, 5, SENTENCE)]]).replace(b"Pages/Page_0", b"../../../etc")
    assert timed(data, "a.ofd") in ("unreadable", "no_text")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_files_end_in_a_document_or_a_code(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    damaged = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=6))
    timed(bytes(damaged), name)


def test_the_child_gives_the_same_document() -> None:
    page = f"<html><body><div id='zoom'><h2>第一章</h2><p>{SENTENCE}</p><a href='a.pdf'>附件</a>"
    table = "<table><tr><td>甲</td><td>乙</td></tr></table></div></body></html>"
    data = (page + table).encode("gbk")
    url = "https://example.gov.cn/"
    assert convert_sandboxed(data, name="a.html", url=url) == convert(data, name="a.html", url=url)
    with pytest.raises(ConversionError) as caught:
        convert_sandboxed(b"Rar!\x1a\x07\x00", name="名.rar")
    assert (caught.value.code, "名.rar" in caught.value.message) == (ErrorCode.UNSUPPORTED, True)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (SandboxLimits(wall_seconds=0.02), "within 0.02 s"),
        (SandboxLimits(output_bytes=1000), "more than 1000 bytes"),
        (SandboxLimits(memory_bytes=56 << 20), "memory|MemoryError"),
    ],
    ids=["time", "output", "memory"],
)
def test_the_child_is_limited(limits: SandboxLimits, words: str) -> None:
    data = b"<html><body><p>" + b"x" * (7 << 20)
    with pytest.raises(ConversionError, match=words) as caught:
        convert_sandboxed(data, name="a.html", limits=limits)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert len(convert_sandboxed(data, name="a.html").text) == 7 << 20  # the same file within ordinary limits


def test_the_child_stops_computing_after_its_processor_time() -> None:
    page = ("<p>" + SENTENCE + "</p>") * 300_000
    started = time.monotonic()
    with pytest.raises(ConversionError) as caught:
        convert_sandboxed(page.encode(), name="a.html", limits=SandboxLimits(cpu_seconds=1))
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert time.monotonic() - started < 15


def test_flate_in_flate_pdf_and_page_loops_end_within_limits() -> None:
    ordinary = pdf([[(80, 100, 12, SENTENCE * 3)]])
    loop = ordinary.replace(b"/Kids[8 0 R]", b"/Kids[2 0 R]")
    assert loop != ordinary
    for data in (loop, ordinary.replace(b"/Count 1", b"/Count 99999999")):
        started = time.monotonic()
        try:
            convert_sandboxed(data, name="a.pdf")
        except ConversionError as error:
            assert error.code in (ErrorCode.UNREADABLE, ErrorCode.TOO_LARGE, ErrorCode.NO_TEXT)
        assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"null", b"{}", b"\xff"),
        b'{"blocks":[["x","y",null,[]]],"head":{},"media_type":"a","charset":null,"warnings":[]}',
        b'{"blocks":[],"head":{"evil":"x"},"media_type":"a","charset":null,"warnings":[]}',
    ],
)
def test_a_damaged_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError):
        load(answer)


def test_documents_survive_the_pipe() -> None:
    document = convert(
        f"<html><body><div id=zoom><p>{SENTENCE}\ud7ff</p></div>".encode(), name="a.html", url="http://x/"
    )
    assert load(dump(document)) == document


@pytest.mark.parametrize("where", ["local header", "central directory"])
def test_a_zip_whose_name_is_no_utf8_is_refused(where: str) -> None:
    """The flag says UTF-8, the bytes of the name are not: in the copy before the member, or in the directory."""
    data = bytearray(zipped({"名单.txt": "第一条　企业应当在30日内报送信息。".encode()}))
    name = "名单.txt".encode()
    at = data.index(name) if where == "local header" else data.rindex(name)
    data[at : at + 3] = b"\xff\xfe\xfd"
    with pytest.raises(ConversionError) as caught:
        convert(bytes(data), name="附件.zip")
    assert caught.value.code is ErrorCode.UNREADABLE
    assert "附件.zip" in caught.value.message
