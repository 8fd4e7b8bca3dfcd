"""Text for people in a terminal: tables, colour, progress bars. Machines get JSON instead, written by the caller.

Text that came from outside is stripped of control characters first: it must not move the reader's cursor.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

# C0 and C1 controls but tab and newline, and the bidirectional overrides that can make text read otherwise than it is.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """Text safe to print: no control characters, no rich markup."""
    return escape(_CONTROL.sub("", "" if text is None else str(text)))


def plain(markup: str) -> str:
    """The text of an HTML snippet, its <mark> as 【】, so that highlights survive without colour."""
    return unescape(re.sub(r"<[^>]*>", "", markup.replace("<mark>", "【").replace("</mark>", "】")))


def console(*, stderr: bool = False) -> Console:
    """A console that keeps to plain text when it does not write to a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=not (sys.stderr if stderr else sys.stdout).isatty())


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; every cell is cleaned."""
    table = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(clean(cell) for cell in row))
    console().print(table)


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
