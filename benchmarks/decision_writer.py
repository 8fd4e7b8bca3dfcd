"""An amending decision written from two texts: articles before and after in, the decision's text out.

Articles are taken for each other as the comparison pairs them; a pair whose words differ in one place becomes an
instruction on words, one with the same number of paragraphs an instruction on paragraphs, anything else a new wording.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from rules_db.amending.labels import chinese
from rules_db.diff.canonical import REFERENCE, bare, body, mask
from rules_db.diff.compare import diff_expressions
from rules_db.model import ProvisionText

_SHORTEST, _LONGEST = 2, 40
_ITEM = re.compile(r"[（(][一二三四五六七八九十]{1,4}[）)]")


def write_decision(title: str, old: Sequence[ProvisionText], new: Sequence[ProvisionText]) -> tuple[str, int]:
    """The decision, and how many instructions it gives. Instructions follow the new text, deletions the old one."""
    before = {p.eid: p for p in old}
    partner: dict[str, str] = {}
    for entry in diff_expressions(old, new).entries:
        if entry.link.old and entry.link.new and entry.link.new[0] not in partner.values():
            partner.setdefault(entry.link.old[0], entry.link.new[0])
    origin = {to: start for start, to in partner.items()}
    passages = [f"删去{p.label}。" for p in old if p.eid not in partner]
    for p in new:
        passages += _article(before[origin[p.eid]], p) if p.eid in origin else [_added(p)]
    lines = [f"{chinese(n)}、{passage}" for n, passage in enumerate(passages, 1)]
    head = f"关于修改《{title}》的决定\n对《{title}》作如下修改："
    return "\n".join([head, *lines, "此外，对条文顺序作相应调整。", "本决定自公布之日起施行。"]), len(passages)


def _quoted(text: str) -> str:
    """Long quotations as they are printed: each paragraph opened, the last one closed."""
    return "“" + text.replace("\n", "\n“") + "”"


def _added(article: ProvisionText) -> str:
    words = body(article.text, article.label)
    return f"增加一条，作为{article.label}：{_quoted(f'{article.label} {words}')}"


def _article(old: ProvisionText, new: ProvisionText) -> Iterator[str]:
    left, right = body(old.text, old.label), body(new.text, new.label)
    moved = f"将{old.label}改为{new.label}" if old.label != new.label else ""
    if bare(mask(left)) == bare(mask(right)):
        if moved:
            yield f"{moved}。"
        return
    ours, theirs = left.split("\n"), right.split("\n")
    changed = [n for n, pair in enumerate(zip(ours, theirs, strict=False)) if bare(pair[0]) != bare(pair[1])]
    plain = not any(_ITEM.match(line) for line in (*ours, *theirs))
    if len(ours) == len(theirs) and plain and len(changed) == 1:
        place = f"第{chinese(changed[0] + 1)}款" if len(ours) > 1 else ""
        lead = f"{moved}，{place or old.label}" if moved else f"将{old.label}{place}"
        words = _one_place(ours[changed[0]], theirs[changed[0]])
        if words is not None:
            yield f"{lead}中的“{words[0]}”修改为“{words[1]}”。"
            return
        if place:
            yield f"{lead}修改为：{_quoted(theirs[changed[0]])}"
            return
    lead = f"{moved}，修改为" if moved else f"将{old.label}修改为"
    yield f"{lead}：\n{_quoted(f'{new.label} {right}')}"


def _one_place(old: str, new: str) -> tuple[str, str] | None:
    """Words to replace when two texts differ in one place and the old words stand there only."""
    steps = [
        step for step in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if step[0] != "equal"
    ]
    start, stop, first, last = steps[0][1], steps[-1][2], steps[0][3], steps[-1][4]
    for reference in REFERENCE.finditer(old):  # nobody quotes half a reference
        if reference.start() < stop and start < reference.end():
            first -= max(0, start - reference.start())
            start = min(start, reference.start())
            last += max(0, reference.end() - stop)
            stop = max(stop, reference.end())
    while stop - start < _LONGEST and (old.count(old[start:stop]) != 1 or stop - start < _SHORTEST):
        if start and first:
            start, first = start - 1, first - 1
        elif stop < len(old) and last < len(new):
            stop, last = stop + 1, last + 1
        else:
            return None
    words, into = old[start:stop], new[first:last]
    if old.count(words) != 1 or stop - start > _LONGEST or any(mark in words + into for mark in "“”"):
        return None
    return words, into
