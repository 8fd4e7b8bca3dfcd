"""Manners towards hosts: robots.txt, spacing, backing off, identity, no answering of challenges."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from recording import NOW, RecordingServer, Reply, document, rows, write_source
from scrapy import Request
from test_crawl import sightings, site

from crawler.conduct import SOURCE_KEY, Conduct, HostPace, retry_after_seconds
from crawler.launch import _PROJECT, SourceVerdict
from crawler.robots import MAX_AGE, RobotsMiddleware, read_robots
from crawler.settings import HARDENING, NO_CONTACT, Pace, build_settings, user_agent
from rules_db.model import Outcome, Verdict


def pages(server: RecordingServer) -> list[str]:
    return [path for path in server.paths() if path != "/robots.txt"]


@dataclass(frozen=True)
class Crowd:
    """Sites side by side, crawled together; each by its case's name."""

    servers: dict[str, RecordingServer]
    sources: Path

    def ids(self) -> dict[str, str]:
        return {f"site-{number}": case for number, case in enumerate(self.servers)}


@pytest.fixture
def crowd(tmp_path, make_server):
    """A function that sets up one TRS site for each case, all healthy to begin with."""

    def build(cases: Iterable[str]) -> Crowd:
        servers = {case: make_server() for case in cases}
        for number, server in enumerate(servers.values()):
            site(server)
            write_source(tmp_path / "sources", f"site-{number}", server.url)
        return Crowd(servers, tmp_path / "sources")

    return build


def by_case(crowd: Crowd, verdicts: list[SourceVerdict]) -> dict[str, SourceVerdict]:
    return {crowd.ids()[verdict.source_id]: verdict for verdict in verdicts}


def test_robots_that_cannot_be_read_forbids_and_missing_robots_allows(tmp_path, crowd, crawled):
    """RFC 9309: server errors (and 429) forbid, client errors allow, whatever the body says."""
    forbids, allows = ("500", "503", "429"), ("404", "403", "401")
    sites = crowd(forbids + allows)
    for case, server in sites.servers.items():
        text = "User-agent: *\nAllow: /\n" if case in forbids else "User-agent: *\nDisallow: /\n"
        server.pages["/robots.txt"] = Reply(text, int(case))
    found = by_case(sites, crawled())
    for case in forbids:
        assert found[case].verdict is Verdict.BLOCKED
        assert f"robots.txt unreachable (HTTP {case})" in found[case].reason
        assert pages(sites.servers[case]) == []
    for case in allows:
        assert found[case].verdict is Verdict.OK
    blocked = [row for row in sightings(tmp_path / "data") if row["outcome"] == Outcome.ROBOTS]
    assert len(blocked) == 3


def test_robots_that_never_answers_forbids_and_is_the_sites_trouble(tmp_path, crowd, crawled):
    """A cut connection and a time-out: nothing is read, and it is no refusal either."""
    sites = crowd(("cut", "late"))
    sites.servers["cut"].pages["/robots.txt"] = Reply(cut=True)
    sites.servers["late"].pages["/robots.txt"] = Reply("User-agent: *\nAllow: /\n", pause=4.0)
    found = by_case(sites, crawled(timeout=1))
    for case, server in sites.servers.items():
        assert found[case].verdict is Verdict.BROKEN, case
        assert "robots.txt unreachable" in found[case].reason
        assert pages(server) == []


def test_robots_is_asked_for_again_after_a_day():
    import asyncio

    class Engine:
        asked = 0

        async def download_async(self, request):
            self.asked += 1
            return SimpleNamespace(status=404, body=b"")

    engine = Engine()
    middleware = RobotsMiddleware(SimpleNamespace(settings={"GUIJI_CONDUCT": Conduct(Pace())}, engine=engine))

    async def look(age):
        await middleware.process_request(Request("https://a.gov.cn/x", meta={SOURCE_KEY: "a"}))
        middleware.known["https://a.gov.cn"].result().fetched -= age

    async def looks():
        for age in (0, MAX_AGE - 60, 120, 0):
            await look(age)

    asyncio.run(looks())
    assert engine.asked == 2
    assert MAX_AGE <= 24 * 3600


