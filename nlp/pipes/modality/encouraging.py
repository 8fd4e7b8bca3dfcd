"""Recommendations: 鼓励, 支持, 引导 and the like, where they are the main verb of their clause.

In: a placed cue and what governs its sentence. Out: whether it starts a recommendation of its own.
"""

from __future__ import annotations

import re

from nlp.pipes.modality import patterns
from nlp.pipes.modality.scope import Place
from nlp.text.clauses import Layout
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_WORDS = alternation(patterns.CUES[Modality.RECOMMENDATION])
_GROUPED = re.compile(rf"(?:{_WORDS})(?:、|和|与|及|并|以及|或者)?$")
_ENCOURAGING_LEFT = re.compile(r"^(?:[^，的]{0,12})鼓励(?!和|、|与|并)[^，]{2,}$")
"""国家鼓励企业以捐赠等形式|支持…: what is encouraged, no second encouragement."""
_ADVERBS = alternation(patterns.BEFORE_ENCOURAGING)
_BARE_LEFT = re.compile(rf"(?:{_ADVERBS})*$")
_PLACE_LEFT = re.compile(
    rf"[^，的]{{2,16}}(?:区|域|范围)内$|(?:并)?(?:在|运用|对|对于|通过|根据|按照|为|采取)[^，]{{1,60}}(?:{_ADVERBS})*$"
)
_SUBJECT_LEFT = re.compile(
    rf"(?:但|同时|此外)?(?:{alternation(patterns.ENCOURAGERS)}|[^，]{{0,60}}(?:政府|机关|部门|机构|委员会|单位|组织|企业|学校|协会|办事处|联合会|"
    rf"管委会|法院|检察院|工会|院校|团体))(?:(?:从|在|对|通过|为)[^，]{{1,60}}|采取[^，]{{1,20}})?(?:{_ADVERBS})*$"
)
_ENCOURAGER_LEFT = re.compile(rf"(?:{alternation(patterns.ENCOURAGERS)})(?:{_ADVERBS})*")
_NOMINAL_RIGHT = re.compile(
    rf"(?:$|[、和与及]?(?:$|{alternation(patterns.NOUNS_BESIDE_ENCOURAGEMENT)})(?:$|[，。；、和与])|下|的(?!$)|等)"
)
_ENCOURAGEMENT = re.compile(r"\s*[^，]{0,12}?(?:鼓励|支持|引导|提倡|倡导)")
_NEXT_ENCOURAGEMENT = re.compile(r"\s*(?:并)?(?:鼓励|支持)")
_DUTY = re.compile(alternation(patterns.DUTY_VERBS))
_BY_MEANS = re.compile(r"(?:方式|形式|渠道|途径|手段)(?:(?:参与|参加|开展|从事)[^，]{1,20})?$")
_MEANS = re.compile(r"\s*(?:用于|以便|从而|专门用于|主要用于)")
_PURPOSE = re.compile(r"制定(?:本|《|□)|^\s*为了?(?!.*鼓励)")
_PRINCIPLE = re.compile(r"的(?:方针|原则|制度|机制|政策|体系|模式|方向|氛围|环境)$")


def starts_norm(layout: Layout, here: Place, commanded: int | None, lead: str) -> bool:
    """`commanded` is the offset of the last deontic cue before the word in its sentence (None = there is none);
    `lead` the list lead above its line."""
    left, right = here.left, here.right
    if _GROUPED.search(left) or _ENCOURAGING_LEFT.search(left):
        return False
    if (
        _NOMINAL_RIGHT.match(right)
        or left.endswith(("的", "、"))
        or (_PRINCIPLE.search(right) and not _ENCOURAGER_LEFT.fullmatch(left))
    ):
        return False
    if here.word in ("宜", "不宜"):
        return bool(left) and re.match(r"在|采用|采取|使用|设|选|按|由|不|大于|小于|以|进行", right) is not None
    sentence_start, sentence_end = layout.sentence(here.start)
    reach = min(sentence_end, here.end + 400)
    if lead or _PURPOSE.search(layout.masked, max(sentence_start, here.start - 400), reach):
        return False
    if not (_BARE_LEFT.fullmatch(left) or _PLACE_LEFT.fullmatch(left) or _SUBJECT_LEFT.fullmatch(left)):
        return False
    before = layout.clauses_between(sentence_start, here.clause[0])
    segment_start = layout.segment(here.start)[0]
    first = not any(end > segment_start for _, end in before)
    if commanded is not None and commanded >= here.clause[0]:
        return False
    if commanded is not None and commanded >= segment_start and not _BARE_LEFT.fullmatch(left):
        return False
    if here.word not in (*patterns.RESULT_VERBS, *patterns.WEAK_ENCOURAGEMENT):
        return True
    previous = layout.masked[slice(*before[-1])] if before else ""
    follows = _ENCOURAGEMENT.match(previous) is not None
    if commanded is not None and commanded >= segment_start:
        return False
    if _MEANS.match(previous) or (_BY_MEANS.search(previous) and _encouraged(layout, before)):
        return False
    if here.word in patterns.RESULT_VERBS:
        return (first and not _carries(layout, before, segment_start)) or (
            (follows or _encourages_next(layout, here))
            and here.word == "引导"
            and _BARE_LEFT.fullmatch(left) is not None
            and not _DUTY.search(previous)
        )
    if first:
        return True
    head = "".join(layout.masked[slice(*clause)] for clause in before)
    return not _DUTY.search(head)


def _encouraged(layout: Layout, before: tuple[tuple[int, int], ...]) -> bool:
    return any(_ENCOURAGEMENT.match(layout.masked, start, end) for start, end in before)


def _encourages_next(layout: Layout, here: Place) -> bool:
    """国家推行…，引导…，鼓励…: an encouragement in the next clause makes the clause before it one."""
    start = here.clause[1] + 1
    return (
        layout.closing(here.clause) in ("，", ",")
        and _NEXT_ENCOURAGEMENT.match(layout.masked, start, min(start + 8, len(layout.masked))) is not None
    )


def _carries(layout: Layout, before: tuple[tuple[int, int], ...], segment_start: int) -> bool:
    """Whether earlier segments of the sentence hold a duty that the word only goes on with."""
    return any(_DUTY.search(layout.masked[slice(*clause)]) for clause in before if clause[1] <= segment_start)
