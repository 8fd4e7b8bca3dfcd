"""metadata.yml and the copy fit each other: everything described, nothing described that isn't there."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from typing import Any

import pytest
import yaml
from served import Site, published

from rules_db.datasette_plugins import pages
from rules_db.serve import metadata_file

METADATA: dict[str, Any] = yaml.safe_load(metadata_file().read_text(encoding="utf-8"))["databases"]["rules"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(published(tmp_path_factory.mktemp("metadata")).public_db)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Table or view → columns, search indexes left out."""
    folder = published(tmp_path_factory.mktemp("schema"))
    with contextlib.closing(sqlite3.connect(folder.public_db)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '%\\_fts%' ESCAPE '\\' "
            "AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        return {
            name: {row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (name,))}
            for (name,) in names
        }


def test_every_table_and_view_is_described_and_no_other(schema: dict[str, set[str]]) -> None:
    assert set(METADATA["tables"]) == set(schema)


def test_every_column_is_described_and_no_other(schema: dict[str, set[str]]) -> None:
    assert {name: set(entry["columns"]) for name, entry in METADATA["tables"].items()} == schema


def test_descriptions_are_in_both_languages() -> None:
    for name, entry in METADATA["tables"].items():
        for text in (entry["title"], entry["description"], *map(str, entry["columns"].values())):
            assert re.search(r"[A-Za-z]{2}", text), (name, text)
            assert re.search("[\u4e00-\u9fff]", text) or text.startswith(("GB/T", "equal")), (name, text)


def test_facets_sort_and_label_columns_exist(schema: dict[str, set[str]]) -> None:
    for name, entry in METADATA["tables"].items():
        wanted = {
            *(facet["array"] if isinstance(facet, dict) else facet for facet in entry.get("facets", ())),
            *filter(None, (entry.get(k) for k in ("sort", "sort_desc", "label_column"))),
        }
        assert wanted <= schema[name], name


def test_no_description_is_html() -> None:
    assert "description_html" not in metadata_file().read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(METADATA["tables"]))
def test_every_table_page_opens(site: Site, table: str) -> None:
    assert site.get(f"/rules/{table}").status_code == 200
    assert site.get(f"/rules/{table}.json").status_code == 200


@pytest.mark.parametrize("query", sorted(METADATA["queries"]))
def test_every_canned_query_runs_and_hides_its_sql(site: Site, query: str) -> None:
    assert METADATA["queries"][query]["hide_sql"]
    page = site.get(f"/rules/{query}?q=备案")
    assert page.status_code == 200
    assert "SELECT" not in re.sub(r'value="[^"]*"|href="[^"]*"', "", page.text)
    assert isinstance(site.rows(f"/rules/{query}.json?q=备案&_shape=array"), list)


@pytest.mark.parametrize(
    ("query", "column", "expected"),
    [
        ("takes_effect_soon", "takes_effect_on", ["2026-07-01"]),
        ("thresholds_changed_this_year", "new_text", ["15日内"]),
        ("second_life_obligations", "rule_id", ["rule00000002"]),
        ("rules_without_control", "rule_id", ["rule00000005", "rule00000002", "rule00000006"]),
        ("suspect_links", "id", ["m2"]),
        ("sources_not_reachable", "id", ["jiangsu"]),
        ("gaps_still_open", "id", ["GAP-2"]),
        ("new_guidance_this_week", "instrument_id", ["b1b2c3d4e5"]),
        ("claims_without_official_source", "instrument_id", []),
    ],
)
def test_canned_queries_answer_their_question(site: Site, query: str, column: str, expected: list[str]) -> None:
    assert [row[column] for row in site.rows(f"/rules/{query}.json?_shape=array")] == expected


@pytest.mark.parametrize("value", ["' OR 1=1 --", "备案; DELETE FROM rule", "%", ":q"])
def test_parameters_are_data(site: Site, value: str) -> None:
    assert site.get("/rules/rules_without_control.json", params={"instrument": value, "_shape": "array"}).json() == []


def test_the_documentation_names_every_table_view_query_and_page() -> None:
    text = (metadata_file().parent / "docs" / "http.md").read_text(encoding="utf-8")
    for name in (*METADATA["tables"], *METADATA["queries"]):
        assert re.search(rf"`{name}`|/{name}\b", text), name
    for pattern, _view in pages.register_routes():
        page = pattern.strip("^$").split("(")[0].rstrip("/").replace("\\.", ".")
        assert f"`{page or '/'}" in text or page == "/language", page


def test_examples_of_the_documentation_give_their_answers(site: Site) -> None:
    text = (metadata_file().parent / "docs" / "http.md").read_text(encoding="utf-8")
    examples = re.findall(r"```http\nGET (.+?)\n```\n```json\n(.+?)```", text, re.DOTALL)
    assert len(examples) == text.count("```http") >= 8
    for address, answer in examples:
        assert holds(site.rows(address), json.loads(answer)), address


def holds(given: Any, told: Any) -> bool:
    """Whether an answer has all that the documentation tells of it: keys may be left out, rows and values not. Of the
    values of a facet the first ones are told."""
    if isinstance(told, dict):
        return isinstance(given, dict) and all(key in given and holds(given[key], value) for key, value in told.items())
    if isinstance(told, list) and isinstance(given, list):
        whole = len(given) == len(told) or "toggle_url" in given[0]
        return whole and all(map(holds, given, told))
    return bool(given == told)


def test_addresses_of_the_documentation_work(site: Site) -> None:
    text = (metadata_file().parent / "docs" / "http.md").read_text(encoding="utf-8")
    addresses = [address for address in re.findall(r"`(/[^`…<]*)`", text) if "?" not in address or "备案" in address]
    assert "/rules/search.json?q=备案&_shape=array" in addresses
    for address in set(addresses) - {"/-/login", "/-/metadata"}:  # of a server with users: test_datasette_login
        assert site.get(address).status_code == 200, address