def test_disallowed_paths_are_not_asked_for(tmp_path, server, crawled):
    site(server)
    server.pages["/robots.txt"] = Reply(
        "User-Agent: guiji\nDisallow: /tzgg/202605/t20260511\n\nUser-agent: *\nAllow: /\n"
    )
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    assert "/tzgg/202605/t20260511_1.html" not in pages(server)
    assert "/tzgg/202605/t20260512_2.html" in pages(server)
    (row,) = [row for row in sightings(tmp_path / "data") if row["outcome"] == Outcome.ROBOTS]
    assert row["url"].endswith("t20260511_1.html")


def test_disallowed_lists_block_the_source(tmp_path, server, crawled):
    site(server)
    server.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n")
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert (verdict.verdict, pages(server)) == (Verdict.BLOCKED, [])


def test_one_forbidden_column_of_two_degrades(tmp_path, server, crawled):
    site(server)
    server.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /closed/\n")
    columns = [
        {"name": name, "url": f"{server.url}/{path}/", "kind": "notice", "confidence": "live"}
        for name, path in (("通知公告", "tzgg"), ("内部栏目", "closed"))
    ]
    write_source(tmp_path / "sources", "a", server.url, columns=columns)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.DEGRADED
    assert "内部栏目: robots.txt disallows" in verdict.reason
    assert "/closed/" not in server.paths()


def test_robots_is_asked_once_for_all_sources_of_a_host(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    write_source(tmp_path / "sources", "b", server.url)
    crawled()
    assert server.paths().count("/robots.txt") == 1


def test_robots_rules_in_gbk_and_oversized_are_read():
    robots = read_robots(200, "# 爬虫协议\nUser-agent: *\nDisallow: /x/\n".encode("gbk"), 0.0)
    assert not robots.rules.can_fetch("http://a/x/1", "Guiji")
    long = b"User-agent: *\nDisallow: /x/\n" + b"#" * 2_000_000 + b"\nDisallow: /y/\n"
    robots = read_robots(200, long, 0.0)
    assert not robots.rules.can_fetch("http://a/x/1", "Guiji")
    assert robots.rules.can_fetch("http://a/y/1", "Guiji")


def test_a_page_in_place_of_robots_is_no_rules():
    assert read_robots(200, b"<!DOCTYPE html><html>404</html>", 0.0).forbidden is None
    assert read_robots(200, b"<!DOCTYPE html><html>404</html>", 0.0).rules is None


def test_spacing_holds_over_pages_files_retries_and_robots(tmp_path, server, crawled):
    """With real waiting: no two requests to a host closer than asked, whatever they are for."""
    site(server)
    server.pages["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 0.4\n")
    server.pages["/tzgg/202605/t20260512_2.html"] = Reply("", 302, {"Location": "/tzgg/202605/moved.html"})
    server.pages["/tzgg/202605/moved.html"] = Reply(document("关于动力电池溯源的通知，企业应当在30日内报送。"))
    busy = Reply("busy", 503)
    server.otherwise = lambda path, count: busy
    write_source(tmp_path / "sources", "a", server.url)
    write_source(tmp_path / "sources", "b", server.url)
    crawled()
    times = [hit.at for hit in server.hits]
    assert len(times) >= 9
    gaps = [later - earlier for earlier, later in pairwise(times[1:])]
    assert min(gaps) >= 0.4, "0.4 s after robots.txt said so"


# Scrapy lets a request go, and we are busy with something else before it is sent: every other one is late.
_BUSY = """
import sys, time
from itertools import count
from crawler import run, settings
from scrapy.core.downloader import Downloader
run.Pace = lambda: settings.Pace(minimum=3.0, jitter=0.0, error_floor=0.0, refusal_floor=0.0)
load = run.load_sources
run.load_sources = lambda folder: [__import__("dataclasses").replace(source, delay=0.3) for source in load(folder)]
from crawler import conduct
conduct.HostPace.delay = lambda self, last: 0.3
turn, download = count(), Downloader._download
async def late(self, slot, request):
    time.sleep(0.2 * (next(turn) % 2))
    return await download(self, slot, request)
Downloader._download = late
sys.exit(run.main())
"""


def test_spacing_holds_when_requests_are_sent_late(tmp_path, server):
    """Counted from when a request is let go, a late one would come 0.1 s before the next."""
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    command = [sys.executable, "-c", _BUSY, "--data", str(tmp_path / "data"), "--sources", str(tmp_path / "sources")]
    command += ["--now", NOW, "--allow-loopback"]
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT)}
    assert subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0
    times = [hit.at for hit in server.hits]
    assert len(times) >= 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.3


