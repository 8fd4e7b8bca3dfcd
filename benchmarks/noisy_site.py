"""A site of many pages that can be dressed in cosmetic noise: what the noise and crawl benchmarks watch.

In: how many pages, which dress each wears, which are edited. Out: its answers over loopback, and a source file for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from benchmarks.loopback import Answer, Asked, Site
from crawler.registry import BUNDLED

ROWS: Final = 20  # of a list screen
_FULL: Final = str.maketrans("0123456789%", "０１２３４５６７８９％")
_Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dress:
    """How the site looks in one round. `inside` changes the lines of a body (HTML), `around` is furniture outside it;
    `link` makes the address a list names for page n, `rows` the rows a screen has, `backwards` the order."""

    inside: Callable[[_Lines, int], _Lines] = lambda lines, n: lines
    around: Callable[[int], str] = lambda n: ""
    prefix: bytes = b""
    link: Callable[[int, Sequence[str]], str] = lambda n, hosts: f"{hosts[0]}{path(n)}"
    rows: int = ROWS
    backwards: bool = False


def path(n: int) -> str:
    """Address of page n on its site."""
    return f"/zw/202605/t20260510_{1000 + n}.html"


def wording(n: int, *, edited: bool = False) -> _Lines:
    """The text of page n; an edited one has another limit."""
    days = 20 + n % 30 + (5 if edited else 0)
    return (
        f"第一条　综合利用企业（含梯次利用企业）应当在{days}日内报送第{n}批废旧动力电池信息，并对真实性负责。",
        f"第二条　根据《示例办法》（示工信〔2026〕{n}号），企业的“交接单”保存期限不得少于{3 + n % 4}年。",
        f"第三条　镍、钴、锰的综合回收率不得低于{90 + n % 9}%，未达到要求的，由主管部门责令改正。",
    )


def _each(change: Callable[[str], str]) -> Callable[[_Lines, int], _Lines]:
    return lambda lines, n: tuple(change(line) for line in lines)


def _widths(line: str) -> str:
    return re.sub(r"\d+%?", lambda match: match[0].translate(_FULL), line)


def _wrapped(line: str) -> str:
    return line.replace("，", "，\n      ")


DRESSES: Final[Mapping[str, Dress]] = {
    "hit counter": Dress(around=lambda n: f'<span class="hits">浏览次数：{n * 37 + 11}</span>'),
    "share bar": Dress(around=lambda n: '<div class="share">分享到：<a>微信</a><a>微博</a><a>QQ空间</a></div>'),
    "print date": Dress(around=lambda n: f'<div class="print">打印日期：5月{n % 28 + 1}日 【打印】【关闭】</div>'),
    "bracket widths": Dress(
        inside=_each(lambda line: line.replace("（", "(").replace("）", ")").replace("〔", "[").replace("〕", "]"))
    ),
    "&nbsp;": Dress(inside=_each(lambda line: "&nbsp;&nbsp;" + line.replace("，", "，&nbsp;"))),
    "zero-width": Dress(inside=_each(lambda line: line.replace("企业", "企\u200b业").replace("。", "\ufeff。"))),
    "editor line": Dress(inside=lambda lines, n: (*lines, f"责任编辑：示例{n % 7}", "【打印本页】【关闭窗口】")),
    "white space": Dress(inside=_each(lambda line: f"  {line.replace('应当', ' 应当 ')}\t ")),
    "line wrapping": Dress(inside=_each(_wrapped)),
    "full and half width": Dress(inside=_each(_widths)),
    "quotes": Dress(inside=_each(lambda line: line.replace("“", "&quot;").replace("”", "&quot;"))),
    "byte order mark": Dress(prefix=b"\xef\xbb\xbf"),
    "reordered list": Dress(backwards=True),
    "next-page renumbering": Dress(rows=ROWS - 3),
    "CDN host alternation": Dress(link=lambda n, hosts: f"{hosts[n % 2]}{path(n)}"),
    "trailing query": Dress(link=lambda n, hosts: f"{hosts[0]}{path(n)}?v=2026051{n % 10}"),
    "tracking query": Dress(link=lambda n, hosts: f"{hosts[0]}{path(n)}?from=timeline&utm_source=wx{n}"),
}


class NoisySite:
    """A TRS site of `pages` documents at two hosts; `dress` gives each page's dress, `edited` the changed pages."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.dress: Callable[[int], Dress] = lambda n: Dress()
        self.listing = Dress()
        self.edited: frozenset[int] = frozenset()
        self.sites = (Site(self.answer), Site(self.answer))

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(site.url for site in self.sites)

    def close(self) -> None:
        for site in self.sites:
            site.close()

    def answer(self, asked: Asked) -> Answer | None:
        """List screens and documents."""
        place = asked.path.split("?")[0]
        found = re.fullmatch(r"/zw/202605/t20260510_(\d+)\.html", place)
        if found:
            return Answer(self.document(int(found[1]) - 1000), tagged=True)
        screen = re.fullmatch(r"/zw/(?:index_(\d+)\.html)?", place)
        return Answer(self.list_screen(int(screen[1] or 0)), tagged=True) if screen else None

    def list_screen(self, number: int) -> bytes:
        order = sorted(range(self.pages), reverse=not self.listing.backwards)
        size = self.listing.rows
        items = "".join(
            f'<li><a href="{self.dress(n).link(n, self.hosts)}" title="{title(n)}">{title(n)}</a>'
            "<span>2026-05-10</span></li>"
            for n in order[number * size : (number + 1) * size]
        )
        count = -(-self.pages // size)
        pager = f'<script>createPageHTML({count}, {number}, "index", "html", {self.pages});</script>'
        return f'<html><head><meta charset="utf-8"></head><body><ul>{items}</ul>{pager}</body></html>'.encode()

    def document(self, n: int) -> bytes:
        dress = self.dress(n)
        lines = dress.inside(wording(n, edited=n in self.edited), n)
        body = "".join(f"<p>{line}</p>\n" for line in lines)
        return (
            dress.prefix
            + (
                f'<html><head><meta charset="utf-8"><title>{title(n)}</title></head><body><h1>{title(n)}</h1>'
                f'<div class="info">发布时间：2026-05-10</div><div class="TRS_Editor">{body}</div>{dress.around(n)}'
                "</body></html>"
            ).encode()
        )


def list_addresses(site: NoisySite) -> list[tuple[str, str]]:
    """Name and address of each list screen."""
    screens = -(-site.pages // ROWS)
    return [(f"list {k}", f"{site.hosts[0]}/zw/" + (f"index_{k}.html" if k else "")) for k in range(screens)]


def title(n: int) -> str:
    """Title of page n."""
    return f"关于报送第{n}批废旧动力电池信息的通知（示例）"


def write_registry(folder: Path, hosts: Sequence[str]) -> Path:
    """One source at its two hosts, with nothing set but what a TRS site of that length needs."""
    folder.mkdir(parents=True)
    (folder / "_defaults.yml").write_bytes((BUNDLED / "_defaults.yml").read_bytes())
    source = {
        "name": {"zh": "示例厅", "en": "Noisy site"},
        "platform": "trs",
        "level": "provincial",
        "jurisdiction": "990000",
        "base_url": hosts[0],
        "allowed_hosts": [host.removeprefix("http://") for host in hosts],
        "columns": [{"name": "通知公告", "url": f"{hosts[0]}/zw/", "kind": "notice", "confidence": "live"}],
        "max_pages": 100,
        "max_requests": 5000,
        "runbook": "A site of the noise benchmark.",
        "grade": "A",
        "confidence": {"platform": "live"},
        "status": "ok",
    }
    (folder / "noisy.yml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    return folder


def wear(site: NoisySite, *kinds: str) -> None:
    """Dress every page in one kind, or page n in the n-th of several; list-wide kinds dress the lists as well."""
    site.dress = lambda n: DRESSES[kinds[n % len(kinds)]] if kinds else Dress()
    wide = [DRESSES[kind] for kind in kinds if kind in ("next-page renumbering", "reordered list")]
    site.listing = Dress(rows=min([each.rows for each in wide], default=ROWS), backwards=any(e.backwards for e in wide))


def edit(site: NoisySite, count: int) -> set[str]:
    """Change a limit in `count` pages spread over the site, under all noise at once; returns their titles."""
    wear(site, *DRESSES)
    site.edited = frozenset(range(0, site.pages, site.pages // count))
    return {title(n) for n in site.edited}
