"""Party noun phrases: where a clause names someone who can act.

In: masked text and a range (one clause or a part of it). Out: the range of the subject, or None. A head-noun classifier
(suffix tables and character rules) tells parties from things; what follows the head tells a subject from a modifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.pipes.bearers import patterns
from nlp.text.clauses import HIDDEN


def alternation(words: tuple[str, ...]) -> str:
    """A regular expression for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_HEAD_RULES = (
    r"(?<!或)者(?!名)",
    r"(?<![无器成出])人(?!民|员|大(?!常)|口|身|工(?!作)|力|才|数|事|类|行|文|格|次|均|选|为(?!个)|家|士|物|群|手|像|脸|车|道|防|流|生|造|社|用|机|体|权|财|本)",
    r"(?<![动满超])员(?!工|额|会|级)",
    r"(?<=[包托让租借营设理资受标卖售购供需用双各对甲乙医患一])方(?![面式案向法便可能])",
    r"(?<![内全外局底上下东西南北中大])部(?!门|分|队|署|件|位|级|属|长|优)",
    r"(?<![布格结全时政])局(?!部|面|限|势|长)",
    r"(?<![餐客大门舞])厅(?!长|局)",
    r"(?<![住入出剧影庭病])院(?!落|士|内|前|后|长|级)",
    r"(?<=[查导作家估商协评审案])组(?!织|成|合|建|长)",
    r"(?<=[救援防察督卫管])队(?!伍|长|员)",
    r"(?<=[用农商客租住个养])户(?!口|籍|外|名|型|内|数|用|均)",
    r"(?<=[理测验务助油血医广])站(?!点|内|长|台|前|房)",
    r"(?<=[屠宰工药油气电水瓦砖造生制灯])厂(?!房|区|址|界|外|内|商|家|长)",
    r"(?<=[辖的各])(?:省|市|县|区|州|乡|镇)(?![人政级场内外域民容区镇府直住中委])",
    r"(?<![一-龥])(?:本|全)(?:市|省|区|县|自治县|州)(?![内外人政级行范有场])",
)
_HEAD = re.compile(
    rf"(?P<no>{alternation(patterns.NOT_PARTIES)})|(?P<yes>{alternation(patterns.PARTY_SUFFIXES)}|{'|'.join(_HEAD_RULES)})"
)
_COORDINATION = re.compile(rf"(?:及其(?!他)|以及|或者|、|和|及|或|与|等|{HIDDEN})")
_FOLLOWER = re.compile(alternation(patterns.SUBJECT_FOLLOWERS))
_LEADING = re.compile(rf"(?:[\s　{HIDDEN}，]|{alternation(patterns.LEADING_WORDS)})+")
_TIME_LEADING = re.compile(
    r"(?:每年|每月|每季度|每日)(?:[^，]{0,14}[日月前内])?|[^，的]{1,24}?(?:发生|出现|实施|使用|施工|期满|届满|结束|完成|到期|解除|终止|生效)(?:后|时|前)|自[^，]{1,30}?(?:起|后)|[^，]{1,40}?之日起(?:[^，]{1,12}?[日内])?"
)
_PREPOSITION = re.compile(
    rf"(?:{alternation(patterns.PREPOSITIONS)})"
    r"(?<!经(?=[营济理费纪销办]))(?<!自(?=[然治行主愿来建备动驾贸身助]))(?<!对(?=[方口]))(?<!从(?=[业事]))(?<!为(?=首))"
    r"(?<!在(?=[建校职册线押岗途读]))(?<!除(?=尘))(?<!按(?=摩))(?<!与(?=会))(?<!以(?=[上下内及]))(?<!未(?=成年))(?<!将(?=军))"
)
_OBJECT_TAKING = frozenset(
    (
        "对",
        "对于",
        "将",
        "把",
        "向",
        "给",
        "为",
        "为了",
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
    )
)
_CITING = frozenset(("按照", "依照", "依据", "根据", "由于", "按", "为"))
_OBJECT_VERB = re.compile(alternation(patterns.OBJECT_VERBS))
_RELATIVE = re.compile(rf"(?:{alternation(patterns.RELATIVE_VERBS)})[^，]{{0,40}}?的")
_TRAILING = re.compile(rf"(?:{alternation(patterns.TRAILING_ADVERBS)}|[\s　])+$")
_PHASE_END = re.compile(r"(?:之日起|期间|过程中|情况下|时|后|前|内|中|下|起)(?=[^的])")
_COMPOUND_HEAD = re.compile(r"人员|职工|员工|学生|公民|个人|居民|农民|技术人员|代表")


@dataclass(frozen=True, slots=True)
class Party:
    """A party noun phrase in full, before it is cut to the shortest form. `agent` = it was introduced by 由."""

    start: int
    end: int
    agent: bool = False


