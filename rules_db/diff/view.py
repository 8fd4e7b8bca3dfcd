"""What every rendering shows, in which order and in which words; the renderings only dress it.

In: an InstrumentDiff. Out: plain values: titles, counted summary lines, typed changes most important first, runs of
unchanged provisions folded into one line, excerpts of long equal stretches. Text of law is cleaned of control and
invisible characters here, so that no rendering can pass an escape sequence or a direction override on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules_db.diff.result import Entry, Hunk, HunkKind, InstrumentDiff, NormChange, NormField, NormText, ThresholdChange
from rules_db.model import Continuity, Direction, Quantity


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


_WORDS: dict[str, tuple[str, str]] = {
    "added": ("新增", "added"),
    "amended": ("修改", "amended"),
    "article_by_article": ("逐条对照", "Article by article"),
    "bearer": ("义务主体变化", "bearer changed"),
    "changed": ("变化", "changed"),
    "cosmetic": ("仅格式、引用或者用语变化", "layout, references or terms only"),
    "deleted": ("删除", "deleted"),
    "loosened": ("放宽", "loosened"),
    "merged": ("合并", "merged"),
    "modality": ("规范性质变化", "modality changed"),
    "moved": ("移动", "moved"),
    "moves": ("移动与重新编号", "Moves and renumbering"),
    "new": ("新", "new"),
    "no_change": ("两个版本没有差别。", "The two versions do not differ."),
    "none": ("（无）", "(none)"),
    "narrowed": ("缩小", "narrowed"),
    "norm_added": ("新增规范", "norm added"),
    "norm_removed": ("删除规范", "norm removed"),
    "norms": ("规范变化", "Norms"),
    "old": ("旧", "old"),
    "possible": ("可能对应，请人工核对", "possible match, please check"),
    "removed": ("删去", "removed"),
    "renumbered": ("重新编号", "renumbered"),
    "review": ("请人工核对", "please check"),
    "scope": ("适用范围变化", "Scope"),
    "same": ("未变", "unchanged"),
    "split": ("拆分", "split"),
    "summary": ("概要", "Summary"),
    "terms": ("用语统一替换", "Terms replaced throughout"),
    "thresholds": ("数量与期限变化", "Quantities and time limits"),
    "tightened": ("收紧", "tightened"),
    "times": ("处", "places"),
    "widened": ("扩大", "widened"),
}

_DIRECTIONS = (Direction.TIGHTENED, Direction.LOOSENED, Direction.CHANGED, Direction.ADDED, Direction.REMOVED)
_NORMS = (NormField.MODALITY, NormField.BEARER, NormField.ADDED, NormField.REMOVED)
_LISTED = (Continuity.MOVED, Continuity.RENUMBERED)
_KEPT_INVISIBLE = frozenset("\n\t")
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def word(key: str, language: Language) -> str:
    return _WORDS[key][0 if language is Language.ZH else 1]


def clean(text: str) -> str:
    """Text without control characters, escape sequences, direction overrides, odd line breaks and lone surrogates."""
    return "".join(
        character
        for character in text
        if character in _KEPT_INVISIBLE or unicodedata.category(character) not in _UNSAFE
    )


def heading(diff: InstrumentDiff) -> str:
    dates = " → ".join(date for date in (diff.old_date, diff.new_date) if date)
    return clean(" ".join(part for part in (diff.instrument, dates) if part))


def title(entry: Entry) -> str:
    """第三条 → 第五条, or the one label where it stayed."""
    old, new = "、".join(entry.link.old_labels), "、".join(entry.link.new_labels)
    if not old or not new or old == new:
        return clean(old or new)
    return clean(f"{old} → {new}")


def between(old: str, new: str) -> str:
    """Labels of a typed change; an empty side is left out."""
    return clean(old if old == new else " → ".join(label for label in (old, new) if label))


def quantity_text(quantity: Quantity | None, language: Language) -> str:
    return clean(quantity.text) if quantity else word("none", language)


def norm_text(norm: NormText | None, language: Language) -> str:
    if norm is None:
        return word("none", language)
    bearer = f"{norm.bearer}：" if norm.bearer else ""
    return clean(f"{bearer}{norm.cue}{norm.action}").replace("\n", " ")


def scope_text(text: str, language: Language) -> str:
    return clean(text).replace("\n", " ") or word("none", language)


def norm_kind(change: NormChange, language: Language) -> str:
    keys = {
        NormField.MODALITY: "modality",
        NormField.BEARER: "bearer",
        NormField.ADDED: "norm_added",
        NormField.REMOVED: "norm_removed",
    }
    return word(keys[change.what], language)


def ranked_thresholds(diff: InstrumentDiff) -> list[ThresholdChange]:
    """Tightened first; within a direction in the order of the text."""
    return sorted(diff.thresholds, key=lambda change: _DIRECTIONS.index(change.direction))


def ranked_norms(diff: InstrumentDiff) -> list[NormChange]:
    return sorted(diff.norms, key=lambda change: _NORMS.index(change.what))


def summary_lines(diff: InstrumentDiff, language: Language) -> list[str]:
    """Counts, most important kind first. An empty comparison says so."""
    lines = []
    directions = [change.direction for change in diff.thresholds]
    if directions:
        lines.append(f"{word('thresholds', language)}: {_counts(_DIRECTIONS, directions, language)}")
    if diff.norms:
        kinds = [norm_kind(change, language) for change in ranked_norms(diff)]
        counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
        lines.append(f"{word('norms', language)}: {counted}")
    if diff.scope:
        effects = [word(change.effect, language) for change in diff.scope]
        counted = ", ".join(f"{effect} {effects.count(effect)}" for effect in dict.fromkeys(effects))
        lines.append(f"{word('scope', language)}: {counted}")
    links = [entry.link.continuity for entry in diff.entries]
    if links:
        order = [
            Continuity.AMENDED,
            Continuity.ADDED,
            Continuity.DELETED,
            Continuity.SPLIT,
            Continuity.MERGED,
            Continuity.MOVED,
            Continuity.RENUMBERED,
            Continuity.SAME,
        ]
        lines.append(f"{word('article_by_article', language)}: {_counts(order, links, language)}")
    if not any(entry.link.continuity is not Continuity.SAME or entry.hunks_differ for entry in diff.entries):
        lines.append(word("no_change", language))
    return lines


def _counts(order: Sequence[StrEnum], values: Sequence[StrEnum], language: Language) -> str:
    return ", ".join(f"{word(value, language)} {values.count(value)}" for value in order if value in values)


def moves(diff: InstrumentDiff) -> list[Entry]:
    """Provisions that only moved or were renumbered."""
    return [entry for entry in diff.entries if entry.link.continuity in _LISTED]


@dataclass(frozen=True, slots=True)
class Row:
    """One line or block of the article list: `entry` is None for a run of provisions folded into one `line`."""

    line: str
    entry: Entry | None = None


def rows(diff: InstrumentDiff, language: Language) -> Iterator[Row]:
    """Article by article: changed ones as entries, runs of unchanged ones and of merely cosmetic ones as one line."""
    run: list[Entry] = []
    run_kind = ""
    for entry in diff.entries:
        kind = _folded(entry)
        if kind != run_kind and run:
            yield Row(_run_line(run, run_kind, language))
            run = []
        run_kind = kind
        if kind:
            run.append(entry)
        else:
            yield Row(title(entry), entry)
    if run:
        yield Row(_run_line(run, run_kind, language))


def _folded(entry: Entry) -> str:
    if entry.substantive or not entry.link.old or not entry.link.new or entry.link.needs_review:
        return ""
    return "cosmetic" if entry.cosmetic else "same"


def _run_line(run: Sequence[Entry], kind: str, language: Language) -> str:
    names = title(run[0]) if len(run) == 1 else f"{title(run[0])} … {title(run[-1])} ({len(run)})"
    return f"{names}: {word(kind, language)}"


def note(entry: Entry, language: Language) -> str:
    """What became of the provision, and whether a person should look."""
    continuity = word(entry.link.continuity, language)
    if not entry.link.needs_review:
        return continuity
    key = "review" if entry.link.old and entry.link.new else "possible"
    return f"{continuity} ({entry.link.similarity:.2f}, {word(key, language)})"


def excerpt(hunks: Sequence[Hunk], context: int) -> Iterator[Hunk]:
    """Hunks with cleaned text; equal stretches longer than twice the context keep `context` characters at each end
    that touches a change. Typography counts as equal and shows the new text."""
    last = len(hunks) - 1
    for index, hunk in enumerate(hunks):
        if hunk.kind in (HunkKind.EQUAL, HunkKind.TYPOGRAPHY):
            text = clean(hunk.new)
            if hunk.kind is HunkKind.EQUAL and len(text) > 2 * context + 1:
                head = text[:context] if index > 0 else ""
                tail = text[-context:] if index < last else ""
                text = f"{head}…{tail}"
            yield Hunk(HunkKind.EQUAL, text, text)
        else:
            yield Hunk(hunk.kind, clean(hunk.old), clean(hunk.new))
