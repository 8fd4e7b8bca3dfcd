"""What a phrase around a party's head noun is: one name, an object, a longer name, or a thing told by what a party did.

In: masked text and offsets of heads. Out: yes or no.
"""

from __future__ import annotations

import re

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.heads import FOLLOWER, PREPOSITION, ends_in_party, heads, skip_leading
from nlp.text.lexicon import alternation

_OBJECT_VERB = re.compile(rf"(?:依法|及时|积极|定期|统一)*(?:{alternation(patterns.OBJECT_VERBS)}|指(?![定导派挥]))")
_DOER = re.compile(r"(?:者|人(?![员民才工]))(?:、|和|或者|及|与)")
"""Behind such a verb, with another party joined on: 举办者或者实际控制人."""
_COMPOUND_HEAD = re.compile(r"他人|乡镇|人员|职工|员工|学生|公民|个人|居民|农民|技术人员|代表")


_PREDICATE = re.compile(
    rf"(?:{alternation(patterns.CLAUSE_VERBS)})(?!动产|成年|可移动|良|同|特定)"
    r"|已经(?=[^，]{0,10}(?:机关|部门|机构|政府|委员会|单位))"
    r"|[将把]|是(?!否)|向(?!导)|对(?![方口外象])|从(?![业事])|(?<![财神已曾未凡须需外，])经(?![营济理费纪销办验过常商贸信开委侦发])|(?<![理自事缘经案])由(?![于此来])|(?<![现所存内外潜实])在(?![建校职册线押岗])"
)


def well_formed(masked: str, at: int, head: int) -> bool:
    """Whether the words from `at` to the head noun at `head` can be one noun phrase: no verb or preposition outside a
    modifier in 的."""
    start = masked.rfind("的", at, head) + 1 or at
    if start == at:
        preposition = PREPOSITION.match(masked, at, head)
        start = preposition.end() if preposition and preposition.group() in ("从", "未", "经") else at
    for match in _PREDICATE.finditer(masked, start, head + 2):  # two more, for what must not follow a verb
        if match.end() > head:
            break
        if match.group() not in patterns.NAMING_CLAUSE_VERBS:
            return False
        if match.end() == head:
            if not masked.startswith(patterns.ACTOR_ENDINGS, head):
                return False
        elif all((first, last) != (match.end(), match.end() + 1) for first, last in heads(masked, start, head)):
            return False
    return True


def is_noun_at_end(masked: str, start: int, end: int, follower: str) -> bool:
    """Whether the words up to the cue are one noun phrase that the party only modifies: 经营者销售的商品|应当."""
    if follower in patterns.PREPOSITIONS or follower in ("依法", "应"):
        return False
    cut = masked.rfind("的", start, end)
    return (
        cut >= 0
        and 1 <= end - cut - 1 <= 12
        and masked[end - 1] not in "时后前内中下起外"
        and not ends_in_party(masked, cut, end)
    )


def lengthens_name(masked: str, start: int, head: tuple[int, int]) -> bool:
    """Whether the words up to the next head only lengthen the name: 人民政府|教育行政部门, 公安机关|交通管理部门."""
    gap = masked[start : head[0]]
    if any(mark in gap for mark in "的、在对向将把由按依经和与本其该"):
        return False
    if head[0] == start:
        return True
    follower = FOLLOWER.match(masked, start, head[1])
    return (
        follower is not None
        and follower.group() in patterns.NOUN_MAKING_VERBS
        and len(gap) <= 8
        and not _COMPOUND_HEAD.match(masked, head[0])
    )


def is_object(masked: str, at: int, end: int) -> bool:
    """Whether the phrase is the object of a verb that opens the clause: 招用人员, 委托施工单位."""
    if masked[at:end] == "组织":
        return True
    verb = _OBJECT_VERB.match(masked, at, end)
    if verb is None or "的" in masked[verb.end() : end]:
        return False
    return masked[verb.end() : end] not in patterns.ACTOR_ENDINGS and not _DOER.match(masked, verb.end(), end)


_DOING = {*patterns.SUBJECT_FOLLOWERS, *patterns.RELATIVE_VERBS, *patterns.MAKING_VERBS} - {
    *patterns.PREPOSITIONS,
    *("审议", "依法", "自愿", "有", "没有", "是"),
}
_MADE = re.compile(
    rf"(?:[未已所]|依法|自行|直接|(?:向|在|与|为)[^，的]{{1,16}}?)*"
    rf"(?:{alternation(_DOING)}){{1,2}}过?的"
)


_PREDICATED = re.compile("[已未不有是在]")


def is_made_thing(masked: str, start: int, end: int, alone: bool = False) -> bool:
    """Whether the words are a thing, told by what a party did to it: 回收企业|使用的设备, 检测人员|调查取得的资料.
    `alone` = nothing is said of the thing in these words."""
    if masked.find("的", start, end) < 0:
        return False
    at = skip_leading(masked, start, end)
    if masked[end - 1] in "的时后前中内下上起间等" or PREPOSITION.match(masked, at) or ends_in_party(masked, at, end):
        return False
    for first, last in heads(masked, at, end):
        made = _MADE.match(masked, last, end)
        if made and made.end() < end:
            if alone and _PREDICATED.search(masked, made.end(), end):
                return False
            return end - made.end() <= 40 and "对" not in masked[at:first] and well_formed(masked, at, first)
        verb = FOLLOWER.match(masked, last, end)
        if verb and verb.group() not in patterns.NOUN_MAKING_VERBS:
            return False  # the party has a predicate of its own, and what is made stands in it
    return False
