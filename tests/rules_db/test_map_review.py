"""The walk through links that wait for a person: what a card shows, what a key writes, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from terminal_driver import press

from cli import main
from rules_db.commands.map_review import walk
from rules_db.connection import DataFolder, StoreError, open_store
from rules_db.mapping.catalogue import BUNDLED, CatalogueError, load_catalogue, read_catalogue
from rules_db.mapping.links import accept_link, load_links, reject_link
from rules_db.mapping.reviewing import Card, Verdict, decide, waiting

TITLE = "示例港区退役电池堆场管理规定"
BEFORE = """# 示例港区退役电池堆场管理规定

第一条 回收站应当自收到电池之日起30日内向主管部门报送入库信息。

第二条 回收站应当每年组织一次消防演练。

第三条 本规定自2024年1月1日起施行。
"""
AFTER = """# 示例港区退役电池堆场管理规定

第一条 回收站应当自收到电池之日起20日内向主管部门报送入库信息。

第二条 本规定自2025年1月1日起施行。
"""
OTHER = """# 示例港区回收报送细则

第一条 回收站应当自收到电池之日起5日内报送入库信息。
"""
NOW = "2026-06-01T00:00:00Z"
LINKS = {"L951": ("第一条", "C04"), "L952": ("第二条", "C21"), "L953": ("第一条", "C01")}


def entry(key: str) -> str:
    provision, control = LINKS[key]
    return (
        f"- id: {key}\n  rule: {{instrument: {TITLE}, version_date: '2023-12-01', provision: {provision}}}\n"
        f"  target: {{control: {control}}}\n  relationship: intersects\n  rationale: made for this test  # stays\n"
        '  tier: official\n  stamp: ""\n  reviewed_by: ""\n  reviewed_on: ""\n'
    )


def ingest(data: Path, text: str, date: str, title: str = TITLE) -> None:
    path = data.parent / f"{date}.md"
    path.write_text(text, encoding="utf-8")
    manifest = path.with_suffix(".csv")
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        f"{path.name},{title},{date},,,departmental rule,100000\n",
        encoding="utf-8",
    )
    command = ["ingest", str(path), "--manifest", str(manifest), "--no-publish", "--data", str(data)]
    assert CliRunner().invoke(main, command).exit_code == 0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two links reviewed against the first version, one never reviewed; then the rule moved from 30 to 20 days."""
    root = tmp_path / "data"
    links(root).parent.mkdir(parents=True)
    links(root).write_text("".join(map(entry, LINKS)), encoding="utf-8")
    ingest(root, BEFORE, "2023-12-01")
    rows = connect(root).execute("SELECT id, current_fingerprint FROM mapping")
    stamps = {row["id"]: row["current_fingerprint"] for row in rows}
    for key in ("L951", "L952"):
        accept_link(links(root), key, stamp=stamps[key], reviewer="王", on="2024-02-01")
    load_links(connect(root), read_catalogue(BUNDLED, root / "catalogue"), NOW)
    ingest(root, AFTER, "2024-12-01")
    return root


def links(data: Path) -> Path:
    return data / "catalogue" / "links" / "test.yml"


def connect(data: Path) -> sqlite3.Connection:
    return open_store(DataFolder(data))


def cards(data: Path) -> dict[str, Card]:
    return {card.id: card for card in waiting(connect(data), NOW[:10])}


def status(data: Path, key: str) -> str:
    return str(connect(data).execute("SELECT status FROM mapping WHERE id = ?", (key,)).fetchone()[0])


def written(data: Path, key: str) -> dict[str, object]:
    return next(e for e in yaml.safe_load(links(data).read_text(encoding="utf-8")) if e["id"] == key)


def test_a_card_shows_both_wordings_and_the_typed_change(data: Path) -> None:
    found = cards(data)
    assert list(found)[:3] == ["L951", "L952", "L953"]  # suspect first, then links nobody reviewed, then proposals
    moved, gone = found["L951"], found["L952"]
    assert "30日" in moved.old and "20日" in str(moved.new)
    assert moved.changes == ("第一条: 30日内 → 20日内 (tightened) (2025-01-01)",)
    assert moved.target_title.startswith("Inbound reports")
    assert gone.new is None and "消防演练" in gone.old
    assert "第二条 deleted (2025-01-01)" in gone.changes
    assert found["L953"].changes == () and found["L953"].old == ""


def test_keys_in_a_terminal_write_the_yaml(data: Path) -> None:
    code, shown = press(["map", "review", "--reviewer", "李", "--data", str(data)], "a?rsq")
    assert code == 0, shown
    assert "[-30-]{+20+}日内" in shown
    assert "(no wording in force any more)" in shown
    assert "1 accepted, 1 rejected, 1 skipped" in shown
    assert (status(data, "L951"), status(data, "L952"), status(data, "L953")) == ("accepted", "rejected", "proposed")
    assert written(data, "L951")["reviewed_by"] == "李"
    assert written(data, "L952")["rejected"] is True
    assert links(data).read_text(encoding="utf-8").count("# stays") == 3
    assert "L951" not in cards(data) and "L952" not in cards(data)


