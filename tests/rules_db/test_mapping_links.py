"""A link turns suspect when the wording a person reviewed is no longer in force, and for no other reason."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import nlp.analyse
import nlp.language
from cli import main
from rules_db.connection import DataFolder, open_store
from rules_db.mapping.catalogue import BUNDLED, CatalogueError, read_catalogue
from rules_db.mapping.coverage import coverage, list_links, uncovered_duties
from rules_db.mapping.links import accept_link, load_links

TITLE = "示例湾区电池回收站管理规定"
BEFORE = """# 示例湾区电池回收站管理规定

第一条 回收站应当自收到电池之日起30日内向主管部门报送入库信息。

第二条 回收站应当安装视频监控设备，录像保存期限不得少于90日。

第三条 回收站不得拆解电池。

第四条 回收站应当每年组织一次消防演练。

第五条 本规定自2024年1月1日起施行。
"""
# the first article changed, the fourth went, the second and third moved down unchanged
AFTER = """# 示例湾区电池回收站管理规定

第一条 回收站应当自收到电池之日起10日内向主管部门报送入库信息。

第二条 回收站应当在入口公示联系方式。

第三条 回收站应当安装视频监控设备，录像保存期限不得少于90日。

第四条 回收站不得拆解电池。

第五条 本规定自2025年1月1日起施行。
"""
LINKS = {
    "L951": ("第一条", "obligation", "control", "C04"),
    "L952": ("第二条", "obligation", "hardware_item", "H02"),
    "L953": ("第三条", "prohibition", "control", "C02"),
    "L954": ("第四条", "obligation", "control", "C21"),
    "L955": ("第九条", "obligation", "control", "C01"),
}
NOW = "2026-06-01T00:00:00Z"


def entry(link_id: str, instrument: str = TITLE, stamp: str = "") -> str:
    provision, modality, kind, target = LINKS[link_id]
    return (
        f"- id: {link_id}\n"
        f"  rule: {{instrument: {instrument}, version_date: '2023-12-01', provision: {provision},"
        f" modality: {modality}}}\n"
        f"  target: {{{kind}: {target}}}\n"
        f"  relationship: intersects\n"
        f"  rationale: made for this test  # a comment that must stay\n"
        f"  tier: official\n"
        f'  stamp: "{stamp}"\n'
        f'  reviewed_by: "{"somebody" if stamp else ""}"\n'
        f'  reviewed_on: "{"2024-01-02" if stamp else ""}"\n'
    )


def ingest(data: Path, text: str, date: str) -> None:
    path = data.parent / f"{date}.md"
    path.write_text(text, encoding="utf-8")
    manifest = data.parent / f"{date}.csv"
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"{path.name},{TITLE},{date},,,departmental rule,100000\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(
        main, ["ingest", str(path), "--manifest", str(manifest), "--no-publish", "--data", str(data)]
    )
    assert result.exit_code == 0, result.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store with the first version and five links, of which four were reviewed against it."""
    root = tmp_path / "data"
    links = root / "catalogue" / "links"
    links.mkdir(parents=True)
    path = links / "test.yml"
    path.write_text("# kept\n" + "".join(map(entry, LINKS)), encoding="utf-8")
    ingest(root, BEFORE, "2023-12-01")
    current = {
        row["id"]: row["current_fingerprint"]
        for row in connect(root).execute("SELECT id, current_fingerprint FROM mapping WHERE rule_id IS NOT NULL")
    }
    assert {"L951", "L952", "L953", "L954"} <= set(current)
    for link_id in ("L951", "L952", "L953", "L954"):
        accept_link(path, link_id, stamp=current[link_id], reviewer="王", on="2024-02-01")
    load(root)
    return root


def connect(data: Path) -> sqlite3.Connection:
    return open_store(DataFolder(data))


def load(data: Path) -> None:
    load_links(connect(data), read_catalogue(BUNDLED, data / "catalogue"), NOW)


def statuses(data: Path) -> dict[str, str]:
    rows = connect(data).execute("SELECT id, status FROM mapping ORDER BY id").fetchall()
    return {row["id"]: row["status"] for row in rows if row["id"] in LINKS}


REVIEWED = {"L951": "accepted", "L952": "accepted", "L953": "accepted", "L954": "accepted", "L955": "unresolved"}


