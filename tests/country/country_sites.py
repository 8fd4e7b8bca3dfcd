"""The sites of the simulated country: what each CMS family answers, from the documents that a site holds.

Pure: site and request in, answer out. Every source of the bundled registry stands here in its own family, with a place
name and texts of our own; sources that the registry says nobody can crawl stand as plain lists.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from benchmarks.loopback import JSON, Answer, Asked

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SCREEN: Final = 4  # rows a screen, few so that every site has a second one


@dataclass(frozen=True, slots=True)
class Attached:
    """A Word file beside a page: paragraphs, then a table."""

    name: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One page of a site. `number_on_site` makes its address; `text` has one line a paragraph."""

    title: str
    published: str
    number: str
    issuer: str
    number_on_site: int
    text: tuple[str, ...]
    noise: frozenset[str] = frozenset()
    files: tuple[Attached, ...] = ()


@dataclass
class State:
    """A site as it is now. `rows` are what its list shows, newest first; `pages` what it holds; `trouble` names a fault
    (see `country_faults`); `hits` is raised by every day so that counters move."""

    source_id: str
    name: str
    platform: str
    rows: list[Document] = field(default_factory=list)
    pages: dict[int, Document] = field(default_factory=dict)
    trouble: str = ""
    day: int = 1
    screen: int = SCREEN
    wrapper: str = "list"


Family = Callable[[State, Asked], Answer | None]
_HEX: Final = "0a1b2c3d4e5f60718293a4b5c6"  # 26 of the 32 digits of the families' names


def page(state: State, inner: str, title: str = "") -> Answer:
    """A page in the site's frame."""
    return Answer(
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title or state.name)}</title>'
        f'<meta name="SiteName" content="{state.name}"></head><body><div class="head"><a href="/">{state.name}</a>'
        f'<a href="/zwgk/">政务公开</a></div><div class="main">{inner}</div>'
        f'<div class="foot">示例页面，虚构数据　主办：{state.name}</div></body></html>'.encode(),
        tagged=True,
    )


def screens(state: State) -> list[list[Document]]:
    """The rows by screens; at least one."""
    cut = [state.rows[start : start + state.screen] for start in range(0, len(state.rows), state.screen)]
    return cut or [[]]


def screen(state: State, number: int) -> list[Document]:
    """Rows of a screen counted from 1, none beyond the last."""
    found = screens(state)
    return found[number - 1] if 0 < number <= len(found) else []


def rows(state: State, documents: list[Document]) -> str:
    """Rows of an HTML list."""
    items = "".join(
        f'<li><a href="{ADDRESS[state.platform](each)}" title="{escape(each.title)}">{escape(each.title)}</a>'
        f"<span>{each.published}</span></li>"
        for each in documents
    )
    return f'<ul class="{state.wrapper}">{items}</ul>'


def document_page(state: State, document: Document) -> Answer:
    """A document in its family's container, with the furniture of its day."""
    noise = document.noise
    lines = "".join(_paragraph(line, noise) for line in document.text)
    lines += "".join(
        f'<p><a href="{file_path(document, file)}">附件：{escape(file.name)}</a></p>' for file in document.files
    )
    hits = f"浏览次数：{1000 + 37 * state.day}" if "counter" in noise else ""
    share = "<a>微信</a><a>微博</a><a>QQ空间</a>" if "share" in noise else "<a>微信</a>"
    printed = f"打印日期：2026年5月{10 + state.day}日" if "print" in noise else ""
    opening, closing = CONTAINER[state.platform]
    meta = (
        f'<meta name="ArticleTitle" content="{escape(document.title)}">'
        f'<meta name="PubDate" content="{document.published} 09:30">'
    )
    answer = page(
        state,
        f'<h1>{escape(document.title)}</h1><div class="info">发布时间：{document.published} 来源：{document.issuer} '
        f'<span class="hits">{hits}</span></div><table class="index"><tr><td>发文机关：</td><td>{document.issuer}</td>'
        f"<td>发文字号：</td><td>{document.number}</td></tr></table>{opening}{lines}{closing}"
        f'<div class="share">分享到：{share}</div><div class="print">{printed}</div>',
        document.title,
    )
    return replace(answer, body=answer.body.replace(b"</head>", meta.encode() + b"</head>"))


def file_path(document: Document, file: Attached) -> str:
    """Address of a file on its site."""
    return f"/files/{document.number_on_site}/{document.files.index(file)}.docx"


