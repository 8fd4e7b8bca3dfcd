"""Writes docs/cli.md from the command line's own help, so that the two can't drift: `python docs/generate_cli.py`.

A test compares the file with what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

TARGET = Path(__file__).with_name("cli.md")
sys.path.insert(0, str(TARGET.parent.parent))

HEAD = """# Commands

Made by `docs/generate_cli.py` from `--help`; don't edit.

All state lies under `--data DIR` (default `data`, or the environment variable `GUIJI_DATA`). Results go to stdout,
messages to stderr, each in one line. `guiji COMMAND --help` is answered at once.

Exit codes of every command: 0 done; 2 wrong usage; 4 store, network or environment in the way; 5 a fault of the
program. A command that has others, or gives these another meaning, says so below.
"""


def render() -> str:
    """The whole page."""
    from cli import main

    return HEAD + "\n" + "\n".join(_sections(main, "guiji"))


def _sections(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        full = f"{path} {name}"
        yield f"## {full}\n\n{cleandoc(command.help or '')}\n"
        if isinstance(command, click.Group):
            yield from _sections(command, full)
            continue
        arguments = " ".join(
            p.make_metavar(click.Context(command)) for p in command.params if p.param_type_name == "argument"
        )
        yield f"`{full} [OPTIONS] {arguments}`".replace(" `", "`") + "\n"
        for parameter in command.params:
            record = parameter.get_help_record(click.Context(command))
            if record and parameter.param_type_name == "option":
                yield f"- `{record[0]}`" + (f": {record[1]}" if record[1] else "")
        if command.epilog:
            yield f"\n{command.epilog}"
        yield ""


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
