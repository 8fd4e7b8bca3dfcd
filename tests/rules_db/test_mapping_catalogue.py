"""The bundled catalogue is whole and cites its sources; a broken one is refused by name and leaves the store alone."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nlp.pipes.thresholds.units import AS_WRITTEN, CANONICAL
from rules_db.connection import DataFolder, open_store
from rules_db.mapping.catalogue import BUNDLED, SAMPLE, Catalogue, CatalogueError, load_catalogue, read_catalogue

PREFIXES = {
    "controls": r"C\d{2}",
    "hardware": r"H\d{2}",
    "evidence": r"E\d{2}",
    "gaps": r"G\d{2}",
    "links": r"L\d{3}",
    "consequences": r"K\d{2}",
}
TABLES = {"control": "controls", "hardware_item": "hardware", "evidence_item": "evidence", "gap": "gaps"}
KINDS = (*TABLES.values(), "consequences")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(BUNDLED, SAMPLE)


@pytest.fixture
def store(tmp_path: Path) -> sqlite3.Connection:
    return open_store(DataFolder(tmp_path / "data"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED, tmp_path / "catalogue"))


def rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: [tuple(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")]  # noqa: S608
        for table in (*TABLES, "catalogue_link")
    }


def test_all_checks_and_device_types_are_there(catalogue: Catalogue) -> None:
    assert list(catalogue.controls) == [f"C{n:02}" for n in range(1, 29)]
    assert list(catalogue.hardware) == [f"H{n:02}" for n in range(1, 17)]
    assert len(catalogue.gaps) >= 12


@pytest.mark.parametrize("kind", PREFIXES)
def test_ids_keep_their_format(catalogue: Catalogue, kind: str) -> None:
    wrong = [entry for entry in getattr(catalogue, kind) if not re.fullmatch(PREFIXES[kind], entry)]
    assert wrong == []


def test_every_item_is_used(catalogue: Catalogue) -> None:
    named = {item for control in catalogue.controls.values() for item in control["evidence"]}
    assert set(catalogue.evidence) == named
    installed = {item for control in catalogue.controls.values() for item in control.get("hardware", ())}
    linked = {link["target"].get("hardware_item") for link in catalogue.links.values()}
    idle = {key for key, item in catalogue.hardware.items() if item["tier"] != "practice"} - installed - linked
    assert idle == set()


def test_every_entry_has_a_chinese_term_beside_the_english(catalogue: Catalogue) -> None:
    for kind in KINDS:
        for entry in getattr(catalogue, kind).values():
            assert HAN.search(entry["title_zh"]), entry["id"]
            assert not HAN.search(entry["title"]), entry["id"]


def test_every_registered_source_is_cited(catalogue: Catalogue) -> None:
    text = "\n".join(
        source
        for kind in TABLES.values()
        for entry in getattr(catalogue, kind).values()
        for source in (entry["source"], *(p["source"] for p in entry.get("parameters", ())))
    )
    assert [key for key in catalogue.sources if "{" + key + "}" not in text] == []


def test_no_entry_claims_a_better_tier_than_its_sources(catalogue: Catalogue) -> None:
    order = ["official", "repost", "press", "claim"]
    for kind in KINDS:
        for entry in getattr(catalogue, kind).values():
            for item in (entry, *entry.get("parameters", ())):
                cited = [catalogue.sources[key]["tier"] for key in re.findall(r"\{([^}]+)\}", item["source"])]
                ranks = [order.index(tier) for tier in cited if tier in order]
                if item["tier"] in order and ranks:
                    assert order.index(item["tier"]) >= min(ranks), (entry["id"], item["source"])
                if item["tier"] in order:
                    assert cited, f"{entry['id']} is no own practice and cites nothing"


def test_what_only_the_starting_article_says_stays_a_claim(catalogue: Catalogue) -> None:
    for key in ("C07", "C18", "C19", "C20"):
        assert catalogue.controls[key]["tier"] == "claim"
        assert "{claims-check}" in catalogue.controls[key]["source"]
    assert catalogue.hardware["H01"]["tier"] == "claim"
    assert "人脸识别技术应用安全管理办法" in catalogue.hardware["H01"]["restrictions"]


def test_the_chain_of_the_starting_article_is_whole(catalogue: Catalogue) -> None:
    """Access control, complete upload, alerts, evidence pack, export: each with its check, what proves it, the claim
    behind it and what is said to follow."""
    chain = {"C18": 4, "C07": 5, "C19": 6, "C20": 16, "C25": 7}
    for key, claim in chain.items():
        assert claim in catalogue.controls[key]["claims"]
        assert catalogue.controls[key]["evidence"]
    for key in ("C07", "C18", "C19", "C20"):
        assert "second_life" in catalogue.controls[key]["applies_to"]
    assert {"H01", "H02"} <= set(catalogue.controls["C18"]["hardware"])
    assert {"C07", "C18", "C19", "C25"} <= set(catalogue.consequences["K08"]["controls"])
    assert catalogue.consequences["K08"]["tier"] == "claim"
    pack = {"E39", "E43", "E44", "E45"}  # deployment records, incident reports, transmission logs, training material
    assert pack == set(catalogue.controls["C20"]["evidence"])


def test_legal_and_suggested_retention_stand_apart(catalogue: Catalogue) -> None:
    for control in catalogue.controls.values():
        assert set(control["retention"]) == {"legal", "suggested"}
    for item in catalogue.evidence.values():
        assert item["retention_suggested"] != item["retention_legal"], item["id"]


def test_parameters_use_the_units_of_extracted_thresholds(catalogue: Catalogue) -> None:
    known = {name for name, *_rest in CANONICAL} | {word for *_rest, words in AS_WRITTEN for word in words.split()}
    used = {parameter["unit"] for item in catalogue.hardware.values() for parameter in item["parameters"]}
    assert used - known == set()


def test_reviewed_links_name_their_reviewer(catalogue: Catalogue) -> None:
    for link in catalogue.links.values():
        assert bool(link["stamp"]) == bool(link["reviewed_by"]) == bool(link["reviewed_on"]), link["id"]


def test_files_are_sorted_by_id() -> None:
    for folder in (BUNDLED, SAMPLE):
        for path in folder.rglob("*.yml"):
            ids = re.findall(r"^- id: *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert ids, path
            assert ids == sorted(set(ids)), path


def test_loading_fills_the_tables_and_writes_citations_out(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    load_catalogue(store, catalogue)
    for table, kind in TABLES.items():
        assert [row[0] for row in store.execute(f"SELECT id FROM {table} ORDER BY id")] == list(  # noqa: S608
            getattr(catalogue, kind)
        )
    sources = [row[0] for table in TABLES for row in store.execute(f"SELECT source FROM {table}")]  # noqa: S608
    assert [source for source in sources if "{" in source] == []
    assert any("《排污许可管理条例》 (国务院令第736号) art. 21" in source for source in sources)
    parameters = store.execute("SELECT parameters FROM hardware_item WHERE id = 'H16'").fetchone()[0]
    assert "《排污许可管理条例》" in parameters
    used = store.execute("SELECT count(*) FROM catalogue_link WHERE to_kind = 'evidence_item'").fetchone()[0]
    assert used == sum(len(control["evidence"]) for control in catalogue.controls.values())


def test_loading_again_changes_nothing(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    load_catalogue(store, catalogue)
    before = rows(store)
    load_catalogue(store, catalogue)
    assert rows(store) == before


def _swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


FAULTS = [
    ("controls/reporting.yml", _swap("- id: C01\n", "- id: [C01\n"), "not readable YAML", ""),
    ("controls/reporting.yml", _swap("evidence: [E01", "evidence: [E99"), "E99", "C01"),
    ("controls/reporting.yml", _swap("hardware: [H02", "hardware: [H99"), "H99", "C02"),
    ("controls/reporting.yml", _swap("- id: C02\n", "- id: C01\n"), "used twice", "C01"),
    ("controls/reporting.yml", _swap("  tier: press\n", "  tier: rumour\n"), "rumour", "C01"),
    ("controls/reporting.yml", _swap("  tier: press\n", "  tier: press\n  tier: official\n"), "stands twice", ""),
    ("controls/reporting.yml", _swap("  owner_role: legal affairs\n", ""), "owner_role", "C01"),
    ("controls/reporting.yml", _swap("claims: [10]", "claims: [99]"), "99", "C04"),
    ("consequences/consequences.yml", _swap("controls: [C02,", "controls: [C77,"), "C77", "K01"),
    ("controls/reporting.yml", _swap("{cn-sc-736}", "{cn-sc-7360}"), "cn-sc-7360", "C01"),
    ("evidence/evidence.yml", _swap("- id: E02\n", "- id: C01\n"), "used twice", "C01"),
    ("evidence/evidence.yml", _swap("  source: own practice\n", "  source: heard somewhere\n"), "cites nothing", "E06"),
    ("hardware/devices.yml", _swap("comparator: ge", "comparator: about"), "about", "H01"),
    ("hardware/devices.yml", _swap("value: 100000,", "value: 100000, value_max: 5,"), "value_max", "H01"),
    ("gaps/gaps.yml", _swap("  needs: norm\n", "  needs: luck\n"), "luck", "G01"),
    ("links/general_law.yml", _swap("target: {control: C01}", "target: {control: C77}"), "C77", "L101"),
    ("links/general_law.yml", _swap('reviewed_on: "2026-11-25"', 'reviewed_on: ""'), "reviewed_on", "L101"),
    ("links/unread_texts.yml", lambda text: "just words\n", "array", ""),
]


@pytest.mark.parametrize(("name", "edit", "fault", "entry"), FAULTS)
def test_a_broken_catalogue_is_refused_by_file_and_entry(
    store: sqlite3.Connection, copy: Path, name: str, edit: Callable[[str], str], fault: str, entry: str
) -> None:
    load_catalogue(store, read_catalogue(copy))
    before = rows(store)
    path = copy / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(store, read_catalogue(copy))
    message = str(caught.value)
    assert path.name in message
    assert fault in message
    assert entry in message
    assert rows(store) == before


def test_a_failure_while_loading_rolls_back(store: sqlite3.Connection, catalogue: Catalogue) -> None:
    load_catalogue(store, catalogue)
    before = rows(store)
    store.execute(
        """CREATE TEMP TRIGGER fail BEFORE INSERT ON hardware_item WHEN NEW.id = 'H16'
           BEGIN SELECT RAISE(ABORT, 'disk trouble'); END"""
    )
    with pytest.raises(sqlite3.DatabaseError, match="disk trouble"):
        load_catalogue(store, catalogue)
    assert rows(store) == before


def test_every_bundled_entry_speaks_chinese_wherever_it_speaks_english(catalogue: Catalogue) -> None:
    spoken = {
        "controls": ("objective", "steps", "owner_role", "retention"),
        "hardware": ("installed_at", "acceptance_check", "records", "restrictions"),
        "evidence": ("description", "retention_legal", "retention_suggested"),
        "gaps": ("description", "could_be_filled_by"),
        "consequences": ("description",),
    }
    faults = []
    for kind, fields in spoken.items():
        for entry in getattr(catalogue, kind).values():
            for field in fields:
                english, chinese = entry[field], entry.get(f"{field}_zh")
                same_size = not isinstance(english, list | dict) or len(english) == len(chinese or ())
                if english and not (chinese and same_size):
                    faults.append((entry["id"], field))
    assert faults == []


def test_chinese_words_are_stored_and_what_is_not_written_is_empty(
    store: sqlite3.Connection, catalogue: Catalogue
) -> None:
    load_catalogue(store, catalogue)
    row = store.execute("SELECT steps_zh, retention_zh FROM control WHERE id = 'C01'").fetchone()
    assert json.loads(row["steps_zh"]) == catalogue.controls["C01"]["steps_zh"]
    assert json.loads(row["retention_zh"])["legal"]
    bare = {key: value for key, value in catalogue.gaps["G01"].items() if key != "description_zh"}
    load_catalogue(store, replace(catalogue, gaps={"G01": bare}))
    assert store.execute("SELECT description_zh FROM gap WHERE id = 'G01'").fetchone()[0] == ""
