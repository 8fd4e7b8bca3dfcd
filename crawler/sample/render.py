"""Pages of the sample portal: frames, document pages with their furniture, and the cosmetic dressing of day two.

Pure: a site and a document in, HTML bytes out. Markup follows the families' habits (meta tags, index table, body
container); every page states that it is sample data.
"""

from __future__ import annotations

from html import escape
from typing import Final

from crawler.sample.content import SampleDocument, SampleSite

NOTICE: Final = "本页为规迹演示用的虚构示例数据，不是任何机关发布的真实文件。"


def redesigned(site: SampleSite, name: str) -> bytes:
    """The list after a redesign: rows now come by a script that only a browser runs."""
    body = '<div id="app" class="gov-list" data-channel="zcwj"></div><script src="/assets/app.7f3a.js"></script>'
    return frame(site, name, body, document_page=False)


def detail(site: SampleSite, document: SampleDocument, day: int) -> bytes:
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
        name = beside(document).rsplit("/", 1)[-1]
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
    return frame(site, document.column, body, document_page=True, document=document)


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


def frame(
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


def beside(document: SampleDocument) -> str:
    """Address of a page's attachment: a file in the page's folder, named after it."""
    return document.path.rsplit(".", 1)[0] + ".docx"


def shortened(title: str) -> str:
    """Lists show long titles shortened; the whole title is in the link's attribute."""
    return title if len(title) <= 30 else title[:28] + "…"
