"""Hours at which a source is read: Beijing time, over midnight too; outside of them it waits and is no trouble."""

from __future__ import annotations

import pytest
from recording import Reply, document, rows, write_source

from crawler.registry import RegistryError
from crawler.schedule import read_window
from rules_db.capture_history import recent_runs
from rules_db.connection import DataFolder, open_store
from rules_db.model import Verdict


def site(server) -> None:
    title = "关于动力电池溯源的通知"
    server.pages["/tzgg/"] = Reply(rows([("./202605/t20260511_1.html", title, "2026-05-11")]))
    server.pages["/tzgg/202605/t20260511_1.html"] = Reply(document(f"{title}。企业应当在9日内报送。"))


@pytest.mark.parametrize(
    ("window", "now", "left"),
    [
        ("22:00-06:00", "2026-06-01T14:00:00Z", 8 * 3600),  # 22:00 in Beijing
        ("22:00-06:00", "2026-06-01T13:59:59Z", 0),
        ("22:00-06:00", "2026-06-01T21:30:00Z", 1800),  # 05:30
        ("22:00-06:00", "2026-06-01T22:00:00Z", 0),  # 06:00
        ("01:00–05:30", "2026-06-01T17:00:00Z", 4.5 * 3600),  # 01:00 of the next day
        ("01:00-05:30", "2026-06-01T21:30:00Z", 0),
        ("08:00-20:00", "2026-06-01T00:00:00Z", 12 * 3600),
    ],
)
def test_seconds_left(window: str, now: str, left: float) -> None:
    assert read_window(window).seconds_left(now) == left


@pytest.mark.parametrize("text", ["", "22-6", "24:00-06:00", "22:00", "22:00-22:00", "night", "22:00-06:60"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"22:00-06:00|same time"):
        read_window(text)


def test_outside_its_window_a_source_waits(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url, window="22:00-06:00")
    write_source(tmp_path / "sources", "b", server.url)
    verdicts = crawled(now="2026-06-01T04:00:00Z")
    assert [(v.source_id, v.verdict) for v in verdicts] == [("a", Verdict.WAITING), ("b", Verdict.OK)]
    assert verdicts[0].reason == "read at 22:00–06:00 Asia/Shanghai only; not asked"
    assert not verdicts[0].first
    store = open_store(DataFolder(tmp_path / "data"))
    assert recent_runs(store, "a", tuple(Verdict), 5) == []
    assert store.execute("SELECT count(*) FROM issue").fetchone()[0] == 0
    server.hits.clear()
    assert crawled(now="2026-06-01T04:10:00Z", ids=("a",))[0].verdict is Verdict.WAITING
    assert server.hits == []
    assert crawled(now="2026-06-01T15:00:00Z", ids=("a",))[0].verdict is Verdict.OK


def test_waiting_is_no_trouble_and_no_recovery(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url, window="22:00-06:00")
    times = ("2026-06-01T15:00:00Z", "2026-06-02T04:00:00Z", "2026-06-02T15:00:00Z")
    found = [crawled(now=now)[0] for now in times]
    assert [v.verdict for v in found] == [Verdict.OK, Verdict.WAITING, Verdict.QUIET]
    assert [v.recovered for v in found] == [False, False, False]


def test_the_environment_gives_all_sources_a_window_and_their_own_wins(tmp_path, server, crawled, monkeypatch):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    write_source(tmp_path / "sources", "b", server.url, window="10:00-14:00")
    monkeypatch.setenv("GUIJI_WINDOW", "22:00-06:00")
    verdicts = crawled(now="2026-06-01T04:00:00Z")  # noon in Beijing
    assert [v.verdict for v in verdicts] == [Verdict.WAITING, Verdict.OK]
    monkeypatch.setenv("GUIJI_WINDOW", "at night")
    with pytest.raises(RegistryError, match=r"GUIJI_WINDOW.*22:00-06:00"):
        crawled(now="2026-06-01T04:00:00Z")


def test_a_run_under_way_stops_when_the_window_closes(tmp_path, server, crawled):
    """One second is left; each answer takes half of one."""
    pager = '<script>createPageHTML(40, {n}, "index", "html", 40);</script>'
    for n in range(40):
        path = "/tzgg/" if n == 0 else f"/tzgg/index_{n}.html"
        listed = [(f"./202605/t2026051{n % 10}_{n}.html", f"关于第{n}号事项的通知", "2026-05-11")]
        server.pages[path] = Reply(rows(listed, pager.format(n=n)), pause=0.3)
    write_source(tmp_path / "sources", "a", server.url, fetch="list", window="22:00-06:00", max_pages=40)
    (verdict,) = crawled(now="2026-06-01T21:59:58Z")
    assert verdict.verdict is Verdict.DEGRADED
    assert "window 22:00–06:00 Asia/Shanghai closed" in verdict.reason
    assert 0 < verdict.metrics["screens"] < 40


def test_a_window_in_a_source_file_is_checked(tmp_path, server, crawled):
    write_source(tmp_path / "sources", "a", server.url, window="22:00-22:00")
    with pytest.raises(RegistryError, match="same time"):
        crawled(now="2026-06-01T04:00:00Z")
