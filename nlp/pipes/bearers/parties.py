"""Party noun phrases: where a clause names someone who can act.

In: masked text and a range (one clause or a part of it). Out: the range of the subject, or None. A head-noun classifier
(suffix tables and character rules) tells parties from things; what follows the head tells a subject from a modifier.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nlp.pipes.bearers import patterns
from nlp.text.clauses import HIDDEN
from nlp.text.lexicon import ahead, alternation


def _ending(rule: tuple[str, str, str, str]) -> str:
    ending, needed, refused, not_next = rule
    before = (f"(?<=[{needed}]{ending})" if needed else "") + (f"(?<![{refused}]{ending})" if refused else "")
    return ending + before + (f"(?![{not_next}])" if not_next else "")  # the character first: it fails fastest


def _unless(word: str) -> str:
    refused = patterns.FOLLOWER_UNLESS.get(word, "")
    return re.escape(word) + (f"(?![{refused}])" if refused else "")


_OWN_REGION = r"[本全](?<![一-龥].)(?:市|省|区|县|自治县|州)(?![内外人政级行范有场])"
_HEAD_STARTS = (
    *patterns.NOT_PARTIES,
    *patterns.PARTY_SUFFIXES,
    *(rule[0] for rule in patterns.PARTY_ENDINGS),
    "本",
    "全",
)
_HEAD = re.compile(
    rf"{ahead(_HEAD_STARTS)}(?:(?P<no>{alternation(patterns.NOT_PARTIES)})"
    rf"|(?P<yes>{alternation(patterns.PARTY_SUFFIXES)}|{'|'.join(map(_ending, patterns.PARTY_ENDINGS))}|{_OWN_REGION}))"
)
_COORDINATION = re.compile(rf"(?:及其(?!他)|以及|或者|、|和|及|或|与|等|{HIDDEN})")
_TOGETHER = re.compile(r"(?:(?:、|和|或者)[^，的]{1,12})?(?:联合|共同|协商|约定|在合同|双方)")
"""After 甲与乙 these make both the subject."""
_FOLLOWER = re.compile(
    "|".join(_unless(word) for word in sorted(patterns.SUBJECT_FOLLOWERS, key=lambda word: (-len(word), word)))
)
_NUMBERED = re.compile(r"[一二三四五六七八九十百\d]+(?:人|名)以上")
_QUANTITY = re.compile(r"每?[一二三四五六七八九十百千万\d]+人")
_REGION = re.compile(r"国家|社会|全社会|各地区?|[本全各].{1,3}")
_NOUN_FOLLOWER = re.compile(alternation(patterns.NOUN_FOLLOWERS))
_LEADING = re.compile(
    rf"(?:[\s　{HIDDEN}，、]|(?:{alternation(patterns.LEADING_WORDS)})(?<!当(?=[地事]))(?<!再(?=[生制就]))"
    r"|因(?:特殊|其他|客观|自身)(?:情况|原因|需要)|其(?!他|余|它|中))+"
)
_TIME_LEADING = re.compile(
    r"(?:每年|每月|每季度|每日)(?:[^，]{0,14}[日月前内])?"
    rf"|[^，的]{{1,24}}?(?:{alternation(patterns.TIME_EVENTS)})(?:后|时|前)"
    r"|[^，的在]{1,16}(?:过程|期间)中?"
    r"|自[^，]{1,30}?(?:起|后)|[^，]{1,40}?之日起(?:[^，]{1,12}?[日内])?"
)
_PREPOSITION = re.compile(
    rf"(?:{alternation(patterns.PREPOSITIONS)})"
    r"(?<!经(?=[营济理费纪销办]))(?<!自(?=[然治行主愿来建备动驾贸身助]))(?<!对(?=[方口]))(?<!从(?=[业事]))(?<!为(?=首))"
    r"(?<!在(?=[建校职册线押岗途读]))(?<!除(?=尘))(?<!按(?=摩))(?<!与(?=会))(?<!以(?=[上下内及]))(?<!未(?=成年))(?<!将(?=军))(?<!到(?=[期会场岗]))(?<!报(?=[社刊纸废告警案名考关送]))"
)
_OBJECT_TAKING = frozenset(
    (
        "对",
        "对于",
        "将",
        "把",
        "会同",
        "按照",
        "按",
        "依照",
        "依据",
        "根据",
        "关于",
        "针对",
        "除",
        "鉴于",
        "由于",
        "到",
        "报",
    )
)
_APPROVED = re.compile(
    r"(?:批准|同意|许可|审批|审核|决定|授权|认可|验收|审查|认定|确认|核准|协商|通过)(?:后|的|一致)?$"
)
_TIMING = frozenset(("在", "自", "于", "经", "至"))
_CITING = frozenset(("按照", "依照", "依据", "根据", "由于", "按"))
_OBJECT_VERB = re.compile(rf"(?:依法|及时|积极|定期|统一)*(?:{alternation(patterns.OBJECT_VERBS)}|指(?![定导派挥]))")
_RELATIVE = re.compile(rf"(?:{alternation(patterns.RELATIVE_VERBS)})[^，]{{0,40}}?的")
_TRAILING = re.compile(rf"(?:{alternation(patterns.TRAILING_ADVERBS)}|[\s　])+$")
_TRAILING_ENDS = frozenset(word[-1] for word in patterns.TRAILING_ADVERBS)
_PHASE_END = re.compile(
    r"(?:之日起|期间|过程中|情况下|时|后|前|内(?![资容部务地河陆贸外])|中(?!国|央|小|等|外|心|华)|下(?![列级属])|起)(?=[^的])"
)
_COMPOUND_HEAD = re.compile(r"他人|乡镇|人员|职工|员工|学生|公民|个人|居民|农民|技术人员|代表")


_PREDICATE = re.compile(
    rf"(?:{alternation(patterns.CLAUSE_VERBS)})(?!动产|成年|可移动|良)"
    r"|[将把]|是(?!否)|向(?!导)|对(?![方口外象])|从(?![业事])|(?<![财神已曾未凡须需外，])经(?![营济理费纪销办验过常商贸信开委侦发])|(?<![理自事缘经案])由(?![于此来])|(?<![现所存内外潜实])在(?![建校职册线押岗])"
)


_LONGEST = 220
"""A longer phrase is no name; the longest seen in law is a list of institutions of about 150 characters."""


class Party(NamedTuple):
    """A party noun phrase in full, before it is cut to the shortest form. `agent` = it was introduced by 由."""

    start: int
    end: int
    agent: bool = False


def trim_adverbs(masked: str, start: int, end: int) -> int:
    """End of the words before a cue once adverbs between subject and cue are taken off."""
    last = masked[end - 1 : end]
    if last not in _TRAILING_ENDS and not last.isspace():
        return end
    match = _TRAILING.search(masked, max(start, end - 24), end)
    return match.start() if match else end


def skip_leading(masked: str, start: int, end: int) -> int:
    """Offset of the clause's first content word."""
    match = _LEADING.match(masked, start, end)
    return match.end() if match else start


