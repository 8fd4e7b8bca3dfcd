"""Writes docs/cli.md from the command line's own help, so that the two can't drift: `python docs/generate_cli.py`.

A test compares the file with what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

TARGET = Path(__file__).with_name("cli.md")
sys.path.insert(0, str(TARGET.parent.parent))

HEAD = """# Commands

Made by `docs/generate_cli.py` from `--help`; don't edit.

All state lies under `--data DIR` (default `data`, or the environment variable `GUIJI_DATA`). Results go to stdout,
messages to stderr. Exit codes: 0 done; 1 done, but some inputs were refused (`daily`: something is new); 2 wrong usage
(`daily`: degraded but published); 3 the gate refused to publish; 4 store, network or environment in the way; 5 a fault
of the program.
"""


def render() -> str:
    """The whole page."""
    from cli import main

    return HEAD + "\n" + "\n".join(_sections(main, "guiji"))


def _sections(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        full = f"{path} {name}"
        yield f"## {full}\n\n{command.help}\n"
        if isinstance(command, click.Group):
            yield from _sections(command, full)
            continue
        arguments = " ".join(
            p.make_metavar(click.Context(command)) for p in command.params if p.param_type_name == "argument"
        )
        yield f"`{full} [OPTIONS] {arguments}`".replace(" `", "`") + "\n"
        for parameter in command.params:
            record = parameter.get_help_record(click.Context(command))
            if record:
                flags = ", ".join(f"`{flag}`" for flag in (*parameter.opts, *parameter.secondary_opts))
                yield f"- {flags}: {record[1] or record[0]}"
        yield ""


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
