"""Spacing by the sender's own clock: what leaves the process, when, and when it came to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from recording import NOW, RecordingServer, Reply, document, write_source
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.signalmanager import SignalManager
from test_crawl import site

from crawler.conduct import Conduct
from crawler.etiquette import PaceMiddleware
from crawler.launch import _PROJECT
from crawler.settings import Pace

PROMISED = 0.2
AFTER_TROUBLE = 0.3

# The production settings at a fraction of the pace, jitter and all. Every request is noted where it is handed to the
# network, and where its answer, or the news that there is none, comes back; the process is kept busy now and then.
_NOTED = f"""
import dataclasses, json, random, sys, time
from crawler import run, settings
from scrapy.core.downloader import Downloader
from scrapy.core.downloader.handlers import DownloadHandlers
run.Pace = lambda: settings.Pace(
    minimum={PROMISED}, error_floor={AFTER_TROUBLE}, refusal_floor={AFTER_TROUBLE}, ceiling={AFTER_TROUBLE}
)
load = run.load_sources
run.load_sources = lambda folder: [dataclasses.replace(source, delay={PROMISED}) for source in load(folder)]
notes = open(sys.argv.pop(1), "w")
busy, download, send = random.Random(4), Downloader._download, DownloadHandlers.download_request_async
async def late(self, slot, request):
    time.sleep(busy.choice((0, 0.2)))
    return await download(self, slot, request)
async def noted(self, request):
    note = {{"url": request.url, "sent": time.monotonic(), "status": None}}
    try:
        response = await send(self, request)
        note["status"] = response.status
        return response
    finally:
        note["ended"] = time.monotonic()
        print(json.dumps(note), file=notes, flush=True)
Downloader._download = late
DownloadHandlers.download_request_async = noted
sys.exit(run.main())
"""


def crawl_noted(tmp_path: Path, *options: str) -> list[dict[str, Any]]:
    """A crawl at the scaled pace; its notes in order of sending."""
    command = [sys.executable, "-c", _NOTED, str(tmp_path / "notes"), "--data", str(tmp_path / "data")]
    command += ["--sources", str(tmp_path / "sources"), "--now", NOW, "--allow-loopback", *options]
    environment = {**os.environ, "PYTHONPATH": str(_PROJECT)}
    assert subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0
    notes = [json.loads(line) for line in (tmp_path / "notes").read_text().splitlines()]
    return sorted(notes, key=lambda note: note["sent"])


def every_kind(server: RecordingServer) -> None:
    """A site with robots.txt, a redirect, a file, a passing fault, a broken answer and one that never comes."""
    site(server, count=4)
    server.pages["/robots.txt"] = Reply("User-agent: *\nAllow: /\n")
    server.pages["/tzgg/202605/t20260510_0.html"] = Reply("", 302, {"Location": "/tzgg/202605/moved.html"})
    text = "关于动力电池溯源的通知，企业应当在30日内报送。"
    server.pages["/tzgg/202605/moved.html"] = Reply(document(text, '<a href="./annex.pdf">附件</a>'))
    server.pages["/tzgg/202605/annex.pdf"] = Reply(b"%PDF-1.4 of no page", media_type="application/pdf")
    whole = server.pages.pop("/tzgg/202605/t20260511_1.html")
    server.pages["/tzgg/202605/t20260512_2.html"] = Reply("half", headers={"Content-Length": "9999"})
    server.pages["/tzgg/202605/t20260513_3.html"] = Reply(document(text), pause=1.5)
    server.otherwise = lambda path, count: (
        (Reply("busy", 503) if count == 1 else whole) if path.endswith("_1.html") else None
    )


def test_the_spacing_is_kept_by_the_senders_clock(tmp_path: Path, server: RecordingServer) -> None:
    """From the end of one request to the next, whatever the request was for and however it ended; so no host, however
    late its clock reads, can see two requests closer than promised. After a failure it is more, also after a request
    that nobody answered: what it lasted is no pause for the host."""
    every_kind(server)
    write_source(tmp_path / "sources", "a", server.url)
    write_source(tmp_path / "sources", "b", server.url)
    notes = crawl_noted(tmp_path, "--timeout", "1")
    kinds = {note["url"].rsplit("/", 1)[1].split("_")[0].split(".")[0] for note in notes}
    assert {"robots", "", "t20260510", "moved", "annex", "t20260511", "t20260512", "t20260513"} == kinds
    assert {note["status"] for note in notes} == {200, 302, 503, None}
    for earlier, later in pairwise(notes):
        assert later["sent"] - earlier["ended"] >= PROMISED, (earlier, later)
    arrived = sorted(hit.at for hit in server.hits)
    assert len(arrived) == len(notes)
    assert min(later - earlier for earlier, later in pairwise(arrived)) >= PROMISED
    after = [
        later["sent"] - earlier["ended"]
        for earlier, later in pairwise(notes)
        if earlier["status"] is None or earlier["status"] == 503
    ]
    assert len(after) >= 4
    assert min(after) >= PROMISED + AFTER_TROUBLE, after


def test_a_connection_that_is_cut_is_not_tried_again_at_once(tmp_path: Path, server: RecordingServer) -> None:
    """The network library would repeat a request by itself when a kept connection ends without an answer."""
    site(server, count=2)
    server.pages["/tzgg/202605/t20260510_0.html"] = Reply(cut=True)
    write_source(tmp_path / "sources", "a", server.url)
    notes = crawl_noted(tmp_path)
    arrived = [hit.at for hit in server.hits]
    assert server.paths().count("/tzgg/202605/t20260510_0.html") == 2, "one try and one more"
    assert len(arrived) == len(notes)
    assert min(later - earlier for earlier, later in pairwise(arrived)) >= PROMISED


def test_a_host_whose_slot_was_forgotten_keeps_its_spacing() -> None:
    """Scrapy drops the slot of a host that rests, and a new one has never been asked; a Retry-After that is long over
    must not count from there either, which would be the time since the machine was started."""
    now = monotonic()
    conduct = Conduct(Pace(jitter=0.0))
    slot = Slot(1, 3.0, 0.0)
    downloader = SimpleNamespace(slots={"h": slot})
    crawler = SimpleNamespace(
        settings={"GUIJI_CONDUCT": conduct}, engine=SimpleNamespace(downloader=downloader), signals=SignalManager()
    )
    middleware = PaceMiddleware.from_crawler(crawler)  # type: ignore[arg-type]
    request = Request("http://h/", meta={"download_slot": "h"})
    conduct.host("h").last = now - 1.0
    middleware.request_queued(request)
    assert slot.lastseen + slot.delay == pytest.approx(now + 2.0)
    slot.lastseen = 0.0
    conduct.host("h").last = now - 200.0
    conduct.host("h").not_before = now - 100.0
    middleware.request_queued(request)
    assert slot.lastseen + slot.delay == pytest.approx(now - 100.0)