def heads(masked: str, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of party heads, left to right."""
    return [match.span() for match in _HEAD.finditer(masked, start, end) if match.lastgroup == "yes"]


def ends_in_party(masked: str, start: int, end: int) -> bool:
    """Whether the range ends with a party head (a bracket behind the head counts as part of it)."""
    while end > start and masked[end - 1] in HIDDEN + "等":
        end -= 1
    return any(head_end == end for _, head_end in heads(masked, max(start, end - 24), end))


def subject(masked: str, start: int, end: int, adjacent: bool) -> Party | None:
    """The party that is subject of the clause words [start, end). `adjacent` = a cue follows right at `end`, so that a
    phrase which reaches the end needs no predicate of its own."""
    if end - start > 2 * _LONGEST:
        if adjacent:
            start = end - 2 * _LONGEST
        else:
            end = start + 2 * _LONGEST
    at = skip_leading(masked, start, end)
    scan = at
    agent = False
    preposition = _PREPOSITION.match(masked, at, end)
    if preposition:
        word = preposition.group()
        if word == "由":
            agent = True
            at = scan = preposition.end()
        else:
            found = _after_preposition(masked, at, end, word, adjacent)
            if found is None:
                return None
            at, scan = found
    else:
        time = _TIME_LEADING.match(masked, at, end)
        if time and time.end() < end and heads(masked, time.end(), end):
            at = scan = skip_leading(masked, time.end(), end)
    stop = _finished(masked, at, scan, end, adjacent, agent)
    if (
        stop is None
        or stop - at > _LONGEST
        or _QUANTITY.fullmatch(masked, at, stop)
        or masked.rfind("应当", at, stop) > masked.rfind("的", at, stop)
        or (not agent and _is_object(masked, at, stop))
    ):
        return None
    return Party(at, stop, agent)


def _after_preposition(masked: str, at: int, end: int, word: str, adjacent: bool) -> tuple[int, int] | None:
    """Where a subject may start, and from where its head is to be sought, in a clause that a preposition opens; None
    when the preposition only has an object."""
    if word in ("从", "未", "经") and adjacent and ends_in_party(masked, at, end) and len(heads(masked, at, end)) == 1:
        return at, at
    if word == "经" and _APPROVED.search(masked, at, end):
        return None
    if word in _TIMING and not adjacent and masked[end - 1] in "时后前内中起间下":
        return None
    if word not in _OBJECT_TAKING or word in _CITING:
        for match in re.finditer("的", masked[at:end]):
            after = at + match.end()
            for head_start, head_end in heads(masked, after, min(end, after + 24)):
                if "，" in masked[after:head_start]:
                    break
                if (
                    adjacent and (head_end >= end - 1 or (word != "在" and not masked[head_end:end].strip(HIDDEN)))
                ) or _FOLLOWER.match(masked, head_end, end):
                    return at, after
                if not _COORDINATION.match(masked, head_end, end) and not heads(masked, head_end, head_end + 4):
                    break
    for match in _PHASE_END.finditer(masked, at, end):
        rest = skip_leading(masked, match.end(), end)
        if heads(masked, rest, end) and not _PREPOSITION.match(masked, rest, end):
            return rest, rest
    return None


def _finished(masked: str, at: int, scan: int, end: int, adjacent: bool, agent: bool) -> int | None:
    """End of the first party phrase from `at` on, with its head behind `scan`, that is a finished subject. Of an agent
    one character of an unknown word passes for a predicate, else three."""
    least = 1 if agent else 3
    candidates = heads(masked, scan, end)
    for index, (head_start, head_end) in enumerate(candidates):
        stop = head_end
        number = _NUMBERED.match(masked, stop, end)
        if number:
            stop = head_end = number.end()
        while stop < end and masked[stop] == HIDDEN:
            stop += 1
        if 0 < stop - head_end <= 7:
            head_end = stop
        if masked.startswith("等", stop) and stop + 1 == end:
            stop = head_end = stop + 1
        if masked.startswith("等", stop) and _FOLLOWER.match(masked, stop + 1, end):
            stop = head_end = stop + 1
        if stop == end:
            return head_end if adjacent and well_formed(masked, at, head_start) else None
        after = masked[stop]
        if after in "的之地":
            continue
        following = candidates[index + 1] if index + 1 < len(candidates) else None
        if _COORDINATION.match(masked, stop, end) and (
            after != "与"
            or (adjacent and ends_in_party(masked, stop, end))
            or (following and following[0] - stop <= 14 and _TOGETHER.match(masked, following[1], end))
        ):
            continue
        follower = _FOLLOWER.match(masked, stop, end)
        if _REGION.fullmatch(masked, head_start, head_end) and (
            follower is None or (following and following[0] - stop <= 10 and well_formed(masked, stop, following[0]))
        ):
            if follower is None and not following:
                return None
            continue
        if follower is None:
            if _NOUN_FOLLOWER.match(masked, stop, end):
                if adjacent or (following and following[0] - stop <= 12 and well_formed(masked, stop, following[0])):
                    continue
                return None
            person = (
                masked[head_end - 1] in "人者员" and end - stop >= 4 and not re.search("[的和、及]", masked[stop:end])
            )
            if (adjacent and not person) or end - stop < least:
                continue
            if "的" in masked[stop : end - 1]:
                continue
            if following and following[0] - stop <= 14 and well_formed(masked, stop, following[0]):
                continue
        else:
            if adjacent and _noun_at_end(masked, stop, end, follower.group()):
                continue
            if (
                least > 1
                and follower.group() in patterns.NOUN_MAKING_VERBS
                and end - follower.end() <= (4 if adjacent else 0)
            ):
                continue
            if following and following[1] - stop <= 12 and _compound(masked, stop, following):
                continue
        relative = _RELATIVE.match(masked, stop, end)
        if relative:
            later = next((h for h in candidates[index + 1 :] if h[0] >= relative.end() - 1), None)
            if later and (
                later[1] - relative.end() <= (16 if agent and masked.startswith(("组成", "组建"), stop) else 4)
                or (adjacent and "，" not in masked[stop:end] and candidates[-1][1] == end)
            ):
                continue
        if follower and following and masked[follower.end() : following[1]] in ("者", "人"):
            continue  # 平台|提供者
        if not agent and following and _is_object(masked, at, head_end):
            continue  # 承担|未成年人|保护工作的|部门
        return head_end if well_formed(masked, at, head_start) else None
    return None


def well_formed(masked: str, at: int, head: int) -> bool:
    """Whether the words from `at` to the head noun at `head` can be one noun phrase: no verb or preposition outside a
    modifier in 的."""
    start = masked.rfind("的", at, head) + 1 or at
    if start == at:
        preposition = _PREPOSITION.match(masked, at, head)
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


def _noun_at_end(masked: str, start: int, end: int, follower: str) -> bool:
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


def _compound(masked: str, start: int, head: tuple[int, int]) -> bool:
    """Whether the words up to the next head only lengthen the name: 人民政府|教育行政部门, 公安机关|交通管理部门."""
    gap = masked[start : head[0]]
    if any(mark in gap for mark in "的、在对向将把由按依经和与本其该"):
        return False
    if head[0] == start:
        return True
    follower = _FOLLOWER.match(masked, start, head[1])
    return (
        follower is not None
        and follower.group() in patterns.NOUN_MAKING_VERBS
        and len(gap) <= 8
        and not _COMPOUND_HEAD.match(masked, head[0])
    )


def _is_object(masked: str, at: int, end: int) -> bool:
    """Whether the phrase is the object of a verb that opens the clause: 招用人员, 委托施工单位."""
    if masked[at:end] == "组织":
        return True
    verb = _OBJECT_VERB.match(masked, at, end)
    if verb is None or "的" in masked[verb.end() : end]:
        return False
    return masked[verb.end() : end] not in patterns.ACTOR_ENDINGS


_DOING = {*patterns.SUBJECT_FOLLOWERS, *patterns.RELATIVE_VERBS, *patterns.MAKING_VERBS} - {
    *patterns.PREPOSITIONS,
    *("审议", "依法", "自愿", "有", "没有", "是"),
}
_MADE = re.compile(
    rf"(?:[未已所]|依法|自行|直接|(?:向|在|与)[^，的]{{1,16}}?)*"
    rf"(?:{alternation(_DOING)}){{1,2}}过?的"
)


def is_made_thing(masked: str, start: int, end: int) -> bool:
    """Whether the words are a thing, told by what a party did to it: 回收企业|使用的设备, 检测人员|调查取得的资料."""
    at = skip_leading(masked, start, end)
    if masked[end - 1] in "的时后前中内下上起间等" or _PREPOSITION.match(masked, at) or ends_in_party(masked, at, end):
        return False
    for first, last in heads(masked, at, end):
        made = _MADE.match(masked, last, end)
        if made and made.end() < end:
            return end - made.end() <= 40 and "对" not in masked[at:first] and well_formed(masked, at, first)
    return False


_CLAUSE_MODIFIER = re.compile(rf"(?:{alternation(patterns.MODIFIER_VERBS)})(?<!未(?=成年))")
_PLACE = re.compile(
    r"^(?!.*(?:从事|居住|进行|经营|使用|建设|设置|销售)).*(?:区域|范围|境|区|市|省|县|辖区|城|园|村|社区|街道)内$|(?:城市|农村|城镇)中$|所属$|下属$"
)
_ITS = re.compile("其(?![他余它])")
_ONE = re.compile("一(?:个|名|位|家)(?=.)")
_SEPARATOR = re.compile("、|和|或者|及")
_EXCEPT = re.compile(r"(?:之外|以外|除外)$")


def _has_subject(masked: str, start: int, cut: int) -> bool:
    """Whether a modifier is a clause with a subject of its own: 主管部门|指定的…."""
    return any(_RELATIVE.match(masked, head_end, cut + 1) for _, head_end in heads(masked, start, cut))


def shortest(masked: str, party: Party, contrasted: bool) -> tuple[int, int]:
    """The shortest range that still names the party. `contrasted` = the text has other parties under the same head
    word, so that the modifier is needed to tell them apart."""
    start, end = party.start, party.end
    while start < end and (masked[start] in f"该{HIDDEN} 　" or _ITS.match(masked, start)):
        start += 1
    one = _ONE.match(masked, start, end)
    start = one.end() if one else start
    place = masked.find("的", start, end - 1)
    if place > 0 and _PLACE.search(masked[start:place]) and masked[place + 1 : end] != "工会":
        start = place + 1
    cut = masked.rfind("的", start, end - 1)
    if cut < 0:
        return start, end
    modifier, head = masked[start:cut], masked[cut + 1 : end]
    if not head or modifier in ("设区", "不设区", "有关"):
        return start, end
    if _EXCEPT.search(modifier) or modifier in ("现有", "原有", "已有"):
        return cut + 1, end
    listing = modifier.rfind("等")
    if listing > 0 and not _CLAUSE_MODIFIER.match(modifier):
        return (cut + 1 if listing == len(modifier) - 1 else start + listing + 1), end
    first = masked.find("的", start, cut)
    if first >= 0 and any(_COORDINATION.match(masked, head_end) for _, head_end in heads(masked, first, cut)):
        return start, end
    if contrasted or head in patterns.GENERIC_HEADS or _SEPARATOR.split(head)[0] in patterns.GENERIC_HEADS:
        return start, end
    if (_CLAUSE_MODIFIER.match(modifier) and not modifier.startswith(("有关", "有权"))) or _has_subject(
        masked, start, cut
    ):
        return cut + 1, end
    return start, end
