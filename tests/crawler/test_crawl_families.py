"""Every family end to end on loopback: first screen, following screens, documents, in one crawl of ten sites."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from recording import RecordingServer, Reply, document, write_source

from crawler.launch import crawl
from crawler.platforms import PLATFORMS
from rules_db.connection import connect
from rules_db.model import Verdict

TITLES = ("关于动力电池溯源信息核对的通知", "关于新能源汽车综合利用企业名单的公示")
DAYS = ("2026-05-18", "2026-05-07")
HEX = "0123456789abcdef0123456789abcd"
JSON = "application/json"
Answer = Callable[[str], Reply | None]


def page(inner: str) -> Reply:
    return Reply(f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{inner}</body></html>")


def anchors(links: list[str], screen: int) -> str:
    """List rows of one screen; titles differ from screen to screen."""
    both = zip(links, TITLES, DAYS, strict=True)
    return "".join(
        f'<li><a href="{link}" title="{title}（{screen}）">{title}</a><span>{day}</span></li>'
        for link, title, day in both
    )


def query(path: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}


def jpaas(path: str) -> Reply | None:
    if path == "/zw/index.html":
        call = "{'parseType':'bulidstatic','webId':'w','pageType':'column','tagId':'列表','pageId':'p'}"
        return page(f'<script parseType="bulidstatic" url="/api/unit" queryData="{call}"></script>')
    if path.startswith("/api/unit"):
        screen = json.loads(query(path).get("paramJson", '{"pageNo":1}'))["pageNo"]
        rows = anchors([f"/zw/art/2026/art_{HEX}{screen}{n}.html" for n in range(2)], screen)
        html = f"<ul>{rows}</ul><table rows='2' count='4'></table>"
        return Reply(json.dumps({"success": True, "data": {"html": html}}), media_type=JSON)
    return None


def trs(path: str) -> Reply | None:
    for screen, name in ((1, "/zw/"), (2, "/zw/index_1.html")):
        if path == name:
            links = [f"./202605/t202605{DAYS[n][-2:]}_{screen}{n}.html" for n in range(2)]
            return page(f'<ul>{anchors(links, screen)}</ul><script>createPageHTML(2, 0, "index", "html", 4);</script>')
    return None


def jpage(path: str) -> Reply | None:
    def records(screen: int) -> str:
        rows = anchors([f"/art/2026/5/{int(day[-2:])}/art_7_{screen}{n}.html" for n, day in enumerate(DAYS)], screen)
        return "".join(f"<record><![CDATA[{row}</li>]]></record>" for row in rows.split("</li>") if row)

    if path == "/zw/index.html":
        script = f'<script type="text/xml"><datastore><recordset>{records(1)}</recordset></datastore></script>'
        setup = "<script>var p={col:1,webid:3,columnid:7,unitid:'9'};$('#9').jpage({totalRecord:4,perPage:2});</script>"
        return page(script + setup)
    if path.startswith("/module/web/jpage/dataproxy.jsp") and query(path)["startrecord"] == "3":
        return Reply(
            f"<datastore><totalrecord>4</totalrecord><recordset>{records(2)}</recordset></datastore>",
            media_type="text/xml",
        )
    return None


def ucap(path: str) -> Reply | None:
    for screen, name in ((1, "/zw/list.shtml"), (2, "/zw/list_2.shtml")):
        if path == name:
            return page(f"<ul>{anchors([f'/zw/202605/{HEX}{screen}{n}.shtml' for n in range(2)], screen)}</ul>")
    return None


def gkmlpt(path: str) -> Reply | None:
    if path == "/gkmlpt/index":
        tree = [{"id": 5, "name": "政策文件", "post_count": 4, "children": []}]
        return page(f"<script>window._CONFIG = {{SID: '12', TREE: {json.dumps(tree)}}};</script>")
    if path.startswith("/gkmlpt/api/all/5"):
        screen = int(query(path)["page"])
        articles: list[dict[str, Any]] = [
            {
                "title": f"{TITLES[n]}（{screen}）",
                "url": f"/gkmlpt/content/1/2/post_{screen}{n}.html",
                "created_at": DAYS[n],
            }
            for n in range(2)
        ]
        return Reply(json.dumps({"classify": {"post_count": 4}, "articles": articles}), media_type=JSON)
    return None


def ts_dir(path: str) -> Reply | None:
    for screen, name in ((1, "/zw/index.html"), (2, "/zw/0a1b2c3d-2.html")):
        if path == name:
            links = [
                f"/zw/202605{DAYS[n][-2:]}0935091067{screen}/index.html".replace("/zw/", f"/zw/{n}x/") for n in range(2)
            ]
            return page(f'<ul>{anchors(links, screen)}</ul><a href="/zw/0a1b2c3d-2.html" totalpage="2">下一页</a>')
    return None


def querylist(path: str) -> Reply | None:
    if path != "/queryList":
        return None
    results = [
        {
            "source": {
                "title": f"{TITLES[n % 2]}（{n}）",
                "pubDate": DAYS[n % 2],
                "urls": json.dumps({"pc": f"/zw/content/content_{n}.html"}),
            }
        }
        for n in range(4)
    ]
    return Reply(json.dumps({"data": {"results": results}}), media_type=JSON)


def searchapi(path: str) -> Reply | None:
    if not path.startswith("/search"):
        return None
    screen = int(query(path)["p"])
    rows = [{"t": f"<em>{TITLES[n]}</em>（{screen}）", "u": f"/d/{screen}{n}.html", "d": DAYS[n]} for n in range(2)]
    return Reply(json.dumps({"total": 4, "rows": rows}), media_type=JSON)


def openstd(path: str) -> Reply | None:
    if not path.startswith("/std_list"):
        return None
    screen = int(query(path).get("page", "1"))
    if screen > 2:
        return page('<table class="result_list"></table>')
    head = "<tr><th>标准号</th><th>标准名称</th><th>发布日期</th></tr>"
    codes = [f"{screen}{n}".rjust(32, "A") for n in range(2)]
    rows = "".join(
        f"<tr><td onclick=\"showInfo('{code}')\">GB/T {screen}{n}</td><td>{TITLES[n]}</td><td>{DAYS[n]}</td></tr>"
        for n, code in enumerate(codes)
    )
    return page(f'<table class="result_list">{head}{rows}</table>')


def listing(path: str) -> Reply | None:
    if path == "/zw/":
        return page("<script>location.href='/zw/list.html'</script>")
    for screen, name in ((1, "/zw/list.html"), (2, "/zw/list_2.html")):
        if path == name:
            following = '<a href="/zw/list_2.html">下一页</a>' if screen == 1 else ""
            links = [f"/zw/2026/05-{DAYS[n][-2:]}/{screen}{n}.html" for n in range(2)]
            return page(f"<ul>{anchors(links, screen)}</ul>{following}")
    return None


# platform → (answers, address of the column, settings of the source, parameters of the column)
FAMILIES: dict[str, tuple[Answer, str, dict[str, Any], dict[str, str]]] = {
    "gkmlpt": (gkmlpt, "/gkmlpt/index", {}, {}),
    "jpaas": (jpaas, "/zw/index.html", {}, {}),
    "jpage": (jpage, "/zw/index.html", {"params": {"method": "POST"}}, {}),
    "listing": (listing, "/zw/", {}, {}),
    "openstd": (openstd, "/std_list", {}, {}),
    "querylist": (querylist, "/zw/index.html", {"params": {"site_code": "s"}}, {"channel_code": "zw"}),
    "searchapi": (
        searchapi,
        "/search?q=x",
        {
            "params": {
                "rows": "rows",
                "title": "t",
                "url": "u",
                "date": "d",
                "total": "total",
                "page": "p",
                "page_size": "2",
            }
        },
        {},
    ),
    "trs": (trs, "/zw/", {}, {}),
    "ts_dir": (ts_dir, "/zw/index.html", {}, {}),
    "ucap": (ucap, "/zw/list.shtml", {}, {}),
}


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """Servers, verdicts and store after one crawl of a site of each family."""
    root = tmp_path_factory.mktemp("families")
    servers: dict[str, RecordingServer] = {}
    for platform, (answers, path, settings, params) in FAMILIES.items():
        server = servers[platform] = RecordingServer()

        def answer(asked: str, count: int, answers: Answer = answers) -> Reply | None:
            if asked == "/robots.txt":
                return None
            known = answers(asked)
            if known is not None:
                return known
            return (
                Reply(document("企业应当在30日内报送动力电池溯源信息，逾期不报送的予以通报。"))
                if is_document(asked)
                else None
            )

        server.otherwise = answer
        column = {
            "name": "通知公告",
            "url": server.url + path,
            "kind": "notice",
            "confidence": "live",
            "params": params,
        }
        write_source(
            root / "sources", platform.replace("_", "-"), server.url, platform=platform, columns=[column], **settings
        )
    verdicts = crawl(root / "data", root / "sources", (), "2026-06-01T01:00:00Z", allow_loopback=True, fast=True)
    yield servers, {verdict.source_id.replace("-", "_"): verdict for verdict in verdicts}, root / "data"
    for server in servers.values():
        server.close()


def is_document(path: str) -> bool:
    marks = ("art_", "/t2026", "post_", "content_", "/d/", "newGbInfo", "x/2026", f"/{HEX}", "/05-")
    return any(mark in path for mark in marks)


def test_every_family_is_here():
    assert FAMILIES.keys() == PLATFORMS.keys()


@pytest.mark.parametrize("platform", sorted(FAMILIES))
def test_a_family_is_read_over_two_screens_with_its_documents(country, platform):
    servers, verdicts, data = country
    verdict = verdicts[platform]
    assert verdict.verdict is Verdict.OK, verdict.reason
    assert verdict.metrics["entries"] == 4
    assert verdict.metrics["with_date"] == 4
    store = connect(data / "work.db", read_only=True)
    details = store.execute(
        "SELECT facts FROM sighting WHERE source_id = ? AND role = 'detail' AND outcome = 'fetched'",
        (verdict.source_id,),
    ).fetchall()
    assert len(details) == 4
    assert {json.loads(row["facts"])["published_on"] for row in details} == set(DAYS)
    store.close()
    paths = servers[platform].paths()
    assert len(paths) == len(set(paths)) or platform == "querylist", "nothing is asked for twice"


def test_calls_carry_what_the_sites_ask_for(country):
    servers, _, _ = country
    (unit, *_) = [hit for hit in servers["jpaas"].hits if hit.path.startswith("/api/unit")]
    assert unit.headers["referer"] == f"{servers['jpaas'].url}/zw/index.html"
    (proxy,) = [hit for hit in servers["jpage"].hits if "dataproxy" in hit.path]
    assert proxy.headers["x-requested-with"] == "XMLHttpRequest"
    assert proxy.headers["content-type"] == "application/x-www-form-urlencoded"
    (posted,) = [hit for hit in servers["querylist"].hits if hit.path == "/queryList"]
    assert posted.headers["referer"].endswith("/zw/index.html")
    documents = [hit for hit in servers["trs"].hits if "/t2026" in hit.path]
    assert all("referer" in hit.headers for hit in documents)
