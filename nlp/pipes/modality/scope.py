"""Decides whether a cue governs a main clause or sits inside a noun phrase, a condition, an offence or a definition.

In: a `Layout`, the cue's range and its neighbours. Out: the name of the rule that embeds it, or an empty string.
Each rule looks at one clause (or one line) with anchored expressions, so the whole stays linear.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nlp.pipes.modality import patterns
from nlp.text.clauses import HIDDEN, Layout
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_AREA = alternation(patterns.AREA_NOUNS)
_GOVERNED = re.compile(
    rf"(?<![扣拆清消免解删排铲剔核校比面相方导流走取去意倾存所现正实潜内外])(?:{alternation(patterns.GOVERNORS)})(?:依法|按照?规定)?$"
)
_NAMED = re.compile(rf"(?:擅自|违法|非法)?(?:{alternation(patterns.NAMING_VERBS)})")
_CITED = re.compile(
    rf"(?:{alternation(patterns.CITING_WORDS)})$"
    r"|(?:^|[、和或及者国])(?:本法|法律|(?:地方性|行政)?法规|规章)$"
)
_ADVERBS = alternation(patterns.ADVERBS)
_BARE_VERB = re.compile(
    rf"(?:{_ADVERBS})*(?P<verb>[^，的]{{2}}|[负付交缴])(?:或者?(?:被|予以|依法)?[^，的]{{2}})?的(?!话)"
)
_NO_VERB = re.compile(r"[有是为对向以由将把与按]|在(?!建)|从(?!事)|经(?!营)|自(?!行)")
_SIGN = re.compile(r"[^，的]{1,14}(?:标志|标识|标线|标牌)(?:$|[、的和或])")
_BAN_GOVERNORS = ("予以", "决定", "加以", "可", "可以", "应当", "有权", "除", "除了")
_MADE_AREA = re.compile(r"(?:设立为|划为|划定为?|设为|确定为|列为)[^，的]{0,6}$")
_BANNED_AREA = re.compile(r"[^，的]{1,20}(?:区|域|场所|路段|时段|地点|河段|范围)")
_RESTRICTED = re.compile(rf"(?:、|和|或者)限制[^，]*的(?:{_AREA})")
_BANNED_WORK = re.compile(r"[^，的]{1,10}(?:工作|管理制度|宣传|宣传教育)$")
_SIGN_LEFT = re.compile(r"(?:有|设置|悬挂|张贴|各种|各类|或者|明显的)$")
_MODAL_BEFORE = re.compile(r"(?:应当?|必须|可以|要|负责)[^，]{1,12}(?<![并且者、和])(?<!同时)$")
_HEADLESS = re.compile(rf"(?:{alternation(patterns.HEADLESS_TAILS)})[{HIDDEN} ]*$")
_DEFINING = re.compile(rf"{alternation(patterns.DEFINING)}|[，,：:]指(?![挥导定派明示引使控标])")
_LISTED = re.compile(rf"(?:{alternation(patterns.LISTED_CASES)})(?!规范|准则)[^：:\n]*[：:]\s*$")
_SETTLING = re.compile(r"(?:分别|按照?下列|按照?以下)[^：:\n]*[：:]\s*$|(?:处罚|处理|办理)[：:]\s*$")
_ENCOURAGING = frozenset(patterns.CUES[Modality.RECOMMENDATION])
_AREA_TOPIC = re.compile(
    rf"[^，]{{1,60}}(?:的|、)?[^，的]{{0,6}}(?:{_AREA})(?:(?:和|、|及|以及|或者)[^，]{{1,12}})?(?:$|由|为|包括|是|按照|依照|根据)"
)
_COMPLEMENT = re.compile(rf"(?<!的)(?:{alternation(patterns.COMPLEMENT_VERBS)})(?P<gap>[^，。；、]{{0,20}})$")
_SETTER = re.compile(r"(?:机关|部门|单位|机构|政府|企业|人)$")
_PARTY_GAP = re.compile(r"(?:其|人|者|方|单位|部门|机关|机构|企业|员|户|生|民|会|公众)$")
_LISTED_WORDS = re.compile(r"[^，、]{1,8}、")
_FAILED = re.compile(r"[^，]{1,12}而(?:未|不|没有)")
_OFFICES = ("机关", "单位", "人", "方", "部门", "机构", "者", "人员")
_NOMINAL_GAP = re.compile(r"[的后时内等和或中]|之")
_RULE_NOUN = re.compile(r"的(?:规定|要求|原则|决定|标准|程序|条件|承诺|约定)")
_RULE_GOVERNOR = re.compile(r"违反|关于|符合")
_CONDITION_TAIL = re.compile(r"(?:时|后|前|的情况下|的时候|期间)$")
_TIME_HEAD = re.compile(r"在|于|自|从|待|每|经|提前|至|将|把|对|当")
_OWN_MODAL = re.compile(r"\s*(?:应当?|可以|必须|要|须)")
_OWN_ACT = re.compile(r"\s*(?:未|不|逾期|拒不|违反|否则|没有|情节|造成|构成|经)")
_OFFENCE_HEAD = re.compile(r"\s*(?:对)?(?:违反|未|不|擅自|有(?:本|前|下|以)|明知|依法应当|应当|拒不|拒绝|因|依照|以)")
_PREVIOUS_LINE_LEAD = re.compile(r"[：:]\s*$")
_PART = re.compile(r"的(?:部分|款项|费用|事项)$")
_PARTY_END = re.compile(r"的[^，的]{0,16}(?:单位|个人|企业|机构|人员|部门|组织|公民|者|人)$")
_AREA_PARTY = re.compile(rf"(?:{_AREA})(?:内)?的[^，的]{{1,12}}$")
_OTHER_PARTY = re.compile(r"(?:现有|其他|有关|该|由)[^，。]{0,16}(?:企业|单位|部门|机关|机构|人员|政府)$")
_LATER_MODAL = re.compile(r"应当|必须|不得|可以|由|须")
_DONE = re.compile(r"[^，]*的[^，的]{2,20}(?:后|时|前)")
_TOPIC_NEXT = re.compile(r"\s*(?:由|不得|应当?|可以|必须|禁止|一律|不予|须|方可|按照|依照)")


DUTY = "有…义务"
"""Stands for the cues 有…义务 and 负有…义务, whose words lie apart."""

_SETTING = re.compile(rf"(?:{alternation(patterns.SETTING_VERBS)})[^，的]{{0,12}}$")
_OF_THING = re.compile(r"的[^，的]{1,12}$")
_SET_AREA = re.compile(rf"的[^，的]{{0,4}}(?:{_AREA})(?:[和、或及与][^，的]{{1,12}})*$")

_REACH = 160
"""Characters of a clause that are looked at before a cue, and half of those after it; real clauses are shorter."""


class Place(NamedTuple):
    """A cue in its clause: `left` and `right` are the clause's words before and after it, markers taken off. A tuple,
    since one is made for every candidate and a frozen dataclass takes four times as long to make."""

    word: str
    start: int
    end: int
    clause: tuple[int, int]
    left: str
    right: str


def place(layout: Layout, word: str, start: int, end: int) -> Place:
    clause = layout.clause(start)
    head = min(layout.head(clause[0]), start)
    left = layout.masked[max(head, start - _REACH) : start].strip()
    return Place(word, start, end, clause, left, layout.masked[end : min(clause[1], end + 2 * _REACH)].strip())


def embedding(layout: Layout, here: Place, next_cue: int | None, lead: str, offence_end: int) -> str:
    """Name of the rule that keeps the cue from governing a main clause, else "".

    `next_cue` is the offset of the next candidate in the same clause, `lead` the list lead above the cue's line, and
    `offence_end` the offset where the offence description of the segment ends (its start when there is none).
    """
    left, right = here.left, here.right
    defined = _DEFINING.search(layout.masked, max(layout.sentence(here.start)[0], here.start - 4 * _REACH), here.start)
    if here.word == DUTY:
        return "definition" if defined else ""
    if not right:
        return "nothing follows"
    if right.startswith("的"):
        return "names a thing"
    if _SETTING.search(left) and not _SETTER.search(left) and _SET_AREA.search(right):
        return "named"
    headless = _HEADLESS.search(right)
    if headless and not _ends_in_title(layout, here, right):
        return "headless"
    if (
        _LISTED.search(lead)
        and not _SETTLING.search(lead)
        and here.word not in ("禁止", "严禁")
        and not _in_case(layout, here)
    ):
        return "item of a list of cases"
    if defined:
        return "definition"
    if here.word in ("禁止", "严禁") and left.endswith(_BAN_GOVERNORS):
        return "governed by another modal"
    if _FAILED.match(right):
        return "a duty not done"
    if left.endswith("、") and _LISTED_WORDS.match(right):
        return "listed among nouns"
    if left.endswith("的") and _OF_THING.search(right):
        line = layout.line(here.start)
        alone = here.clause[0] == line[0] and here.clause[1] + 1 >= line[1]
        if (
            alone
            or (right.startswith("由") and "，" not in left)
            or _TOPIC_NEXT.match(layout.masked, here.clause[1] + 1)
        ):
            return "named"
    if _GOVERNED.search(left):
        return "governed"
    bare = _BARE_VERB.match(right)
    if bare and bare["verb"] not in patterns.NOT_VERBS_BEFORE_DE and not _NO_VERB.match(bare["verb"]):
        return "names a thing"
    if len(right) <= 4 and left.endswith("其他" if here.word not in ("禁止", "严禁") else ("其他", "的")):
        return "names a thing"
    if "的" in right and _named(left) and not _ends_citing(layout, here):
        return "named"
    if here.word in ("禁止", "严禁") and (
        (_SIGN_LEFT.search(left) and _SIGN.match(right))
        or ((left.endswith("的") or _MADE_AREA.search(left)) and _BANNED_AREA.match(right))
        or (left and _RESTRICTED.match(right))
        or (left and _BANNED_WORK.match(right))
        or ("的" in right and _MODAL_BEFORE.search(left))
    ):
        return "named"
    complement = _COMPLEMENT.search(left)
    if (
        complement
        and complement["gap"] not in _OFFICES
        and _PARTY_GAP.search(complement["gap"])
        and not _NOMINAL_GAP.search(complement["gap"])
    ):
        return "complement"
    if _RULE_NOUN.search(right) and _RULE_GOVERNOR.search(left):
        return "names a rule"
    if next_cue is not None and _relative_before(
        layout.masked[here.end : min(next_cue, here.end + 2 * _REACH)], layout.masked[next_cue : next_cue + 1]
    ):
        return "relative clause of a subject"
    if here.start < offence_end and not _stands_before_offence(layout, here, offence_end):
        return "offence"
    return _topic(layout, here)


def _ends_in_title(layout: Layout, here: Place, right: str) -> bool:
    """Whether the hidden words at the end of the clause are a title, which 的 goes on to: 执行国务院批准的《…规划》."""
    hidden = len(right) - len(right.rstrip(HIDDEN))
    return hidden > 0 and layout.text.startswith("《", here.clause[1] - hidden)


def _in_case(layout: Layout, here: Place) -> bool:
    """Whether the clause before, in the same line, sets a case for the cue: （二）停用设备的，应当…."""
    before = here.clause[0] - 1
    return (
        before > layout.line(here.start)[0]
        and layout.masked[before] in "，,"
        and layout.masked[before - 1] == "的"
        and here.left in ("", "还", "依法")
    )


def _ends_citing(layout: Layout, here: Place) -> bool:
    """Whether a last clause only says by what rule: …的，按照国家规定可以作为…."""
    last = layout.closing(here.clause) in ("。", "；", ";") and here.clause[0] > layout.sentence(here.start)[0]
    return last and here.word not in _ENCOURAGING and here.left.startswith(("按照", "依照", "根据"))


def _named(left: str) -> bool:
    """Whether the words before the cue make cue and 的 an attribute: a verb alone (提供应当保密的…), or words that cite
    (法律、法规规定应当…的…). 国家 and the like open a main clause: 国家禁止…."""
    if left in ("国家", "本市", "本省"):
        return False
    return _CITED.search(left) is not None or _NAMED.fullmatch(left) is not None


def _relative_before(between: str, following: str) -> bool:
    """Words between two cues of one clause, when the first sits in a relative clause of the second one's subject."""
    if "的" not in between or following.startswith("方"):
        return False
    after = between.rsplit("的", 1)[1]
    if not 1 <= len(after) <= 24:
        return False
    return not re.search(r"(?:并|且|也|还|或者|而|，|同时|但|又|均|都)$", after) or after.endswith(("均", "都", "也"))


