"""Every saved list page, through its platform, against what a person says is on it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.platforms import PLATFORMS
from crawler.platforms.base import ListContext, ListError, ListRequest
from crawler.registry import BUNDLED, Source, load_sources

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "sources"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/meta.yml"))


@lru_cache(maxsize=1)
def registry() -> dict[str, Source]:
    return {source.id: source for source in load_sources(BUNDLED)}


def context_of(source: Source, meta: dict[str, Any]) -> ListContext:
    column = next(column for column in source.columns if column.name == meta["column"])
    request = ListRequest(
        url=meta["url"], page=meta.get("page", 1), step=meta.get("step", "list"), state=meta.get("state", {})
    )
    today = date.fromisoformat(meta.get("today", "2026-06-01"))
    return ListContext(source, column, request, meta["url"], today)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_list_is_read_as_a_person_reads_it(folder: Path) -> None:
    read_as_expected(folder, registry()[folder.parent.name])


def read_as_expected(folder: Path, source: Source) -> None:
    """The generic test of a fixture: input through the column's platform gives what expected.yml says."""
    meta = yaml.safe_load((folder / "meta.yml").read_text(encoding="utf-8"))
    expected = yaml.safe_load((folder / "expected.yml").read_text(encoding="utf-8"))
    context = context_of(source, meta)
    body = next(folder.glob("input.*")).read_bytes()
    platform = PLATFORMS[context.column.platform]
    if "error" in expected:
        with pytest.raises(ListError, match=expected["error"]):
            platform.parse_list(body, context)
        return
    page = platform.parse_list(body, context)
    found = [
        {"url": entry.url, "title": entry.title, "published_on": entry.published_on}
        | ({"facts": dict(entry.facts)} if entry.facts else {})
        for entry in page.entries
    ]
    assert found == expected["entries"]
    assert [request.url for request in page.requests] == expected["next"]
    assert page.total == expected["total"]
    assert page.expects_rows == expected.get("expects_rows", True)
    assert len(page.notes) == expected.get("notes", 0)
    if "form" in expected:
        assert dict(page.requests[0].form or {}) == expected["form"]


def test_every_crawlable_source_has_a_fixture() -> None:
    without = [source.id for source in registry().values() if source.columns and not (FIXTURES / source.id).is_dir()]
    assert without == []


def test_fixtures_belong_to_sources() -> None:
    assert {folder.parent.name for folder in CASES} <= registry().keys()
