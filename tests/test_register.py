"""The register through the real stages: statuses on the days that matter, thresholds that moved, corrections of ours
that are no change of law, and texts that outrank our account of them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import cli
from rules_db import answers, references
from rules_db.connection import DataFolder, open_store, transaction
from rules_db.expressions import is_paraphrase
from rules_db.flags import list_flags
from rules_db.register.entries import BUNDLED, read_register
from rules_db.register.load import record_register
from rules_db.snapshots import SnapshotStore

DAYS = ("2025-06-01", "2026-05-06", "2026-08-01")
LATER = "2099-09-01T00:00:00Z"
# Titles by id of the register, and the status on each of the days.
SEQUENCE = {
    "cn-miit-2018-43": ("in_force", "repealed", "repealed"),
    "cn-miit-2018-35": ("in_force", "repealed", "repealed"),
    "cn-miit-2018-35-draft": ("draft", "draft", "draft"),
    "cn-miit-2019-46": ("in_force", "repealed", "repealed"),
    "cn-miit-2021-114": ("in_force", "repealed", "repealed"),
    "cn-order73-2025": ("not_yet_in_force", "in_force", "in_force"),
    "cn-guifan-2016": ("repealed", "repealed", "repealed"),
    "cn-guifan-2019": ("repealed", "repealed", "repealed"),
    "cn-guifan-2024": ("in_force", "in_force", "partly_repealed"),
    "cn-miit-2026-20": ("not_yet_in_force", "not_yet_in_force", "in_force"),
    "cn-enf-2026-04": ("not_yet_in_force", "in_force", "expired"),
    "claim-enf-2026-05-06": ("not_yet_in_force", "unknown", "unknown"),
    "claim-traceability-2021": ("unknown", "unknown", "unknown"),
}
ENTRIES = read_register()


def title(entry_id: str) -> str:
    return str(ENTRIES[entry_id]["title"])


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    data = tmp_path_factory.mktemp("register")
    result = run("register", "load", "--data", data, "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["published"] is True
    return DataFolder(data)


@pytest.fixture(scope="module")
def store(loaded: DataFolder) -> sqlite3.Connection:
    return open_store(loaded, read_only=True)


@pytest.fixture
def copy(loaded: DataFolder, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(loaded.root, tmp_path / "data")))


def reload(folder: DataFolder, register: Path, when: str = LATER) -> dict[str, Any]:
    """Load a register folder into a store as the command does."""
    connection = open_store(folder)
    record_register(connection, SnapshotStore(folder.snapshots, connection), when, register)
    return cli.process(connection, folder, when, 1)


def edited(tmp_path: Path, family: str, entry_id: str, **fields: Any) -> Path:
    register = tmp_path / "register"
    if not register.exists():
        shutil.copytree(BUNDLED, register)
    path = register / f"{family}.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    next(entry for entry in entries if entry["id"] == entry_id).update(fields)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return register


def thresholds(store: sqlite3.Connection, old: str, new: str) -> list[tuple[str, str, str]]:
    diff = answers.compare_expressions(
        store, references.one_expression(store, title(old)), references.one_expression(store, title(new))
    )
    return [(t.old.text, t.new.text, str(t.direction)) for t in diff.thresholds if t.old and t.new]


@pytest.mark.parametrize("entry_id", sorted(SEQUENCE))
def test_status_on_the_days_that_matter(store: sqlite3.Connection, entry_id: str) -> None:
    instrument = references.one_instrument(store, title(entry_id))
    found = tuple(references.status_on(store, instrument, day).status for day in DAYS)
    assert found == SEQUENCE[entry_id]


@pytest.mark.parametrize(
    ("words", "entry_id"),
    [
        ("工信部联节〔2018〕43号", "cn-miit-2018-43"),
        ("工信部联节[2018]43号", "cn-miit-2018-43"),
        ("cn-guifan-2019", "cn-guifan-2019"),
        ("新能源汽车废旧动力蓄电池综合利用行业规范条件（2016年）", "cn-guifan-2016"),
    ],
)
def test_instruments_are_found_by_number_id_and_other_names(
    store: sqlite3.Connection, words: str, entry_id: str
) -> None:
    assert references.one_instrument(store, words).title == title(entry_id)


def test_show_tells_the_status_in_words(loaded: DataFolder) -> None:
    def shown(entry_id: str, day: str) -> str:
        return run("show", title(entry_id), "--as-of", day, "--data", loaded.root).output

    assert "in force since 2018-08-01" in shown("cn-miit-2018-35", "2025-06-01")
    assert "repealed since 2026-04-01" in shown("cn-miit-2018-35", "2026-05-06")
    assert "not yet in force" in shown("cn-order73-2025", "2025-06-01")
    assert "partly repealed since 2026-07-30 (梯次利用)" in shown("cn-guifan-2024", "2026-08-01")


def test_a_repealed_text_is_never_told_as_in_force(store: sqlite3.Connection) -> None:
    instrument = references.one_instrument(store, title("cn-guifan-2016"))
    assert "the one in force then" in references.expression_on(store, instrument, "2019-12-31").note
    assert "repealed from 2020-01-01 on" in references.expression_on(store, instrument, "2024-06-01").note


def test_the_repeal_of_a_part_ends_the_rules_it_names_and_no_other(store: sqlite3.Connection) -> None:
    instrument = references.one_instrument(store, title("cn-guifan-2024"))
    rows = store.execute(
        """SELECT v.bearer, v.valid_to FROM rule_version v JOIN rule r ON r.id = v.rule_id
           WHERE r.instrument_id = ? AND v.superseded_at IS NULL""",
        (instrument.id,),
    ).fetchall()
    assert {row["valid_to"] for row in rows if row["bearer"] == "梯次利用企业"} == {"2026-07-30"}
    assert {row["valid_to"] for row in rows if row["bearer"] != "梯次利用企业"} == {None}


def test_limits_of_traceability_change_their_unit(store: sqlite3.Connection) -> None:
    pairs = thresholds(store, "cn-miit-2018-35", "cn-order73-2025")
    assert sorted(pairs) == [("15个工作日内", "30日内", "changed"), ("30个工作日内", "30日内", "changed")]


def test_the_final_provisions_loosen_the_draft(store: sqlite3.Connection) -> None:
    assert thresholds(store, "cn-miit-2018-35-draft", "cn-miit-2018-35") == [
        ("7个工作日内", "15个工作日内", "loosened")
    ]


def test_the_conditions_of_2024_tighten_those_of_2019(store: sqlite3.Connection) -> None:
    pairs = thresholds(store, "cn-guifan-2019", "cn-guifan-2024")
    assert ("不低于85%", "不低于90%", "tightened") in pairs
    assert {direction for _old, _new, direction in pairs} == {"tightened"}


def test_the_final_conditions_loosen_the_draft_on_impurities(store: sqlite3.Connection) -> None:
    pairs = thresholds(store, "cn-guifan-2024-draft", "cn-guifan-2024")
    assert pairs == [("低于1%", "低于1.5%", "loosened")] * 2


def test_the_feed_tells_each_succession_once(store: sqlite3.Connection) -> None:
    rows = answers.describe_changes(store, since="2018-01-01", until="2026-08-01")
    ended = {(row["title"], row["valid_on"]) for row in rows if row["kind"] == "status_changed"}
    assert ended == {
        (title("cn-guifan-2016"), "2020-01-01"),
        (title("cn-guifan-2019"), "2025-01-01"),
        (title("cn-miit-2018-43"), "2026-04-01"),
        (title("cn-miit-2018-35"), "2026-04-01"),
        (title("cn-miit-2019-46"), "2026-04-01"),
        (title("cn-miit-2021-114"), "2026-04-01"),
        (title("cn-guifan-2024"), "2026-07-30"),
    }
    moved = [(row["valid_on"], row["kind"]) for row in rows if row["kind"].startswith("threshold_")]
    assert moved.count(("2026-04-01", "threshold_changed")) == 2
    assert ("2025-01-01", "threshold_tightened") in moved


def test_claims_are_beside_the_law(store: sqlite3.Connection, loaded: DataFolder) -> None:
    for claim in ("claim-enf-2026-05-06", "claim-traceability-2021"):
        instrument = references.one_instrument(store, title(claim))
        assert store.execute("SELECT count(*) FROM rule WHERE instrument_id = ?", (instrument.id,)).fetchone()[0] == 0
        meant = store.execute(
            """SELECT t.title FROM effect f JOIN expression x ON x.id = f.affecting_expression_id
                 JOIN instrument t ON t.id = f.target_instrument_id
               WHERE x.instrument_id = ? AND f.kind = 'probably_means'""",
            (instrument.id,),
        ).fetchall()
        assert {row["title"] for row in meant} == {title(r["target"]) for r in ENTRIES[claim]["relations"]}
    public = sqlite3.connect(loaded.public_db)
    assert public.execute("SELECT DISTINCT tier FROM instrument WHERE instrument_type = 'claim'").fetchall() == [
        ("claim",)
    ]


def test_all_are_published_with_their_tier(loaded: DataFolder) -> None:
    public = sqlite3.connect(loaded.public_db)
    found = dict(public.execute("SELECT title, tier FROM instrument"))
    assert found == {entry["title"]: entry["tier"] for entry in ENTRIES.values()}


def test_loading_again_does_nothing(copy: DataFolder) -> None:
    before = answers.store_counts(open_store(copy, read_only=True))
    summary = reload(copy, BUNDLED)
    assert (summary["outcomes"], summary["new_changes"]) == ({}, 0)
    assert answers.store_counts(open_store(copy, read_only=True)) == before


def test_a_corrected_paraphrase_is_no_change_of_law(copy: DataFolder, tmp_path: Path) -> None:
    connection = open_store(copy, read_only=True)
    flagged = len(list_flags(connection))
    name = title("cn-miit-2018-35-draft")
    kept = connection.execute("SELECT count(*) FROM change").fetchone()[0]
    rule = {"article": "第八条", "text": "新能源汽车生产企业应当在车辆取得合格证后8个工作日内上传溯源信息。"}
    register = edited(
        tmp_path, "recycling", "cn-miit-2018-35-draft", rules=[{**rule, "tier": "repost", "confidence": "high"}]
    )
    summary = reload(copy, register)
    assert (summary["outcomes"], summary["new_changes"]) == ({"replaced": 1}, 0)
    connection = open_store(copy, read_only=True)
    assert connection.execute("SELECT count(*) FROM change").fetchone()[0] == kept
    versions = answers.list_versions(connection, references.one_instrument(connection, name))
    assert len(versions) == 1
    assert (len(list_flags(connection)), list_flags(connection, since=LATER)) == (flagged, [])
    old = connection.execute(
        """SELECT superseded_why FROM rule_version v JOIN expression e ON e.id = v.expression_id
           WHERE e.replaced_at = ?""",
        (LATER,),
    ).fetchall()
    assert [row["superseded_why"] for row in old] == ["history_corrected"]


@pytest.mark.parametrize(
    ("family", "entry_id", "fields"),
    [
        ("enforcement", "cn-enf-2026-04", {"promulgated_on": "2026-04-28"}),
        ("enforcement", "claim-traceability-2021", {"note": "名称疑为混合。"}),
        ("enforcement", "cn-solidwaste-campaign-2025", {"title": "非法倾倒固体废物专项整治"}),
        ("policy", "cn-ndrc-2025-1681", {"document_number": "发改环资〔2025〕1682号", "promulgated_on": "2025-12-24"}),
        ("provincial", "js-2021-hub", {"jurisdiction": "320100"}),
    ],
)
def test_a_corrected_head_makes_no_second_instrument(
    copy: DataFolder, tmp_path: Path, family: str, entry_id: str, fields: dict[str, str]
) -> None:
    before = answers.store_counts(open_store(copy, read_only=True))["instruments"]
    assert reload(copy, edited(tmp_path, family, entry_id, **fields))["outcomes"] == {"replaced": 1}
    connection = open_store(copy, read_only=True)
    assert answers.store_counts(connection)["instruments"] == before
    found = references.one_instrument(connection, fields.get("title", title(entry_id)))
    assert len(answers.list_versions(connection, found)) == 1


def test_rules_keep_their_ids_through_a_correction_elsewhere_in_the_entry(copy: DataFolder, tmp_path: Path) -> None:
    rules = [dict(rule) for rule in ENTRIES["cn-miit-2018-43"]["rules"]]
    added = {"text": "新能源汽车生产企业应当公布回收服务网点信息。", "tier": "press", "confidence": "high"}
    register = edited(tmp_path, "recycling", "cn-miit-2018-43", rules=[added, *rules])

    def ids(connection: sqlite3.Connection) -> set[str]:
        instrument = references.one_instrument(connection, title("cn-miit-2018-43"))
        return {
            row["rule_id"]
            for row in connection.execute(
                """SELECT v.rule_id FROM rule_version v JOIN rule r ON r.id = v.rule_id
                   WHERE r.instrument_id = ? AND v.superseded_at IS NULL""",
                (instrument.id,),
            )
        }

    before = ids(open_store(copy, read_only=True))
    reload(copy, register)
    after = ids(open_store(copy, read_only=True))
    assert before < after
    assert len(after) == len(before) + 1


def test_a_relation_taken_back_no_longer_ends_its_target(copy: DataFolder, tmp_path: Path) -> None:
    relations = [r for r in ENTRIES["cn-order73-2025"]["relations"] if r["target"] != "cn-miit-2019-46"]
    reload(copy, edited(tmp_path, "recycling", "cn-order73-2025", relations=relations))
    connection = open_store(copy, read_only=True)
    freed = references.one_instrument(connection, title("cn-miit-2019-46"))
    assert references.status_on(connection, freed, "2026-08-01").status == "in_force"
    ended = references.one_instrument(connection, title("cn-miit-2018-43"))
    assert references.status_on(connection, ended, "2026-08-01").status == "repealed"


def test_an_earlier_wording_comes_back_with_a_raised_revision(copy: DataFolder, tmp_path: Path) -> None:
    note = {"note": "征求意见至2018年5月底。"}
    reload(copy, edited(tmp_path, "recycling", "cn-miit-2018-35-draft", **note))
    back = edited(
        tmp_path, "recycling", "cn-miit-2018-35-draft", note=ENTRIES["cn-miit-2018-35-draft"]["note"], revision=2
    )
    assert reload(copy, back, "2099-09-02T00:00:00Z")["outcomes"] == {"replaced": 1}
    connection = open_store(copy, read_only=True)
    shown = answers.show(connection, title("cn-miit-2018-35-draft"))
    assert ENTRIES["cn-miit-2018-35-draft"]["note"] in shown["units"][0]["text"]


def test_the_text_itself_takes_the_place_of_the_paraphrase_and_keeps_it(copy: DataFolder, tmp_path: Path) -> None:
    name = title("cn-order73-2025")
    text = tmp_path / "rule.txt"
    text.write_text(
        f"{name}\n\n第一条 为规范电池回收，制定本办法。\n\n第二条 综合利用企业应当自入库之日起20日内报送信息。\n\n"
        "第三条 本办法自2026年4月1日起施行。\n",
        encoding="utf-8",
    )
    changes = open_store(copy, read_only=True).execute("SELECT count(*) FROM change").fetchone()[0]
    result = run("ingest", text, "--data", copy.root, "--format", "json")
    assert json.loads(result.stdout)["outcomes"] == {"replaced": 1}
    connection = open_store(copy, read_only=True)
    instrument = references.one_instrument(connection, name)
    (version,) = answers.list_versions(connection, instrument)
    assert not is_paraphrase(connection, version["id"])
    assert connection.execute("SELECT count(*) FROM change").fetchone()[0] == changes
    # what the paraphrase told of others still holds
    ended = references.one_instrument(connection, title("cn-miit-2018-35"))
    assert references.status_on(connection, ended, "2026-08-01").status == "repealed"
    # and a later correction of the paraphrase yields to the text
    register = edited(tmp_path, "recycling", "cn-order73-2025", note="条文号来自非官方文件。")
    assert reload(copy, register)["outcomes"] == {"outranked": 1}
    assert len(answers.list_versions(open_store(copy, read_only=True), instrument)) == 1


def test_a_sound_store_after_all_that(copy: DataFolder, tmp_path: Path) -> None:
    reload(copy, edited(tmp_path, "conditions", "cn-guifan-2024", note="引导性文件。"))
    assert run("publish", "--data", copy.root).exit_code == 0
    connection = open_store(copy)
    with transaction(connection):
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