def test_one_request_at_a_time(tmp_path, server, crawled):
    """Answers take longer than the spacing: the next request waits for the answer, not only for the spacing."""
    site(server, count=2)
    for reply in server.pages.values():
        reply.pause = 0.5
    server.pages["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 0.2\n")
    write_source(tmp_path / "sources", "a", server.url)
    write_source(tmp_path / "sources", "b", server.url)
    crawled()
    times = [hit.at for hit in server.hits if hit.path != "/robots.txt"]
    assert len(times) == 8
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.49


def test_production_pace_is_never_under_three_seconds():
    pace = Pace()
    assert pace.minimum >= 3
    host = HostPace(pace.minimum)
    shortest = host.delay(since=0.0) / (1 - pace.jitter) * (1 - pace.jitter)
    assert shortest >= 3
    assert build_settings(pace, allow_loopback=False)["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1


def test_errors_slow_down_and_success_never_goes_below_the_floor():
    conduct = Conduct(Pace())
    delays = []
    for _ in range(5):
        conduct.saw_trouble("h", "a", refusal=False, what="HTTP 500")
        delays.append(conduct.host("h").delay(0.0))
    assert delays == sorted(delays)
    assert delays[0] >= 13
    assert delays[-1] > 100
    for _ in range(50):
        conduct.saw_success("h", "a")
    assert conduct.host("h").delay(0.0) == 3.0


def test_refusals_wait_at_least_half_a_minute():
    conduct = Conduct(Pace())
    conduct.saw_trouble("h", "a", refusal=True, what="HTTP 403")
    assert conduct.host("h").delay(0.0) >= 30


def test_errors_in_a_row_stop_the_source_and_successes_reset_the_count():
    conduct = Conduct(Pace(max_errors=3))
    for _ in range(2):
        conduct.saw_trouble("h", "a", refusal=False, what="HTTP 500")
    conduct.saw_success("h", "a")
    for _ in range(2):
        conduct.saw_trouble("h", "a", refusal=False, what="HTTP 500")
    assert "a" not in conduct.stopped
    conduct.saw_trouble("h", "a", refusal=False, what="HTTP 502")
    assert conduct.stopped["a"] == (Outcome.ERROR, "3 errors in a row, the last: HTTP 502")


def test_failing_details_stop_the_source(tmp_path, server, crawled):
    site(server, count=15)
    for path in list(server.pages):
        if "/t2026" in path:
            server.pages[path] = Reply("broken", 500)
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.DEGRADED
    assert "6 errors in a row" in verdict.reason
    failed = [row for row in sightings(tmp_path / "data") if row["role"] == "detail"]
    assert len(failed) < 8, "what was not asked for is counted, not filed as seen"
    assert verdict.metrics["not_asked"] >= 7
    assert len(pages(server)) <= 8


def test_retry_after_is_waited_for(tmp_path, server, crawled):
    site(server, count=1)
    detail = "/tzgg/202605/t20260510_0.html"
    whole = server.pages.pop(detail)
    server.otherwise = lambda path, count: (
        None if path != detail else Reply("wait", 503, {"Retry-After": "1"}) if count == 1 else whole
    )
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    first, second = (hit.at for hit in server.hits if hit.path == detail)
    assert second - first >= 1.0
    assert verdict.verdict is Verdict.OK


def test_a_long_retry_after_ends_the_source(tmp_path, server, crawled):
    site(server)
    server.pages["/tzgg/202605/t20260510_0.html"] = Reply("wait", 503, {"Retry-After": "86400"})
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.DEGRADED
    assert "86400 s" in verdict.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("Mon, 01 Jun 2026 01:00:30 GMT", 30.0), ("Mon, 01 Jun 2026 00:00:00 GMT", 0.0), ("soon", None)],
)
def test_retry_after_forms(value, seconds):
    assert retry_after_seconds(value, datetime(2026, 6, 1, 1, 0, 0, tzinfo=UTC)) == seconds


