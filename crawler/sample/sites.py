"""The sample portal's three sites: who they are, and each site's answers as a table of paths.

Pure: day in, `{path: Page}` out. Two sites speak the dialects of real CMS families (JPaaS unit calls; TRS static
lists); the third breaks on day two: its redesign serves lists without rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from crawler.sample.content import SampleDocument, SampleSite, documents
from crawler.sample.files import docx_bytes
from crawler.sample.render import beside, detail, frame, redesigned, shortened

_UNIT: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_HTML: Final = "text/html; charset=utf-8"
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
            pages[path] = Page(redesigned(site, name))
        else:
            pages.update(_FAMILIES[site.platform](site, path, name, listed))
    for document in own:
        pages[document.path] = Page(detail(site, document, day))
        if document.attachment:
            pages[beside(document)] = Page(docx_bytes(document), _DOCX)
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
    unit_script = (
        f'<script id="{page_id}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js" webId="{web_id}" '
        f'parseType="bulidstatic" url="{_UNIT}" queryData="{{{inner}}}"></script>'
    )
    rows = "".join(
        f"<li class='cf'><a class='fl' href='{document.path}' title='{escape(document.title)}'>"
        f"{escape(shortened(document.title))}</a>"
        f"<span class='fr'>{document.published}</span></li>"
        for document in listed
    )
    pager = f"<table class='pagination' rows='24' count='{len(listed)}' pageNo='1'></table>"
    html = f"<div class='page-content'><ul>{rows}</ul>{pager}</div>"
    answer = {"success": True, "code": "200", "message": "生成成功", "data": {"html": html}}
    call = f"{_UNIT}?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
    return {
        path: Page(frame(site, name, unit_script, document_page=False)),
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
            f"{escape(shortened(document.title))}</a><span>{document.published}</span></li>"
            for document in screen
        )
        pager = f'<script>createPageHTML({len(screens)}, {number}, "index", "html", {len(listed)});</script>'
        body = Page(frame(site, name, f'<ul class="list">{rows}</ul>{pager}', document_page=False))
        pages[path if number == 0 else f"{path}index_{number}.html"] = body
    return pages


_FAMILIES: Final[Mapping[str, Callable[[SampleSite, str, str, tuple[SampleDocument, ...]], dict[str, Page]]]] = (
    MappingProxyType({"jpaas": _jpaas_column, "trs": _trs_column})
)
