"""Reads penalty segments: one `Sanction` per segment (cut at 。；; and line breaks), at its first sanction verb.

In: a `Layout`. Out: sanctions in order, with kinds, the authority that imposes them, the offence and the provision that
it breaches. A verb inside a name (自责令改正之日, 作出吊销许可证的决定) or denied (免予处罚) sanctions nothing, and an
authority that 应当责令 is under an obligation instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.pipes.sanctions import patterns
from nlp.text.clauses import Layout


@dataclass(frozen=True, slots=True)
class Sanction:
    """`[start, end)` is the cue, the first sanction verb; `verbs` are the starts of all sanction verbs of the segment.
    `kinds` come from `patterns.KINDS`, sorted. Empty text = not said."""

    start: int
    end: int
    segment_start: int
    segment_end: int
    pattern: str
    verbs: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    authority: str = ""
    offence: str = ""
    provision: str = ""
    confidence: float = 1.0
    reason: str = ""


_NAMES = [name for name, _ in (*patterns.STRONG_VERBS, *patterns.WEAK_VERBS)]
_STRONG = len(patterns.STRONG_VERBS)
_VERBS = tuple(re.compile(expression) for _, expression in (*patterns.STRONG_VERBS, *patterns.WEAK_VERBS))
_VERB = re.compile(f"(?=[{patterns.VERB_STARTS}])(?:{'|'.join(f'(?:{verb.pattern})' for verb in _VERBS)})")
"""Any of the verbs, without a group each: that would cost more than to ask again which one was found."""
_OFFENCE = re.compile("|".join(map(re.escape, patterns.OFFENCE)))
_BY_AUTHORITY = re.compile(r"的[，,]并?由[^，。；]{2,40}$")
_NO_OFFENCE = re.compile("|".join(map(re.escape, patterns.NO_OFFENCE)))
_LEFT = re.compile(f"(?:{'|'.join(map(re.escape, sorted(patterns.LEFT_NAMES, key=len, reverse=True)))})$")
_LEFT_REACH = re.compile(f"(?:{'|'.join(map(re.escape, patterns.LEFT_NAMES_REACH))})[^，。；的]*$")
_RIGHT = re.compile(patterns.RIGHT_NAMES)
_ORDERING = re.compile(patterns.ORDERING_MODALS)
_OBLIGED = re.compile(r"应当|必须|(?<!反)应(?![急用对])|须")
_REACH = 160
"""Characters of a clause that are looked at on either side of a verb; real clauses are shorter."""
_CONTENT = re.compile(
    r"^(?:对|侵害|违反)[^，]*的?(?:内容|问题|隐患|条款|文件|情况|项目)(?:依法|及时|应)?$|^(?:对|侵害)[^，]{1,30}(?:内容|问题|隐患)$"
)
_PRIVATE = re.compile(r"(?:委员会|业主|人|者|企业|公司)(?:可以|有权)$")
_HARD = re.compile(r"罚款|没收|吊销|拘留|处分|追究|警告")
_KINDS = tuple((kind, re.compile(expression)) for kind, expression in patterns.KINDS)
_AUTHORITY = re.compile(
    r"由([^，。；]{2,60}?)(?=依法|依照|按照|根据|依据|责令|给予|处|没收|吊销|予以|视|对|追究|在|可以|并|暂扣|取缔|撤销|$)"
)
_PROVISION = re.compile(
    r"违反[^，。；]{0,60}?规定|违反[^，。；]{0,30}第[^，。；]{1,20}?条[^，。；]{0,20}?(?=规定|，|的)"
)
_ENUMERATION = re.compile(r"包括|分为|种类")
_MEASURE = re.compile(r"(?:机关|部门|机构|政府|海关|法院|警察|人员|委员会)可以(?:依法|按照[^，]{1,12})?$")
_CASE_CLOSED = re.compile(r"的[，,](?:由[^，。；]{2,40}|可以?|并)?$|的[，,][^，。；]*[，,]")
_CASE_LEAD = re.compile(r"之一[^：:]*[：:]\s*$")
_SETTLED_LEAD = re.compile(
    r"(?:下列|以下)(?:规定|标准)[^：:]*[：:]\s*$|(?:下列|以下)(?:规定|标准)[^，：:]{0,12}处[罚理]"
)
_CASE_LEFT = re.compile(r"(?:情节(?:特别)?(?:恶劣|较轻|较重|轻微|严重)|构成犯罪)的$")
_PUNISHMENT = re.compile(r"[^，。；]*(?:处罚|处分)$")
_BY_WHOM = re.compile(r"(?:^|[，,]|并|应当|可以)由[^，。；]{2,60}$")
_ABOUT = re.compile(r"对[^，]{0,60}(?:人员|人|其|单位|者)")
_OF_PUNISHMENT = re.compile(r"的(?:行政)?处罚(?:[和、][^，]{1,20})?[，,]?$")
_MEASURES_BEFORE = re.compile(r"采取[^，的]*[、和或者]$")
_MEASURES_AFTER = re.compile(r"[^，的]*措施")
_CLOSING = re.compile(r"停产|停业|关闭|停止(?:营业|经营)")
_OFFENDED = re.compile(r"(?:情节|逾期|拒不|违反|擅自|未经)[^，。；]*的?[，,]")
_TERM = re.compile(r"是指|系指")
_RULE_NEXT = re.compile(r"[，,]\s*(?:应当|必须|须|[一二三四五六七八九十]+个月)")
_GOING_ON = ("并可以", "可以并")
# 履行下列职责： leads to duties, 按照各自职责予以处罚： to sanctions.
_DUTY_LEAD = re.compile(
    r"(?:职责|职权|措施|权力|权利|任务|工作|义务|要求|内容|事项)(?![^：:]*(?:处罚|处分|罚款))[^：:]{0,16}[：:]\s*$"
)


def find_sanctions(layout: Layout) -> tuple[Sanction, ...]:
    """Sanctions in order of start, at most one per segment."""
    groups: dict[int, list[tuple[int, int, int]]] = {}
    for match in _VERB.finditer(layout.masked):
        number = next(n for n, verb in enumerate(_VERBS) if verb.match(layout.masked, match.start()))
        if _sanctions(layout, match.start(), match.end(), number):
            groups.setdefault(layout.segment(match.start())[0], []).append((match.start(), match.end(), number))
    return tuple(_read(layout, verbs) for verbs in groups.values())


def _sanctions(layout: Layout, start: int, end: int, number: int) -> bool:
    """Whether the verb sanctions somebody here."""
    clause, segment = layout.clause(start), layout.segment(start)
    left = layout.masked[max(clause[0], start - _REACH) : start].strip()
    right = layout.masked[end : min(clause[1], end + _REACH)].strip()
    name = _NAMES[number]
    of_case = left.endswith("的") and (name == "予以处罚" or _CASE_LEFT.search(left))
    if (_LEFT.search(left) and not of_case) or _LEFT_REACH.search(left):
        return False
    named = _RIGHT.match(right)
    if named and not (name in patterns.SENTENCED_TO and _PUNISHMENT.match(right, named.start())):
        return False
    if _defined_or_topic(layout, segment, clause, start):
        return False
    if _MEASURES_BEFORE.search(left) and _MEASURES_AFTER.match(right):
        return False
    bare_fine = name == "处" and not left
    if right.endswith("的") and not bare_fine and layout.closing(clause) not in ("。", ""):
        return False
    if number >= _STRONG:
        from_start = layout.sentence(start)[0] if left.endswith(_GOING_ON) else segment[0]
        offence = layout.masked[max(from_start, start - 4 * _REACH) : start]
        if name == "查处" and not _BY_WHOM.search(left):
            return False
        if name == "处罚依照…执行":
            return _OF_PUNISHMENT.search(offence) is not None
        if name == "作出处分" and not (_ABOUT.search(left) and layout.closing(clause) in ("。", "；", ";", "", "，")):
            return False
        if not (_OFFENCE.search(offence) or _BY_AUTHORITY.search(offence)) or _NO_OFFENCE.search(offence):
            return False
        case = max(offence.rfind("的，"), offence.rfind("的,"), 0)
        if _OBLIGED.search(offence, case) or _PRIVATE.search(left):
            return False
    if name == "处罚" and not _BY_WHOM.search(left):
        return False
    if name == "开除" and (left.endswith("、") or _ENUMERATION.search(layout.masked, segment[0], start)):
        return False
    if (
        name == "责令"
        and _MEASURE.search(left)
        and not (_CLOSING.search(right) and _OFFENDED.search(layout.masked, max(segment[0], start - _REACH), start))
        and not _HARD.search(layout.masked, start, min(segment[1], start + 600))
    ):
        return False
    if name == "责令" and _is_duty(layout, segment, left, start):
        return False
    lead = layout.lead(start)
    described = (
        name != "处"
        and _CASE_LEAD.search(lead) is not None
        and _SETTLED_LEAD.search(lead) is None
        and _HARD.search(lead) is not None
    )
    if described and not _CASE_CLOSED.search(layout.masked, max(segment[0], start - 4 * _REACH), start):
        return False
    return _DUTY_LEAD.search(lead) is None


def _defined_or_topic(layout: Layout, segment: tuple[int, int], clause: tuple[int, int], start: int) -> bool:
    """Whether a term is being explained (是指责令…), or the sanction that opens its sentence is the topic of a rule:
    给予处分，应当事实清楚."""
    if _TERM.search(layout.masked, max(segment[0], start - 4 * _REACH), start):
        return True
    head = min(layout.head(segment[0]), start)
    before = layout.masked[head:start].strip("其中，, \n")
    return not before and _RULE_NEXT.match(layout.masked, clause[1]) is not None


def _is_duty(layout: Layout, segment: tuple[int, int], left: str, start: int) -> bool:
    """应当责令, or 责令 that goes on with what an authority is told to do."""
    rest = layout.masked[start : min(segment[1], start + 4 * _REACH)]
    if _HARD.search(rest):
        return False
    if _ORDERING.search(left):
        return True
    if layout.clause(start)[0] <= segment[0] or (left.strip("并及时且依法") and not _CONTENT.search(left)):
        return False
    before = layout.clauses_between(segment[0], layout.clause(start)[0])
    return any(
        _OBLIGED.search(layout.masked, clause[0], min(clause[1], clause[0] + 2 * _REACH))
        for clause in before[-3:]
        if not layout.masked.endswith("的", *clause)
    )


def _read(layout: Layout, verbs: list[tuple[int, int, int]]) -> Sanction:
    start, end, number = verbs[0]
    segment = layout.segment(start)
    words = layout.masked[segment[0] : min(segment[1], segment[0] + 20 * _REACH)]
    head = layout.text[segment[0] : min(start, segment[0] + 20 * _REACH)]
    cut = max(head.rfind("的，"), head.rfind("的,"))
    authority = _AUTHORITY.search(layout.masked, segment[0] + max(cut, 0), segment[1])
    sentence = layout.sentence(start)
    provision = _PROVISION.search(layout.text, sentence[0], segment[1])
    weak = number >= _STRONG
    return Sanction(
        start,
        end,
        *segment,
        pattern=_NAMES[number],
        verbs=tuple(verb for verb, _, _ in verbs),
        kinds=tuple(kind for kind, expression in _KINDS if expression.search(words)),
        authority=authority.group(1) if authority and authority.start() <= end else "",
        offence=head[: cut + 1].strip() if cut >= 0 else "",
        provision=provision.group() if provision else "",
        confidence=0.7 if weak else 1.0,
        reason=f"{_NAMES[number]} sanctions only after an offence" if weak else "",
    )
