"""Fixtures of the crawler's tests: recording servers, and a crawl of the sources a test wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from recording import NOW, RecordingServer

from crawler.launch import SourceVerdict, crawl


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    """A fresh recording server."""
    running = RecordingServer()
    yield running
    running.close()


@pytest.fixture
def make_server() -> Iterator[Callable[[], RecordingServer]]:
    """As many fresh servers as a test asks for: sites side by side in one crawl."""
    running: list[RecordingServer] = []

    def make() -> RecordingServer:
        running.append(RecordingServer())
        return running[-1]

    yield make
    for server in running:
        server.close()


@pytest.fixture
def second_server() -> Iterator[RecordingServer]:
    """Another one, for what must or must not be reached."""
    running = RecordingServer()
    yield running
    running.close()


@pytest.fixture
def crawled(tmp_path: Path) -> Callable[..., list[SourceVerdict]]:
    """Crawl the sources of `tmp_path/sources` into `tmp_path/data` at full speed."""

    def run(now: str = NOW, ids: tuple[str, ...] = (), **options: Any) -> list[SourceVerdict]:
        options = {"allow_loopback": True, "fast": True, **options}
        return crawl(tmp_path / "data", tmp_path / "sources", ids, now, **options)

    return run