def test_we_say_who_we_are(tmp_path, server, crawled, monkeypatch):
    site(server, count=1)
    write_source(tmp_path / "sources", "a", server.url)
    monkeypatch.setenv("GUIJI_CONTACT", "https://example.org/contact")
    crawled()
    agents = {hit.headers["user-agent"] for hit in server.hits}
    assert agents == {"Mozilla/5.0 (compatible; Guiji/0.1; +https://example.org/contact)"}
    assert all("cookie" not in hit.headers for hit in server.hits)
    monkeypatch.delenv("GUIJI_CONTACT")
    assert NO_CONTACT in user_agent()


def test_cookies_are_not_kept(tmp_path, server, crawled):
    site(server, count=2)
    server.pages["/tzgg/"].headers["Set-Cookie"] = "__jsluid_s=1"
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    assert all("cookie" not in hit.headers for hit in server.hits)


CHALLENGES = {
    "521 script": Reply("<html><script>document.cookie='__jsl_clearance_s=x'</script></html>", 521),
    "412": Reply("<html><script>$_ts=window['$_ts'];</script></html>", 412),
    "202 challenge": Reply("<html><body>请稍候，正在进行安全验证</body></html>", 202),
    "200 script": Reply("<html><head><script>var _cf_chl_opt={}</script></head><body></body></html>"),
    "captcha": Reply("<html><body><p>您的访问过于频繁，请输入验证码</p><input name='code'></body></html>"),
    "login": Reply("<html><body><form><input type='password' name='p'></form></body></html>"),
    "403": Reply("no", 403),
}


def test_a_challenge_blocks_the_source_with_no_documents(tmp_path, crowd, crawled):
    sites = crowd(CHALLENGES)
    crawled()
    for case, server in sites.servers.items():
        server.pages["/tzgg/"] = CHALLENGES[case]
        server.hits.clear()
    found = by_case(sites, crawled(now="2026-06-20T01:00:00Z"))
    for case, server in sites.servers.items():
        assert found[case].verdict is Verdict.BLOCKED, case
        assert found[case].first
        assert pages(server) == ["/tzgg/"], f"{case}: one look, no second try, no documents"
    second = [row for row in sightings(tmp_path / "data") if row["seen_at"] == "2026-06-20T01:00:00Z"]
    assert len(second) == len(CHALLENGES)
    assert {row["outcome"] for row in second} == {Outcome.CHALLENGE, Outcome.BLOCKED}
    assert {row["snapshot_sha256"] for row in second} == {None}


