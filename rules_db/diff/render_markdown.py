"""The comparison as Markdown: for issues, mails and notes.

In: an InstrumentDiff. Out: CommonMark with GitHub tables, changes in <del> and <ins>. Law text is escaped: no character
of it is read as markup.
"""

from __future__ import annotations

import re

from rules_db.diff import view
from rules_db.diff.result import Entry, Hunk, HunkKind, InstrumentDiff
from rules_db.diff.view import Language, word

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^$])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def render_markdown(diff: InstrumentDiff, language: Language = Language.ZH, context: int = 40) -> str:
    """`context` is the number of equal characters kept around a change."""
    lines = [f"# {escape(view.heading(diff))}", ""]
    lines += [f"- {escape(line)}" for line in view.summary_lines(diff, language)]
    if diff.thresholds:
        lines += _table(
            word("thresholds", language),
            [
                (
                    word(change.direction, language),
                    view.between(change.old_label, change.new_label),
                    view.quantity_text(change.old, language),
                    view.quantity_text(change.new, language),
                )
                for change in view.ranked_thresholds(diff)
            ],
            language,
        )
    if diff.norms:
        lines += _table(
            word("norms", language),
            [
                (
                    view.norm_kind(change, language),
                    view.between(change.old_label, change.new_label),
                    view.norm_text(change.old, language),
                    view.norm_text(change.new, language),
                )
                for change in view.ranked_norms(diff)
            ],
            language,
        )
    if diff.scope:
        lines += _table(
            word("scope", language),
            [
                (
                    word(scope.effect, language),
                    view.between(scope.old_label, scope.new_label),
                    view.scope_text(scope.old, language),
                    view.scope_text(scope.new, language),
                )
                for scope in diff.scope
            ],
            language,
        )
    if diff.terms:
        lines += ["", f"## {word('terms', language)}", ""]
        lines += [
            f"- {escape(view.clean(swap.old_term))} → {escape(view.clean(swap.new_term))} "
            f"({swap.count} {word('times', language)})"
            for swap in diff.terms
        ]
    if moved := view.moves(diff):
        lines += ["", f"## {word('moves', language)}", ""]
        lines += [f"- {escape(view.title(entry))}: {view.note(entry, language)}" for entry in moved]
    lines += ["", f"## {word('article_by_article', language)}", ""]
    for row in view.rows(diff, language):
        if row.entry is None:
            lines += [f"_{escape(row.line)}_", ""]
        else:
            lines += [f"### {escape(row.line)}: {view.note(row.entry, language)}", "", _body(row.entry, context), ""]
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """Backslash before every character that Markdown may read, entities for the three of HTML."""
    for character, entity in _ENTITIES.items():
        text = text.replace(character, entity)
    return re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", _MARKUP.sub(r"\\\1", text))


def _table(title: str, rows: list[tuple[str, str, str, str]], language: Language) -> list[str]:
    lines = ["", f"## {title}", "", f"| | | {word('old', language)} | {word('new', language)} |", "|---|---|---|---|"]
    for row in rows:
        lines.append("| " + " | ".join(escape(cell).replace("\n", " ") for cell in row) + " |")
    return lines


def _body(entry: Entry, context: int) -> str:
    return "".join(_hunk(hunk) for hunk in view.excerpt(entry.hunks, context)).replace("\n", "  \n")


def _hunk(hunk: Hunk) -> str:
    if hunk.kind is HunkKind.EQUAL:
        return escape(hunk.new)
    return _tagged(hunk.old, "del") + _tagged(hunk.new, "ins")


def _tagged(text: str, tag: str) -> str:
    """Tag every line by itself. Tags and not ~~ or **: next to Han punctuation those are no emphasis in CommonMark."""
    parts = re.split(r"(\s*\n\s*)", text)
    return "".join(f"<{tag}>{escape(part)}</{tag}>" if part.strip() else part for part in parts)
