"""Hostile pages take time in proportion to their size, in every reader of pages and every pattern."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from datetime import date

import pytest

import crawler.platforms
from crawler.attachments import find_files
from crawler.platforms import PLATFORMS
from crawler.platforms.base import MAX_LIST_BYTES, ListContext, ListError
from crawler.registry import BUNDLED, Source, load_sources
from crawler.urls import normalise

SOURCES: dict[str, Source] = {}
for _source in load_sources(BUNDLED):
    if _source.columns:
        SOURCES.setdefault(_source.columns[0].platform, _source)

PIECES = [
    "<div>",
    "<ul><li>",
    '<a href="./202601/t20260101_1.html">关于溯源的通知',
    "<![CDATA[",
    "createPageHTML(1,1,'",
    "'a':'",
    "TREE: [",
    '"dataproxy.jsp?a',
    "<script parsetype=x querydata=\"{'a':'b'}\"></script>",
    "'/aaaaaaaaaaaa-",
    "2026-",
    "一" * 50,
    "../",
    '"title":"',
]


def growth(work: Callable[[int], None], small: int) -> tuple[float, float]:
    def seconds(size: int) -> float:
        started = time.perf_counter()
        work(size)
        return time.perf_counter() - started

    work(1000)
    return min(seconds(small) for _ in range(2)), min(seconds(4 * small) for _ in range(2))


@pytest.mark.parametrize("platform", sorted(SOURCES))
def test_lists_are_read_in_linear_time(platform):
    source = SOURCES[platform]
    column = source.columns[0]
    request = PLATFORMS[platform].first_request(source, column)
    context = ListContext(source, column, request, column.url, date(2026, 6, 1))
    for piece in PIECES:

        def read(size: int, piece: str = piece) -> None:
            with contextlib.suppress(ListError):
                PLATFORMS[platform].parse_list(("<html>" + piece * (size // len(piece))).encode(), context)

        small, large = growth(read, 15_000)
        assert large < 0.3 + 12 * small, (piece, small, large)


def test_files_are_looked_for_in_linear_time():
    for piece in (*PIECES, '<a href="x.pdf">附件</a>', '<p class="insertfileTag">'):

        def read(size: int, piece: str = piece) -> None:
            find_files("<html>" + piece * (size // len(piece)), "http://a.gov.cn/x", ("a.gov.cn",))

        small, large = growth(read, 15_000)
        assert large < 0.3 + 12 * small, (piece, small, large)


def test_oversized_lists_are_refused_before_they_are_parsed():
    source = SOURCES["trs"]
    context = ListContext(
        source, source.columns[0], PLATFORMS["trs"].first_request(source, source.columns[0]), "http://a/"
    )
    started = time.perf_counter()
    with pytest.raises(ListError, match="no list"):
        PLATFORMS["trs"].parse_list(b"<" * (MAX_LIST_BYTES + 1), context)
    assert time.perf_counter() - started < 1


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern of the crawler, except those of the converters (which have a test of their own)."""
    found = []
    for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
        if module.name.startswith(("crawler.convert", "crawler.run")):
            continue
        loaded = importlib.import_module(module.name)
        owners = [vars(loaded), *(vars(value) for value in vars(loaded).values() if isinstance(value, type))]
        for owner in owners:
            for name, value in list(owner.items()):
                values = value if isinstance(value, tuple) else (value,)
                for each in values:
                    for part in each if isinstance(each, tuple) else (each,):
                        if isinstance(part, re.Pattern) and isinstance(part.pattern, str):
                            found.append((f"{module.name}.{name}", part))
    return found


SEEDS = [
    "a",
    "1",
    "2026",
    "2026-1-",
    "'",
    '"a',
    "/t2026",
    "/",
    " ",
    "<a ",
    "createPageHTML(",
    "'a':",
    "(2026年1月",
    "art_",
    "-2.",
    "%E4",
    "\u200b",
]


def test_patterns_take_linear_time():
    checked = patterns()
    assert len(checked) > 40
    for name, pattern in checked:
        for seed in SEEDS:

            def search(size: int, pattern: re.Pattern[str] = pattern, seed: str = seed) -> None:
                pattern.search(seed * (size // len(seed)))

            started = time.perf_counter()
            search(4_000)
            if time.perf_counter() - started < 0.004:
                continue
            small, large = growth(search, 4_000)
            assert large < 0.1 + 10 * small, (name, seed, small, large)


def test_addresses_take_linear_time():
    for seed in ("../", "/", "%", "&a=", "?", "#", ";jsessionid=", "\x00", "@", ":"):

        def read(size: int, seed: str = seed) -> None:
            with contextlib.suppress(ValueError):
                normalise("http://a.gov.cn/" + seed * (size // len(seed)))

        small, large = growth(read, 50_000)
        assert large < 0.1 + 10 * small, (seed, small, large)
