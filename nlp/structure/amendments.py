"""Clauses of an amending text (将第三条修改为“…”, 删去第五条第二款): text in, `AmendmentClause` values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rules_db.model import Span


class AmendmentKind(StrEnum):
    """What an amending clause does with a provision or words of it."""

    REVISE = "revise"
    REPLACE_WORDS = "replace_words"
    DELETE = "delete"
    INSERT = "insert"
    RENUMBER = "renumber"


@dataclass(frozen=True, slots=True)
class AmendmentClause:
    """One instruction of an amending text. `label` is the provision it touches (第三条第一款; several as printed),
    `new_label` the one it becomes or is inserted as, `old` and `new` the quoted words; each is empty where the clause
    has none."""

    kind: AmendmentKind
    span: Span
    label: str
    new_label: str = ""
    old: str = ""
    new: str = ""
    instrument: str | None = None


_N = "[〇零一二三四五六七八九十百千0-9]{1,8}"
LABEL = (
    rf"第{_N}条(?:之{_N})?(?:第{_N}款)?(?:第(?:（{_N}）|{_N})项)?(?:第{_N}目)?|第{_N}款(?:第(?:（{_N}）|{_N})项)?"
    rf"|第(?:（{_N}）|{_N})项|第{_N}[章节编]"
)
_LABELS = f"(?:{LABEL})(?:[、和](?:{LABEL})){{0,60}}+"
_QUOTED = r"“(?P<{0}>[^“”]{{0,20000}})”"
TITLE = re.compile(r"[《〈](?P<title>(?:[^《》〈〉\n]|〈[^〈〉\n]{0,100}〉|《[^《》\n]{0,100}》){2,150})[》〉]")
_AMEND = re.compile(
    rf"(?P<label>{_LABELS})(?:中|内)?的?{_QUOTED.format('words')}(?:一词)?(?:分别)?"
    rf"(?:修改|改|替换)为{_QUOTED.format('into')}"
    rf"|(?P<moved>{LABEL})(?:相应)?改(?:为|作)(?P<moved_to>{LABEL})"
    rf"|(?:将|把)?(?P<revised>{_LABELS})(?:合并)?(?:修改|修订)为：?\n?(?:{_QUOTED.format('revision')})?"
    rf"|(?:删去|删除)(?:《[^《》\n]{{2,100}}》)?(?P<deleted>{_LABELS})"
    rf"(?:(?:中|内)?的?{_QUOTED.format('deleted_words')})?"
    rf"|(?:(?P<within>{LABEL})(?:后|之后|中)?，?)?增加[一二两三四五六七八九十]{{1,2}}[条款项章节](?:，| )?"
    rf"作为(?P<inserted>{LABEL})"
    rf"(?:：?\n?{_QUOTED.format('insertion')})?"
)
_LABEL_GROUPS = ("label", "moved", "revised", "deleted", "inserted")


def find_amendments(text: str, target: str | None = None) -> list[AmendmentClause]:
    """Amending clauses of `text` in order. `target` is the instrument that the text as a whole amends; a clause that
    names one in its own sentence or passage means that one."""
    found: list[AmendmentClause] = []
    if not any(word in text for word in ("改为", "改作", "修订为", "删去", "删除", "作为第")):
        return found
    titles = list(TITLE.finditer(text))
    at, instrument = 0, target
    for match in _AMEND.finditer(text):
        begins = next(match.start(name) for name in _LABEL_GROUPS if match[name])
        while at < len(titles) and titles[at].end() <= begins:
            if target is None:
                instrument = titles[at]["title"]
            at += 1
        found.append(_clause(match, instrument))
    return found


def _clause(match: re.Match[str], instrument: str | None) -> AmendmentClause:
    span = Span(match.start(), match.end(), match.group(), "amendment")
    if match["words"] is not None:
        return AmendmentClause(
            AmendmentKind.REPLACE_WORDS, span, match["label"], "", match["words"], match["into"], instrument
        )
    if match["moved"]:
        return AmendmentClause(AmendmentKind.RENUMBER, span, match["moved"], match["moved_to"], instrument=instrument)
    if match["revised"]:
        return AmendmentClause(
            AmendmentKind.REVISE, span, match["revised"], "", "", match["revision"] or "", instrument
        )
    if match["deleted"]:
        words = match["deleted_words"] or ""
        return AmendmentClause(AmendmentKind.DELETE, span, match["deleted"], "", words, "", instrument)
    return AmendmentClause(
        AmendmentKind.INSERT, span, match["within"] or "", match["inserted"], "", match["insertion"] or "", instrument
    )
