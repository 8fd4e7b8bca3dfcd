"""A site's checklist: only what concerns it, with the rules that hold where it stands."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, open_store
from rules_db.mapping.applicability import (
    Profile,
    ProfileError,
    applies,
    checklist,
    left_out,
    local_fillings,
    read_profile,
)
from rules_db.mapping.catalogue import BUNDLED, SAMPLE, Catalogue, read_catalogue
from rules_db.mapping.parties import read_parties

EAST, WEST = "980000", "990000"  # the sample's provinces
DAY = "2026-11-25"  # the amended measures are in force


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(BUNDLED, SAMPLE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    root = tmp_path_factory.mktemp("checklist") / "demo"
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(root)])
    assert result.exit_code == 0, result.output
    return open_store(DataFolder(root))


def profile(*activities: str, jurisdiction: str = EAST, facts: tuple[str, ...] = ()) -> Profile:
    return Profile("示例厂", jurisdiction, frozenset(activities), frozenset(facts))


def ids(items: list[dict[str, Any]]) -> set[str]:
    return {item["control"] for item in items}


def test_a_recycler_and_a_pack_maker_get_their_own_checks(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    recycler = ids(checklist(store, catalogue, profile("recycling"), DAY))
    maker = ids(checklist(store, catalogue, profile("pack_making"), DAY))
    assert {"C04", "C06", "C15"} <= recycler
    assert not {"C09", "C25", "C26", "C27"} & recycler
    assert maker == {"C21", "C23", "C27"}


def test_facts_open_checks(catalogue: Catalogue) -> None:
    faces, listed = catalogue.controls["C24"], catalogue.controls["C16"]
    assert not applies(faces, profile("recycling"))
    assert applies(faces, profile("recycling", facts=("biometric_devices",)))
    assert not applies(listed, profile("recycling"))
    assert applies(listed, profile("recycling", facts=("listed",)))
    assert not applies(listed, profile("collection", facts=("listed",)))


def test_every_check_concerns_some_site(catalogue: Catalogue) -> None:
    activities = {name for control in catalogue.controls.values() for name in control["applies_to"]} - {"any"}
    everything = profile(*activities, facts=("biometric_devices", "listed"))
    assert all(applies(control, everything) for control in catalogue.controls.values())


def test_rules_stand_beside_their_check_with_status(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    items = {item["control"]: item for item in checklist(store, catalogue, profile("recycling"), DAY)}
    rules = {rule["link"]: rule for rule in items["C04"]["rules"]}
    assert (rules["L905"]["status"], rules["L905"]["label"]) == ("suspect", "第八条")
    assert "30日内" in rules["L905"]["statement"]  # the wording in force now, not the one reviewed
    assert rules["L911"]["status"] == "accepted"
    assert items["C04"]["evidence"][0].keys() >= {"id", "retention_legal", "retention_suggested"}


@pytest.mark.parametrize(
    ("place", "holds"),
    [(EAST, True), ("980300", True), ("980305", True), (WEST, False), ("100000", False)],
)
def test_gaps_filled_by_the_own_province(store: sqlite3.Connection, place: str, holds: bool) -> None:
    found = {row["instrument"] for row in local_fillings(store, profile("recycling", jurisdiction=place))}
    assert any("东江" in title for title in found) == holds
    assert any("西岭" in title for title in found) == (place == WEST)


def test_a_city_rule_does_not_hold_in_its_province(store: sqlite3.Connection) -> None:
    store.execute("SAVEPOINT city")
    try:
        store.execute("UPDATE instrument SET jurisdiction = '980300' WHERE jurisdiction = ?", (EAST,))
        assert not any("东江" in row["instrument"] for row in local_fillings(store, profile("recycling")))
        in_city = local_fillings(store, profile("recycling", jurisdiction="980305"))
        assert any("东江" in row["instrument"] for row in in_city)
    finally:
        store.execute("ROLLBACK TO city")


def test_a_profile_is_read(tmp_path: Path) -> None:
    path = tmp_path / "site.yml"
    path.write_text("site: 示例厂\njurisdiction: '440300'\nactivities: [recycling, export]\n", encoding="utf-8")
    assert read_profile(path) == Profile("示例厂", "440300", frozenset({"recycling", "export"}), frozenset())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("site: 厂\njurisdiction: '440300'\nactivities: [mining]\n", "mining"),
        ("site: 厂\njurisdiction: '44'\nactivities: [export]\n", "jurisdiction"),
        ("site: 厂\njurisdiction: '440300'\nactivities: []\n", "activities"),
        ("site: 厂\njurisdiction: '440300'\nactivities: [export]\ncolour: red\n", "colour"),
        ("site: [\n", "not readable"),
        ("", "object"),
    ],
)
def test_a_faulty_profile_is_refused_by_field(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "site.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError, match=r"site\.yml") as caught:
        read_profile(path)
    assert fault in str(caught.value)
    with pytest.raises(ProfileError, match=r"absent\.yml"):
        read_profile(tmp_path / "absent.yml")


def test_each_check_says_why_it_is_there_and_each_other_one_why_not(
    store: sqlite3.Connection, catalogue: Catalogue
) -> None:
    site = profile("recycling")
    here = {item["control"]: item["because"] for item in checklist(store, catalogue, site, DAY)}
    away = {check["control"]: check["why"] for check in left_out(catalogue, site)}
    assert here.keys() | away.keys() == catalogue.controls.keys()
    assert not here.keys() & away.keys()
    assert (here["C21"], here["C04"]) == ("every site", "recycling 再生利用")
    assert away["C25"] == "for export 出口 only"
    assert away["C16"].startswith("only where the enterprise stands on the list")


def test_what_follows_is_told_to_those_it_follows_for(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    told = {
        activity: {
            one["id"]
            for item in checklist(store, catalogue, profile(activity), DAY)
            if item["control"] == "C07"
            for one in item["consequences"]
        }
        for activity in ("collection", "recycling", "second_life")
    }
    assert told == {
        "collection": {"K01"},
        "recycling": {"K01", "K02"},
        "second_life": {"K01", "K02", "K08", "K09"},
    }


def test_every_activity_and_fact_has_a_name_in_both_languages() -> None:
    defs = json.loads((BUNDLED.parent / "catalogue.schema.json").read_text(encoding="utf-8"))["$defs"]
    words = [*defs["activities"]["items"]["enum"], *defs["facts"]["items"]["enum"]]
    assert set(read_parties().titles) == set(words)


def test_a_prohibition_on_dismantling_vehicles_binds_no_recycler() -> None:
    parties = read_parties()
    assert not parties.binds("", {"recycling"}, "拆解报废机动车，应当遵守标准。")
    assert parties.binds("", {"dismantling"}, "拆解报废机动车，应当遵守标准。")
