"""What a person sees in a terminal: nothing shredded, nothing that moves the cursor, no view that does not exist."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from rules_db import present
from rules_db.terminal import print_records, print_table

PROJECT = Path(__file__).resolve().parent.parent.parent
SEQUENCES = [PROJECT / "cli.py", PROJECT / "crawler" / "commands.py", *(PROJECT / "rules_db" / "commands").glob("*.py")]


def test_short_values_are_not_folded_on_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = ("version_date", "effective_on", "effective_basis", "status", "document_number", "tier", "units", "norms")
    print_table(
        "版本", columns, [("2026-05-25", "2026-07-01", "stated", "in_force", "某省工信厅令第7号", "official", 26, 37)]
    )
    lines = capsys.readouterr().out.splitlines()
    assert "2026-05-25  2026-07-01  stated      in_force" in "\n".join(lines)
    assert not [line for line in lines if len(line) > 80]
    assert "version " in lines[1] and "date " in lines[2], "headings break between words"


def test_a_table_without_rows_is_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("0 files", ("file", "entries"), [])
    assert capsys.readouterr().out == "0 files\n"


def test_outside_text_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07[bold]条[/bold]\u202e"
    print_records("[red]1 text[/red]", [((hostile, None, hostile), [hostile, "", None, "上\n下"])])
    inert = "[2J]0;owned[bold]条[/bold]"
    assert capsys.readouterr().out == f"[red]1 text[/red]\n\n{inert}  {inert}\n  {inert}\n  上\n  下\n"


def test_a_reader_that_has_seen_enough_is_no_trouble() -> None:
    script = (
        "from rules_db.terminal import print_records\n"
        "print_records('x', ((('第一条',), ['文' * 90]) for _ in range(9999)))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


def named_views() -> set[str]:
    """The view that each `show_result(value, form, view)` of the commands names."""
    return {
        call.args[2].value
        for path in SEQUENCES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "show_result"
        and isinstance(call.args[2], ast.Constant)
    }  # fmt: skip


def test_every_view_that_a_command_names_exists() -> None:
    views = named_views()
    assert len(views) > 20
    assert views <= set(present.__all__)
