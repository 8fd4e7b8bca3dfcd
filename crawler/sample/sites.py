"""The sample portal's three sites: who they are, and each site's answers as a table of paths.

Pure: day in, `{path: Page}` out. Two sites speak the dialects of real CMS families (JPaaS unit calls; TRS static
lists); the third breaks on day two: its redesign serves lists without rows.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from crawler.sample.content import SampleDocument, documents

NOTICE: Final = "本页为规迹演示用的虚构示例数据，不是任何机关发布的真实文件。"
_UNIT: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_HTML: Final = "text/html; charset=utf-8"
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class SampleSite:
    """A site of the portal. `columns` maps path of a list page → name."""

    id: str
    name: str
    name_en: str
    platform: str
    level: str
    jurisdiction: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `fixed` pages get ETag and Last-Modified and answer conditional requests with 304."""

    body: bytes
    media_type: str = _HTML
    fixed: bool = True
    status: int = 200


SITES: Final = (
    SampleSite(
        "sample-ministry",
        "示例工业主管部",
        "Sample Ministry of Industry",
        "jpaas",
        "national",
        "000000",
        MappingProxyType({"/zwgk/wjfb/index.html": "文件发布", "/zwgk/gzdt/index.html": "工作动态"}),
    ),
    SampleSite(
        "sample-dongjiang",
        "示例东江省工业和信息化厅",
        "Sample Dongjiang Department of Industry",
        "trs",
        "provincial",
        "980000",
        MappingProxyType({"/zwgk/tzgg/": "通知公告"}),
    ),
    SampleSite(
        "sample-xiling",
        "示例西岭省工业和信息化厅",
        "Sample Xiling Department of Industry",
        "trs",
        "provincial",
        "990000",
        MappingProxyType({"/zwgk/zcwj/": "政策文件"}),
    ),
)
BREAKS: Final = "sample-xiling"


def pages_of(site: SampleSite, day: int) -> dict[str, Page]:
    """All answers of a site on a day; whatever is not here is 404."""
    pages = {"/robots.txt": Page(b"User-agent: *\nDisallow: /admin/\n", "text/plain; charset=utf-8")}
    own = documents(day)[site.id]
    for path, name in site.columns.items():
        listed = tuple(document for document in own if document.column == name)
        if site.id == BREAKS and day > 1:
            pages[path] = Page(_redesigned(site, name))
        else:
            pages.update(_FAMILIES[site.platform](site, path, name, listed))
    for document in own:
        pages[document.path] = Page(_detail(site, document, day))
        if document.attachment:
            pages[_beside(document)] = Page(docx_bytes(document), _DOCX)
    return pages


def _jpaas_column(site: SampleSite, path: str, name: str, listed: tuple[SampleDocument, ...]) -> dict[str, Page]:
    """A frame that names the unit call, and the call's answer."""
    web_id, page_id = "5a" * 16, hashlib.sha256(path.encode()).hexdigest()[:32]
    query = {
        "parseType": "bulidstatic",
        "webId": web_id,
        "tplSetId": "7c" * 16,
        "pageType": "column",
        "tagId": "分页列表",
        "editType": "null",
        "pageId": page_id,
    }
    inner = ",".join(f"'{key}':'{value}'" for key, value in query.items())
    frame = (
        f'<script id="{page_id}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js" webId="{web_id}" '
        f'parseType="bulidstatic" url="{_UNIT}" queryData="{{{inner}}}"></script>'
    )
    rows = "".join(
        f"<li class='cf'><a class='fl' href='{document.path}' title='{escape(document.title)}'>"
        f"{escape(_cut(document.title))}</a>"
        f"<span class='fr'>{document.published}</span></li>"
        for document in listed
    )
    pager = f"<table class='pagination' rows='24' count='{len(listed)}' pageNo='1'></table>"
    html = f"<div class='page-content'><ul>{rows}</ul>{pager}</div>"
    answer = {"success": True, "code": "200", "message": "生成成功", "data": {"html": html}}
    call = f"{_UNIT}?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
    return {
        path: Page(_frame(site, name, frame, document_page=False)),
        call: Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json;charset=UTF-8", fixed=False),
    }


def _trs_column(site: SampleSite, path: str, name: str, listed: tuple[SampleDocument, ...]) -> dict[str, Page]:
    """Static screens of ten rows with the family's script pager."""
    size = 10
    screens = [listed[start : start + size] for start in range(0, len(listed), size)] or [()]
    pages = {}
    for number, screen in enumerate(screens):
        rows = "".join(
            f'<li><a href=".{document.path.removeprefix(path.rstrip("/"))}" title="{escape(document.title)}">'
            f"{escape(_cut(document.title))}</a><span>{document.published}</span></li>"
            for document in screen
        )
        pager = f'<script>createPageHTML({len(screens)}, {number}, "index", "html", {len(listed)});</script>'
        body = Page(_frame(site, name, f'<ul class="list">{rows}</ul>{pager}', document_page=False))
        pages[path if number == 0 else f"{path}index_{number}.html"] = body
    return pages