def trim_adverbs(masked: str, start: int, end: int) -> int:
    """End of the words before a cue once adverbs between subject and cue are taken off."""
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
    at = skip_leading(masked, start, end)
    agent = False
    preposition = _PREPOSITION.match(masked, at, end)
    if preposition:
        word = preposition.group()
        if word == "由":
            agent = True
            at = preposition.end()
        else:
            found = _after_preposition(masked, at, end, word, adjacent)
            if found is None:
                return None
            at = found
    else:
        time = _TIME_LEADING.match(masked, at, end)
        if time and time.end() < end and heads(masked, time.end(), end):
            at = skip_leading(masked, time.end(), end)
    found = _finished(masked, at, end, adjacent or agent)
    if found is None:
        return None
    if not agent and _is_object(masked, at, found):
        return None
    return Party(at, found, agent)


def _after_preposition(masked: str, at: int, end: int, word: str, adjacent: bool) -> int | None:
    """Where a subject may start in a clause that a preposition opens; None when it only has an object."""
    if word in ("从", "未", "经") and adjacent and ends_in_party(masked, at, end) and len(heads(masked, at, end)) == 1:
        return at
    if word not in _OBJECT_TAKING or word in _CITING:
        tail = masked.rfind("的", at, end)
        if adjacent and tail > 0 and tail < end - 1 and ends_in_party(masked, tail, end) and end - tail <= 30:
            return at
        if not adjacent and tail > 0:
            opening = re.compile(r"的(?=[^，的]{1,20}$)").search(masked, at, end)
            if opening is None:
                for match in re.finditer("的", masked[at:end]):
                    after = at + match.end()
                    first = next(iter(heads(masked, after, min(end, after + 14))), None)
                    if first and _FOLLOWER.match(masked, first[1], end):
                        return at
    for match in _PHASE_END.finditer(masked, at, end):
        rest = skip_leading(masked, match.end(), end)
        if heads(masked, rest, end) and not _PREPOSITION.match(masked, rest, end):
            return rest
    return None


def _finished(masked: str, at: int, end: int, adjacent: bool) -> int | None:
    """End of the first party phrase from `at` on that is a finished subject."""
    candidates = heads(masked, at, end)
    for index, (_, head_end) in enumerate(candidates):
        stop = head_end
        while stop < end and masked[stop] == HIDDEN:
            stop += 1
        if masked.startswith("等", stop) and stop + 1 == end:
            stop += 1
        if stop == end:
            return head_end if adjacent else None
        after = masked[stop]
        if after in "的之地" or (_COORDINATION.match(masked, stop, end) and not masked.startswith("与", stop)):
            continue
        follower = _FOLLOWER.match(masked, stop, end)
        if follower is None:
            continue
        if adjacent and _noun_at_end(masked, stop, end, follower.group()):
            continue
        if (
            follower.group() in patterns.NOUN_MAKING_VERBS
            and (adjacent or end - follower.end() <= 3)
            and end - follower.end() <= 4
        ):
            continue
        if (
            index + 1 < len(candidates)
            and candidates[index + 1][1] - stop <= 12
            and _compound(masked, stop, candidates[index + 1])
        ):
            continue
        relative = _RELATIVE.match(masked, stop, end)
        if relative:
            later = next((h for h in candidates[index + 1 :] if h[0] >= relative.end() - 1), None)
            if later and later[1] - relative.end() <= 16:
                continue
        return head_end
    return None


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
    if any(mark in gap for mark in "的、在对向将把由按依经和与"):
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
    verb = _OBJECT_VERB.match(masked, at, end)
    if verb is None or "的" in masked[verb.end() : end]:
        return False
    rest = masked[verb.end() : end]
    return len(rest) > 2 or _COMPOUND_HEAD.fullmatch(rest) is not None


_CLAUSE_MODIFIER = re.compile(alternation(patterns.MODIFIER_VERBS))
_EXCEPT = re.compile(r"(?:之外|以外|除外)$")


def shortest(masked: str, party: Party, contrasted: bool) -> tuple[int, int]:
    """The shortest range that still names the party. `contrasted` = the text has other parties under the same head word,
    so that the modifier is needed to tell them apart."""
    start, end = party.start, party.end
    while start < end and masked[start] in f"该其各{HIDDEN} 　" and not masked.startswith("各", start):
        start += 1
    cut = masked.rfind("的", start, end - 1)
    if cut < 0:
        return start, end
    modifier, head = masked[start:cut], masked[cut + 1 : end]
    if not head or modifier in ("设区", "不设区", "有关"):
        return start, end
    if _EXCEPT.search(modifier):
        return cut + 1, end
    listing = modifier.rfind("等")
    if listing > 0 and not _CLAUSE_MODIFIER.match(modifier):
        return start + listing + 1, end
    if head in patterns.GENERIC_HEADS or contrasted:
        return start, end
    if _CLAUSE_MODIFIER.match(modifier) and "、" not in modifier[:3]:
        return cut + 1, end
    return start, end
