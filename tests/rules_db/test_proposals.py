"""Proposed links: explained, made once, gone with their wording, kept when rejected, YAML when accepted."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.mapping.catalogue import BUNDLED, Catalogue, load_catalogue, read_catalogue
from rules_db.mapping.links import load_links
from rules_db.mapping.proposals import accept_proposal, propose_links, reject_proposal
from rules_db.mapping.ranking import cues_met, rank_targets

TITLE = "示例湖区动力电池回收站管理规定"
BEFORE = """# 示例湖区动力电池回收站管理规定

第一条 回收站应当在电池入库后30日内向平台报送信息。

第二条 回收站的视频监控录像保存期限不得少于90日。

第三条 回收站应当每年评选先进个人。

第四条 本规定自2024年1月1日起施行。
"""
AFTER = BEFORE.replace("30日", "10日").replace("2024年", "2025年")
OTHER = """# 示例山区动力电池回收站管理规定

第一条 回收站的视频监控录像保存期限不得少于120日。
"""
NOW = "2026-06-01T00:00:00Z"


def ingest(data: Path, title: str, text: str, date: str) -> None:
    path = data.parent / f"{title}-{date}.md"
    path.write_text(text, encoding="utf-8")
    manifest = data.parent / "manifest.csv"
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"{path.name},{title},{date},,,departmental rule,100000\n",
        encoding="utf-8",
    )
    arguments = ["ingest", str(path), "--manifest", str(manifest), "--no-publish", "--data", str(data)]
    # ingest proposes by itself; here the tests say when
    with mock.patch("rules_db.derive.propose_links", return_value=[]):
        result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    ingest(tmp_path / "data", TITLE, BEFORE, "2023-12-01")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(BUNDLED)


def open_data(data: Path) -> sqlite3.Connection:
    return open_store(DataFolder(data))


def pairs(connection: sqlite3.Connection, status: str = "proposed") -> dict[str, str]:
    """Id → target of the machine's rows of a status."""
    rows = connection.execute("SELECT * FROM mapping WHERE score IS NOT NULL AND status = ?", (status,))
    return {row["id"]: row["target_id"] for row in rows}


def test_proposals_name_their_ground(data: Path, catalogue: Catalogue) -> None:
    found = {(p.target_id, p.candidate.label): p for p in propose_links(open_data(data), catalogue, NOW)}
    inbound, video = found["C04", "第一条"], found["H02", "第二条"]
    assert inbound.why == "speaks of 入库、报送"
    assert "视频" in video.why
    assert 0 < inbound.score <= 1
    assert not [key for key in found if key[1] == "第三条"]  # nothing to link


