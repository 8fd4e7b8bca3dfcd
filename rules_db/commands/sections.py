"""Help of the whole command line: commands by what one wants to do, each with its first paragraph in full."""

from __future__ import annotations

from typing import Any

import click


class SectionedGroup(click.Group):
    """A group whose help has sections. Commands outside of them are listed last, by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections: dict[str, tuple[click.Command, ...]] = {}

    def add_section(self, title: str, *commands: click.Command) -> None:
        """Add commands in the order in which help shows them."""
        self.sections[title] = commands
        for command in commands:
            self.add_command(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        named = {command for commands in self.sections.values() for command in commands}
        rest = tuple(command for _, command in sorted(self.commands.items()) if command not in named)
        for title, commands in (*self.sections.items(), ("Further", rest)):
            if commands:
                with formatter.section(title):
                    formatter.write_dl([(command.name or "", _first_paragraph(command)) for command in commands])


def _first_paragraph(command: click.Command) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())
