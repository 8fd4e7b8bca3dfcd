"""A crawl end to end against loopback servers: what is asked for, what is recorded, what a rerun costs."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from recording import NOW, RecordingServer, Reply, document, rows, write_source

from crawler.launch import _PROJECT
from rules_db.connection import DataFolder, connect, open_store
from rules_db.model import Outcome, Verdict
from rules_db.snapshots import SnapshotStore

T1, T2 = "关于动力电池溯源管理的通知", "关于食堂采购的公告"


def site(server: RecordingServer, count: int = 4) -> None:
    """A TRS column of `count` documents, the first with an attachment; everything has validators."""
    entries = [
        (f"./202605/t202605{n + 10:02d}_{n}.html", f"关于动力电池溯源第{n}号通知", f"2026-05-{n + 10:02d}")
        for n in range(count)
    ]
    server.pages["/tzgg/"] = Reply(rows(entries), etag='"list"')
    for n, (href, title, _) in enumerate(entries):
        link = '<p>附件：<a href="./W020260510000000001.pdf">1.名单.pdf</a></p>' if n == 0 else ""
        server.pages[f"/tzgg/{href[2:]}"] = Reply(
            document(f"{title}。企业应当在{n + 5}日内报送。", link), etag=f'"doc{n}"'
        )
    server.pages["/tzgg/202605/W020260510000000001.pdf"] = Reply(
        b"%PDF-1.4 sample", etag='"pdf"', media_type="application/pdf"
    )


def content(data: Path) -> dict[str, object]:
    """Everything a later stage would see, by content and not by row number."""
    store = connect(data / "work.db", read_only=True)
    newest = store.execute(
        """SELECT url, role, snapshot_sha256, facts FROM sighting s WHERE snapshot_sha256 IS NOT NULL
           AND id = (SELECT max(id) FROM sighting t WHERE t.url = s.url AND t.snapshot_sha256 IS NOT NULL)
           ORDER BY url"""
    ).fetchall()
    run = store.execute("SELECT max(id) FROM crawl_run WHERE finished_at IS NOT NULL").fetchone()[0]
    listed = store.execute(
        "SELECT url, title, published_on, list_column FROM list_entry WHERE run_id = ? ORDER BY url", (run,)
    )
    found = {"documents": [tuple(row) for row in newest], "listed": [tuple(row) for row in listed]}
    store.close()
    return found


def sightings(data: Path) -> list[sqlite3.Row]:
    store = connect(data / "work.db", read_only=True)
    found = store.execute("SELECT * FROM sighting ORDER BY id").fetchall()
    store.close()
    return found


def test_lists_documents_and_files_are_recorded(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert (verdict.verdict, verdict.metrics["entries"], verdict.metrics["new"]) == (Verdict.OK, 4, 4)
    seen = {(row["role"], row["url"].removeprefix(server.url)): row for row in sightings(tmp_path / "data")}
    assert len(seen) == 6
    detail = seen["detail", "/tzgg/202605/t20260510_0.html"]
    facts = json.loads(detail["facts"])
    assert (facts["title"], facts["published_on"], facts["column"]) == (
        "关于动力电池溯源第0号通知",
        "2026-05-10",
        "通知公告",
    )
    assert facts["relevance"] == "title:动力电池、溯源"
    assert detail["parent_url"] == f"{server.url}/tzgg/"
    file = seen["attachment", "/tzgg/202605/W020260510000000001.pdf"]
    assert file["parent_url"] == detail["url"]
    assert json.loads(file["facts"])["attachment_name"] == "1.名单.pdf"
    folder = DataFolder(tmp_path / "data")
    store = SnapshotStore(folder.snapshots, open_store(folder))
    assert store.read(file["snapshot_sha256"]) == b"%PDF-1.4 sample"


def test_unchanged_pages_cost_no_bodies(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    before = content(tmp_path / "data")
    server.hits.clear()
    (verdict,) = crawled(now="2026-06-20T01:00:00Z")
    assert verdict.verdict is Verdict.QUIET
    pages = [hit for hit in server.hits if hit.path != "/robots.txt"]
    assert len(pages) == 6, "list, four documents and the file are due after 19 days"
    assert {hit.status for hit in pages} == {304}
    assert sum(hit.sent for hit in pages) == 0
    assert content(tmp_path / "data")["documents"] == before["documents"]
    assert {row["outcome"] for row in sightings(tmp_path / "data") if row["run_id"] == 2} == {Outcome.NOT_MODIFIED}


def test_a_page_edited_in_place_is_fetched_again(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    server.pages["/tzgg/202605/t20260511_1.html"] = Reply(
        document("关于动力电池溯源的通知。企业应当在20日内报送溯源信息。"), etag='"doc1b"'
    )
    crawled(now="2026-06-20T01:00:00Z")
    edited = [row for row in sightings(tmp_path / "data") if row["url"].endswith("t20260511_1.html")]
    assert [row["outcome"] for row in edited] == [Outcome.FETCHED, Outcome.FETCHED]
    assert edited[0]["snapshot_sha256"] != edited[1]["snapshot_sha256"]


def test_documents_rest_until_due(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    server.hits.clear()
    (verdict,) = crawled(now="2026-06-01T09:00:00Z")
    assert [path for path in server.paths() if path != "/robots.txt"] == ["/tzgg/"]
    assert verdict.metrics["not_due"] == 4


def test_a_clock_that_once_ran_ahead_costs_one_run(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    crawled(now="2026-06-25T09:00:00Z")
    crawled(now="2026-06-01T09:00:00Z")  # the right time again: what was seen in the future is asked for once more
    server.hits.clear()
    (verdict,) = crawled(now="2026-06-02T09:00:00Z")
    assert [path for path in server.paths() if path != "/robots.txt"] == ["/tzgg/"]
    assert verdict.metrics["not_due"] == 4


def test_only_watched_topics_are_fetched_and_everything_is_listed(tmp_path, server, crawled):
    server.pages["/tzgg/"] = Reply(
        rows([("./202605/t20260501_1.html", T1, "2026-05-01"), ("./202605/t20260502_2.html", T2, "2026-05-02")])
    )
    server.pages["/tzgg/202605/t20260501_1.html"] = Reply(document(T1))
    write_source(tmp_path / "sources", "a", server.url, fetch="topic")
    crawled()
    assert "/tzgg/202605/t20260502_2.html" not in server.paths()
    assert [row[1] for row in content(tmp_path / "data")["listed"]] == [T1, T2]


def test_since_leaves_older_documents_unfetched(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled(since="2026-05-12")
    fetched = [path for path in server.paths() if "/t2026" in path]
    assert sorted(fetched) == ["/tzgg/202605/t20260512_2.html", "/tzgg/202605/t20260513_3.html"]


def test_since_follows_a_list_back_to_its_day_and_no_further(tmp_path, server, crawled):
    """Forty screens of one row a day, newest first; without a day the depth of the source holds."""

    def answer(path: str, count: int) -> Reply | None:
        if not path.startswith("/tzgg/"):
            return None
        screen = int(path.rsplit("_", 1)[1].split(".")[0]) if "index_" in path else 0
        day = date(2026, 5, 20) - timedelta(days=screen)
        pager = '<script>createPageHTML(40, 0, "index", "html", 40);</script>'
        return Reply(
            rows([(f"./{day:%Y%m}/t{day:%Y%m%d}_{screen}.html", f"关于第{screen}号事项的公告", str(day))], pager)
        )

    server.otherwise = answer
    write_source(tmp_path / "sources", "a", server.url, fetch="topic", max_pages=3, assertions={"min_entries": 1})
    crawled(now="2026-05-20T09:00:00Z")
    shallow = {path for path in server.paths() if path.startswith("/tzgg/")}
    server.hits.clear()
    crawled(since="2026-05-01", now="2026-05-21T09:00:00Z")
    deep = {path for path in server.paths() if path.startswith("/tzgg/")}
    assert shallow == {"/tzgg/", "/tzgg/index_1.html", "/tzgg/index_2.html"}
    last = 20  # the first screen with an older row, which has to be read to know that it is older
    assert deep == {"/tzgg/"} | {f"/tzgg/index_{n}.html" for n in range(1, last + 1)}


def endless(server: RecordingServer, *, repeat: bool) -> None:
    """A pager that never ends: new rows on each screen, or the same rows for ever."""

    def answer(path: str, count: int) -> Reply | None:
        if not path.startswith("/tzgg/"):
            return None
        screen = int(path.rsplit("_", 1)[1].split(".")[0]) if "index_" in path else 0
        number = 0 if repeat else screen
        pager = '<script>createPageHTML(99999, 0, "index", "html", 999990);</script>'
        return Reply(
            rows(
                [
                    (f"./202605/t20260501_{number}{n}.html", f"关于事项{number}之{n}的公告", "2026-05-01")
                    for n in range(3)
                ],
                pager,
            )
        )

    server.otherwise = answer


def test_an_endless_pager_ends_at_the_request_budget(tmp_path, server, crawled):
    endless(server, repeat=False)
    write_source(tmp_path / "sources", "a", server.url, fetch="list", max_pages=500, max_requests=12)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.DEGRADED
    assert "budget of 12" in verdict.reason
    assert len([path for path in server.paths() if path.startswith("/tzgg/")]) == 12


def test_a_looping_pager_ends_when_it_repeats(tmp_path, server, crawled):
    endless(server, repeat=True)
    write_source(tmp_path / "sources", "a", server.url, fetch="list", max_pages=500)
    crawled()
    assert [path for path in server.paths() if path != "/robots.txt"] == [
        "/tzgg/",
        "/tzgg/index_1.html",
        "/tzgg/index_2.html",
    ]


def test_screens_are_limited(tmp_path, server, crawled):
    endless(server, repeat=False)
    write_source(tmp_path / "sources", "a", server.url, fetch="list", max_pages=3)
    (verdict,) = crawled()
    assert (verdict.verdict, verdict.metrics["screens"]) == (Verdict.OK, 3)
    (verdict,) = crawled(now="2026-06-02T01:00:00Z", max_pages=5)
    assert verdict.metrics["screens"] == 5


def test_redirect_loops_end(tmp_path, server, crawled):
    server.pages["/tzgg/"] = Reply("", 302, {"Location": "/a"})
    server.otherwise = lambda path, count: Reply("", 302, {"Location": "/b" if path == "/a" else "/a"})
    server.pages["/robots.txt"] = Reply("", 404)
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.BROKEN
    assert len(server.hits) <= 8


def test_bodies_over_the_limit_are_refused_whatever_packs_them(tmp_path, make_server, crawled):
    """Each way of packing on a site of its own; the rest of each site is read."""
    import gzip
    import zlib

    import brotli

    whole = b"0" * (40 * 1024 * 1024)
    packed = {"gzip": gzip.compress(whole), "deflate": zlib.compress(whole), "br": brotli.compress(whole, quality=3)}
    packed["gzip, gzip"] = gzip.compress(packed["gzip"])
    servers = {}
    for number, (encoding, bomb) in enumerate(packed.items()):
        assert len(bomb) < 100_000
        servers[encoding] = make_server()
        site(servers[encoding])
        servers[encoding].pages["/tzgg/202605/t20260511_1.html"] = Reply(bomb, headers={"Content-Encoding": encoding})
        write_source(tmp_path / "sources", f"s{number}", servers[encoding].url)
    verdicts = crawled()
    found = [row for row in sightings(tmp_path / "data") if row["url"].endswith("t20260511_1.html")]
    assert len(found) == len(verdicts) == len(packed)
    assert {(row["outcome"], row["snapshot_sha256"]) for row in found} == {(Outcome.ERROR, None)}
    assert {verdict.metrics["details_failed"] for verdict in verdicts} == {1}
    assert {verdict.metrics["fetched"] for verdict in verdicts} == {5}, "list, three documents and a file"


def child(data: Path, sources: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crawler.run", "--data", str(data), "--sources", str(sources), "--now", NOW]
    command += ["--allow-loopback", "--fast"]
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("seed", range(2))
def test_killed_and_restarted_equals_undisturbed(tmp_path, server, seed):
    site(server, count=12)
    for reply in server.pages.values():
        reply.pause = 0.03
    sources = write_source(tmp_path / "sources", "a", server.url)
    assert child(tmp_path / "whole", sources).wait(60) == 0
    whole = content(tmp_path / "whole")
    assert len(whole["documents"]) == 14
    random.seed(seed)
    for _ in range(2):
        server.hits.clear()
        process = child(tmp_path / "killed", sources)
        stop_after = random.randint(1, 12)  # noqa: S311 - a place to kill at
        deadline = time.monotonic() + 30
        while len(server.hits) < stop_after and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert child(tmp_path / "killed", sources).wait(60) == 0
    assert content(tmp_path / "killed") == whole
    folder = DataFolder(tmp_path / "killed")
    assert list(SnapshotStore(folder.snapshots, open_store(folder)).verify()) == []


def test_a_dead_child_leaves_a_verdict_for_each_source(tmp_path, server, crawled, monkeypatch):
    write_source(tmp_path / "sources", "a", server.url)
    monkeypatch.setattr("crawler.launch.subprocess.run", lambda *_, **__: subprocess.CompletedProcess([], -9))
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.BROKEN
    assert "ended with code -9" in verdict.reason


def test_known_documents_beyond_the_lists_are_looked_at_again(tmp_path, server, crawled):
    """A list shows only its newest rows; what it no longer shows is still revisited on schedule."""
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    newest = [("./202606/t20260618_9.html", "关于动力电池溯源第9号通知", "2026-06-18")]
    server.pages["/tzgg/"] = Reply(rows(newest), etag='"newer"')
    server.pages["/tzgg/202606/t20260618_9.html"] = Reply(document("第9号通知。企业应当在9日内报送溯源信息。"))
    edited = Reply(document("关于动力电池溯源第1号通知。企业应当在60日内报送。"), etag='"edited"')
    server.pages["/tzgg/202605/t20260511_1.html"] = edited
    (verdict,) = crawled(now="2026-06-20T01:00:00Z")
    assert verdict.metrics["revisited"] == 5
    rows_of = [row for row in sightings(tmp_path / "data") if row["url"].endswith("t20260511_1.html")]
    assert [row["outcome"] for row in rows_of] == [Outcome.FETCHED, Outcome.FETCHED]
    assert rows_of[0]["facts"] == rows_of[1]["facts"]


def test_the_budget_counts_a_day_not_a_run(tmp_path, server, crawled):
    endless(server, repeat=False)
    write_source(tmp_path / "sources", "a", server.url, fetch="list", max_pages=10, max_requests=14)
    assert [crawled(now=f"2026-06-01T0{hour}:00:00Z")[0].verdict for hour in (1, 2)] == [Verdict.OK, Verdict.DEGRADED]
    assert len([path for path in server.paths() if path.startswith("/tzgg/")]) == 14
    assert crawled(now="2026-06-02T03:00:00Z")[0].verdict is not Verdict.DEGRADED


def test_sources_of_one_host_share_its_budget(tmp_path, server, make_server, crawled):
    """A cloud that serves several provinces is asked no more for that; whoever has hosts of its own is not charged."""
    alone = make_server()
    endless(server, repeat=False)
    endless(alone, repeat=False)
    for source_id, host in (("a", server), ("b", server), ("c", alone)):
        columns = [
            {"name": "通知公告", "url": f"{host.url}/tzgg/?of={source_id}", "kind": "notice", "confidence": "live"}
        ]
        write_source(
            tmp_path / "sources", source_id, host.url, fetch="list", max_pages=10, max_requests=14, columns=columns
        )
    found = {verdict.source_id: verdict for verdict in crawled()}
    assert len([path for path in server.paths() if path != "/robots.txt"]) == 14
    assert "budget of 14 used up for today (shared by a, b)" in found["a"].reason
    assert found["c"].verdict is Verdict.OK
    crawled(now="2026-06-01T05:00:00Z", ids=("b",))
    assert len([path for path in server.paths() if path != "/robots.txt"]) == 14


def test_session_ids_and_calendars_cost_no_more_than_the_budget(tmp_path, server, crawled):
    """New session ids at every look are the same pages; a calendar that goes on for ever is left at the budget."""
    looks = iter(range(1000))

    def answer(path, count):
        if path == "/tzgg/":
            number = next(looks)
            links = [
                (f"./202605/t2026051{n}_{n}.html;jsessionid=A{number}", f"关于动力电池溯源第{n}号通知", "2026-05-10")
                for n in range(3)
            ]
            return Reply(rows(links))
        return Reply(document("关于动力电池溯源的通知，企业应当在30日内报送。")) if "/t2026" in path else None

    server.otherwise = answer
    write_source(tmp_path / "sources", "a", server.url)
    first, second = crawled()[0], crawled(now="2026-06-20T01:00:00Z")[0]
    assert (first.verdict, first.metrics["new"]) == (Verdict.OK, 3)
    assert (second.verdict, second.metrics["new"]) == (Verdict.QUIET, 0)
    assert not [path for path in server.paths() if "jsessionid" in path.lower()]


def test_screens_counted_from_two_are_found(tmp_path, server, crawled):
    """The pager announces two screens; index_1 is missing (or repeats the first), index_2 has the rest."""
    pager = '<script>createPageHTML(3, {n}, "index", "html", 6);</script>'
    screens = [
        [(f"./202605/t2026051{n}_{n}{k}.html", f"关于第{n}号事项{k}的通知", f"2026-05-1{n}") for k in (0, 1)]
        for n in range(3)
    ]
    for path, number in (("/tzgg/", 0), ("/tzgg/index_2.html", 1), ("/tzgg/index_3.html", 2)):
        server.pages[path] = Reply(rows(screens[number], pager.format(n=number)))
    write_source(tmp_path / "sources", "a", server.url, fetch="list")
    (verdict,) = crawled()
    assert (verdict.verdict, verdict.metrics["entries"], verdict.metrics["screens"]) == (Verdict.OK, 6, 3)
    server.pages["/tzgg/index_1.html"] = server.pages["/tzgg/"]
    (verdict,) = crawled(now="2026-06-02T01:00:00Z")
    assert verdict.metrics["entries"] == 6


def test_a_page_gone_three_times_is_a_candidate_and_its_bytes_stay(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    crawled()
    gone = "/tzgg/202605/t20260511_1.html"
    server.pages[gone] = Reply("<html><body>该信息已删除</body></html>", 404)
    days = ("2026-06-20", "2026-06-21", "2026-06-22", "2026-06-23")
    verdicts = [crawled(now=f"{day}T01:00:00Z")[0] for day in days]
    address = f"{server.url}{gone}"
    assert [verdict.withdrawn_candidates for verdict in verdicts] == [(), (), (address,), (address,)]
    assert [verdict.newly_withdrawn for verdict in verdicts] == [(), (), (address,), ()], "told once"
    held = [row for row in sightings(tmp_path / "data") if row["url"].endswith(gone) and row["snapshot_sha256"]]
    assert len(held) == 1


def test_new_facts_in_a_list_ask_for_the_document_again(tmp_path, server, crawled):
    """A validity cell changes without the document changing."""

    def listed(status: str) -> Reply:
        rows_ = [{"t": "关于动力电池溯源的通知", "u": "/d/1.html", "d": "2026-01-05", "n": status}]
        return Reply(json.dumps({"rows": rows_}), media_type="application/json")

    server.pages["/list.json"] = listed("示〔2026〕1号")
    server.pages["/d/1.html"] = Reply(document("关于动力电池溯源的通知。企业应当在9日内报送溯源信息。"), etag='"1"')
    column = {"name": "目录", "url": f"{server.url}/list.json", "kind": "policy", "confidence": "live"}
    column["params"] = {"rows": "rows", "title": "t", "url": "u", "date": "d", "number": "n"}
    write_source(tmp_path / "sources", "a", server.url, platform="searchapi", columns=[column])
    crawled()
    crawled(now="2026-06-02T01:00:00Z")
    assert server.paths().count("/d/1.html") == 1, "not due yet"
    server.pages["/list.json"] = listed("示〔2026〕2号")
    crawled(now="2026-06-03T01:00:00Z")
    assert server.paths().count("/d/1.html") == 2
    facts = [json.loads(row["facts"]) for row in sightings(tmp_path / "data") if row["role"] == "detail"]
    assert [fact["document_number"] for fact in facts] == ["示〔2026〕1号", "示〔2026〕2号"]


def test_weekly_sources_rest_for_a_week_unless_named(tmp_path, server, crawled):
    site(server, count=1)
    write_source(tmp_path / "sources", "a", server.url, cadence="weekly")
    assert [len(crawled(now=f"2026-06-{day:02d}T01:00:00Z")) for day in (1, 2, 7, 8)] == [1, 0, 0, 1]
    assert len(crawled(now="2026-06-09T01:00:00Z", ids=("a",))) == 1


def test_a_broken_weekly_source_is_tried_the_next_day(tmp_path, server, crawled):
    write_source(tmp_path / "sources", "a", server.url, cadence="weekly")
    assert [crawled(now=f"2026-06-{day:02d}T01:00:00Z")[0].verdict for day in (1, 2)] == [Verdict.BROKEN] * 2


def test_a_machine_without_network_is_told_once_and_not_for_each_source(tmp_path, server, crawled):
    """Four hosts of which none answers (ports nobody listens on) are our trouble; two of them are theirs."""
    from rules_db.connection import connect

    def issues():
        store = connect(tmp_path / "data" / "work.db", read_only=True)
        found = store.execute("SELECT code, subject, resolved_at FROM issue ORDER BY id").fetchall()
        store.close()
        return [(row["code"], row["subject"], row["resolved_at"] is None) for row in found]

    port = 9  # discard: nobody listens
    for number in (2, 3, 4, 5):
        write_source(tmp_path / "sources", f"s{number}", f"http://127.0.0.{number}:{port}")
    verdicts = crawled(ids=("s2", "s3"))
    assert {verdict.verdict for verdict in verdicts} == {Verdict.BROKEN}
    assert issues() == [("broken", "s2", True), ("broken", "s3", True)]
    verdicts = crawled(now="2026-06-02T01:00:00Z")
    assert len(verdicts) == 4
    assert {verdict.verdict for verdict in verdicts} == {Verdict.BROKEN}
    assert issues() == [
        ("broken", "s2", True),
        ("broken", "s3", True),
        ("broken", "s4", False),
        ("broken", "s5", False),
        ("offline", "network", True),
    ]
    site(server)
    write_source(tmp_path / "sources", "s5", server.url)
    crawled(now="2026-06-03T01:00:00Z")
    assert ("offline", "network", False) in issues()
    assert issues()[-1] == ("broken", "s4", True)


def test_a_list_that_names_no_year_is_dated_by_the_day_in_china(tmp_path, server, crawled):
    """At ten past six there, when the daily run is scheduled, it is still yesterday by UTC."""
    server.pages["/tzgg/"] = Reply(rows([("./a/t20260101_1.html", T1, "06-02"), ("./a/t20260101_2.html", T2, "06-03")]))
    write_source(tmp_path / "sources", "a", server.url, fetch="list")
    crawled(now="2026-06-01T22:10:00Z")
    store = connect(tmp_path / "data" / "work.db", read_only=True)
    dates = [row[0] for row in store.execute("SELECT published_on FROM list_entry ORDER BY position")]
    store.close()
    assert dates == ["2026-06-02", "2025-06-03"]
