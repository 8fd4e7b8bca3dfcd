"""What people and scripts get wrong: every command answers with one line that says what and where, never a traceback.

A row: what is typed, the exit code, and words of the message. {…} are places that the fixture makes.
"""

from __future__ import annotations

import fcntl
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from rules_db.connection import DataFolder, StoreError, open_store

PROJECT = Path(__file__).resolve().parent.parent
TITLE = "示例省退役电池回收管理办法"
TEXT = f"""# {TITLE}

第一条 回收企业应当自接收电池之日起30日内报送信息。

第二条 回收企业不得拆解电池。

第三条 本办法自2024年1月1日起施行。
"""
STEERS = "\x1b[2J\x1b]0;x\x07"
USAGE, ENVIRONMENT = 2, 4

# on a sound store
TYPED = [
    ("versions ''", 4, "no instrument is called"),
    ("versions 没有的办法", 4, "no instrument is called"),
    (f"versions {TITLE}甲", 4, f"did you mean: {TITLE}"),
    (f"versions '{STEERS}'", 4, "no instrument is called “[2J]0;x”"),
    (f"explain '{STEERS}'", 4, "no rule has the id [2J]0;x"),
    ("explain nosuch", 4, "no rule has the id nosuch"),
    (f"show '{TITLE} 第九百条'", 4, "has no 第九百条"),
    (f"show {TITLE}#art_999", 4, "has no art_999"),
    (f"show {TITLE} --as-of 1900-01-01", 4, "did not apply on 1900-01-01"),
    (f"show {TITLE} --as-of 2026-02-30", 2, "no day of the form"),
    (f"show {TITLE} --as-of ''", 2, "no day of the form"),
    (f"show {TITLE} --known-on yesterday", 2, "no day of the form"),
    (f"show {TITLE} --known-on 1999-01-01", 4, "nothing was known of it"),
    (f"show {TITLE} --computed --as-of 2026-01-01", 2, "takes the newest text and no date"),
    ("search ''", 2, "at least one word"),
    ("search 电池 --limit 0", 2, "not in the range"),
    ("search 电池 --limit 99999999999999999999", 2, "not in the range"),
    ("search 电池 --as-of soon", 2, "no day of the form"),
    ("search 电池 --jurisdiction Mars", 2, "no code of six digits"),
    ("flags --since 20260101", 2, "no day of the form"),
    ("flags --jurisdiction ''", 2, "no code of six digits"),
    ("diff", 2, "give A@DATE B@DATE"),
    (f"diff {TITLE}", 2, "give A@DATE B@DATE"),
    (f"diff {TITLE}@soon {TITLE}@2024-01-01", 4, "no instrument is called"),
    (f"diff {TITLE} --from x --to y", 2, "no day of the form"),
    ("diff --rule-set --from 2026-01-01", 2, "--rule-set takes --from DATE and --to DATE"),
    ("diff --rule-set --from 2027-01-01 --to 2026-01-01", 2, "is later than"),
    ("diff --rule-set --from 2018-01-01 --to 2026-01-01 --topic none", 4, "no topic is called none"),
    (f"diff {TITLE} {TITLE} --table {{w}}/x.pdf", 2, "a comparison table is a .docx or an .xlsx file"),
    (f"diff {TITLE} {TITLE} --table /proc/none.docx", 4, "/proc/none.docx: can't be written"),
    (f"diff {TITLE} {TITLE} --format xml", 2, "'xml' is not one of"),
    ("amendments nosuch", 4, "no instrument is called"),
    ("map accept L99999 --reviewer x", 4, "no link L99999"),
    (f"map reject L1 --reviewer '{STEERS}'", 2, "none of them a control character"),
    ("map accept L1 --reviewer ''", 2, "1 to 120 characters"),
    ("map review", 4, "this is no terminal"),
    ("map list --status nonsense", 2, "'nonsense' is not one of"),
    ("review accept nosuch --reviewer x", 4, "no rule in force has the id nosuch"),
    ("review accept {rule} --reviewer ' '", 2, "1 to 120 characters"),
    ("review correct {rule} --reviewer x", 4, "names at least one field"),
    ("review correct {rule} --reviewer x --modality perhaps", 4, "choose one of obligation"),
    ("review threshold {rule} 九日 --reviewer x --accept", 4, "has no threshold “九日”"),
    ("review threshold {rule} 30日内 --reviewer x --value nan", 4, "bounds nothing"),
    ("review threshold {rule} 30日内 --reviewer x --value 1e400", 4, "bounds nothing"),
    ("review threshold {rule} 30日内 --reviewer x --unit ''", 4, "a unit can't be empty"),
    ("review threshold {rule} 30日内 --reviewer x --comparator about", 4, "choose one of ge"),
    ("review threshold {rule} 30日内 --reviewer x --accept --reject", 2, "either --accept"),
    ("review lineage accept nosuch --reviewer x", 4, "no pair that waits has the id nosuch"),
    ("decide set nosuch --relevant --by x", 4, "no change 'nosuch'"),
    ("decide set nosuch --by x", 2, "Missing option '--relevant'"),
    ("decide set nosuch --relevant --by x --due 2026-02-31", 2, "no day of the form"),
    ("decide show nosuch", 4, "no change 'nosuch'"),
    ("decide export --out {file}", 2, "is a file"),
    ("export csv --out /proc/none", 4, "/proc/none: can't be written"),
    ("export jsonl --out {file}/below", 4, "can't be written: Not a directory"),
    ("export akn --out {w}/akn --instrument nosuch", 4, "no instrument is called"),
    ("export bundle --out /proc/none.zip", 4, "/proc/none.zip: can't be written"),
    ("export oscal --out {w}/oscal --assessment {json}", 4, "no result of 'guiji assess --format json'"),
    ("export atom --out {w}/atom --site javascript:alert(1)", 4, "not an address of a site"),
    ("export ics --out {w}/ics --profile {yaml}", 4, "not readable"),
    ("export ics --out {w}/ics --jurisdiction x", 2, "no code of six digits"),
    ("backup {store}/below", 4, "can't lie inside the data folder"),
    ("backup {w}", 4, "already exists"),
    ("backup /proc/none", 4, "/proc/none: can't be written"),
    ("restore {w}", 4, "no backup there"),
    ("restore {w}/none", 2, "does not exist"),
    ("verify --backup {w}", 4, "no backup there"),
    ("notify --profile {yaml}", 4, "not readable"),
    ("notify --profile {bytes}", 4, "not readable"),
    ("notify", 4, "no watch profile"),
    ("replay soon", 2, "no day of the form"),
    ("replay 1900-01-01", 4, "nothing was looked at on 1900-01-01"),
    ("checklist --profile {yaml}", 4, "not readable"),
    ("checklist --profile {bytes}", 4, "not readable"),
    ("checklist --profile {profile} --as-of x", 2, "no day of the form"),
    ("checklist --profile {profile} --out {w}/x.pdf", 2, "the ending says the format"),
    ("checklist --profile {profile} --out /proc/none.md", 4, "/proc/none.md: can't be written"),
    ("assess --profile {profile} --evidence {file}", 2, "is a file"),
    ("assess --profile {profile} --evidence {w} --pack /proc/none.zip", 4, "/proc/none.zip: can't be written"),
    ("assess-example --profile {profile} --out {w}", 4, "is not empty"),
    ("assess-example --profile {profile} --out {w}/new --rows 1", 2, "not in the range"),
    ("prune --older-than 1", 2, "not in the range"),
    ("doctor --every 0", 2, "not in the range"),
    ("serve --port 0", 2, "not in the range"),
    ("serve --host 300.1.1.1", 4, "can't listen on 300.1.1.1"),
    ("serve --users {yaml}", 4, "not readable YAML"),
    ("ingest", 2, "Missing argument 'PATHS...'"),
    ("ingest {w}/none", 2, "does not exist"),
    ("ingest {file} --manifest {file}", 4, "header must name 'path'"),
    ("ingest {file} --manifest {bytes}", 4, "not a readable UTF-8 CSV"),
    ("ingest {bytes} --no-publish", 1, "bytes.yml"),
    ("crawl --source nosuch", 4, "no source 'nosuch' in the registry"),
    ("crawl --since x", 2, "no day of the form"),
    ("crawl --sources {broken}", 4, "bad.yml"),
    ("daily --sources {broken}", 4, "bad.yml"),
    ("sources list --sources {broken}", 4, "bad.yml"),
]
# needs no store
ALONE = [
    ("nosuch", 2, "No such command 'nosuch'"),
    ("map nosuch", 2, "No such command 'nosuch'"),
    ("--nosuch", 2, "No such option"),
    (f"fl{STEERS}", 2, "No such command"),
    ("demo --port 0", 2, "not in the range"),
    ("demo --no-serve --data {w}", 4, "holds something that is no demo"),
    ("deadline 三日", 2, "Missing option '--from'"),
    ("deadline 尽快 --from 2026-01-01", 2, "is not one time limit"),
    ("deadline 三日内和五日内 --from 2026-01-01", 2, "is not one time limit"),
    ("deadline 15个工作日 --from soon", 2, "no day of the form"),
    ("deadline 15个工作日 --from 9999-12-31", 2, "too far off"),
    ("deadline 99999999999999999999年 --from 2026-01-01", 2, "out of range"),
    ("deadline 0日内 --from 2026-01-01", 2, "out of range"),
    ("extract {w}/none", 2, "No such file"),
    ("extract {bytes}", 1, "refused: line 1: no JSON"),
    ("extract {half}", 1, "refused: line 1: holds half a character"),
    ("extract {none} --delta {json}", 2, "line 1 is no record of 'guiji extract'"),
    ("sources new ../x https://a.example.cn/ --name x --jurisdiction 440000", 2, "an id has small letters"),
    ("sources new x javascript:1 --name x --jurisdiction 440000", 2, "is not http or https"),
    ("sources new x https://a.example.cn/ --name 示例厅 --jurisdiction x", 2, "jurisdiction: 'x'"),
    ("sources new x https://a.example.cn/ --name '' --jurisdiction 440000", 2, "1 to 120 characters"),
    ("sources new abc https://a.example.cn/ --name 示例厅 --jurisdiction 440000 --out /proc/x", 4, "can't be used"),
    ("sources new abc https://a.example.cn/ --name 示例厅 --jurisdiction 440000 --page {bytes}", 2, "saved page"),
]
# asked of a folder that holds no sound store
ASKING = [
    f"amendments {TITLE}", "checklist --profile {profile}", "decide list", f"diff {TITLE} {TITLE}", "explain x",
    "export akn --out {w}/out", "export atom --out {w}/out", "export bundle --out {w}/out.zip",
    "export csv --out {w}/out", "export ics --out {w}/out", "export oscal --out {w}/out", "flags", "map coverage",
    "map list", "map propose", "map review --format json", "map suspect", "prune --dry-run", "publish",
    "replay 2026-01-01", "review accept x --reviewer x", "review files", "review lineage list", "review list",
    "search 电池", "serve", f"show {TITLE}", "verify", f"versions {TITLE}",
]  # fmt: skip


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files to be wrong with, and a store that holds one rule of two articles."""
    w = tmp_path_factory.mktemp("bad")
    (w / "rule.md").write_text(TEXT, encoding="utf-8")
    store = w / "store"
    made = CliRunner().invoke(cli.main, ["ingest", str(w / "rule.md"), "--jobs", "1", "--data", str(store)])
    assert made.exit_code == 0, made.output
    connection = open_store(DataFolder(store), read_only=True)
    rule = connection.execute("SELECT rule_id FROM rule_version WHERE modality = 'obligation'").fetchone()[0]
    (w / "a.csv").write_text("nonsense\n1\n", encoding="utf-8")
    (w / "a.json").write_text("{\n", encoding="utf-8")
    (w / "a.yml").write_text("a: [\n", encoding="utf-8")
    (w / "none.jsonl").touch()
    (w / "half.jsonl").write_text('{"id": "a", "text": "企业应当\\ud800备案。"}\n', encoding="utf-8")
    (w / "bytes.yml").write_bytes(bytes(range(128, 256)) * 4)
    (w / "broken").mkdir()
    (w / "broken" / "bad.yml").write_text("a: [\n", encoding="utf-8")
    profile = PROJECT / "docs" / "profiles" / "second-life-guangdong.yml"
    named = {
        "file": w / "a.csv",
        "json": w / "a.json",
        "yaml": w / "a.yml",
        "half": w / "half.jsonl",
        "none": w / "none.jsonl",
    }
    named |= {"bytes": w / "bytes.yml", "broken": w / "broken", "profile": profile, "store": store, "w": w}
    return {"rule": rule, **{name: str(path) for name, path in named.items()}}


def guiji(typed: str, places: dict[str, str], *more: str) -> Result:
    words = [word.format(**places) for word in shlex.split(typed)]
    return CliRunner().invoke(cli.main, [*words, *more], color=True)


def assert_told(result: Result, code: int, words: str) -> None:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert "\x1b[2J" not in result.output, "an escape sequence reaches the terminal"
    told = [line for line in result.stderr.splitlines() if line.lower().startswith(("error: ", "refused: "))]
    assert words in told[0] if code != 1 else any(words in line for line in told)
    if code == ENVIRONMENT:
        assert result.stderr.splitlines()[-1] == told[0], "one line"


@pytest.mark.parametrize(("typed", "code", "words"), TYPED, ids=[typed for typed, _, _ in TYPED])
def test_wrong_words_are_told_in_one_line(typed: str, code: int, words: str, places: dict[str, str]) -> None:
    assert_told(guiji(typed, places, "--data", places["store"]), code, words)


@pytest.mark.parametrize(("typed", "code", "words"), ALONE, ids=[typed for typed, _, _ in ALONE])
def test_wrong_words_to_commands_without_store(typed: str, code: int, words: str, places: dict[str, str]) -> None:
    assert_told(guiji(typed, places), code, words)


@pytest.mark.parametrize("typed", ASKING)
def test_a_store_that_is_none_or_damaged_is_told(typed: str, places: dict[str, str], tmp_path: Path) -> None:
    missing, damaged, other = tmp_path / "missing", tmp_path / "damaged", tmp_path / "other"
    assert_told(guiji(typed, places, "--data", str(missing)), ENVIRONMENT, str(missing))
    assert not missing.exists(), "asking makes no folder"
    shutil.copytree(places["store"], damaged)
    for file in (damaged / "work.db", damaged / "public" / "rules.db"):
        file.write_bytes(file.read_bytes()[:100] + b"\x5a" * 50_000)
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
    assert_told(guiji(typed, places, "--data", str(damaged)), ENVIRONMENT, str(damaged))
    (other / "public").mkdir(parents=True)
    for file in (other / "work.db", other / "public" / "rules.db"):
        file.write_text("somebody's notes\n" * 999, encoding="utf-8")
    assert_told(guiji(typed, places, "--data", str(other)), ENVIRONMENT, str(other))


@pytest.mark.parametrize(
    "typed",
    ["ingest {file}", "publish", "map propose", "prune", "review accept {rule} --reviewer x", "register load", "daily",
     "map accept L1 --reviewer x", "notify"],
)  # fmt: skip
def test_a_store_in_use_is_told(typed: str, places: dict[str, str]) -> None:
    with (Path(places["store"]) / ".lock").open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert_told(guiji(typed, places, "--data", places["store"]), ENVIRONMENT, "another guiji is writing to")


@pytest.mark.parametrize("typed", ["ingest {file}", "crawl", "daily", "register load"])
def test_a_place_that_can_not_be_written_is_told(typed: str, places: dict[str, str]) -> None:
    assert_told(guiji(typed, places, "--data", "/proc/none"), ENVIRONMENT, "/proc/none")


def test_a_copy_of_another_program_is_not_served(places: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "rules.db").touch()
    assert_told(guiji("serve", places, "--data", str(tmp_path)), ENVIRONMENT, "is no copy of Guiji")


def test_a_fault_of_ours_has_a_code_that_is_no_result(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows above must not pass because everything is called a trouble of the user's."""
    from rules_db import flags

    def slip(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(flags, "list_flags", slip)
    result = guiji("flags", places, "--data", places["store"])
    assert (result.exit_code, "a slip" in result.stderr, "fault of guiji" in result.stderr) == (5, True, True)


def test_whatever_a_message_is_made_of_it_is_one_line(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from rules_db import flags

    def refuse(*_: object, **__: object) -> None:
        raise StoreError(f"first\n  second{STEERS}")

    monkeypatch.setattr(flags, "list_flags", refuse)
    assert guiji("flags", places, "--data", places["store"]).stderr == "error: first second[2J]0;x\n"
