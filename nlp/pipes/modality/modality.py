"""Finds deontic cues that govern a main clause.

In: a `Layout` (boundaries and the masked text). Out: `Cue` values in order of start. Cues inside quotes and titles are
hidden by the mask; a bracketed clause is read as a small text of its own. Penalties are the sanctions pipe's work: a
modal that only introduces a sanction is still reported here and dropped when norms are assembled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlp.pipes.modality import patterns
from nlp.pipes.modality.encouraging import starts_norm
from nlp.pipes.modality.scope import DUTY, Place, embedding, place
from nlp.text.clauses import Layout, lay_out
from nlp.text.lexicon import ahead, alternation
from rules_db.model import Modality


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue with scope over a main clause. `pattern` names what found it; `confidence` is 1.0 where the reading is
    plain, and `reason` says what is unsure."""

    modality: Modality
    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


_MODALITY = {cue: modality for modality, cues in patterns.CUES.items() for cue in cues}


def _look_alikes(cue: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Expressions for the look-alikes that hold the cue's first character, by how far before the cue they start."""
    by_offset: dict[int, list[str]] = {}
    for word in sorted({word for group in patterns.PSEUDO_CUES.values() for word in group}):
        for offset, character in enumerate(word):
            if character == cue[0]:
                by_offset.setdefault(offset, []).append(word)
    return tuple(
        (offset, re.compile("|".join(_look_alike(word) for word in sorted(words, key=len, reverse=True))))
        for offset, words in sorted(by_offset.items())
    )


def _look_alike(word: str) -> str:
    unless = patterns.PSEUDO_UNLESS.get(word)
    return re.escape(word) + (f"(?!{alternation(unless)})" if unless else "")


_DUTY = (
    r"(?P<duty>(?:负有|(?<![具所享没原固共占拥持国])有)(?!权|关|下列|[^，。；：\n□]{0,20}不(?:依法)?履行)[^，。；：\n□]{1,40}?(?<!权利)的?(?<!权利)义务)"
    r"(?!的|人|关系|植树|教育|兵|[，、]?责任|[^，。]{0,8}而)"
)
_LOOK_ALIKES = {cue: _look_alikes(cue) for cue in _MODALITY}
_SCAN = re.compile(
    rf"{ahead((*_MODALITY, '负有', '有'))}"
    rf"(?:(?P<cue>(?:{alternation(_MODALITY)})(?<!方可(?=以))(?<!才可(?=以))(?<![{patterns.BEFORE_DUTY_NOUN}]务[必须]))|{_DUTY})"
)
_ENCOURAGING = frozenset(patterns.CUES[Modality.RECOMMENDATION])
_PUNISHABLE = re.compile("受到?[^，。；]{0,16}(?:处罚|处分|制裁|追究)")
"""应受…处罚 tells what an act deserves."""
_ON_REQUEST = re.compile(
    r"[^，。；]{0,14}?(?:者|人|方|业主|单位|机关|部门|会|政府|国|户|系)(?:的)?(?:要求|请求|邀请|申请)"
)
_DEAL_WITH = re.compile(
    r"对(?!突发|气候|自然灾害|危机|挑战|风险|疫|紧急|重污染|方案|预案|措施|工作|活动|期间|处置|能力|机制|和|、|准备|极端|重大)"
    r"[^，。；]{1,40}(?:进行|予以|实行|实施|给予|加以|加强|作出|做出|提出|采取|负责|承担|开展|做好|履行|办理|建立|制定|保持|组织|依法)"
)
_NOT_ABLE = re.compile(r"(?:仍|而|尚|暂时|导致|致使|因|由于|如|若|当天|生活|时|但|后|确实|[或者]|原因|确|、|也)$")
_PURPOSE_NEXT = re.compile(r"[，,]\s*(?:必须|就|首先)")
_CAN_PREVIOUS = "总年月所须家物品量"
_NEEDED = re.compile(alternation(patterns.VERB_CHARS_AFTER_NEED))
_OFFENCE_TAIL = re.compile(r"的[，,：:]|的□*[，,]")
_SANCTION_VERB = re.compile(r"责令|没收|罚款|吊销|处分|追究|处罚|警告(?![标牌信灯线用])|拘留(?!所)")


def find_cues(layout: Layout) -> tuple[Cue, ...]:
    """Cues that govern a main clause, in order; cues in brackets are included."""
    found = list(_cues_of(layout))
    for start, end in layout.brackets:
        if end - start < 6 or not any(word in layout.text[start:end] for word in ("应", "可", "得", "须", "要", "禁")):
            continue
        inner = lay_out(layout.text[start:end])
        found.extend(replace(cue, start=cue.start + start, end=cue.end + start) for cue in _cues_of(inner))
    return tuple(sorted(found, key=lambda cue: cue.start))


def _cues_of(layout: Layout) -> tuple[Cue, ...]:
    candidates: list[Place] = []
    for match in _SCAN.finditer(layout.masked):
        duty = match.lastgroup == "duty"
        if not duty and _is_look_alike(layout.masked, match.group(), match.start()):
            continue
        word = DUTY if duty else match.group()
        candidates.append(place(layout, word, match.start(), match.end()))
    governs = _governing(layout, candidates)
    found: list[Cue] = []
    commanded: int | None = None
    for here, main in zip(candidates, governs, strict=True):
        modality = _MODALITY.get(here.word, Modality.OBLIGATION)
        if modality is Modality.RECOMMENDATION:
            sentence_start = layout.sentence(here.start)[0]
            last = commanded if commanded is not None and commanded >= sentence_start else None
            if main and starts_norm(layout, here, last, layout.lead(here.start)):
                found.append(Cue(modality, here.start, here.end, here.word))
        elif main:
            commanded = here.start
            found.append(Cue(modality, here.start, here.end, here.word, *_certainty(here)))
    return tuple(found)


def _governing(layout: Layout, candidates: list[Place]) -> list[bool]:
    """Whether each candidate governs a main clause. Read from last to first, since a cue is a relative clause of
    the next cue's subject only where that next cue governs a main clause itself."""
    governs = [False] * len(candidates)
    offence = (-1, -1)
    next_cue: Place | None = None
    for index in range(len(candidates) - 1, -1, -1):
        here = candidates[index]
        if here.word in _ENCOURAGING:
            rule = "" if here.word in ("宜", "不宜") else embedding(layout, here, None, "", -1)
            governs[index] = rule in ("", "complement")
            continue
        if not _plausible(layout, here):
            continue
        segment = layout.segment(here.start)
        if offence[0] != segment[0]:
            offence = (segment[0], _offence_end(layout, segment))
        following = next_cue.start if next_cue and next_cue.clause == here.clause else None
        governs[index] = not embedding(layout, here, following, layout.lead(here.start), offence[1])
        if governs[index]:
            next_cue = here
    return governs


def _is_look_alike(masked: str, cue: str, start: int) -> bool:
    for offset, pattern in _LOOK_ALIKES[cue]:
        if start >= offset and pattern.match(masked, start - offset) is not None:
            return True
    return False


def _offence_end(layout: Layout, segment: tuple[int, int]) -> int:
    """Offset where the offence description of a penalty segment ends; the segment's start when it is none."""
    sanction = _SANCTION_VERB.search(layout.masked, *segment)
    if sanction is None:
        return segment[0]
    end = segment[0]
    for tail in _OFFENCE_TAIL.finditer(layout.masked, segment[0], segment[1]):
        if tail.start() > sanction.start() and end > segment[0]:
            break
        end = tail.end()
    return end


def _plausible(layout: Layout, here: Place) -> bool:
    """Whether the word is used as a modal at all."""
    word, left, right = here.word, here.left, here.right
    if word in ("应", "应当") and _PUNISHABLE.match(right):
        return False
    if word == "应":
        if right.startswith("对"):
            return _DEAL_WITH.match(right) is not None
        return right.startswith(("根据", "按")) or _ON_REQUEST.match(right) is None
    if word == "可":
        return not left.endswith((*_CAN_PREVIOUS, "等", "、")) and not (left.endswith("的") and "的" in right)
    if word in ("需", "需要"):
        if not _NEEDED.match(right) or re.search(r"(?:时|后|前|的)$", right):
            return False
        return word == "需" or layout.closing(here.clause) in ("。", "；", ";", "")
    if word in ("不能",):
        closing = layout.closing(here.clause)
        if closing not in ("。", "；", ";", ""):
            return False
        return right.startswith("仅") or (bool(left) and _NOT_ABLE.search(left) is None)
    if word == "要":
        rest = layout.masked[here.clause[1] : here.clause[1] + 8]
        return not (left == "" and _PURPOSE_NEXT.match(rest))
    return True


def _certainty(here: Place) -> tuple[float, str]:
    if here.word in ("不能", "需", "需要", "可"):
        return 0.7, f"{here.word} may state a fact instead of a rule"
    if here.word == "要":
        return 0.8, "要 commands only by its place in the clause"
    return 1.0, ""
