"""docs/crawling.md and docs/sources.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.health import DEGRADED_SHARE, DETAIL_FAILURE_SHARE
from crawler.platforms import PLATFORMS
from crawler.platforms.base import MAX_LIST_BYTES
from crawler.registry import BUNDLED, load_sources
from crawler.schedule import interval_days
from crawler.settings import HARDENING, MAX_BODY, Pace
from rules_db.model import Verdict

DOCS = Path(__file__).resolve().parents[2] / "docs"
CRAWLING = (DOCS / "crawling.md").read_text(encoding="utf-8")
SOURCES = (DOCS / "sources.md").read_text(encoding="utf-8")
# Settings that are not about safety or manners and need no reader.
PLAIN = {
    "CONCURRENT_ITEMS",
    "CONCURRENT_REQUESTS",
    "DEPTH_LIMIT",
    "DNS_TIMEOUT",
    "DOWNLOAD_WARNSIZE",
    "DUPEFILTER_CLASS",
    "HTTPERROR_ALLOW_ALL",
}
PLAIN |= {"REFERER_ENABLED", "TWISTED_DNS_RESOLVER", "TWISTED_REACTOR", "URLLENGTH_LIMIT"}


def test_each_hardening_setting_is_documented():
    said = {"CONCURRENT_REQUESTS_PER_DOMAIN": "at a time", "RETRY_TIMES": "tries", "RETRY_HTTP_CODES": "429, 500"}
    missing = [
        name
        for name in HARDENING.keys() - PLAIN
        if f"`{name}`" not in CRAWLING and said.get(name, name) not in CRAWLING
    ]
    assert missing == []


def test_values_are_the_ones_in_use():
    pace = Pace()
    for words in (
        f"at least {pace.minimum:.0f} s",
        f"at least {pace.error_floor:.0f} s more, doubling to {pace.ceiling:.0f} s",
        f"at least {pace.refusal_floor:.0f} s more",
        f"waited for up to {pace.max_retry_after:.0f} s",
        f"end a source | {pace.max_errors} |",
        f"{MAX_BODY // 2**20} MiB, also after decompression",
        f"Lists over {MAX_LIST_BYTES // 2**20} MiB",
        f"fewer than {DEGRADED_SHARE:.0%}".replace("%", " %"),
        f"over {DETAIL_FAILURE_SHARE:.0%}".replace("%", " %"),
        f"under 30 days | {interval_days(20)} days",
        f"under 180 days | {interval_days(100)} days",
        f"older | {interval_days(5000)} days",
    ):
        assert words in CRAWLING, words


def test_each_verdict_and_platform_is_documented():
    assert {verdict.value for verdict in Verdict} <= set(re.findall(r"^\| `(\w+)` \|", CRAWLING, re.MULTILINE))
    assert PLATFORMS.keys() == set(re.findall(r"^\| `(\w+)` \|", SOURCES, re.MULTILINE))


def test_the_registry_table_is_the_registry():
    for source in load_sources(BUNDLED):
        cells = [source.id, source.name_zh, source.platform, source.jurisdiction, source.grade, source.status]
        assert f"| {' | '.join(cells)} | {len(source.columns)} |" in SOURCES, source.id


def test_the_tests_of_bad_input_exist():
    tests = DOCS.parent / "tests"
    named = re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", CRAWLING)
    assert len(named) >= 60
    missing = []
    for file, name in named:
        places = [tests / file, tests / "crawler" / file]
        text = "".join(place.read_text(encoding="utf-8") for place in places if place.exists())
        if f"def {name}(" not in text:
            missing.append(f"{file}::{name}")
    assert missing == []
