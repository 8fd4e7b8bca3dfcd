"""The comparison for a terminal: unified or side by side, in colour or plain.

In: an InstrumentDiff and a width in terminal cells (a Han character takes two). Out: text. rich is imported on the
first call: programs that never print a comparison don't pay for it. Law text reaches the terminal as characters only,
never as markup or escape sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING

from rules_db.diff import view
from rules_db.diff.result import Hunk, HunkKind, InstrumentDiff
from rules_db.diff.view import Language, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


class Layout(StrEnum):
    UNIFIED = "unified"
    SIDE_BY_SIDE = "side-by-side"


_OLD, _NEW, _COSMETIC = "red strike", "green bold", "dim"
_DIRECTION_STYLE = {"tightened": "red", "loosened": "green", "changed": "yellow", "added": "cyan", "removed": "magenta"}


def render_terminal(
    diff: InstrumentDiff,
    width: int = 100,
    layout: Layout = Layout.UNIFIED,
    *,
    colour: bool = True,
    language: Language = Language.ZH,
    context: int = 40,
) -> str:
    """Without colour a deletion reads [-…-] and an insertion {+…+}, as in git. Raises ValueError below 40 cells."""
    if width < 40:
        raise ValueError(f"width {width} is too narrow for a comparison; give at least 40 cells")
    from rich.console import Console

    target = StringIO()
    console = Console(
        file=target,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    _head(console, diff, language)
    console.print(_heading(word("article_by_article", language)))
    for row in view.rows(diff, language):
        if row.entry is None:
            console.print(_text(row.line, "dim"))
            continue
        console.print(_text(f"■ {row.line}  {view.note(row.entry, language)}", "bold"))
        hunks = list(view.excerpt(row.entry.hunks, context))
        if layout is Layout.UNIFIED:
            console.print(unified(hunks, colour))
        else:
            console.print(_columns(hunks, colour, language))
    return target.getvalue()


def _head(console: Console, diff: InstrumentDiff, language: Language) -> None:
    console.print(_text(view.heading(diff), "bold underline"))
    for line in view.summary_lines(diff, language):
        console.print(_text(f"· {line}"))
    if diff.thresholds:
        console.print(_heading(word("thresholds", language)))
        table = _grid()
        for change in view.ranked_thresholds(diff):
            table.add_row(
                _text(word(change.direction, language), _DIRECTION_STYLE[change.direction]),
                _text(view.between(change.old_label, change.new_label)),
                _text(f"{view.quantity_text(change.old, language)} → {view.quantity_text(change.new, language)}"),
            )
        console.print(table)
    if diff.norms:
        console.print(_heading(word("norms", language)))
        table = _grid()
        for norm in view.ranked_norms(diff):
            table.add_row(
                _text(view.norm_kind(norm, language), "yellow"),
                _text(view.between(norm.old_label, norm.new_label)),
                _text(f"{view.norm_text(norm.old, language)} → {view.norm_text(norm.new, language)}"),
            )
        console.print(table)
    if diff.scope:
        console.print(_heading(word("scope", language)))
        table = _grid()
        for scope in diff.scope:
            table.add_row(
                _text(word(scope.effect, language), "yellow"),
                _text(view.between(scope.old_label, scope.new_label)),
                _text(f"{view.scope_text(scope.old, language)} → {view.scope_text(scope.new, language)}"),
            )
        console.print(table)
    if diff.terms:
        console.print(_heading(word("terms", language)))
        for swap in diff.terms:
            pair = view.clean(f"{swap.old_term} → {swap.new_term}")
            console.print(_text(f"· {pair} ({swap.count} {word('times', language)})"))
    if moved := view.moves(diff):
        console.print(_heading(word("moves", language)))
        for entry in moved:
            console.print(_text(f"· {view.title(entry)}  {view.note(entry, language)}"))


def _grid() -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=3, overflow="fold")
    return table


def _text(content: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(content, style=style)


def _heading(content: str) -> Text:
    return _text(f"\n── {content} ──", "bold")


def unified(hunks: Sequence[Hunk], colour: bool) -> Text:
    text = _text("")
    for hunk in hunks:
        if hunk.kind is HunkKind.EQUAL:
            text.append(hunk.new)
            continue
        _append(text, hunk.old, hunk, _OLD, ("[-", "-]"), colour)
        _append(text, hunk.new, hunk, _NEW, ("{+", "+}"), colour)
    return text


def _columns(hunks: Sequence[Hunk], colour: bool, language: Language) -> Table:
    from rich.table import Table

    left, right = _text(""), _text("")
    for hunk in hunks:
        if hunk.kind is HunkKind.EQUAL:
            left.append(hunk.old)
            right.append(hunk.new)
            continue
        _append(left, hunk.old, hunk, _OLD, ("[-", "-]"), colour)
        _append(right, hunk.new, hunk, _NEW, ("{+", "+}"), colour)
    table = Table(expand=True, show_edge=False, pad_edge=False)
    table.add_column(word("old", language), ratio=1, overflow="fold")
    table.add_column(word("new", language), ratio=1, overflow="fold")
    table.add_row(left, right)
    return table


def _append(text: Text, content: str, hunk: Hunk, style: str, marks: tuple[str, str], colour: bool) -> None:
    if not content:
        return
    if not colour:
        content = f"{marks[0]}{content}{marks[1]}"
    text.append(content, style=_COSMETIC if hunk.cosmetic else style)
