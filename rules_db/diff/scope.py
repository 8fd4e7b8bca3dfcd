"""Changes of scope (适用范围): whom and what a text applies to, and what it leaves out.

In: entries of a comparison with classified hunks. Out: typed changes, one for each sentence that says where the text
applies (适用本办法, 本办法适用于…) or does not (不适用本条例), when it came, went or was reworded.
Furniture is no change, and neither is 适用于 for 适用 or 应当 for 必须.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules_db.diff.canonical import bare, body, fold, mask
from rules_db.diff.pairing import best_pairs
from rules_db.diff.result import Entry, HunkKind, ScopeChange, ScopeEffect, TermSwap
from rules_db.diff.similarity import wording
from rules_db.diff.text import hunks
from rules_db.model import ProvisionText

_SENTENCE = re.compile(r"[^。\n]+[。\n]?")
_OWN = r"本(?:法|条例|办法|规定|规则|细则|规范条件|规范|标准|通知|意见|公告|决定|暂行规定|暂行办法)"
_STATES_SCOPE = re.compile(
    rf"(?:适用|参照适用|参照执行|参照|比照|依照|遵守)(?:于)?{_OWN}(?:的?(?:有关|相关)?规定)?(?:执行)?(?=[，。；、]|$)"
    rf"|{_OWN}(?:的规定)?(?:仅|只|也|均|不)?适用于|(?:参照|比照|依照){_OWN}(?:的?(?:有关|相关)?规定)?(?:执行|管理|办理)"
    rf"|{_OWN}的?适用范围(?!内)"
)
_EXCLUDES = re.compile(rf"不适用(?:于)?{_OWN}|{_OWN}(?:的规定)?不适用")
_EXCEPTION = re.compile("除外|另有规定|不包括|不含|以外的?")
_FILLER = re.compile(r"都|均|也|必须|应当|(?<=适用)于")
_BREACH = re.compile(r"^(?:对)?违反")
_CLOSE = 0.4
_MOST = 40
"""Sentences of scope compared in one entry; more are no statement of scope but a manner of speaking."""

Stated = tuple[str, str]


def compare_scope(entries: Sequence[Entry], swaps: Sequence[TermSwap] = ()) -> list[ScopeChange]:
    """In the order of the entries. A term that was replaced throughout (`swaps`) changes no scope."""
    found: list[ScopeChange] = []
    for entry in entries:
        if entry.hunks_differ or not entry.old or not entry.new:
            found += _of_entry(_stated(entry.old), _stated(entry.new), swaps)
    return _without_moved(list(dict.fromkeys(found)))


def _of_entry(old: Sequence[Stated], new: Sequence[Stated], swaps: Sequence[TermSwap]) -> list[ScopeChange]:
    renamed = [_in_new_terms(text, swaps) for _, text in old]

    def likeness(i: int, j: int) -> float:
        return wording(mask(renamed[i]), mask(new[j][1]))

    pairs = best_pairs(range(len(old)), range(len(new)), likeness, _CLOSE)
    found = [
        ScopeChange(old[i][0], new[j][0], old[i][1], new[j][1], _effect(fold(renamed[i]), fold(new[j][1])))
        for i, j in pairs
        if _plain(renamed[i]) != _plain(new[j][1])
    ]
    kept, come = {i for i, _ in pairs}, {j for _, j in pairs}
    found += [ScopeChange(old[i][0], "", old[i][1], "", ScopeEffect.REMOVED) for i in range(len(old)) if i not in kept]
    found += [ScopeChange("", new[j][0], "", new[j][1], ScopeEffect.ADDED) for j in range(len(new)) if j not in come]
    return found


def _plain(text: str) -> str:
    return _FILLER.sub("", bare(mask(text)))


def _without_moved(changes: Sequence[ScopeChange]) -> list[ScopeChange]:
    """A sentence that left one entry and came in another has moved, and changed nothing."""
    gone = [_plain(change.old) for change in changes if not change.new]
    come = [_plain(change.new) for change in changes if not change.old]
    moved = {text for text in gone if text in come}
    return [
        change for change in changes if (change.old and change.new) or _plain(change.old or change.new) not in moved
    ]


def _stated(provisions: Sequence[ProvisionText]) -> list[Stated]:
    found = [
        (provision.label, sentence.strip())
        for provision in provisions
        for sentence in _SENTENCE.findall(body(provision.text, provision.label))
        if _STATES_SCOPE.search(sentence) and not _BREACH.search(sentence.strip())
    ]
    return found if len(found) <= _MOST else []


def _in_new_terms(text: str, swaps: Sequence[TermSwap]) -> str:
    for swap in swaps:
        text = text.replace(swap.old_term, swap.new_term)
    return text


def _effect(old: str, new: str) -> ScopeEffect:
    """Words only added to a statement of scope widen it, words only dropped narrow it; for what is left out, and for
    exceptions, the other way round. Anything else is changed."""
    if bool(_EXCLUDES.search(old)) != bool(_EXCLUDES.search(new)):
        return ScopeEffect.NARROWED if _EXCLUDES.search(new) else ScopeEffect.WIDENED
    changed = [hunk for hunk in hunks(old, new) if hunk.kind is not HunkKind.EQUAL]
    added, dropped = any(bare(hunk.new) for hunk in changed), any(bare(hunk.old) for hunk in changed)
    if added == dropped:
        return ScopeEffect.CHANGED
    words = "".join(hunk.new if added else hunk.old for hunk in changed)
    excluding = _EXCLUDES.search(new) is not None or _EXCEPTION.search(words) is not None
    return ScopeEffect.WIDENED if added != excluding else ScopeEffect.NARROWED