_FAMILIES: Final[Mapping[str, Callable[[SampleSite, str, str, tuple[SampleDocument, ...]], dict[str, Page]]]] = (
    MappingProxyType({"jpaas": _jpaas_column, "trs": _trs_column})
)


def _redesigned(site: SampleSite, name: str) -> bytes:
    """The list after a redesign: rows now come by a script that only a browser runs."""
    body = '<div id="app" class="gov-list" data-channel="zcwj"></div><script src="/assets/app.7f3a.js"></script>'
    return _frame(site, name, body, document_page=False)


def _detail(site: SampleSite, document: SampleDocument, day: int) -> bytes:
    """A document page in the manner of its family: meta tags, index table, body, attachment link, furniture."""
    issuer = document.issuer or site.name
    container = 'id="con_con" class="ccontent"' if site.platform == "jpaas" else 'class="TRS_Editor"'
    paragraphs = "".join(_paragraph(line, document.noise and day > 1) for line in document.paragraphs)
    index = (
        f'<table class="xxgktab"><tr><td>发布机构：</td><td>{escape(document.issuer)}</td>'
        f"<td>发文字号：</td><td>{escape(document.number)}</td></tr>"
        f"<tr><td>发布日期：</td><td>{document.published}</td><td>有效性：</td><td>有效</td></tr></table>"
    )
    link = ""
    if document.attachment:
        name = _beside(document).rsplit("/", 1)[-1]
        link = f'<p class="insertfileTag">附件：<a href="./{name}">{escape(document.attachment)}</a></p>'
    counter = f"阅读次数：{1042 + 377 * (day - 1)}" if document.noise else ""
    printed = f"打印日期：2026年5月{20 + 7 * (day - 1)}日" if document.noise else ""
    body = (
        f'<h1 id="con_title">{escape(document.title)}</h1>'
        f'<div class="info"><span id="con_time">发布时间：{document.published} 09:30</span> '
        f'<span class="cinfo">来源：{escape(issuer)}</span> <span class="hits">{counter}</span></div>'
        f"{index if document.number else ''}<div {container}>{paragraphs}{link}</div>"
        f'<div class="share">分享到：微信 微博</div><div class="print">{printed}</div>'
    )
    return _frame(site, document.column, body, document_page=True, document=document)


def _paragraph(line: str, noisy: bool) -> str:
    """A paragraph; the noisy dressing changes spaces, bracket widths and entities, and not one word."""
    if not noisy:
        return f"<p>　　{escape(line)}</p>\n"
    dressed = (
        escape(line)
        .replace("（", "(")
        .replace("）", ")")
        .replace("，", "，&nbsp;")
        .replace("〔", "[")
        .replace("〕", "]")
    )
    return f'<p style="text-indent:2em"><span>&nbsp;&nbsp;{dressed}</span>  </p>\n\n'


def _frame(
    site: SampleSite, column: str, body: str, *, document_page: bool, document: SampleDocument | None = None
) -> bytes:
    metas = [
        ("SiteName", site.name),
        ("SiteDomain", "sample.invalid"),
        ("SiteIDCode", f"{site.jurisdiction}0000"),
        ("ColumnName", column),
    ]
    if document_page and document is not None:
        metas += [
            ("ArticleTitle", document.title),
            ("PubDate", f"{document.published} 09:30"),
            ("ContentSource", document.issuer or site.name),
        ]
    tags = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in metas)
    title = escape(document.title if document else column)
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{title} - {site.name}</title>{tags}</head>"
        f'<body><div class="header"><a href="/">{site.name}</a> <a href="/zwgk/">政务公开</a></div>'
        f'<div class="sample-notice">{NOTICE}</div>\n<div class="main">{body}</div>\n'
        f'<div class="footer">{NOTICE} 示例ICP备00000000号</div></body></html>'
    ).encode()


def docx_bytes(document: SampleDocument) -> bytes:
    """The attachment as a Word file, the same bytes each time."""
    from docx import Document

    file = Document()
    file.core_properties.created = file.core_properties.modified = datetime(2026, 5, 1)
    for line in (*document.attachment_lines, NOTICE):
        if "\t" in line:
            cells = line.split("\t")
            table = file.add_table(rows=1, cols=len(cells))
            for cell, value in zip(table.rows[0].cells, cells, strict=True):
                cell.text = value
        else:
            file.add_paragraph(line)
    buffer = io.BytesIO()
    file.save(buffer)
    return _repacked(buffer.getvalue())


def _repacked(data: bytes) -> bytes:
    """The same archive with fixed times, so that equal documents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in given.namelist():
            packed.writestr(zipfile.ZipInfo(name, (2026, 5, 1, 0, 0, 0)), given.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _beside(document: SampleDocument) -> str:
    """Address of a page's attachment: a file in the page's folder, named after it."""
    return document.path.rsplit(".", 1)[0] + ".docx"


def _cut(title: str) -> str:
    """Lists show long titles shortened; the whole title is in the link's attribute."""
    return title if len(title) <= 30 else title[:28] + "…"
