"""Subjects: the party noun phrase that a clause is about.

In: masked text and a range (one clause or a part of it). Out: the range of the subject, or None. What follows a head
noun tells a finished subject from a modifier or the first part of a longer phrase.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.heads import COORDINATION, FOLLOWER, PREPOSITION, RELATIVE, ends_in_party, heads, skip_leading
from nlp.pipes.bearers.phrases import is_noun_at_end, is_object, lengthens_name, well_formed
from nlp.text.clauses import HIDDEN
from nlp.text.lexicon import alternation

_TOGETHER = re.compile(r"(?:(?:、|和|或者)[^，的]{1,12})?(?:联合|共同|协商|约定|在合同|双方)")
"""After 甲与乙 these make both the subject."""
_THING_BY = re.compile(r"[^，的、和及按]{2,14}(?<![理自事缘经])(?<![^规议提]案)由(?![于此来])")
"""What opens with a thing and 由 has its agent behind: 任务书由飞行单位的负责人|签发."""
_VERB = alternation(word for word in patterns.SUBJECT_FOLLOWERS if len(word) > 1)
_UNKNOWN_JOINED = re.compile(rf"(?P<party>(?:、|和|或者)[^，的、和及或与在对由]{{2,6}}?)(?={_VERB})")
_PLACES_JOINED = re.compile(r"(?P<party>(?:、|和|或者)(?:其他)?场所)$")
"""What goes on with a party phrase though no table has it: 宗教院校或者寺观教堂|提出, 医疗机构和场所|应当."""
_NUMBERED = re.compile(r"[一二三四五六七八九十百\d]+(?:人|名)以上")
_QUANTITY = re.compile(r"每?[一二三四五六七八九十百千万\d]+人")
_REGION = re.compile(r"国家|社会|全社会|各地区?|[本全各].{1,3}")
_NOUN_FOLLOWER = re.compile(alternation(patterns.NOUN_FOLLOWERS))
_TIME_LEADING = re.compile(
    r"(?:每年|每月|每季度|每日)(?:[^，]{0,14}[日月前内])?"
    rf"|[^，的]{{1,24}}?(?:{alternation(patterns.TIME_EVENTS)})(?:后|时|前)"
    r"|[^，的在]{1,16}(?:过程|期间)中?"
    r"|自[^，]{1,30}?(?:起|后)|[^，]{1,40}?之日起(?:[^，]{1,12}?[日内])?"
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
_CONCERNING = frozenset(("对", "对于", "将", "把"))
_TIMING = frozenset(("在", "自", "于", "经", "至"))
_CITING = frozenset(("按照", "依照", "依据", "根据", "由于", "按"))
_PHASE_END = re.compile(
    r"(?:之日起|期间|过程中|情况下|时|后|前|内(?![资容部务地河陆贸外])|中(?!国|央|小|等|外|心|华)|下(?![列级属])|(?<=[日时])起)(?=[^的])"
)
_LONGEST = 220
"""A longer phrase is no name; the longest seen in law is a list of institutions of about 150 characters."""


class Party(NamedTuple):
    """A party noun phrase in full, before it is cut to the shortest form. `agent` = it was introduced by 由."""

    start: int
    end: int
    agent: bool = False


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
    preposition = PREPOSITION.match(masked, at, end)
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
        since = masked.find("自", at, time.end()) if time else -1  # 企业自开工之日起…: its subject comes first
        if time and time.end() < end and heads(masked, time.end(), end) and not ends_in_party(masked, at, since):
            at = scan = skip_leading(masked, time.end(), end)
    stop = _finished(masked, at, scan, end, adjacent, agent)
    if (
        stop is None
        or stop - at > _LONGEST
        or _QUANTITY.fullmatch(masked, at, stop)
        or masked.rfind("应当", at, stop) > masked.rfind("的", at, stop)
        or (not agent and _THING_BY.match(masked, at, stop))
        or (not agent and is_object(masked, at, stop))
    ):
        return None
    return Party(at, stop, agent)


def _after_preposition(masked: str, at: int, end: int, word: str, adjacent: bool) -> tuple[int, int] | None:
    """Where a subject may start, and from where its head is to be sought, in a clause that a preposition opens; None
    when the preposition only has an object."""
    if word in ("从", "未", "经") and adjacent and ends_in_party(masked, at, end) and len(heads(masked, at, end)) == 1:
        return at, at
    if word == "未经" and not adjacent:
        return None
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
                ) or FOLLOWER.match(masked, head_end, end):
                    return at, after
                if not COORDINATION.match(masked, head_end, end) and not heads(masked, head_end, head_end + 4):
                    break
    for match in _PHASE_END.finditer(masked, at, end) if word not in _CONCERNING else ():
        rest = skip_leading(masked, match.end(), end)
        if heads(masked, rest, end) and not PREPOSITION.match(masked, rest, end):
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
        if masked.startswith("等", stop) and FOLLOWER.match(masked, stop + 1, end):
            stop = head_end = stop + 1
        if stop == end:
            return head_end if adjacent and well_formed(masked, at, head_start) else None
        after = masked[stop]
        if after in "的之地":
            continue
        following = candidates[index + 1] if index + 1 < len(candidates) else None
        if COORDINATION.match(masked, stop, end) and (
            after != "与"
            or (adjacent and ends_in_party(masked, stop, end))
            or (following and following[0] - stop <= 14 and _TOGETHER.match(masked, following[1], end))
        ):
            if following is None:
                joined = _UNKNOWN_JOINED.match(masked, stop, end) if agent else _PLACES_JOINED.match(masked, stop, end)
                if joined and (adjacent or agent) and well_formed(masked, at, head_start):
                    return joined.end("party")
            continue
        follower = FOLLOWER.match(masked, stop, end)
        if after == "与" and masked.find("之间的", stop, end) > 0:
            return None
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
            if adjacent and is_noun_at_end(masked, stop, end, follower.group()):
                continue
            if adjacent and follower.end() == end and follower.group() in patterns.NOMINAL_VERBS:
                continue
            if (
                least > 1
                and follower.group() in patterns.NOUN_MAKING_VERBS
                and end - follower.end() <= (4 if adjacent else 0)
                and not masked.startswith(patterns.UNIVERSAL, at)
            ):
                continue
            if following and following[1] - stop <= 12 and lengthens_name(masked, stop, following):
                continue
        relative = RELATIVE.match(masked, stop, end)
        if relative:
            later = next((h for h in candidates[index + 1 :] if h[0] >= relative.end() - 1), None)
            if later and (
                later[1] - relative.end() <= (16 if agent and masked.startswith(("组成", "组建"), stop) else 4)
                or (adjacent and "，" not in masked[stop:end] and candidates[-1][1] == end)
            ):
                continue
        if follower and following and masked[follower.end() : following[1]] in ("者", "人"):
            continue  # 平台|提供者
        if not agent and following and is_object(masked, at, head_end):
            continue  # 承担|未成年人|保护工作的|部门
        if well_formed(masked, at, head_start):
            return head_end
        if not adjacent or "的" not in masked[stop:end]:
            return None  # else it may stand in a modifier: 符合国家|就业条件的|妇女
    return None