def test_recovery_is_told_once_and_the_issue_closes(tmp_path, server, crawled):
    from rules_db.connection import connect

    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    good = server.pages["/tzgg/"]
    verdicts = []
    for day, page in ((1, good), (2, CHALLENGES["412"]), (3, CHALLENGES["412"]), (4, good), (5, good)):
        server.pages["/tzgg/"] = page
        verdicts += crawled(now=f"2026-06-0{day}T01:00:00Z")
    assert [verdict.verdict.value for verdict in verdicts] == ["ok", "blocked", "blocked", "quiet", "quiet"]
    assert [verdict.first for verdict in verdicts] == [False, True, False, False, False]
    assert [verdict.recovered for verdict in verdicts] == [False, False, False, True, False]
    store = connect(tmp_path / "data" / "work.db", read_only=True)
    (issue,) = store.execute("SELECT * FROM issue").fetchall()
    assert (issue["code"], issue["times"], issue["resolved_at"]) == ("blocked", 2, "2026-06-04T01:00:00Z")


BROKEN_LISTS = {
    "maintenance page": Reply("<html><body>系统维护，请稍后访问</body></html>"),
    "no rows": Reply("<html><body></body></html>"),
    "empty answer": Reply(b""),
    "HTTP 410": Reply("gone", 410),
    "layout changed": Reply(rows([])),
    "HTTP 500": Reply("error", 500),
    "fewer than": Reply(rows([("./202605/t20260501_1.html", "关于动力电池溯源的通知", "2026-05-01")])),
    "encoding": Reply(b"<html>" + bytes(range(128, 256)) * 30),
}


def test_a_broken_list_is_a_finding_about_the_site(tmp_path, crowd, crawled):
    sites = crowd(BROKEN_LISTS)
    for number, server in enumerate(sites.servers.values()):
        write_source(tmp_path / "sources", f"site-{number}", server.url, assertions={"min_entries": 3})
    crawled()
    before = [tuple(row) for row in sightings(tmp_path / "data")]
    for case, server in sites.servers.items():
        server.pages["/tzgg/"] = BROKEN_LISTS[case]
    found = by_case(sites, crawled(now="2026-06-20T01:00:00Z"))
    for case, verdict in found.items():
        assert verdict.verdict is Verdict.BROKEN, case
        assert case in verdict.reason or "layout" in verdict.reason
        assert verdict.withdrawn_candidates == ()
    assert [tuple(row) for row in sightings(tmp_path / "data")][: len(before)] == before


def test_hardening_values_are_the_documented_ones():
    assert HARDENING["TELNETCONSOLE_ENABLED"] is False
    assert HARDENING["REMOTE_CONTROL_ENABLED"] is False
    assert HARDENING["DOWNLOAD_MAXSIZE"] == 32 * 1024 * 1024
    assert HARDENING["DOWNLOAD_TIMEOUT"] == 60
    assert HARDENING["REDIRECT_MAX_TIMES"] == 5
    assert HARDENING["METAREFRESH_ENABLED"] is False
    assert HARDENING["COOKIES_ENABLED"] is False
    assert HARDENING["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert HARDENING["HTTPPROXY_ENABLED"] is False
    assert HARDENING["HTTPCACHE_ENABLED"] is False
    assert {name for name, handler in HARDENING["DOWNLOAD_HANDLERS"].items() if handler is None} == {
        "data",
        "file",
        "ftp",
        "s3",
    }


def test_every_setting_is_one_that_scrapy_knows():
    from scrapy.settings import default_settings

    unknown = [name for name in HARDENING if not hasattr(default_settings, name)]
    assert unknown == []


def test_withdrawal_needs_three_healthy_runs(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled(now=NOW)
    kept = [
        (f"./202605/t202605{n + 10:02d}_{n}.html", f"关于动力电池溯源第{n}号通知", f"2026-05-{n + 10:02d}")
        for n in (0, 1, 3)
    ]
    server.pages["/tzgg/"] = Reply(rows(kept), etag='"shorter"')
    found = [crawled(now=f"2026-06-0{day}T01:00:00Z")[0].withdrawn_candidates for day in (2, 3, 4)]
    assert found == [(), (), (f"{server.url}/tzgg/202605/t20260512_2.html",)]
