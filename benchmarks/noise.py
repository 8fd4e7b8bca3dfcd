"""False alarms on cosmetic changes: 200 pages of a site, each kind of noise, then real edits under all of it at once.

Each round dresses the site in one kind of noise, crawls it through the child process, reads what came with the real
stages, and counts new texts and change rows: all of them are false. No setting of the source knows about any noise.
Beside it urlwatch and changedetection.io watch the same pages in the same rounds, whole and by a selector for the body,
when their folders are given (`pip install --target DIR urlwatch cssselect`; `python -m venv DIR` and
`DIR/bin/pip install changedetection.io`, whose server runs on loopback without a browser).

    python -m benchmarks.noise [--pages 200] [--edits 20] [--urlwatch DIR] [--changedetection DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.loopback import Answer, Asked, Site
from crawler.registry import BUNDLED
from rules_db.connection import DataFolder, connect, open_store

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


class Watch:
    """Guiji watching the site: one call of `look` a round."""

    def __init__(self, root: Path, site: NoisySite) -> None:
        self.folder = DataFolder(root / "data")
        self.registry = write_registry(root / "sources", site.hosts)
        self.rounds = 0

    def look(self) -> set[str]:
        """Crawl and read once; titles of the documents that a change is reported for."""
        from cli import crawl

        moment = f"2026-05-11T{self.rounds:02d}:00:00Z"
        self.rounds += 1
        result = crawl(self.folder, self.registry, no_publish=True, loopback=True, when=moment)
        (verdict,) = result["verdicts"]
        assert verdict["verdict"] in ("ok", "quiet"), verdict
        assert result["refused"] == [], result["refused"][:3]
        return self.told(moment)

    def told(self, moment: str) -> set[str]:
        store = connect(self.folder.work_db, read_only=True)
        rows = store.execute(
            """SELECT i.title FROM change c JOIN instrument i ON i.id = c.instrument_id WHERE c.recorded_at = ?1
               UNION SELECT i.title FROM expression e JOIN instrument i ON i.id = e.instrument_id
               WHERE e.recorded_at = ?1""",
            (moment,),
        ).fetchall()
        store.close()
        return {row["title"] for row in rows}

    def take_in(self, site: NoisySite, scheme: str) -> set[str]:
        """Hand in every page under its address with another scheme (loopback has no certificates to crawl with)."""
        from cli import process
        from rules_db.snapshots import SnapshotStore
        from rules_db.stages import File, record_files

        moment = f"2026-05-11T{self.rounds:02d}:00:00Z"
        self.rounds += 1
        host = site.hosts[0].split("://")[1]
        files = [
            File(f"{n}.html", site.document(n), {"url": f"{scheme}://{host}{path(n)}", "published_on": "2026-05-10"})
            for n in range(site.pages)
        ]
        with self.folder.locked():
            store = open_store(self.folder)
            record_files(store, SnapshotStore(self.folder.snapshots, store), files, "noisy", moment)
            process(store, self.folder, moment, None)
            store.close()
        return self.told(moment)


class Urlwatch:
    """The peer on the same addresses, whole pages or a selector; one call of `look` a round."""

    def __init__(self, packages: Path, root: Path, site: NoisySite, selector: str | None) -> None:
        root.mkdir()
        jobs = []
        for n in range(site.pages):
            job: dict[str, object] = {"name": title(n), "url": f"{site.hosts[0]}{path(n)}"}
            if selector:
                job["filter"] = [{"css": selector}, "html2text"]
            jobs.append(job)
        jobs += [{"name": name, "url": url} for name, url in list_addresses(site)] if selector is None else []
        (root / "urls.yaml").write_text(yaml.safe_dump_all(jobs, allow_unicode=True), encoding="utf-8")
        config = {
            "display": {"new": True, "error": True, "unchanged": False},
            "report": {
                "text": {"details": False, "footer": False, "minimal": True, "line_length": 200},
                "stdout": {"enabled": True, "color": False},
            },
        }
        (root / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self.command = [sys.executable, str(packages / "bin" / "urlwatch"), "--urls", str(root / "urls.yaml")]
        self.command += ["--config", str(root / "config.yaml"), "--cache", str(root / "cache.db")]
        self.command += ["--hooks", str(root / "hooks.py")]
        self.environment = {**os.environ, "PYTHONPATH": str(packages)}

    def look(self) -> set[str]:
        """Names of the jobs that are reported as changed."""
        done = subprocess.run(self.command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode or "ERROR" in done.stdout:
            raise RuntimeError(f"urlwatch failed: {done.stderr[-500:]}{done.stdout[-500:]}")
        return set(re.findall(r"CHANGED: (.+?)(?: \( http.*)?$", done.stdout, re.MULTILINE))


class ChangeDetection:
    """The other peer as its own server on loopback, asked through its API; one call of `look` a round."""

    def __init__(self, venv: Path, root: Path, site: NoisySite, selector: str | None) -> None:
        root.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{port}/api/v1/"
        environment = {
            **os.environ,
            "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
            "DISABLE_VERSION_CHECK": "true",
            "FETCH_WORKERS": "8",
            "MINIMUM_SECONDS_RECHECK_TIME": "0",
        }
        command = [str(venv / "bin" / "changedetection.io"), "-d", str(root), "-C", "-h", "127.0.0.1", "-p", str(port)]
        self.server = subprocess.Popen(
            command, env=environment, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        settings = root / "changedetection.json"
        _until(lambda: settings.exists() and "api_access_token" in settings.read_text(encoding="utf-8"), 120)
        self.key = json.loads(settings.read_text(encoding="utf-8"))["settings"]["application"]["api_access_token"]
        _until(lambda: self._answers(), 120)
        for sample in self._ask("watch"):  # it comes with watches of its own
            self._ask(f"watch/{sample}", method="DELETE")
        self.names: dict[str, str] = {}
        filters = {"include_filters": [selector]} if selector else {}
        watched = [(title(n), f"{site.hosts[0]}{path(n)}") for n in range(site.pages)]
        for name, url in watched if selector else [*watched, *list_addresses(site)]:
            made = self._ask("watch", {"url": url, "title": name, **filters})
            self.names[made["uuid"]] = name
        self.changed = dict.fromkeys(self.names, 0)

    def look(self) -> set[str]:
        """Titles of the watches that report a change since the last look."""
        begin = int(time.time())
        time.sleep(1.1)  # its times count whole seconds
        self._ask("watch?recheck_all=1")
        _until(lambda: min(row["last_checked"] for row in self._ask("watch").values()) > begin, 600)
        rows = self._settled()
        errors = [row["last_error"] for row in rows.values() if row["last_error"]]
        if errors:
            raise RuntimeError(f"changedetection.io failed on {len(errors)} pages: {errors[0]}")
        told = {self.names[key] for key, row in rows.items() if row["last_changed"] != self.changed[key]}
        self.changed = {key: row["last_changed"] for key, row in rows.items()}
        return told

    def _settled(self) -> Any:
        """The watches once nothing moves: it notes a check when it begins, and its outcome when it is done."""
        before, rows = None, self._ask("watch")
        while rows != before:
            time.sleep(5)
            before, rows = rows, self._ask("watch")
        return rows

    def close(self) -> None:
        self.server.terminate()
        self.server.wait(30)

    def _answers(self) -> bool:
        try:
            return isinstance(self._ask("watch"), dict)
        except OSError:
            return False

    def _ask(self, where: str, body: dict[str, object] | None = None, method: str | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"x-api-key": self.key, "Content-Type": "application/json"}
        request = urllib.request.Request(self.api + where, data, headers, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            text = answer.read().decode()
        return json.loads(text) if text.strip()[:1] in ("{", "[") else text


def _until(ready: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came within {seconds:.0f} s")
        time.sleep(0.5)


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


def main() -> None:
    """Run all rounds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--urlwatch", type=Path, help="folder that urlwatch is installed in")
    parser.add_argument("--changedetection", type=Path, help="virtual environment of changedetection.io")
    options, _ = parser.parse_known_args()  # `python -m benchmarks NAME` leaves its own words
    site = NoisySite(options.pages)
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as at_the_end:
        root = Path(temporary)
        watchers: dict[str, Watch | Urlwatch | ChangeDetection] = {"guiji": Watch(root / "guiji", site)}
        if options.urlwatch:
            for name, selector in (("urlwatch, whole page", None), ("urlwatch, body selector", ".TRS_Editor")):
                watchers[name] = Urlwatch(options.urlwatch, root / name[-8:].strip(), site, selector)
        if options.changedetection:
            for name, selector in (("changedetection.io, whole", None), ("changedetection.io, body", ".TRS_Editor")):
                peer = ChangeDetection(options.changedetection, root / name[-5:].strip(), site, selector)
                at_the_end.callback(peer.close)
                watchers[name] = peer
        print(f"{'kind of noise':26}" + "".join(f"{name:>26}" for name in watchers), flush=True)
        for watcher in watchers.values():
            watcher.look()
        false = dict.fromkeys(watchers, 0)
        for kind in DRESSES:
            wear(site, kind)
            told = {name: len(watcher.look()) for name, watcher in watchers.items()}
            wear(site)
            for watcher in watchers.values():
                if not isinstance(watcher, Watch):
                    watcher.look()  # so that the next kind is compared with plain pages; Guiji gets no such help
            false = {name: false[name] + told[name] for name in watchers}
            print(f"{kind:26}" + "".join(f"{told[name]:>26}" for name in watchers), flush=True)
        guiji = watchers["guiji"]
        assert isinstance(guiji, Watch)
        scheme = len(guiji.take_in(site, "https"))
        false["guiji"] += scheme
        print(f"{'http and https':26}{scheme:>26}")
        print(f"{'false alarms':26}" + "".join(f"{false[name]:>26}" for name in watchers))
        wanted = edit(site, options.edits)
        for name, watcher in watchers.items():
            told_of = {each for each in watcher.look() if not each.startswith("list ")}
            print(
                f"{name}: {len(wanted & told_of)} of {len(wanted)} real edits under all noise told, "
                f"{len(told_of - wanted)} others told"
            )
    site.close()


if __name__ == "__main__":
    main()