def _stands_before_offence(layout: Layout, here: Place, offence_end: int) -> bool:
    """A duty stated before its breach in one segment: …应当A，未A的，由…责令…."""
    segment = layout.segment(here.start)[0]
    if _OFFENCE_HEAD.match(layout.masked, layout.head(segment)):
        return False
    if here.left.strip("依法") and here.clause[0] <= segment:
        return True
    if _OWN_MODAL.match(layout.masked, offence_end):
        return True
    return any(
        _OWN_ACT.match(layout.masked, start) for start, _ in layout.clauses_between(here.clause[1] + 1, offence_end)
    )


def _of_party(layout: Layout, here: Place) -> bool:
    """Whether cue and 的 only say which party a later modal binds: 应当缴费的单位和个人，…必须…."""
    if not _PARTY_END.search(here.right) or layout.closing(here.clause) not in ("，", ","):
        return False
    modal = _LATER_MODAL.search(
        layout.masked, here.clause[1], min(layout.segment(here.start)[1], here.clause[1] + 2 * _REACH)
    )
    return modal is not None and not _OTHER_PARTY.search(layout.masked, here.clause[1], modal.start())


def _topic(layout: Layout, here: Place) -> str:
    """Clause-initial cue phrases that are themselves the topic of what follows."""
    left, right = here.left, here.right
    if _PART.search(right) and re.match(r"[，,]\s*由", layout.masked[here.clause[1] : here.clause[1] + 6]):
        return "topic"
    if left not in ("", "依法", "法律规定", "其他") or here.word in _ENCOURAGING:
        return ""
    after = layout.masked[here.clause[1] + 1 : here.clause[1] + 8] if layout.closing(here.clause) in "，," else ""
    first = layout.sentence(here.start)[0] == here.clause[0]
    banned = here.word in ("禁止", "严禁")
    if first and not banned and (_DONE.fullmatch(right) or _of_party(layout, here)):
        return "topic"
    if first and banned and _AREA_PARTY.search(right) and _of_party(layout, here):
        return "topic"
    area = _AREA_TOPIC.match(right) if first and "的" in right else None
    if area and (area.end() < len(right) or re.match(r"\s*(?:由|为|包括|应当?|按照)", after)):
        return "topic"
    if banned or "的" not in right:
        return ""
    if (
        first
        and here.word not in ("不得", "可以", "可")
        and after
        and _TOPIC_NEXT.match(after)
        and 1 <= len(right.rsplit("的", 1)[1]) <= 12
    ):
        return "topic"
    if right.find("的其他") > 0 and here.clause[0] == layout.line(here.start)[0]:
        return "catch-all item"
    return ""