def test_reviewed_links_are_accepted_and_a_missing_rule_is_unresolved(data: Path) -> None:
    assert statuses(data) == REVIEWED


def test_a_changed_rule_makes_exactly_its_links_suspect(data: Path) -> None:
    ingest(data, AFTER, "2024-12-01")
    assert statuses(data) == REVIEWED | {"L951": "suspect", "L954": "suspect"}


def test_a_suspect_link_shows_both_wordings(data: Path) -> None:
    ingest(data, AFTER, "2024-12-01")
    link = next(link for link in list_links(connect(data), NOW[:10], "suspect") if link["id"] == "L951")
    assert "30日" in link["stamp_statement"]
    assert "10日" in link["statement"]
    assert link["place"] == f"《{TITLE}》第一条"


def test_a_removed_rule_leaves_a_visible_orphan(data: Path) -> None:
    ingest(data, AFTER, "2024-12-01")
    link = next(link for link in list_links(connect(data), NOW[:10], "suspect") if link["id"] == "L954")
    assert "消防演练" in link["stamp_statement"]
    assert link["statement"] is None
    assert link["rule_id"]


def test_suspicion_keeps_its_first_day(data: Path) -> None:
    ingest(data, AFTER, "2024-12-01")
    connection = connect(data)
    since = connection.execute("SELECT suspect_since FROM mapping WHERE id = 'L951'").fetchone()[0]
    load_links(connection, read_catalogue(BUNDLED, data / "catalogue"), "2031-01-01T00:00:00Z")
    assert connection.execute("SELECT suspect_since FROM mapping WHERE id = 'L951'").fetchone()[0] == since


def test_another_pipeline_version_makes_nothing_suspect(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlp.language, "PIPELINE_VERSION", "another-version")
    monkeypatch.setattr(nlp.analyse, "PIPELINE_VERSION", "another-version")
    ingest(data, BEFORE, "2023-12-01")
    versions = {row[0] for row in connect(data).execute("SELECT pipeline_version FROM extraction")}
    assert "another-version" in versions
    assert statuses(data) == REVIEWED


def test_a_link_follows_its_wording_to_another_reading(data: Path) -> None:
    connection = connect(data)
    connection.execute("UPDATE rule_version SET modality = 'recommendation'")  # as a changed pattern might read it
    load(data)
    assert statuses(data) == REVIEWED


def test_accepting_edits_only_the_three_lines_of_the_review(data: Path) -> None:
    ingest(data, AFTER, "2024-12-01")
    path = data / "catalogue" / "links" / "test.yml"
    before = path.read_text(encoding="utf-8").splitlines()
    current = connect(data).execute("SELECT current_fingerprint FROM mapping WHERE id = 'L951'").fetchone()[0]
    accept_link(path, "L951", stamp=current, reviewer='李 "某"', on="2025-01-09")
    after = path.read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new.split(":")[0].strip() for _old, new in changed] == ["stamp", "reviewed_by", "reviewed_on"]
    link = yaml.safe_load(path.read_text(encoding="utf-8"))[0]
    assert (link["stamp"], link["reviewed_by"], link["reviewed_on"]) == (current, '李 "某"', "2025-01-09")
    load(data)
    assert statuses(data) == REVIEWED | {"L954": "suspect"}


def test_accepting_needs_an_entry_with_lines_to_write_to(data: Path) -> None:
    path = data / "catalogue" / "links" / "test.yml"
    before = path.read_bytes()
    with pytest.raises(CatalogueError, match="L999"):
        accept_link(path, "L999", stamp="0" * 16, reviewer="王", on="2025-01-01")
    assert path.read_bytes() == before
    path.write_text(entry("L951").replace('  stamp: ""\n', ""), encoding="utf-8")
    with pytest.raises(CatalogueError, match="stamp"):
        accept_link(path, "L951", stamp="0" * 16, reviewer="王", on="2025-01-01")


def test_links_that_left_the_catalogue_go(data: Path) -> None:
    path = data / "catalogue" / "links" / "test.yml"
    path.write_text(entry("L953"), encoding="utf-8")
    load(data)
    assert set(statuses(data)) == {"L953"}


