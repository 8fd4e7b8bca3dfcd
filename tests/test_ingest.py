"""Files handed in: good ones become law once, bad ones one clear line each, and nothing is ever half-written."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from rules_db.connection import DataFolder, connect

RULE = """# 示例县电池回收管理办法

第一条 为了规范电池回收（以下简称回收），制定本办法。

第二条 回收企业应当自接收电池之日起{days}内向主管部门报送入库信息，不得漏报、瞒报。

第三条 记录保存期限不得少于三年。

第四条 违反本办法第二条规定的，由主管部门责令改正，处一万元以上三万元以下罚款。

第五条 本办法自{effective}起施行。
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def ingest(data: Path, *paths: Path, manifest: Path | None = None) -> dict[str, Any]:
    extra = ["--manifest", manifest] if manifest else []
    result = run("ingest", *paths, *extra, "--data", data, "--format", "json")
    loaded: dict[str, Any] = json.loads(result.stdout)
    return {**loaded, "exit": result.exit_code, "stderr": result.stderr}


def write_rule(
    folder: Path, name: str, days: str = "30日", effective: str = "2024年1月1日", encoding: str = "utf-8"
) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(RULE.format(days=days, effective=effective).encode(encoding))
    return path


def content(data: Path) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Every row of every table, to compare two states of a store."""
    connection = connect(DataFolder(data).work_db, read_only=True)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return [(name, sorted(map(tuple, connection.execute(f"SELECT * FROM {name}")), key=repr)) for name in names]  # noqa: S608


@pytest.fixture
def two_versions(tmp_path: Path) -> tuple[Path, Path]:
    """A store with two dated versions of one rule, and its manifest."""
    files = tmp_path / "in"
    write_rule(files, "old.md")
    write_rule(files, "new.md", days="20日", effective="2026年1月1日")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "path,title,version_date,effective_on,document_number,instrument_type,jurisdiction\n"
        "in/old.md,示例县电池回收管理办法,2023-12-01,2024-01-01,,local regulation,370000\n"
        "in/new.md,示例县电池回收管理办法,2025-12-01,2026-01-01,,local regulation,370000\n",
        encoding="utf-8",
    )
    result = ingest(tmp_path / "data", files, manifest=manifest)
    assert result["exit"] == 0, result["stderr"]
    return tmp_path / "data", manifest


def test_two_versions_of_one_rule(two_versions: tuple[Path, Path]) -> None:
    data, _ = two_versions
    result = run(
        "diff",
        "示例县电池回收管理办法@2023-12-01",
        "示例县电池回收管理办法@2025-12-01",
        "--data",
        data,
        "--format",
        "json",
    )
    diff = json.loads(result.stdout)
    (change,) = [c for c in diff["thresholds"] if c["from"] and c["to"]]
    assert (change["from_provision"], change["from"]["value"], change["to"]["value"]) == ("第二条", 30, 20)
    assert change["direction"] == "tightened"
    connection = connect(DataFolder(data).work_db, read_only=True)
    versions = connection.execute(
        "SELECT n, valid_from, valid_to FROM rule_version WHERE label = '第二条' AND modality = 'obligation' ORDER BY n"
    ).fetchall()
    assert [tuple(row) for row in versions] == [(1, "2024-01-01", "2026-01-01"), (2, "2026-01-01", None)]


def test_ingesting_again_changes_nothing_and_says_so(two_versions: tuple[Path, Path]) -> None:
    data, manifest = two_versions
    before = content(data)
    result = run("ingest", manifest.parent / "in", "--manifest", manifest, "--data", data)
    assert "nothing new, nothing changed" in result.stdout
    assert content(data) == before


def test_order_of_recording_does_not_matter(two_versions: tuple[Path, Path], tmp_path: Path) -> None:
    data, manifest = two_versions
    other = tmp_path / "other"
    for name in ("new.md", "old.md"):  # the later text first
        assert ingest(other, manifest.parent / "in" / name, manifest=manifest)["exit"] in (0, 1)
    query = "SELECT label, modality, statement, valid_from, valid_to FROM rule_version WHERE superseded_at IS NULL"
    rows = [
        sorted(map(tuple, connect(DataFolder(d).work_db, read_only=True).execute(query)), key=repr)
        for d in (data, other)
    ]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    "noise",
    [
        lambda t: t.replace("（", "(").replace("）", ")"),
        lambda t: t.replace("30日", "３０日"),
        lambda t: t.replace("\n\n", "\n \n\u00a0\n"),
        lambda t: "\ufeff" + t.replace("，", "，\u200b"),
    ],
)
def test_cosmetic_noise_is_no_new_text(tmp_path: Path, noise: Any) -> None:
    path = write_rule(tmp_path / "in", "rule.md")
    assert ingest(tmp_path / "data", path)["new_texts"] == 1
    path.write_text(noise(path.read_text(encoding="utf-8")), encoding="utf-8")
    again = ingest(tmp_path / "data", path)
    assert (again["new_files"], again["new_texts"], again["new_changes"]) == (1, 0, 0)


def test_gb18030_reads_like_utf8(tmp_path: Path) -> None:
    utf8 = write_rule(tmp_path / "a", "rule.md")
    gb = write_rule(tmp_path / "b", "rule.md", encoding="gb18030")
    assert ingest(tmp_path / "data", utf8)["new_texts"] == 1
    assert ingest(tmp_path / "data", gb)["new_texts"] == 0


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    files = tmp_path / "in"
    write_rule(files, "good.md")
    (files / "empty.md").write_bytes(b"")
    (files / "noise.html").write_bytes(bytes(range(128, 256)) * 40)
    (files / "shopping.txt").write_text("milk\nbread\n", encoding="utf-8")
    (files / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    result = ingest(tmp_path / "data", files)
    assert result["exit"] == 1
    assert result["new_texts"] == 1
    refused = {Path(row["file"].removeprefix("file:")).name: row for row in result["refused"]}
    assert set(refused) == {"empty.md", "noise.html", "shopping.txt", "broken.pdf"}
    for row in refused.values():
        assert row["code"]
        assert "\n" not in row["message"]
    assert result["stderr"].count("refused:") == 4


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("title\n示例\n", "header must name 'path'"),
        ("path,colour\nx.md,red\n", "unknown: colour"),
        ("path,version_date\nx.md,2026-13-01\n", "line 2: version_date '2026-13-01' is no date"),
        ("path,title\n,示例\n", "line 2: no path"),
    ],
)
def test_a_bad_manifest_is_told_with_its_line_and_nothing_is_written(tmp_path: Path, manifest: str, told: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text(manifest, encoding="utf-8")
    write_rule(tmp_path / "in", "x.md")
    result = run("ingest", tmp_path / "in", "--manifest", path, "--data", tmp_path / "data")
    assert result.exit_code == 4
    assert told in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_manifest_may_name_files_from_the_folder_that_is_handed_in(tmp_path: Path) -> None:
    """As from its own folder, which comes first."""
    write_rule(tmp_path / "in", "x.md")
    manifest = tmp_path / "m.csv"
    manifest.write_text("path,title,version_date\nx.md,示例县另名办法,2024-01-01\n", encoding="utf-8")
    result = ingest(tmp_path / "data", tmp_path / "in", manifest=manifest)
    assert result["refused"] == []
    store = connect(tmp_path / "data" / "work.db", read_only=True)
    assert [row["title"] for row in store.execute("SELECT title FROM instrument")] == ["示例县另名办法"]
    store.close()


def test_two_texts_for_one_date_are_not_merged(tmp_path: Path) -> None:
    files = tmp_path / "in"
    write_rule(files, "a.md")
    write_rule(files, "b.md", days="10日")
    manifest = tmp_path / "m.csv"
    manifest.write_text(
        "path,title,version_date\nin/a.md,示例县电池回收管理办法,2024-01-01\nin/b.md,示例县电池回收管理办法,2024-01-01\n",
        encoding="utf-8",
    )
    result = ingest(tmp_path / "data", files, manifest=manifest)
    assert [row["code"] for row in result["refused"]] == ["two_texts_one_date"]
    assert result["expressions"] == 1


def test_a_text_edited_in_place_is_a_new_expression_from_the_day_it_was_seen(tmp_path: Path) -> None:
    path = write_rule(tmp_path / "in", "rule.md")
    ingest(tmp_path / "data", path)
    write_rule(tmp_path / "in", "rule.md", days="20日")
    result = ingest(tmp_path / "data", path)
    assert (result["new_texts"], result["expressions"], result["refused"]) == (1, 2, [])
    rows = connect(DataFolder(tmp_path / "data").work_db, read_only=True).execute(
        "SELECT effective_basis FROM expression"
    )
    assert sorted(row["effective_basis"] for row in rows) == ["first_seen", "stated"]


def test_a_locked_folder_is_told(tmp_path: Path) -> None:
    path = write_rule(tmp_path / "in", "rule.md")
    with DataFolder(tmp_path / "data").create().locked():
        result = run("ingest", path, "--data", tmp_path / "data")
    assert result.exit_code == 4
    assert "another guiji is writing" in result.stderr


def test_a_better_pattern_is_no_change_of_law(two_versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import nlp.analyse
    import nlp.language

    data, manifest = two_versions
    connection = connect(DataFolder(data).work_db, read_only=True)
    changes = connection.execute("SELECT count(*) FROM change").fetchone()[0]
    monkeypatch.setattr(nlp.language, "PIPELINE_VERSION", "9.9.9+test")
    monkeypatch.setattr(nlp.analyse, "PIPELINE_VERSION", "9.9.9+test", raising=False)
    original = nlp.language.read_units

    def without_penalties(texts: Any) -> Any:
        import dataclasses

        for reading in original(texts):
            yield dataclasses.replace(reading, norms=tuple(n for n in reading.norms if n.modality != "penalty"))

    monkeypatch.setattr(nlp.analyse, "read_units", without_penalties)
    result = ingest(data, manifest.parent / "in", manifest=manifest)
    assert result["outcomes"] == {"reread": 2}
    assert result["new_changes"] == 0
    assert connection.execute("SELECT count(*) FROM change").fetchone()[0] == changes
    why = {
        row[0]
        for row in connection.execute("SELECT DISTINCT superseded_why FROM rule_version WHERE superseded_at NOT NULL")
    }
    assert why == {"extraction_revised"}
    assert (
        connection.execute(
            "SELECT count(*) FROM rule_version WHERE modality = 'penalty' AND superseded_at IS NULL"
        ).fetchone()[0]
        == 0
    )


def test_the_store_survives_a_kill_between_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted while reading, then run again: the store of an undisturbed run, but for record times."""
    import rules_db.stages

    files = tmp_path / "in"
    for n in range(4):
        path = write_rule(files, f"rule{n}.md", days=f"{10 + n}日")
        path.write_text(path.read_text(encoding="utf-8").replace("示例县", f"示例{n}县"), encoding="utf-8")
    original, calls = rules_db.stages.record_text, []

    def stops(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(rules_db.stages, "record_text", stops)
        CliRunner().invoke(main, ["ingest", str(files), "--data", str(tmp_path / "killed")])
    assert ingest(tmp_path / "killed", files)["exit"] == 0
    assert ingest(tmp_path / "whole", files)["exit"] == 0
    query = "SELECT rule_id, n, statement, fingerprint, valid_from FROM rule_version WHERE superseded_at IS NULL"
    stores = [connect(DataFolder(tmp_path / name).work_db, read_only=True) for name in ("killed", "whole")]
    assert len({repr(sorted(map(tuple, store.execute(query)))) for store in stores}) == 1
    assert _orphans(stores[0]) == 0


def _orphans(connection: sqlite3.Connection) -> int:
    """Expressions without provisions or extraction: a half-recorded text."""
    count: int = connection.execute(
        """SELECT count(*) FROM expression e WHERE NOT EXISTS (SELECT 1 FROM provision p WHERE p.expression_id = e.id)
             OR NOT EXISTS (SELECT 1 FROM extraction x WHERE x.expression_id = e.id)"""
    ).fetchone()[0]
    return count


@pytest.mark.parametrize(
    ("day", "told"),
    [("2024-06-01", "30日内"), ("2025-12-15", "30日内"), ("2026-01-01", "20日内"), ("2026-06-01", "20日内")],
)
def test_as_of_goes_by_validity_and_not_by_the_date_of_the_text(
    two_versions: tuple[Path, Path], day: str, told: str
) -> None:
    data, _ = two_versions
    result = run("show", "示例县电池回收管理办法 第二条", "--as-of", day, "--data", data, "--format", "json")
    shown = json.loads(result.stdout)
    assert told in shown["units"][0]["text"]
    assert [rule["modality"] for rule in shown["units"][0]["rules"]] == ["obligation", "prohibition"]


def test_before_its_first_day_a_rule_does_not_apply(two_versions: tuple[Path, Path]) -> None:
    data, _ = two_versions
    result = run("show", "示例县电池回收管理办法", "--as-of", "2023-12-31", "--data", data)
    assert result.exit_code == 4
    assert "takes effect on 2024-01-01" in result.stderr


def test_a_stated_term_ends_the_rules(tmp_path: Path) -> None:
    path = write_rule(tmp_path / "in", "rule.md")
    text = path.read_text(encoding="utf-8").replace("起施行。", "起施行，有效期五年。")
    path.write_text(text, encoding="utf-8")
    assert ingest(tmp_path / "data", path)["exit"] == 0
    rows = connect(DataFolder(tmp_path / "data").work_db, read_only=True).execute(
        "SELECT DISTINCT valid_from, valid_to FROM rule_version"
    )
    ((begins, ends),) = [tuple(row) for row in rows]
    assert (begins, ends) == ("2024-01-01", "2029-01-01")  # 2028-12-31 is the last day


# An archive ----------------------------------------------------------------------------------------------------------

PAGE = """<html><body><h1>示例市电池台账管理规定</h1><p>发布日期：2020-03-01</p><div class="content">
<p>第一条　回收企业应当在{days}日内报送台账，不得漏报、瞒报台账。</p>
<p>第二条　台账保存期限不得少于三年。</p></div></body></html>"""


def archive(folder: Path, *copies: tuple[str, int, str], url: str = "https://example.gov.cn/zc/1.html") -> Path:
    """A folder of copies (file, days, captured_at) of one page, with its manifest."""
    folder.mkdir(exist_ok=True)
    lines = ["path,url,captured_at"]
    for name, days, captured in copies:
        (folder / name).write_text(PAGE.format(days=days), encoding="utf-8")
        lines.append(f"{name},{url},{captured}")
    (folder / "copies.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "copies.csv"


def test_copies_of_an_archive_become_versions_of_their_days(tmp_path: Path) -> None:
    """Named out of order; each text applies from the day on which it was first seen, not from the day of the import."""
    copies = (
        ("c.html", 10, "20240901030000"),
        ("a.html", 30, "2021-05-06"),
        ("b.html", 20, "2022-07-08T06:10:00+08:00"),
    )
    manifest = archive(tmp_path / "in", *copies)
    result = ingest(tmp_path / "data", tmp_path / "in", manifest=manifest)
    assert (result["exit"], result["new_files"], result["refused"]) == (0, 3, [])
    store = connect(DataFolder(tmp_path / "data").work_db, read_only=True)
    texts = store.execute("SELECT text, effective_on, effective_basis FROM expression ORDER BY rowid").fetchall()
    assert [("30日" in t["text"], "20日" in t["text"], "10日" in t["text"]) for t in texts] == [
        (True, False, False), (False, True, False), (False, False, True)
    ]  # fmt: skip
    assert [(t["effective_on"], t["effective_basis"]) for t in texts[1:]] == [
        ("2022-07-08", "first_seen"), ("2024-09-01", "first_seen")
    ]  # fmt: skip
    seen = [row[0] for row in store.execute("SELECT seen_at FROM sighting ORDER BY id")]
    assert seen == ["2021-05-05T16:00:00Z", "2022-07-07T22:10:00Z", "2024-09-01T03:00:00Z"]
    kinds = [row[0] for row in store.execute("SELECT kind FROM change WHERE kind LIKE 'threshold%'")]
    assert kinds == ["threshold_tightened", "threshold_tightened"]
    recorded = store.execute("SELECT min(recorded_at) FROM expression").fetchone()[0]
    assert recorded > "2025", "when we came to know of it is another matter"


def test_copies_without_any_date_are_compared_from_before_the_first_to_after_the_second(tmp_path: Path) -> None:
    """The first one's date is unknown: it is taken for the oldest, by `diff` as by `show`."""
    manifest = archive(tmp_path / "in", ("a.html", 30, "2021-05-06"), ("b.html", 20, "2022-07-08"))
    for page in (tmp_path / "in").glob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace("发布日期：2020-03-01", ""), encoding="utf-8")
    ingest(tmp_path / "data", tmp_path / "in", manifest=manifest)
    title = "示例市电池台账管理规定"
    for span in (("2022-01-01", "2022-12-31"), ("undated", "2022-07-08")):
        found = run("diff", f"{title}@{span[0]}", f"{title}@{span[1]}", "--format", "json", "--data", tmp_path / "data")
        (limit,) = json.loads(found.stdout)["thresholds"]
        assert (limit["from"]["text"], limit["to"]["text"], limit["direction"]) == ("30日内", "20日内", "tightened")


def test_an_archive_taken_in_twice_changes_nothing(tmp_path: Path) -> None:
    manifest = archive(tmp_path / "in", ("a.html", 30, "2021-05-06"), ("b.html", 20, "2022-07-08"))
    ingest(tmp_path / "data", tmp_path / "in", manifest=manifest)
    before = content(tmp_path / "data")
    assert ingest(tmp_path / "data", tmp_path / "in", manifest=manifest)["new_files"] == 0
    assert content(tmp_path / "data") == before


@pytest.mark.parametrize(
    ("captured", "wrong"),
    [("soon", "no day"), ("2021-02-30", "no day"), ("2021-05-06T10:00:00", "zone"), ("2999-01-01", "future"),
     ("20211301000000", "no day")],
)  # fmt: skip
def test_a_day_of_capture_that_can_not_be_is_refused_with_its_line(tmp_path: Path, captured: str, wrong: str) -> None:
    manifest = archive(tmp_path / "in", ("a.html", 30, captured))
    result = run("ingest", tmp_path / "in", "--manifest", manifest, "--data", tmp_path / "data")
    assert result.exit_code == 4
    assert "line 2" in result.stderr and wrong in result.stderr