def test_without_a_terminal_it_says_what_to_do_and_json_gives_the_cards(data: Path) -> None:
    refused = CliRunner().invoke(main, ["map", "review", "--data", str(data)])
    assert refused.exit_code == 4
    assert "--format json" in refused.stderr
    result = CliRunner().invoke(main, ["map", "review", "--status", "suspect", "--format", "json", "--data", str(data)])
    assert [card["id"] for card in json.loads(result.stdout)] == ["L951", "L952"]


def test_a_wording_that_moved_while_it_was_judged_is_not_accepted(data: Path) -> None:
    card = cards(data)["L951"]
    before = links(data).read_bytes()
    with pytest.raises(StoreError, match="moved while you looked"):
        decide(connect(data), data, card.id, Verdict.ACCEPT, reviewer="李", now=NOW, seen="0" * 16)
    assert links(data).read_bytes() == before
    with pytest.raises(StoreError, match="no rule in force"):
        decide(connect(data), data, "L952", Verdict.ACCEPT, reviewer="李", now=NOW)
    with pytest.raises(StoreError, match="L999"):
        decide(connect(data), data, "L999", Verdict.ACCEPT, reviewer="李", now=NOW)


def test_a_failed_decision_is_shown_and_the_walk_goes_on(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = iter("aaq")

    def fail(card: Card, verdict: str) -> str:
        raise StoreError(f"no room for {card.id} {verdict}")

    told = walk(list(cards(data).values()), lambda: next(keys), fail)
    assert told == {"skip": 2, "quit": 1}
    assert "no room for L951 accept" in capsys.readouterr().out


def test_hostile_wording_can_not_move_the_cursor(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = cards(data)["L951"]
    evil = Card(**{name: getattr(card, name) for name in card.__slots__} | {"rationale": "\x1b[2J[bold]\u202e好"})
    walk([evil], lambda: "q", lambda _card, _verdict: "")
    shown = capsys.readouterr().out
    assert "\x1b[2J" not in shown and "\u202e" not in shown
    assert "[bold]好" in shown


def test_a_rejected_link_can_be_accepted_again_and_survives_a_reload(data: Path) -> None:
    decide(connect(data), data, "L951", Verdict.REJECT, reviewer="李", now=NOW)
    catalogue = read_catalogue(BUNDLED, data / "catalogue")
    load_catalogue(connect(data), catalogue)
    load_links(connect(data), catalogue, NOW)
    assert status(data, "L951") == "rejected"
    decide(connect(data), data, "L951", Verdict.ACCEPT, reviewer="赵", now=NOW)
    assert status(data, "L951") == "accepted"
    assert "rejected" not in written(data, "L951")


def test_a_link_whose_gap_was_filled_stays_suspect_until_it_is_looked_at_itself(data: Path) -> None:
    decide(connect(data), data, "L951", Verdict.ACCEPT, reviewer="李", now="2025-02-01T00:00:00Z")
    ingest(data, OTHER, "2025-06-01", "示例港区回收报送细则")
    connection = connect(data)
    connection.execute(
        "UPDATE gap SET left_open_by = ?, topic_words = ? WHERE id = 'G04'", (f'["{TITLE}"]', '[["入库"]]')
    )
    connection.execute(
        """INSERT INTO gap_filling SELECT 'G04', e.instrument_id, e.id, 'art_1', 'sets a limit', '2025-06-02T00:00:00Z'
           FROM expression e JOIN instrument i ON i.id = e.instrument_id WHERE i.title = '示例港区回收报送细则'"""
    )
    decide(connection, data, "L953", Verdict.ACCEPT, reviewer="李", now="2025-06-02T00:00:00Z")
    assert status(data, "L951") == "suspect"
    assert "sets a limit" in cards(data)["L951"].because[0]
    decide(connection, data, "L951", Verdict.ACCEPT, reviewer="李", now="2025-06-03T00:00:00Z")
    assert status(data, "L951") == "accepted"


def test_an_entry_that_is_not_one_field_a_line_is_left_to_a_person(data: Path) -> None:
    folded = entry("L953").replace('  stamp: ""\n', "  stamp:\n    ''\n")
    links(data).write_text(folded, encoding="utf-8")
    with pytest.raises(CatalogueError, match="by hand"):
        reject_link(links(data), "L953", stamp="", reviewer="李", on="2026-06-01")
    assert links(data).read_text(encoding="utf-8") == folded