def word(file: Attached) -> bytes:
    """The file as Word writes it, with the parts that matter."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"

    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"

    table = "".join(f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>" for row in file.rows)
    body = "".join(map(paragraph, file.lines)) + (f"<w:tbl>{table}</w:tbl>" if table else "")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in (
            ("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>'),
            (
                "_rels/.rels",
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}" '
                'Target="word/document.xml"/></Relationships>',
            ),
            ("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 1, 0, 0, 0)), text)
    return target.getvalue()


def _paragraph(line: str, noise: frozenset[str]) -> str:
    text = escape(line)
    if "brackets" in noise:
        text = text.replace("（", "(").replace("）", ")").replace("〔", "[").replace("〕", "]")
    if "spaces" in noise:
        text = text.replace("，", "，&nbsp;").replace("。", "。\u200b")
    indent = "&nbsp;&nbsp;" if "spaces" in noise else "　　"
    return f"<p>{indent}{text}</p>\n"


def _query(asked: Asked) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(asked.path).query).items()}


def _path(asked: Asked) -> str:
    return urlsplit(asked.path).path


def _jpaas(state: State, asked: Asked) -> Answer | None:
    if _path(asked) == "/zw/index.html":
        call = "{'parseType':'bulidstatic','webId':'w1','pageType':'column','tagId':'分页列表','pageId':'p1'}"
        return page(state, f'<script parseType="bulidstatic" url="/api/unit" queryData="{call}"></script>')
    if _path(asked) != "/api/unit":
        return None
    number = int(json.loads(_query(asked).get("paramJson", '{"pageNo":1}'))["pageNo"])
    html = f"{rows(state, screen(state, number))}<table rows='{state.screen}' count='{len(state.rows)}'></table>"
    return _json({"success": True, "code": "200", "data": {"html": html}})


def _trs(state: State, asked: Asked) -> Answer | None:
    count = len(screens(state))
    for number in range(1, count + 1):
        if _path(asked) == ("/zw/" if number == 1 else f"/zw/index_{number - 1}.html"):
            pager = f'<script>createPageHTML({count}, {number - 1}, "index", "html", {len(state.rows)});</script>'
            return page(state, rows(state, screen(state, number)) + pager)
    return None


def _jpage(state: State, asked: Asked) -> Answer | None:
    def records(documents: list[Document]) -> str:
        return "".join(f"<record><![CDATA[{rows(state, [each])}]]></record>" for each in documents)

    if _path(asked) == "/zw/index.html":
        first = f"<datastore><recordset>{records(screen(state, 1))}</recordset></datastore>"
        setup = (
            "<script>var p={col:1,webid:3,columnid:7,unitid:'9'};"
            f"$('#9').jpage({{totalRecord:{len(state.rows)},perPage:{state.screen}}});</script>"
        )
        return page(state, f'<script type="text/xml">{first}</script>{setup}')
    if _path(asked) != "/module/web/jpage/dataproxy.jsp" or asked.form.get("columnid") != "7":
        return None
    query = _query(asked)
    chosen = state.rows[int(query["startrecord"]) - 1 : int(query["endrecord"])]
    total = f"<totalrecord>{len(state.rows)}</totalrecord>"
    body = f"<datastore>{total}<recordset>{records(chosen)}</recordset></datastore>"
    return Answer(body.encode(), "text/xml; charset=utf-8")


def _numbered(first: str, later: str) -> Family:
    """Families whose screens are files: the first, then a name with a number."""

    def answer(state: State, asked: Asked) -> Answer | None:
        count = len(screens(state))
        for number in range(1, count + 1):
            if _path(asked) == (first if number == 1 else later.format(n=number)):
                following = later.format(n=number + 1)
                link = f'<a href="{following}" totalpage="{count}">下一页</a>' if number < count else ""
                return page(state, rows(state, screen(state, number)) + link)
        return None

    return answer


def _gkmlpt(state: State, asked: Asked) -> Answer | None:
    if _path(asked) == "/gkmlpt/index":
        tree = [{"id": 5, "name": "政策文件", "post_count": len(state.rows), "children": []}]
        return page(state, f"<script>window._CONFIG = {{SID: '12', TREE: {json.dumps(tree)}}};</script>")
    if not _path(asked).startswith("/gkmlpt/api/all/5"):
        return None
    articles = [
        {
            "title": each.title,
            "url": ADDRESS["gkmlpt"](each),
            "created_at": f"{each.published} 10:00:00",
            "document_number": each.number,
            "is_expired": 0,
            "is_abolished": 0,
        }
        for each in screen(state, int(_query(asked)["page"]))
    ]
    return _json({"classify": {"post_count": len(state.rows)}, "articles": articles})


def _querylist(state: State, asked: Asked) -> Answer | None:
    if _path(asked) != "/queryList":
        return None
    results = [
        {"source": {"title": d.title, "pubDate": d.published, "urls": json.dumps({"pc": ADDRESS["querylist"](d)})}}
        for d in state.rows
    ]
    return _json({"data": {"results": results if asked.form.get("current") == "1" else [], "total": len(results)}})


def _searchapi(state: State, asked: Asked) -> Answer | None:
    if _path(asked) != "/search":
        return None
    listed = screen(state, int(_query(asked)["p"]))
    found = [{"t": f"<em>{d.title}</em>", "u": ADDRESS["searchapi"](d), "d": d.published} for d in listed]
    return _json({"total": len(state.rows), "rows": found})


def _openstd(state: State, asked: Asked) -> Answer | None:
    if _path(asked) != "/std_list":
        return None
    cells = "".join(
        f"<tr><td onclick=\"showInfo('{_code(d)}')\">GB/T {d.number_on_site}</td><td>{d.title}</td>"
        f"<td>{d.published}</td></tr>"
        for d in screen(state, int(_query(asked).get("page", "1")))
    )
    head = "<tr><th>标准号</th><th>标准名称</th><th>发布日期</th></tr>"
    return page(state, f'<table class="result_list">{head}{cells}</table>')


def _code(document: Document) -> str:
    return f"{document.number_on_site:0>6}".rjust(32, "A")


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), JSON)


def _compact(document: Document) -> str:
    return document.published.replace("-", "")


ADDRESS: Final[Mapping[str, Callable[[Document], str]]] = {
    "gkmlpt": lambda d: f"/gkmlpt/content/1/2/post_{d.number_on_site}.html",
    "jpaas": lambda d: f"/zw/art/2026/art_{_HEX}{d.number_on_site:06d}.html",
    "jpage": lambda d: f"/art/2026/5/11/art_7_{d.number_on_site}.html",
    "listing": lambda d: f"/zw/2026/05-11/{d.number_on_site}.html",
    "openstd": lambda d: f"/bzgk/gb/newGbInfo?hcno={_code(d)}",
    "querylist": lambda d: f"/zw/content/content_{d.number_on_site}.html",
    "searchapi": lambda d: f"/d/{d.number_on_site}.html",
    "trs": lambda d: f"/zw/{_compact(d)[:6]}/t{_compact(d)}_{d.number_on_site}.html",
    "ts_dir": lambda d: f"/zw/{_compact(d)}093509{d.number_on_site:05d}/index.html",
    "ucap": lambda d: f"/zw/{_compact(d)[:6]}/{_HEX}{d.number_on_site:06d}.shtml",
}
CONTAINER: Final[Mapping[str, tuple[str, str]]] = {
    "gkmlpt": ('<div class="article-content">', "</div>"),
    "jpaas": ('<div id="con_con" class="ccontent">', "</div>"),
    "jpage": ('<div id="zoom">', "</div>"),
    "listing": ('<div class="article">', "</div>"),
    "openstd": ('<div class="content">', "</div>"),
    "querylist": ('<div id="zoomcon">', "</div>"),
    "searchapi": ('<div id="UCAP-CONTENT">', "</div>"),
    "trs": ('<div class="TRS_Editor">', "</div>"),
    "ts_dir": ('<div class="content">', "</div>"),
    "ucap": ("<ucapcontent>", "</ucapcontent>"),
}
FAMILIES: Final[Mapping[str, Family]] = {
    "gkmlpt": _gkmlpt,
    "jpaas": _jpaas,
    "jpage": _jpage,
    "listing": _numbered("/zw/", "/zw/list_{n}.html"),
    "openstd": _openstd,
    "querylist": _querylist,
    "searchapi": _searchapi,
    "trs": _trs,
    "ts_dir": _numbered("/zw/index.html", "/zw/0a1b2c3d-{n}.html"),
    "ucap": _numbered("/zw/list.shtml", "/zw/list_{n}.shtml"),
}
# Where a family's column is, the settings of its source, and the parameters of its column.
COLUMN: Final[Mapping[str, tuple[str, dict[str, Any], dict[str, str]]]] = {
    "gkmlpt": ("/gkmlpt/index", {}, {}),
    "jpaas": ("/zw/index.html", {}, {}),
    "jpage": ("/zw/index.html", {"params": {"method": "POST"}}, {}),
    "listing": ("/zw/", {}, {}),
    "openstd": ("/std_list", {}, {}),
    "querylist": ("/zw/index.html", {"params": {"site_code": "s"}}, {"channel_code": "zw"}),
    "searchapi": (
        "/search?q=x",
        {
            "params": {
                "rows": "rows",
                "title": "t",
                "url": "u",
                "date": "d",
                "total": "total",
                "page": "p",
                "page_size": str(SCREEN),
            }
        },
        {},
    ),
    "trs": ("/zw/", {"selectors": {"row": "ul.list li"}}, {}),
    "ts_dir": ("/zw/index.html", {}, {}),
    "ucap": ("/zw/list.shtml", {"selectors": {"row": "ul.list li"}}, {}),
}


def healthy(state: State, asked: Asked) -> Answer | None:
    """What the site answers when nothing is wrong with it."""
    for document in state.pages.values():
        if ADDRESS[state.platform](document) == asked.path:
            return document_page(state, document)
        for file in document.files:
            if asked.path == file_path(document, file):
                return Answer(word(file), DOCX, tagged=True)
    return FAMILIES[state.platform](state, asked)


def is_list(state: State, asked: Asked) -> bool:
    """Whether the request is for a list rather than for a document or robots.txt."""
    held = {ADDRESS[state.platform](document) for document in state.pages.values()}
    return asked.path not in held and asked.path != "/robots.txt" and not asked.path.startswith("/files/")
