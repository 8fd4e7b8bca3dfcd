"""Files that a page links to: which are fetched, which are only counted, and what they are called."""

from __future__ import annotations

import pytest

from crawler.attachments import find_files

URL = "https://gxt.example.gov.cn/zw/202605/t20260501_1.html"
HOSTS = ("gxt.example.gov.cn",)


def names(inside: str, **selectors: str) -> list[tuple[str, str]]:
    markup = f"<html><body>{inside}</body></html>"
    return [(file.name, file.url) for file in find_files(markup, URL, HOSTS, **selectors).files]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="./W020260501000000001.pdf">1.名单.pdf</a>', ("1.名单.pdf", "/zw/202605/W020260501000000001.pdf")),
        ('<a href="P020260501.DOC" title="申请表">附件</a>', ("申请表", "/zw/202605/P020260501.DOC")),
        (
            '<a download="名单.wps" href="/api/document/download?fileUrl=AbC&fileName=x">附件</a>',
            ("名单.wps", "/api/document/download?fileUrl=AbC&fileName=x"),
        ),
        (
            '<a href="/module/download/downfile.jsp?classid=0&filename=ab.pdf">附件</a>',
            ("附件", "/module/download/downfile.jsp?classid=0&filename=ab.pdf"),
        ),
        ('<iframe src="/files/a.ofd"></iframe>', ("a.ofd", "/files/a.ofd")),
        ('<a href="/files/a.xlsx"><img src="icon.png"></a>', ("a.xlsx", "/files/a.xlsx")),
    ],
)
def test_files_are_found_in_the_families_ways(link, expected):
    assert names(link) == [(expected[0], f"https://gxt.example.gov.cn{expected[1]}")]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="next.html">下一篇</a>',
        '<a href="javascript:window.print()">打印.pdf</a>',
        '<a href="#a.pdf">锚点</a>',
        '<a href="mailto:a@b.cn?x=.pdf">邮箱</a>',
        "<a>附件.pdf</a>",
        '<img src="seal.png">',
    ],
)
def test_other_links_are_no_files(link):
    assert names(link) == []


def test_files_elsewhere_are_counted_and_not_fetched():
    links = '<a href="https://www.miit.gov.cn/a.pdf">转发</a><a href="file:///etc/passwd.pdf">x</a><a href="http://10.0.0.1/a.pdf">y</a>'
    found = find_files(f"<html><body>{links}</body></html>", URL, HOSTS)
    assert found.files == ()
    assert len(found.refused) == 3


def test_only_the_body_is_searched_when_it_is_known():
    menu = '<div class="menu"><a href="/guide.pdf">办事指南</a></div>'
    page = f'{menu}<div class="TRS_Editor"><a href="a.pdf">附件1</a></div>'
    assert [name for name, _ in names(page)] == ["附件1"]
    both = ["办事指南", "附件1"]  # a link that calls itself an annex counts wherever it stands
    assert [name for name, _ in names(page, body="div.menu")] == both
    assert [name for name, _ in names(page, attachments="div.menu a")] == ["附件1", "办事指南"]


def test_attachment_blocks_beside_the_body_count():
    beside = '<p class="insertfileTag"><a href="a.pdf">附件</a></p><div class="xgfj"><a href="b.doc">表</a></div>'
    page = f'<div class="TRS_Editor">正文</div>{beside}'
    assert [name for name, _ in names(page)] == ["附件", "表"]


def test_one_file_linked_twice_is_one():
    assert len(names('<a href="a.pdf">附件</a><a href="./a.pdf#page=2">附件（第二页）</a>')) == 1


@pytest.mark.parametrize("text", ["../../etc/passwd", "a\u202egpj.exe", "x" * 5000, "名\x00单", "CON"])
def test_names_are_labels_of_bounded_length(text):
    ((name, url),) = names(f'<a href="/f/a.pdf" download="{text}">附件</a>')
    assert len(name) <= 200
    assert not set(name) & {"\u202e", "\x00"}
    assert url == "https://gxt.example.gov.cn/f/a.pdf", "the label never becomes part of an address or a path"


def test_a_page_of_thousands_of_links_yields_a_bounded_number():
    links = "".join(f'<a href="/f/{n}.pdf">附件{n}</a>' for n in range(3000))
    assert len(names(links)) == 60


def test_crawl_and_conversion_name_the_same_addresses() -> None:
    """The reader finds a file by the address under which the crawl recorded it."""
    from crawler.convert import convert

    links = '<a href="./a b.pdf?spm=1#p2">附件1</a><a href="HTTP://GXT.example.gov.cn:80/f/../f/表.xlsx">附件2</a>'
    page = f'<html><meta charset="utf-8"><body><div class="TRS_Editor"><p>正文。</p>{links}</div></body></html>'
    converted = convert(page.encode(), name="p.html", content_type="text/html", url=URL).head.attachments
    assert [file.url for file in converted] == [url for _, url in names(page)]
    assert len(converted) == 2


def test_files_beside_a_page_that_was_handed_in_have_the_names_of_files() -> None:
    from crawler.convert import convert

    inside = '<p>正文。</p><a href="./子/附件1.docx">附件</a>'
    page = f'<html><meta charset="utf-8"><body><div class="TRS_Editor">{inside}</div></body></html>'
    found = convert(page.encode(), name="p.html", url="file:夹/p.html").head.attachments
    assert [file.url for file in found] == ["file:夹/子/附件1.docx"]
