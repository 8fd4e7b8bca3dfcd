"""Facets of whole tables: what was counted at publication equals what grouping gives, and narrowing groups anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from served import Site, published

from rules_db.projection.facets import COUNTED
from rules_db.serve import metadata_file


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("facets")).public_db


@pytest.fixture(scope="module")
def site(public: Path) -> Site:
    return Site(public)


def facets(site: Site, address: str) -> dict[str, dict[str, int]]:
    answer = site.rows(address)
    return {
        name: {str(entry["value"]): entry["count"] for entry in facet["results"]}
        for name, facet in answer["facet_results"].items()
    }


def grouped(public: Path, table: str, column: str, where: str = "1") -> dict[str, int]:
    with closing(sqlite3.connect(public)) as copy:
        query = f"SELECT {column}, count(*) FROM {table} WHERE {where} AND {column} IS NOT NULL GROUP BY 1"  # noqa: S608
        return dict(copy.execute(query).fetchall())


def test_the_tables_that_are_counted_are_those_of_the_metadata() -> None:
    tables: dict[str, Any] = yaml.safe_load(metadata_file().read_text(encoding="utf-8"))["databases"]["rules"]["tables"]
    assert {table: tuple(tables[table]["facets"]) for table in COUNTED} == COUNTED


@pytest.mark.parametrize("table", sorted(COUNTED))
def test_counts_are_those_of_grouping(site: Site, public: Path, table: str) -> None:
    found = facets(site, f"/rules/{table}.json?_facet_size=max")
    assert found == {column: grouped(public, table, column) for column in COUNTED[table]}


def test_a_column_that_is_not_counted_and_a_narrowed_table_are_grouped(site: Site, public: Path) -> None:
    found = facets(site, "/rules/provision.json?status=superseded&_facet=label&_facet_size=max")
    where = "status = 'superseded'"
    assert found["label"] == grouped(public, "provision", "label", where)
    assert found["jurisdiction"] == grouped(public, "provision", "jurisdiction", where)
    searched = facets(site, "/rules/provision.json?_search=备案&_facet_size=max")
    assert searched["jurisdiction"] == grouped(public, "provision", "jurisdiction", "instr(text, '备案')")
    assert facets(site, "/rules/provision.json?_facet=label")["status"] == grouped(public, "provision", "status")


def test_whole_tables_are_answered_from_the_counts(tmp_path: Path) -> None:
    copy = published(tmp_path).public_db
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE facet_count SET n = 4711 WHERE table_name = 'provision' AND value = 'in_force'")
    site = Site(copy)
    assert facets(site, "/rules/provision.json")["status"]["in_force"] == 4711
    assert facets(site, "/rules/provision.json?status=in_force")["status"]["in_force"] != 4711


def test_facets_lead_to_their_rows_with_names_of_places(site: Site) -> None:
    answer = site.rows("/rules/provision.json?_facet_size=1")
    place = answer["facet_results"]["jurisdiction"]
    assert place["truncated"] and place["results"][0]["label"] == "全国"
    target = place["results"][0]["toggle_url"]
    narrowed = site.rows(target.replace("http://localhost", ""))
    assert narrowed["filtered_table_rows_count"] == place["results"][0]["count"]
    assert narrowed["facet_results"]["jurisdiction"]["results"][0]["selected"]
