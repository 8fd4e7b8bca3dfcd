"""Exports of mapping, rules and checklists: valid for their readers, inert, and the same bytes each time."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.export.cells import guarded
from rules_db.export.checklist import checklist_html, checklist_markdown
from rules_db.export.checklist_office import WRITERS
from rules_db.export.checklist_words import COLUMNS
from rules_db.export.oscal import RELATIONSHIPS, write_oscal
from rules_db.export.tables import TABLES, write_tables
from rules_db.mapping.catalogue import BUNDLED, SAMPLE, read_catalogue
from rules_db.mapping.coverage import uncovered_duties
from rules_db.mapping.parties import read_parties
from rules_db.model import Relationship

NOW = "2026-11-25T00:00:00Z"
ASSESSMENT = {
    "site": "示例站\n二", "jurisdiction": "980000", "as_of": "2026-11-25",
    "controls": [
        {"control": key, "title": "x", "outcome": outcome, "tests": tests}
        for key, outcome, tests in (
            ("C01", "met", []),
            ("C04", "not met", [{
                "test": "T01", "title": "in time", "outcome": "not met", "examined": 1, "counts": {"violation": 1},
                "limits": ["20日内"], "missing": [], "findings": [{
                    "file": "u.csv", "line": 2, "why": "late", "weight": "violation", "basis": "rule", "rule": "abc",
                }],
            }]),
            ("C05", "not shown", []),
            ("C25", "not applicable", []),
        )
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site_exports") / "demo"
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(root)])
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture(scope="module")
def store(demo: Path) -> sqlite3.Connection:
    return open_store(DataFolder(demo))


def oscal(store: sqlite3.Connection, out: Path) -> dict[str, Any]:
    assessment = out.with_suffix(".json")
    assessment.write_text(json.dumps(ASSESSMENT), encoding="utf-8")
    write_oscal(store, read_catalogue(BUNDLED, SAMPLE), out, assessment, NOW)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in out.iterdir()}


def test_oscal_loads_in_compliance_trestle(store: sqlite3.Connection, tmp_path: Path) -> None:
    from trestle.oscal.assessment_results import AssessmentResults
    from trestle.oscal.catalog import Catalog
    from trestle.oscal.component import ComponentDefinition
    from trestle.oscal.mapping import MappingCollection

    oscal(store, tmp_path / "oscal")
    for name, model in (
        ("catalog", Catalog),
        ("rules-catalog", Catalog),
        ("mapping-collection", MappingCollection),
        ("component-definition", ComponentDefinition),
        ("assessment-results", AssessmentResults),
    ):
        assert model.oscal_read(tmp_path / "oscal" / f"{name}.json") is not None, name


def test_oscal_refers_to_what_it_holds(store: sqlite3.Connection, tmp_path: Path) -> None:
    files = oscal(store, tmp_path / "oscal")

    def ids(name: str) -> set[str]:
        return {control["id"] for group in files[name]["catalog"]["groups"] for control in group["controls"]}

    maps = files["mapping-collection"]["mapping-collection"]["mappings"][0]["maps"]
    assert {m["sources"][0]["id-ref"] for m in maps} == ids("rules-catalog")
    assert {m["targets"][0]["id-ref"] for m in maps} <= ids("catalog")
    assert {m["relationship"] for m in maps} <= set(RELATIONSHIPS.values())
    assert set(RELATIONSHIPS) == {str(relationship) for relationship in Relationship}
    for component in files["component-definition"]["component-definition"]["components"]:
        for implementation in component.get("control-implementations", ()):
            assert {r["control-id"] for r in implementation["implemented-requirements"]} <= ids("catalog")
    findings = files["assessment-results"]["assessment-results"]["results"][0]["findings"]
    states = {finding["target"]["target-id"]: finding["target"]["status"]["state"] for finding in findings}
    assert states == {"control-c01_obj": "satisfied", "control-c04_obj": "not-satisfied"}  # not shown is no finding


def test_oscal_is_stable_and_changes_its_id_with_its_content(store: sqlite3.Connection, tmp_path: Path) -> None:
    first, again = oscal(store, tmp_path / "a"), oscal(store, tmp_path / "b")
    assert first == again
    store.execute("SAVEPOINT changed")
    try:
        store.execute("UPDATE mapping SET rationale = 'another' WHERE id = 'L901'")
        other = oscal(store, tmp_path / "c")
    finally:
        store.execute("ROLLBACK TO changed")
    key = "mapping-collection"
    assert first[key][key]["uuid"] != other[key][key]["uuid"]
    assert first[key][key]["mappings"][0]["uuid"] == other[key][key]["mappings"][0]["uuid"]
    assert first["catalog"] == other["catalog"]


def test_what_is_no_assessment_is_refused(store: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StoreError, match=r"no\.json"):
        write_oscal(store, read_catalogue(BUNDLED), tmp_path / "o", tmp_path / "no.json", NOW)


def test_tables_hold_the_rules_in_force_and_never_a_formula(store: sqlite3.Connection, tmp_path: Path) -> None:
    store.execute("SAVEPOINT formula")
    try:
        store.execute("UPDATE rule_version SET bearer = '＝HYPERLINK(1)', action = '-5'")
        written = write_tables(store, tmp_path / "a", "csv", NOW[:10])
        write_tables(store, tmp_path / "b", "csv", NOW[:10])
        write_tables(store, tmp_path / "a", "jsonl", NOW[:10])
    finally:
        store.execute("ROLLBACK TO formula")
    assert [row["file"] for row in written] == [f"{name}.csv" for name in TABLES]
    for name in TABLES:
        assert (tmp_path / "a" / f"{name}.csv").read_bytes() == (tmp_path / "b" / f"{name}.csv").read_bytes()
    with (tmp_path / "a" / "rules.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    held = store.execute("SELECT valid_from, valid_to, status FROM rule_version WHERE superseded_at IS NULL").fetchall()
    apply = [row for row in held if (row["valid_from"] or "") <= NOW[:10] < (row["valid_to"] or "9")]
    assert len(rows) == len([row for row in apply if row["status"] != "draft"]) > 20
    assert len(held) > len(rows)
    assert {(row["bearer"], row["action"]) for row in rows} == {("'＝HYPERLINK(1)", "-5")}
    first = json.loads((tmp_path / "a" / "rules.jsonl").read_text(encoding="utf-8").split("\n", 1)[0])
    assert first["bearer"] == "＝HYPERLINK(1)"  # data for programs stays as it is


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠1"])
def test_formulas_are_guarded(cell: str) -> None:
    assert guarded(cell) == "'" + cell
    assert guarded("第" + cell) == "第" + cell


def site_checklist(demo: Path, *more: str) -> Any:
    profile = demo.parent / "site.yml"
    profile.write_text(
        "site: '=<script>alert(1)</script>'\njurisdiction: '980000'\nactivities: [collection, recycling]\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["checklist", "--profile", str(profile), "--data", str(demo), *more])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_each_line_of_a_checklist_leads_to_its_source(demo: Path) -> None:
    found = json.loads(site_checklist(demo, "--as-of", "2026-08-01", "--format", "json"))
    rules = [rule for check in found["checks"] for rule in check["rules"]]
    assert rules
    assert all(rule["source"]["url"] and len(rule["source"]["sha256"]) == 64 for rule in rules)
    before = json.loads(site_checklist(demo, "--as-of", "2026-06-30", "--format", "json"))
    limits = {
        day: next(
            rule["thresholds"][0]["text"] for check in checks for rule in check["rules"] if rule["link"] == "L905"
        )
        for day, checks in (("before", before["checks"]), ("after", found["checks"]))
    }
    assert limits == {"before": "15个工作日内", "after": "30日内"}


def test_every_form_of_the_checklist_is_inert_and_whole(demo: Path) -> None:
    found = json.loads(site_checklist(demo, "--as-of", "2026-08-01", "--format", "json"))
    found["checks"][0]["title"] = "=HYPERLINK(1) | <b>"
    page = checklist_html(found)
    assert "<script" not in page
    assert "<b>" not in page
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("default-src=", "")
    marked = checklist_markdown(found)
    assert "\\<script\\>" in marked
    for text in (page, marked):
        assert "自接收废旧动力电池之日起30日内" in text
        assert "15个工作日内 → 30日内 (changed) (since 2026-07-01)" in text
    with zipfile.ZipFile(BytesIO(WRITERS[".xlsx"](found))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    with zipfile.ZipFile(BytesIO(WRITERS[".docx"](found))) as document:
        assert "30日内" in document.read("word/document.xml").decode()
    assert len(COLUMNS) == len(set(COLUMNS))


def test_an_unknown_ending_is_refused(demo: Path, tmp_path: Path) -> None:
    profile = Path(__file__).parents[2] / "docs" / "profiles" / "recycler-hunan.yml"
    command = ["checklist", "--profile", str(profile), "--data", str(demo), "--out", str(tmp_path / "a.pdf")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert ".xlsx" in result.output


def test_no_duty_of_an_enterprise_is_left_without_link_or_reason(demo: Path, store: sqlite3.Connection) -> None:
    found = uncovered_duties(store, read_catalogue(BUNDLED, SAMPLE), NOW[:10])
    assert found["open"] == []
    counts = found["counts"]
    assert counts["duties"] == counts["linked"] + counts["with_a_written_reason"]
    assert {row["reason_id"] for row in found["reasoned"]} == {"N901", "N902"}
    bare = uncovered_duties(store, read_catalogue(BUNDLED), NOW[:10])
    assert len(bare["open"]) == counts["with_a_written_reason"]


def test_offices_and_enterprises_are_told_apart() -> None:
    parties = read_parties()
    assert not parties.is_enterprise("县级以上工业主管部门")
    assert parties.is_enterprise("废旧动力电池回收企业")
    assert parties.binds("综合利用企业", {"recycling"})
    assert not parties.binds("新能源汽车生产企业", {"recycling"})
    assert parties.binds("", {"export"})
    assert not parties.binds("省级人民政府", {"export"})
