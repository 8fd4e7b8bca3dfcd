"""The two scripted days of the sample portal, end to end, against what its `expected.yml` says must come of them."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from cli import main
from crawler.sample import EXPECTED, NOW
from rules_db.connection import DataFolder, connect

PROJECT = Path(__file__).resolve().parent.parent
DAY_1, DAY_2 = NOW[1], NOW[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    root = tmp_path_factory.mktemp("demo") / "data"
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return DataFolder(root)


@pytest.fixture(scope="module")
def store(folder: DataFolder) -> sqlite3.Connection:
    return connect(folder.work_db, read_only=True)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    return loaded


def run(folder: DataFolder, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(folder.root)], catch_exceptions=False)


def titles(store: sqlite3.Connection, where: str, *arguments: str) -> set[str]:
    query = f"SELECT DISTINCT i.title FROM instrument i JOIN change c ON c.instrument_id = i.id WHERE {where}"  # noqa: S608
    return {row["title"] for row in store.execute(query, arguments)}


def test_first_day_records_the_relevant_documents(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    wanted = {expected["titles"][key] for key in expected["day1"]["instruments"]}
    assert titles(store, "c.kind = 'instrument_new' AND c.recorded_at = ?", DAY_1) == wanted


def test_second_day_adds_only_what_is_new(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    wanted = {expected["titles"][key] for key in expected["day2"]["new_instruments"]}
    assert titles(store, "c.kind = 'instrument_new' AND c.recorded_at = ?", DAY_2) == wanted
    changed = titles(store, "c.recorded_at = ?", DAY_2)
    assert changed == {expected["titles"][key] for key in expected["day2"]["new_documents"]}
    assert not changed & {expected["titles"][key] for key in expected["day2"]["must_not_change"]}


def test_threshold_changes_are_typed(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    rows = store.execute("SELECT detail, from_label, to_label FROM change WHERE kind LIKE 'threshold_%'").fetchall()
    found = {}
    for row in rows:
        detail = json.loads(row["detail"])
        if detail["old"] and detail["new"]:
            found[row["from_label"], row["to_label"]] = (
                detail["old"]["text"],
                detail["new"]["text"],
                detail["direction"],
            )
    for wanted in expected["day2"]["thresholds"]:
        before, after, direction = found.pop((wanted["from"], wanted["to"]))
        assert wanted["before"] in before
        assert wanted["after"] in after
        assert direction == wanted["direction"], wanted
    assert found == {}


def test_threshold_changes_lead_to_their_rules(store: sqlite3.Connection) -> None:
    rows = store.execute(
        """SELECT c.to_label, rv.label, rv.statement, json_extract(c.detail, '$.new.text') AS text FROM change c
           LEFT JOIN rule_version rv ON rv.rule_id = c.rule_id AND rv.superseded_at IS NULL AND rv.valid_to IS NULL
           WHERE c.kind LIKE 'threshold_%' AND c.to_label <> ''"""
    ).fetchall()
    assert rows
    for row in rows:
        assert row["label"] == row["to_label"]
        assert row["text"] in row["statement"]


def test_provisions_added_deleted_and_moved(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    rows = store.execute("SELECT kind, from_label, to_label FROM change WHERE recorded_at = ?", (DAY_2,)).fetchall()
    wanted = expected["day2"]["provisions"]
    assert [row["to_label"] for row in rows if row["kind"] == "provision_added"] == wanted["added"]
    assert [row["from_label"] for row in rows if row["kind"] == "provision_deleted"] == wanted["deleted"]
    moved = [{"from": row["from_label"], "to": row["to_label"]} for row in rows if row["kind"] == "moved"]
    assert moved == wanted["moved"]


def test_verdicts_tell_the_broken_source_from_the_law(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    for day, when in (("day1", DAY_1), ("day2", DAY_2)):
        rows = store.execute(
            "SELECT source_id, verdict FROM crawl_run WHERE started_at >= ? AND started_at <= ?", (when, when)
        )
        verdicts = {row["source_id"]: row["verdict"] for row in rows}
        assert verdicts == expected[day]["verdicts"]
    title = expected["titles"]["plan"]  # the broken site's document
    row = store.execute(
        """SELECT count(*) AS open FROM rule_version rv JOIN expression e ON e.id = rv.expression_id
           JOIN instrument i ON i.id = e.instrument_id
           WHERE i.title = ? AND rv.superseded_at IS NULL AND rv.valid_to IS NULL""",
        (title,),
    ).fetchone()
    assert row["open"] > 0


def test_gaps_are_filled_by_the_new_provincial_document(store: sqlite3.Connection, expected: dict[str, Any]) -> None:
    filled = store.execute(
        """SELECT g.title, i.title AS by_title FROM gap_filling f JOIN gap g ON g.id = f.gap_id
           JOIN instrument i ON i.id = f.instrument_id WHERE f.recorded_at = ?""",
        (DAY_2,),
    ).fetchall()
    assert {row["by_title"] for row in filled} == {expected["titles"]["alerts"]}
    assert len(filled) >= len(expected["day2"]["gaps_filled"])


def test_flags_rank_the_revision_and_the_gap_filler_first(folder: DataFolder, expected: dict[str, Any]) -> None:
    flags = json.loads(run(folder, "flags", "--since", DAY_2[:10], "--format", "json").stdout)
    assert {flag["title"] for flag in flags} == {expected["titles"][key] for key in ("rule", "alerts")}
    assert {flag["kind"] for flag in flags} == {"action required"}
    codes = {flag["title"]: {reason["code"] for reason in flag["reasons"]} for flag in flags}
    assert {"new_version", "tightened"} <= codes[expected["titles"]["rule"]]
    assert {"fills_gap", "implements", "provincial"} <= codes[expected["titles"]["alerts"]]


def test_exactly_the_links_of_changed_rules_are_suspect(store: sqlite3.Connection) -> None:
    rows = store.execute("SELECT * FROM mapping WHERE id LIKE 'L9%'").fetchall()
    assert len(rows) >= 10
    assert all(row["rule_id"] for row in rows), [row["id"] for row in rows if not row["rule_id"]]
    for row in rows:
        moved = store.execute(
            "SELECT count(DISTINCT fingerprint) > 1 FROM rule_version WHERE rule_id = ?", (row["rule_id"],)
        ).fetchone()[0]
        ended = store.execute(
            "SELECT count(*) = 0 FROM rule_version WHERE rule_id = ? AND valid_to IS NULL AND superseded_at IS NULL",
            (row["rule_id"],),
        ).fetchone()[0]
        assert row["status"] == ("suspect" if moved or ended else "accepted"), row["id"]
    assert {row["status"] for row in rows} == {"suspect", "accepted"}


def test_as_of_reads_the_text_that_applied(folder: DataFolder, expected: dict[str, Any]) -> None:
    title = expected["titles"]["rule"]
    texts = {}
    for day in ("2026-03-01", "2026-08-01"):
        shown = json.loads(run(folder, "show", title, "--as-of", day, "--format", "json").stdout)
        texts[day] = "".join(unit["text"] for unit in shown["units"])
    assert "15个工作日内" in texts["2026-03-01"]
    assert "15个工作日内" not in texts["2026-08-01"]


def test_nothing_was_known_before_the_first_crawl(folder: DataFolder, expected: dict[str, Any]) -> None:
    result = run(folder, "show", expected["titles"]["rule"], "--known-on", "2026-05-01")
    assert result.exit_code == 4
    assert "nothing was known" in result.stderr


def test_explain_leads_back_to_bytes_that_are_held(folder: DataFolder, store: sqlite3.Connection) -> None:
    rule = store.execute("SELECT rule_id FROM rule_version WHERE valid_to IS NULL AND bearer <> '' LIMIT 1").fetchone()[
        0
    ]
    found = json.loads(run(folder, "explain", rule, "--format", "json").stdout)
    version = found["versions"][-1]
    text = store.execute("SELECT text FROM expression WHERE id = ?", (version["expression_id"],)).fetchone()[0]
    for item in version["evidence"]:
        assert text[item["start"] : item["end"]] == item["text"]
        assert item["pattern"]
    for source in version["sources"]:
        assert (folder.snapshots / source["snapshot_sha256"][:2] / f"{source['snapshot_sha256']}.bin").exists()


def test_verify_finds_nothing_wrong(folder: DataFolder) -> None:
    assert run(folder, "verify").exit_code == 0


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--data", str(tmp_path)])
    assert result.exit_code == 4
    assert "no demo" in result.stderr
    assert (tmp_path / "keep.txt").read_text() == "mine"


README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", README, re.S | re.M)
# what waits for keys, serves until it is stopped, asks sites, or looks at the machine that it runs on
ELSEWHERE = {"daily", "demo", "doctor", "map review", "notify", "serve"}


def tour() -> list[list[str]]:
    """The README's commands that a reader can type on the demonstration's data as they stand there."""
    lines = [line for block in BLOCKS for line in block.splitlines() if line.startswith("guiji ")]
    lines += [named.replace("\\|", "|") for named in re.findall(r"^\| `(guiji [^`]*)`", README, re.M)]
    typed = [shlex.split(line, comments=True)[1:] for line in lines]
    return [
        words
        for words in typed
        if not any(re.search(r"\b[A-Z_]{3,}\b", word) for word in words) and "--data" not in words
        and not {words[0], " ".join(words[:2])} & ELSEWHERE
    ]  # fmt: skip


def test_the_tour_of_the_readme_can_be_walked(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    told = ""
    assert len(tour()) >= 12
    for words in tour():
        result = run(folder, *words)
        assert result.exit_code == 0, (words, result.output)
        told += result.output
    outputs = [block for block in BLOCKS if "guiji " not in block and "make " not in block]
    shown = [line.rstrip() for block in outputs for line in block.splitlines()]
    assert len(shown) >= 8
    missing = [line for line in shown if line not in told]
    assert missing == [], "the README shows output that no command gives"
