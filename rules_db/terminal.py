"""Text for people in a terminal: tables, colour, progress bars. Machines get JSON instead, written by the caller.

Text that came from outside is stripped of control characters first: it must not move the reader's cursor.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from textwrap import indent

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from rules_db.controls import CONTROLS

SHORT, LEAST = 12, 8  # cells on screen: a column no wider is never folded (dates, ids); what others get at the least
PIPED = 160  # width of a table that no terminal shows, unless `COLUMNS` is set


def clean(text: object) -> str:
    """Text safe to print: no control characters, no rich markup."""
    return escape(CONTROLS.sub("", "" if text is None else str(text)))


def shortened(text: str, size: int) -> str:
    """As `clean`, at most `size` characters; what was left out is told by an ellipsis."""
    return clean(text if len(text) <= size else f"{text[: size - 1]}…")


def plain(markup: str) -> str:
    """The text of an HTML snippet, its <mark> as 【】, so that highlights survive without colour."""
    return unescape(re.sub(r"<[^>]*>", "", markup.replace("<mark>", "【").replace("</mark>", "】")))


def counted(number: int, noun: str) -> str:
    """“1 file”, “2,000 files”; `noun` in the singular."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Who reads has seen enough (`| head`): no trouble, and rich's exit code 1 would tell of refused inputs."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            sys.exit(0)


def console(*, stderr: bool = False) -> Console:
    """A console that keeps to plain text when it does not write to a terminal."""
    return _Console(stderr=stderr, highlight=False, soft_wrap=not (sys.stderr if stderr else sys.stdout).isatty())


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout, for short values; sentences belong into `print_records`. Every cell is cleaned, a column of
    short values is never folded, and without rows there is the title alone."""
    cells = [[clean(cell) for cell in row] for row in rows]
    out = console()
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = PIPED
    if not cells:
        out.print(clean(title))
        return
    table = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False
    )
    for column, values in zip(columns, zip(*cells, strict=True), strict=True):
        name = column.replace("_", " ")
        least = max(map(cell_len, (*values, *name.split())))
        table.add_column(name, overflow="fold", min_width=least if least <= SHORT else LEAST)
    for row in cells:
        table.add_row(*row)
    out.print(table)


def print_records(title: str, records: Iterable[tuple[Sequence[object], Iterable[object]]]) -> None:
    """Entries with sentences, on stdout: a head (its first part bold) and indented lines below it, all cleaned."""
    out = console()
    out.print(clean(title))
    for (first, *rest), lines in records:
        out.print(f"\n[bold]{clean(first)}[/bold]  {'  '.join(clean(part) for part in rest if part)}".rstrip())
        for line in lines:
            if line:
                text = clean(line)
                out.print(Padding(text, (0, 0, 0, 2)) if out.is_terminal else indent(text, "  "))


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr while the block runs; yields `advance(done, total)`. Silent when not on a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