def test_scores_rank_and_are_recorded(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    found = propose_links(connection, catalogue, NOW)
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    rows = connection.execute("SELECT * FROM mapping WHERE score IS NOT NULL").fetchall()
    assert {row["id"] for row in rows} == {p.id for p in found}
    assert {row["status"] for row in rows} == {"proposed"}
    assert {row["stamp"] for row in rows} == {""}


def test_proposing_again_does_nothing(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    propose_links(connection, catalogue, NOW)
    before = pairs(connection)
    assert propose_links(connection, catalogue, NOW) == []
    assert pairs(connection) == before


def test_loading_the_catalogue_keeps_proposals(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    propose_links(connection, catalogue, NOW)
    before = pairs(connection)
    load_catalogue(connection, catalogue)
    load_links(connection, catalogue, NOW)
    assert pairs(connection) == before


def test_a_rejected_proposal_stays_rejected(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    chosen = propose_links(connection, catalogue, NOW)[0].id
    reject_proposal(connection, chosen, reviewer="王", on="2026-06-02")
    assert propose_links(connection, catalogue, NOW) == []
    assert set(pairs(connection, "rejected")) == {chosen}
    with pytest.raises(StoreError, match=chosen):
        reject_proposal(connection, chosen, reviewer="王", on="2026-06-02")


def test_a_changed_rule_withdraws_its_proposals_and_is_judged_anew(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    first = propose_links(connection, catalogue, NOW)
    rejected = next(p.id for p in first if p.target_id == "C04")
    reject_proposal(connection, rejected, reviewer="王", on="2026-06-02")
    ingest(data, TITLE, AFTER, "2024-12-01")
    again = propose_links(connection, catalogue, NOW)
    assert {p.candidate.label for p in again} == {"第一条"}
    assert "C04" in {p.target_id for p in again}
    assert not set(pairs(connection)) & {p.id for p in first if p.candidate.label == "第一条"}


def test_an_accepted_proposal_becomes_a_reviewed_link(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    chosen = next(p for p in propose_links(connection, catalogue, NOW) if p.target_id == "H02")
    folder = data / "catalogue"
    link_id = accept_proposal(
        connection, catalogue, folder / "links" / "own.yml", chosen.id, reviewer='王 "某"', on="2026-06-02"
    )
    larger = read_catalogue(BUNDLED, folder)
    assert larger.links[link_id]["reviewed_by"] == '王 "某"'
    load_links(connection, larger, NOW)
    row = connection.execute("SELECT * FROM mapping WHERE id = ?", (link_id,)).fetchone()
    assert (row["status"], row["target_id"], row["rule_id"]) == ("accepted", "H02", chosen.candidate.rule_id)
    assert propose_links(connection, larger, NOW) == []
    second = accept_proposal(
        connection, larger, folder / "links" / "own.yml", next(iter(pairs(connection))), reviewer="李", on="2026-06-03"
    )
    assert (link_id, second) == ("U001", "U002")
    assert set(read_catalogue(BUNDLED, folder).links) == set(catalogue.links) | {link_id, second}


def test_a_rule_worded_like_a_reviewed_one_is_proposed(data: Path, catalogue: Catalogue) -> None:
    connection = open_data(data)
    chosen = next(p for p in propose_links(connection, catalogue, NOW) if p.target_id == "H02")
    folder = data / "catalogue"
    link_id = accept_proposal(
        connection, catalogue, folder / "links" / "own.yml", chosen.id, reviewer="王", on="2026-06-02"
    )
    ingest(data, "示例山区动力电池回收站管理规定", OTHER, "2024-05-01")
    larger = read_catalogue(BUNDLED, folder)
    load_links(connection, larger, NOW)
    found = {p.target_id: p for p in propose_links(connection, larger, NOW)}
    assert f"worded like the rule of {link_id}" in found["H02"].why
    assert found["H02"].score > 0.8


def test_cues_need_every_group() -> None:
    entry = {"cues": [["视频", "录像"], ["保存"]]}
    assert cues_met(entry, "录像应当保存。") == ("录像", "保存")
    assert cues_met(entry, "应当安装视频设备。") is None
    assert cues_met({}, "录像应当保存。") is None


def test_ingest_proposes_for_flagged_texts(tmp_path: Path) -> None:
    path = tmp_path / "rule.md"
    path.write_text(BEFORE, encoding="utf-8")
    result = CliRunner().invoke(main, ["ingest", str(path), "--no-publish", "--data", str(tmp_path / "data")])
    assert result.exit_code == 0, result.output
    assert "C04" in pairs(open_data(tmp_path / "data")).values()


def test_what_belongs_to_a_found_target_follows_it_when_it_shares_words(catalogue: Catalogue) -> None:
    ranked = {one.target_id: one for one in rank_targets("电池包生产企业应当每年申报动力电池碳足迹。", catalogue, [])}
    assert ranked["E62"].why.startswith("goes with C27 (speaks of ")
    assert ranked["C27"].score > ranked["E62"].score > 0
    order = [one.score for one in ranked.values()]
    assert order == sorted(order, reverse=True)
    assert rank_targets("本办法由某部门负责解释。", catalogue, []) == []


def test_a_rule_gets_five_proposals_at_most(data: Path, catalogue: Catalogue) -> None:
    counts: dict[str, int] = {}
    for proposal in propose_links(open_data(data), catalogue, NOW):
        counts[proposal.candidate.rule_id] = counts.get(proposal.candidate.rule_id, 0) + 1
    assert 2 <= max(counts.values()) <= 5