def test_a_link_without_stamp_is_proposed_whatever_changes(data: Path) -> None:
    path = data / "catalogue" / "links" / "test.yml"
    path.write_text(entry("L951"), encoding="utf-8")
    load(data)
    assert statuses(data) == {"L951": "proposed"}
    ingest(data, AFTER, "2024-12-01")
    assert statuses(data) == {"L951": "proposed"}


def test_an_unknown_instrument_is_unresolved(data: Path) -> None:
    path = data / "catalogue" / "links" / "test.yml"
    path.write_text(entry("L951", instrument="查无此件管理办法", stamp="0" * 16), encoding="utf-8")
    load(data)
    assert statuses(data) == {"L951": "unresolved"}


def test_coverage_counts_links_by_status_and_shows_zeros(data: Path) -> None:
    rows = {(row["kind"], row["id"]): row for row in coverage(connect(data))}
    bundled = read_catalogue(BUNDLED)
    assert len(rows) == 28 + 16 + len(bundled.evidence)
    assert rows["control", "C02"]["accepted"] >= 1
    linked = {link["target"].get("evidence_item") for link in bundled.links.values()}
    idle = rows["evidence_item", next(key for key in bundled.evidence if key not in linked)]
    assert [idle[key] for key in ("accepted", "suspect", "proposed", "unresolved")] == [0, 0, 0, 0]


def test_every_reviewed_link_to_a_real_law_finds_the_wording_reviewed(tmp_path: Path, shared: Path) -> None:
    catalogue = read_catalogue(BUNDLED)
    links = {key: link for key, link in catalogue.links.items() if catalogue.origin[key].stem == "general_law"}
    read = [key for key, link in links.items() if link["stamp"]]
    wanted = {tuple(catalogue.links[key]["rule"][part] for part in ("instrument", "version_date")) for key in read}
    lines = (shared / "corpus" / "manifest.csv").read_text(encoding="utf-8").splitlines()
    picked = [line for line in lines[1:] if tuple(line.split(",")[1:3]) in wanted]
    assert len(picked) == len(wanted)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join([lines[0], *picked]) + "\n", encoding="utf-8")
    (tmp_path / "texts").symlink_to(shared / "corpus" / "texts")
    files = [str(tmp_path / line.split(",")[0]) for line in picked]
    data = tmp_path / "data"
    arguments = ["ingest", *files, "--manifest", str(manifest), "--no-publish", "--data", str(data)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    status = dict(connect(data).execute("SELECT id, status FROM mapping").fetchall())
    assert {key: status[key] for key in read if status[key] != "accepted"} == {}
    assert len(read) >= 50
    duties = uncovered_duties(connect(data), catalogue, NOW[:10])
    assert [(duty["instrument"], duty["label"]) for duty in duties["open"]] == []
    assert duties["counts"]["duties"] > 600


def test_a_reason_for_articles_holds_for_its_version_alone(data: Path) -> None:
    path = data / "catalogue" / "reasons" / "own.yml"
    path.parent.mkdir()
    text = (
        f"- id: N951\n  scope: {{instrument: {TITLE}, version_date: '2023-12-01', provisions: [第三条, 第四条]}}\n"
        "  kept_under: [C21]\n  reason: drills stand elsewhere\n  reviewed_by: 王\n  reviewed_on: '2024-02-01'\n"
    )
    path.write_text(text, encoding="utf-8")
    links = data / "catalogue" / "links" / "test.yml"
    links.write_text("".join(map(entry, ("L951", "L952"))), encoding="utf-8")
    stamps = dict(connect(data).execute("SELECT id, current_fingerprint FROM mapping").fetchall())
    for key in ("L951", "L952"):
        accept_link(links, key, stamp=stamps[key], reviewer="王", on="2024-02-01")
    load(data)
    catalogue = read_catalogue(BUNDLED, data / "catalogue")
    before = uncovered_duties(connect(data), catalogue, NOW[:10])
    assert {(duty["label"], duty["reason_id"]) for duty in before["reasoned"]} == {
        ("第三条", "N951"),
        ("第四条", "N951"),
    }
    assert before["open"] == []
    ingest(data, AFTER, "2024-12-01")
    after = uncovered_duties(connect(data), catalogue, NOW[:10])
    assert {duty["label"] for duty in after["open"]} == {"第二条"}  # the other wording only moved
    path.write_text(text.replace("C21", "C99"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="C99"):
        read_catalogue(BUNDLED, data / "catalogue")
