"""Chinese search through Datasette: its own box, the canned query, and their JSON."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from sample_store import MEASURE, NOTICE
from served import Site, published

QUERIES = ["备案", "备", "电池", "罚款", "回收网点", "梯次利用企业", "读码设备", "没有这样的词", "日内", "ICP备案"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("search")).public_db)


def substring(site: Site, query: str) -> set[int]:
    rows = site.rows("/rules.json?_shape=array&sql=select+id,text+from+provision")
    return {row["id"] for row in rows if query in row["text"]}


@pytest.mark.parametrize("query", QUERIES)
def test_the_standard_box_finds_what_a_substring_search_finds(site: Site, query: str) -> None:
    found = site.rows(f"/rules/provision.json?_search={quote(query)}&_shape=array")
    assert {row["id"] for row in found} == substring(site, query)


def test_the_box_shows_on_each_table_with_an_index(site: Site) -> None:
    for table in ("provision", "instrument", "rule"):
        assert 'id="_search"' in site.get(f"/rules/{table}").text, table


@pytest.mark.parametrize(
    "query", ['"', "'", "NEAR(", "a AND", "*", "^备", "备案)", "-", "{x}: y", "备案\x00", "甲" * 5000, "或 " * 200]
)
def test_no_query_breaks_the_box_or_the_search(site: Site, query: str) -> None:
    for path in ("/rules/provision.json", "/rules/search.json", "/search"):
        name = "_search" if path.startswith("/rules/provision") else "q"
        assert site.get(path, params={name: query}).status_code == 200, path


@pytest.mark.parametrize("query", QUERIES)
def test_search_json_holds_the_same_provisions_ranked(site: Site, query: str) -> None:
    rows = site.rows(f"/rules/search.json?q={quote(query)}&_shape=array")
    assert len(rows) == len(substring(site, query))
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    for row in rows:
        assert {"instrument_title", "label", "text", "snippet", "valid_from", "status"} <= set(row)
        assert query in row["text"]
        assert query in re.sub("</?mark>", "", row["snippet"])
        assert row["total"] == len(rows)


def test_search_json_takes_filters(site: Site) -> None:
    assert {r["instrument_id"] for r in site.rows("/rules/search.json?q=备案&jurisdiction=320000&_shape=array")} == {
        NOTICE
    }
    old = site.rows("/rules/search.json?q=备案&as_of=2025-01-01&_shape=array")
    assert {row["expression_id"] for row in old} == {f"{MEASURE}-1"}
    assert len(site.rows("/rules/search.json?q=备案&limit=2&_shape=array")) == 2
    assert site.rows("/rules/search.json?_shape=array") == []


def test_search_page_and_search_json_agree(site: Site) -> None:
    page = re.findall(r'href="/instrument/\w+\?version=([\w-]+)#(\w+)"', site.get("/search?q=备案").text)
    rows = site.rows("/rules/search.json?q=备案&_shape=array")
    assert page == [(row["expression_id"], row["eid"]) for row in rows]


def test_highlighting_in_datasettes_own_table_is_safe(site: Site) -> None:
    assert "<mark>备案</mark>" in site.get("/rules/search?q=备案").text
    sql = "select '<script>alert(1)</script><mark>x</mark></mark>' as snippet"
    text = site.get("/rules", params={"sql": sql}).text
    cell = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "&lt;script&gt;" in cell and "<script>" not in cell and "<mark>x</mark>" in cell
