"""The day that readers set anywhere, and errors in their language: where they are led, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_store import MEASURE
from served import Site, published


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("choices")).public_db)


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/rule/rule00000001?as_of=2020-01-01", "/rule/rule00000001?as_of=2025-01-01"),
        (f"/instrument/{MEASURE}?version={MEASURE}-2", f"/instrument/{MEASURE}?as_of=2025-01-01"),
        ("/search?q=备案&status=superseded", "/search?q=%E5%A4%87%E6%A1%88&status=superseded&as_of=2025-01-01"),
        ("/changes?kind=gap_filled", "/changes?kind=gap_filled"),
        ("//evil.example", "/"),
        ("https://evil.example/rule/x", "/"),
    ],
)
def test_a_day_is_set_where_the_reader_is(site: Site, wanted: str, target: str) -> None:
    """Pages that follow the day get it into their address; no redirect leaves the site."""
    answer = site.get("/day", params={"as_of": "2025-01-01", "next": wanted})
    assert (answer.status_code, answer.headers["location"]) == (302, target)
    assert answer.cookies["guiji_as_of"] == "2025-01-01"
    cleared = site.get("/day", params={"next": wanted}, cookies={"guiji_as_of": "2025-01-01"})
    assert "as_of" not in cleared.headers["location"] and "Max-Age=0" in cleared.headers["set-cookie"]


def test_a_day_is_set_below_a_base_address(tmp_path: Path) -> None:
    site = Site(published(tmp_path).public_db, base_url="/guiji/")
    answer = site.get("/day", params={"as_of": "2025-01-01", "next": "/guiji/rule/rule00000001"})
    assert answer.headers["location"] == "/guiji/rule/rule00000001?as_of=2025-01-01"


def test_errors_are_told_as_page_and_as_json_without_a_trace(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert site.get("/rules/nosuch.json").json()["status"] == site.get("/rules/nosuch.json").status_code == 404
    page = site.get("/rules/nosuch", headers={"accept-language": "zh"})
    assert page.status_code == 404 and "未找到" in page.text
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    late = site.get("/rules", params={"sql": slow})
    assert late.status_code == 400 and "<script>" not in late.text and " style=" not in late.text
    refused = site.get("/rules.json", params={"sql": "delete from rule"})
    assert refused.status_code == 400 and refused.json()["ok"] is False
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
