"""Provisions with a day of effect of their own (本办法自…起施行，其中第十条自…起施行): text and outline in, values out.

Only in what stands after the first article or passage, so that a title note can't be taken for it, and only for
provisions of the text itself: a label behind 《…》 is another law's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.structure.dates import APPLIES_FROM, day_said
from nlp.structure.instructions import LABEL, LABELS, NUMERAL
from nlp.text.numerals import parse_integer
from rules_db.model import Commencement, HeadFacts, Provision, ProvisionKind, Span

_COMMENCES = re.compile(
    rf"(?P<labels>{LABELS})(?:的?规定(?:的[^，。；\n]{{1,30}})?|所列[^，。；\n]{{1,20}}|中[^，。；\n]{{1,30}}的?规定)?，?{APPLIES_FROM}"
)
_LABEL = re.compile(LABEL)
_PART = re.compile(rf"第（?({NUMERAL})）?([编章节条款项目])(?:之({NUMERAL}))?")
_CONTAINERS = {"编": ProvisionKind.PART, "章": ProvisionKind.CHAPTER, "节": ProvisionKind.SECTION}
_WIDEST_RANGE = 500


def find_commencements(text: str, provisions: Sequence[Provision], head: HeadFacts) -> list[Commencement]:
    """In order of the text, one for each article or part named; a chapter stands for its articles. A day that the text
    as a whole has is no commencement of its own, nor one from before this version of an amended text."""
    own = {p.eid: p for p in provisions if not p.eid.startswith("att_")}
    first = next((p.start for p in own.values() if p.kind in (ProvisionKind.ARTICLE, ProvisionKind.LEVEL)), len(text))
    end = max((p.tree_end for p in own.values()), default=0)
    found: dict[str, Commencement] = {}
    for match in _COMMENCES.finditer(text, first, end):
        day = day_said(match, head.promulgated_on or head.published_on)
        if day is None or day == head.effective_on or day < (head.version_date or ""):
            continue
        if text[match.start() - 1] == "》":
            continue
        span = Span(match.start(), match.end(), match.group(), "commencement")
        for eid in _named(match["labels"], own):
            found[eid] = Commencement(eid, day, span)
    return list(found.values())


def _named(labels: str, own: dict[str, Provision]) -> Iterator[str]:
    """eIds of the labels of a list; one that leaves its article out belongs to the article before it."""
    article = paragraph = 0
    end, before = 0, ""
    for match in _LABEL.finditer(labels):
        numbers = {
            unit: (parse_integer(number) or 0, parse_integer(sub) if sub else 0)
            for number, unit, sub in _PART.findall(match.group())
        }
        ranged = labels[end : match.start()] in ("至", "到")
        end = match.end()
        container = next((unit for unit in numbers if unit in _CONTAINERS), None)
        if container is not None:
            yield from _articles_in(_CONTAINERS[container], match.group(), own)
            continue
        if "条" in numbers:
            main, sub = numbers["条"]
            if ranged and article and main <= article + _WIDEST_RANGE:
                yield from (eid for n in range(article + 1, main) if (eid := f"art_{n}") in own)
            article, paragraph, before = main, 0, f"art_{main}" + (f"-{sub}" if sub else "")
        if "款" in numbers:
            paragraph = numbers["款"][0]
        eid = before + (f"__para_{paragraph}" if paragraph else "")
        if "项" in numbers:
            point = f"__point_{numbers['项'][0]}"
            below = (
                [e for e in own if e.startswith(f"{eid}__") and e.endswith(point)] if not paragraph else [eid + point]
            )
            eid = below[0] if len(below) == 1 else eid + point
        if eid in own:
            yield eid


def _articles_in(kind: ProvisionKind, label: str, own: dict[str, Provision]) -> Iterator[str]:
    inside = {p.eid for p in own.values() if p.kind is kind and p.label == label}
    if len(inside) != 1:  # 第一节 of several chapters: which one is not said
        return
    for provision in own.values():
        above = provision.parent
        while above is not None and above not in inside:
            above = own[above].parent if above in own else None
        if above is not None and provision.kind is ProvisionKind.ARTICLE:
            yield provision.eid
