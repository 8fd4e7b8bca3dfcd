"""The command line as a person or a program meets it: quick help, clear troubles, documented exit codes."""

from __future__ import annotations

import inspect
import json
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import main

PROJECT = Path(__file__).resolve().parent.parent
HEAVY = ("spacy", "scrapy", "datasette", "rich", "scipy", "twisted", "sqlite_utils", "yaml", "lxml")


def test_help_of_no_command_loads_anything_heavy() -> None:
    calls = [["--help"], *([*path.split(), "--help"] for path, _ in commands(main))]
    script = (
        "import sys, cli\n"
        f"for call in {calls!r}:\n"
        "    try:\n        cli.main(call)\n    except SystemExit as end:\n        assert not end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout.count("Usage: ") == len(calls) > 50


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        words = f"{path} {name}".strip()
        yield from commands(command, words) if isinstance(command, click.Group) else ((words, command),)


def test_every_command_and_option_has_help() -> None:
    for path, command in commands(main):
        assert command.help, path


def test_exit_codes_of_its_own_are_told_in_the_help_of_a_command() -> None:
    """A command that ends the process itself has codes that mean something: its help says what."""
    silent = [
        path
        for path, command in commands(main)
        if "sys.exit(" in inspect.getsource(inspect.unwrap(command.callback or main))
        and not (command.epilog or "").startswith("Exit codes: 0 ")
    ]
    assert silent == []


def test_help_has_every_command_in_one_section_with_its_first_sentence() -> None:
    placed = [command.name for section in main.sections.values() for command in section]
    assert sorted(placed) == sorted(main.commands)
    shown = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for command in main.commands.values():
        first = " ".join((command.help or "").partition("\n\n")[0].split())
        assert f"{command.name} {first}" in shown
    assert "..." not in shown.replace("[ARGS]...", "")


def test_every_command_takes_a_data_folder() -> None:
    without = [
        path for path, command in commands(main) if not any("--data" in parameter.opts for parameter in command.params)
    ]
    assert without == []


def test_every_command_that_shows_something_shows_it_as_json() -> None:
    """`extract` writes JSON lines, `sources new` a YAML file, `serve` pages; the rest decides or changes something."""
    without = {
        path
        for path, command in commands(main)
        if not any(
            isinstance(parameter.type, click.Choice) and "json" in parameter.type.choices
            for parameter in command.params
        )
    }
    decide = {"decide set", "map accept", "map reject"}
    reviews = {f"review {name}" for name in ("accept", "correct", "reject", "threshold")}
    pairs = {f"review lineage {name}" for name in ("accept", "correct", "reject")}
    assert without == {"extract", "sources new", "serve", *decide, *reviews, *pairs}


def test_command_reference_is_what_help_says() -> None:
    page = runpy.run_path(str(PROJECT / "docs" / "generate_cli.py"))["render"]()
    written = (PROJECT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page, "run: python docs/generate_cli.py"


def test_extract_reads_lines_and_names_bad_ones() -> None:
    good = {"id": "a", "text": "企业应当自接收之日起三十日内报送信息，不得瞒报。"}
    lines = [json.dumps(good, ensure_ascii=False), "{broken", '{"id": "b"}', "[]", json.dumps({"id": "c", "text": ""})]
    result = CliRunner().invoke(main, ["extract"], input="\n".join(lines) + "\n")
    assert result.exit_code == 1
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["id"] for record in records] == ["a", "c"]
    assert [norm["modality"] for norm in records[0]["norms"]] == ["obligation", "prohibition"]
    (threshold,) = records[0]["thresholds"]
    assert good["text"][threshold["start"] :].startswith(threshold["text"])
    assert (threshold["comparator"], threshold["value"], threshold["unit"]) == ("le", 30, "day")
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == ["line 2", "line 3", "line 4"]


@pytest.mark.parametrize(
    "arguments",
    [["search", "备案"], ["flags"], ["versions", "x"], ["show", "x"], ["explain", "x"], ["map", "review"], ["verify"]],
)
def test_an_empty_data_folder_is_told_with_what_to_do(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(main, [*arguments, "--data", str(tmp_path / "none")])
    assert result.exit_code == 4
    assert result.stderr.startswith("error: ")
    assert "guiji" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()


def test_a_wrong_title_brings_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "rule.md"
    path.write_text(
        "# 示例电池回收管理办法\n\n第一条 企业应当备案。\n\n第二条 本办法自2024年1月1日起施行。\n", encoding="utf-8"
    )
    runner = CliRunner()
    data = str(tmp_path / "data")
    assert runner.invoke(main, ["ingest", str(path), "--data", data]).exit_code == 0
    result = runner.invoke(main, ["diff", "示例电池回收办法@2024-01-01", "x@2025-01-01", "--data", data])
    assert result.exit_code == 4
    assert "did you mean: 示例电池回收管理办法" in result.stderr
    result = runner.invoke(main, ["diff", "示例电池回收管理办法@1990-01-01", "示例电池回收管理办法", "--data", data])
    assert result.exit_code == 4
    assert "known: " in result.stderr


def test_a_taken_port_is_told_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["demo", "--port", port, "--data", str(tmp_path / "demo")])
    assert result.exit_code == 4
    assert port in result.stderr
    assert not (tmp_path / "demo").exists()


def test_sources_list_is_a_json_array() -> None:
    result = CliRunner().invoke(main, ["sources", "list", "--format", "json"])
    rows = json.loads(result.stdout)
    assert len(rows) >= 44
    assert set(rows[0]) == {"id", "name", "platform", "jurisdiction", "grade", "status", "last_good_run"}
