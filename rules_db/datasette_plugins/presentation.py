"""Values to safe HTML: everything that templates show with tags of its own is made here, and escaped here.

Jinja escapes whatever else a template shows; only the functions below return Markup.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from rules_db.diff.result import Entry, HunkKind, InstrumentDiff, NormText
from rules_db.diff.text import hunks
from rules_db.diff.view import Language, norm_text, ranked_norms, ranked_thresholds
from rules_db.model import Continuity, ProvisionKind
from rules_db.pages.instrument import valid_on
from rules_db.pages.language import translator
from rules_db.pages.sentences import told
from rules_db.search import highlight_html

_TITLE_LENGTH = 45


def functions() -> dict[str, Any]:
    """What templates may call."""
    return {
        "number": number,
        "highlight": highlight,
        "trusted": trusted,
        "law_text": law_text,
        "counted": counted,
        "is_unchanged": is_unchanged,
        "unchanged": lambda diff: sum(map(is_unchanged, diff.entries)),
        "side": side,
        "inline_diff": inline_diff,
        "norm_words": norm_words,
        "ranked_norms": ranked_norms,
        "ranked_thresholds": ranked_thresholds,
        "decoded": decoded,
        "worded": worded,
        "told": told_html,
        "english": translator("en"),
        "valid_on": valid_on,
    }


def number(value: float) -> str:
    """A quantity without a needless fraction, with thousands apart."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.6g}"


def told_html(sentence: str, language: str, names: Mapping[str, str] | None = None) -> Markup:
    """A sentence of the store in the page's language, or marked as English."""
    found = told(sentence, language, names)
    if found.language == language:
        return Markup(html.escape(found.text))  # noqa: S704 (escaped here)
    return Markup('<span lang="en">{}</span>').format(found.text)


def highlight(text: str, terms: tuple[str, ...]) -> Markup:
    return Markup(highlight_html(text, terms))  # noqa: S704 (escaped there)


def trusted(made_by_us: str) -> Markup:
    """HTML from rules_db.search, rules_db.pages.rule or rules_db.pages.plot, which escape every piece of text. Nothing
    else goes in here."""
    return Markup(made_by_us)  # noqa: S704


def law_text(row: Any) -> Markup:
    """A provision as paragraphs, its label in front in bold; short lines of an opening stand as its titles."""
    label, text = row["label"], row["text"]
    parts = []
    for n, line in enumerate(text.split("\n")):
        words = html.escape(line.strip())
        if n == 0 and label and line.startswith(label):
            words = f"<b>{html.escape(label)}</b>{html.escape(line[len(label) :])}"
        if words:
            titular = row["kind"] == ProvisionKind.PREFACE and len(line.strip()) <= _TITLE_LENGTH
            parts.append(f'<p class="titular">{words}</p>' if titular else f"<p>{words}</p>")
    return Markup("".join(parts))  # noqa: S704 (escaped above)


def counted(diff: InstrumentDiff) -> list[tuple[str, int]]:
    """Kinds of links with their numbers, changes first."""
    counts = Counter(entry.link.continuity for entry in diff.entries)
    return [(kind.value, counts[kind]) for kind in sorted(counts, key=lambda k: (k == Continuity.SAME, -counts[k]))]


def norm_words(norm: NormText, most: int = 80) -> str:
    """Who must do what, in a few words."""
    words = norm_text(norm, Language.ZH)
    return words if len(words) <= most else words[: most - 1] + "…"


def decoded(value: str) -> Any:
    """A column that may hold JSON: lists and mappings as such, anything else as the text it is."""
    if value[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def worded(row: Any, field: str, language: str) -> tuple[Any, str]:
    """A field of the catalogue in the page's language with the language it is in: English where nobody wrote the other,
    or the copy is older than the column."""
    chinese = f"{field}_zh"
    if language == "zh" and chinese in row.keys() and row[chinese]:  # noqa: SIM118 - a Row iterates over values
        return decoded(row[chinese]), "zh-CN"
    return decoded(row[field]), "en"


def is_unchanged(entry: Entry) -> bool:
    """Nothing that a reader must weigh: same words in the same place, or a new number alone."""
    return entry.link.continuity in (Continuity.SAME, Continuity.RENUMBERED) and not entry.substantive


def side(entry: Entry, which: str) -> Markup:
    """One side of a comparison, differing stretches in <del> or <ins>; what is only typography stays faint."""
    tag = "del" if which == "old" else "ins"
    parts = []
    for hunk in entry.hunks:
        text = html.escape(hunk.old if which == "old" else hunk.new).replace("\n", "<br>")
        if hunk.kind is HunkKind.EQUAL or not text:
            parts.append(text)
        else:
            parts.append(f'<{tag} class="hunk-{hunk.kind.value}">{text}</{tag}>')
    return Markup("".join(parts))  # noqa: S704 (escaped above)


def inline_diff(old: str, new: str) -> Markup:
    """Two wordings in one line, what went in <del> and what came in <ins>."""
    parts = []
    for hunk in hunks(old, new):
        if hunk.kind is HunkKind.EQUAL:
            parts.append(html.escape(hunk.new))
            continue
        parts.append(f"<del>{html.escape(hunk.old)}</del>" if hunk.old else "")
        parts.append(f"<ins>{html.escape(hunk.new)}</ins>" if hunk.new else "")
    return Markup("".join(parts))  # noqa: S704 (escaped above)
