"""The comparison as an HTML fragment: for the Datasette page and for mails.

In: an InstrumentDiff. Out: one <section> with classes, without script, style, link, id or handler: the page that
embeds it brings the style sheet. Everything that is text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rules_db.diff import view
from rules_db.diff.result import Hunk, HunkKind, InstrumentDiff
from rules_db.diff.view import Language, word


def render_html(diff: InstrumentDiff, language: Language = Language.ZH, context: int = 40) -> str:
    """`context` is the number of equal characters kept around a change. Classes start with `diff-`; a change carries
    its kind (`diff-wording`, `diff-term`, `diff-reference`, `diff-punctuation`), a row its continuity or direction."""
    return "\n".join(_lines(diff, language, context)) + "\n"


def _lines(diff: InstrumentDiff, language: Language, context: int) -> Iterator[str]:
    tag = "zh-CN" if language is Language.ZH else "en"
    yield f'<section class="diff" lang="{tag}">'
    yield f"<h2>{escape(view.heading(diff))}</h2>"
    yield '<ul class="diff-summary">'
    for line in view.summary_lines(diff, language):
        yield f"<li>{escape(line)}</li>"
    yield "</ul>"
    if diff.thresholds:
        yield from _table_head("thresholds", language)
        for threshold in view.ranked_thresholds(diff):
            yield _table_row(
                threshold.direction,
                word(threshold.direction, language),
                view.between(threshold.old_label, threshold.new_label),
                view.quantity_text(threshold.old, language),
                view.quantity_text(threshold.new, language),
            )
        yield "</tbody></table>"
    if diff.norms:
        yield from _table_head("norms", language)
        for norm in view.ranked_norms(diff):
            yield _table_row(
                norm.what,
                view.norm_kind(norm, language),
                view.between(norm.old_label, norm.new_label),
                view.norm_text(norm.old, language),
                view.norm_text(norm.new, language),
            )
        yield "</tbody></table>"
    if diff.scope:
        yield from _table_head("scope", language)
        for scope in diff.scope:
            yield _table_row(
                scope.effect,
                word(scope.effect, language),
                view.between(scope.old_label, scope.new_label),
                view.scope_text(scope.old, language),
                view.scope_text(scope.new, language),
            )
        yield "</tbody></table>"
    if diff.terms:
        yield f'<h3>{escape(word("terms", language))}</h3><ul class="diff-terms">'
        for swap in diff.terms:
            old, new = escape(view.clean(swap.old_term)), escape(view.clean(swap.new_term))
            yield f"<li><del>{old}</del> → <ins>{new}</ins> ({swap.count} {escape(word('times', language))})</li>"
        yield "</ul>"
    if moved := view.moves(diff):
        yield f'<h3>{escape(word("moves", language))}</h3><ul class="diff-moves">'
        for entry in moved:
            yield f"<li>{escape(view.title(entry))}: {escape(view.note(entry, language))}</li>"
        yield "</ul>"
    yield f"<h3>{escape(word('article_by_article', language))}</h3>"
    for row in view.rows(diff, language):
        if row.entry is None:
            yield f'<p class="diff-folded">{escape(row.line)}</p>'
            continue
        review = " diff-review" if row.entry.link.needs_review else ""
        yield f'<article class="diff-entry diff-{row.entry.link.continuity}{review}">'
        yield f"<h4>{escape(row.line)} <small>{escape(view.note(row.entry, language))}</small></h4>"
        text = "".join(_hunk(hunk) for hunk in view.excerpt(row.entry.hunks, context))
        yield f"<p>{text.replace(chr(10), '<br>')}</p>"
        yield "</article>"
    yield "</section>"


def _table_head(key: str, language: Language) -> Iterator[str]:
    yield f'<h3>{escape(word(key, language))}</h3><table class="diff-typed diff-{key}">'
    old, new = escape(word("old", language)), escape(word("new", language))
    yield f"<thead><tr><th></th><th></th><th>{old}</th><th>{new}</th></tr></thead><tbody>"


def _table_row(css: str, *cells: str) -> str:
    return f'<tr class="diff-{css}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _hunk(hunk: Hunk) -> str:
    if hunk.kind is HunkKind.EQUAL:
        return escape(hunk.new)
    old = f'<del class="diff-{hunk.kind}">{escape(hunk.old)}</del>' if hunk.old else ""
    new = f'<ins class="diff-{hunk.kind}">{escape(hunk.new)}</ins>' if hunk.new else ""
    return old + new
