"""Tells what the words around a cue are when they name no party: an adverbial, a thing, or a topic.

In: masked words (one clause, or a part of one). Out: yes or no. Things and topics end the search for a bearer;
adverbials (when, where, to whom) do not.
"""

from __future__ import annotations

import re

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.heads import PREPOSITION
from nlp.text.lexicon import alternation

_PHASE = re.compile(r".*(?:时|后|前|内|期间|过程中|情况下|之日起|[^其集]中|的|起|外|下|上)$")
_NOUN_TAIL = re.compile(
    r"(?:在|位于)[^，]+的[^，的]{1,12}$"
    rf"|(?:{alternation(patterns.CITING)})[^，]+(?:{alternation(patterns.MAKING_VERBS)})的[^，的]{{1,24}}$"
)
_OBJECT_TOPIC = re.compile(rf"(?:对|对于)[^，]+的[^，的]{{0,6}}(?:{alternation(patterns.ACTION_NOUNS)})")
_LIMITS = alternation(patterns.THING_WITHOUT_ACTOR)
_LIMIT = re.compile(rf"(?:{_LIMITS})$")
_LIMIT_TOPIC = re.compile(rf"的[^，的]{{0,8}}(?:{_LIMITS})$")
_USE_BAN = re.compile(rf"(?:擅自)?(?:{alternation(patterns.USE_BANS)})")
_DEFECT = re.compile(alternation(patterns.DEFECTS))
_COPULA = re.compile(r"是|[^的及和、]有(?!关|条件|偿|效|毒|害|权|机|限|色)")
_PLACED_THING = re.compile(r"[^，在]{2,}[^，在存时后前中的]在[^，]+(?:内|上|中|时|期间)")
_BARE_THING = re.compile(r"[^，]*[^的时后前内中下者上起间]$(?<!提议)(?<!届满)(?<!期满)(?<!到期)")
_TOPIC_VERBS = alternation(patterns.TOPIC_VERBS)
_VERB_TOPIC = re.compile(rf"(?:{_TOPIC_VERBS}|{alternation(patterns.EVENT_VERBS)})")
_TOPIC_ADVERBS = "依法|自行|拟|直接|重新|临时|首次|单独|长期|需"
_HEADLESS_ACT = re.compile(
    r"(?:凡|对)?(?:在(?![^，]{1,10}(?:中|时|过程中))|因|以|通过|利用|经|需要?|未|不|擅自"
    rf"|(?:{_TOPIC_ADVERBS})?(?:{_TOPIC_VERBS}))"
)
_ACT_TOPIC = re.compile(rf"(?:{_TOPIC_VERBS}|编制|制定|修改|修订)(?!后|前|时)[^，]*[^后前时中内]$")
_ACT_VERB = re.compile(rf"(?:{_TOPIC_ADVERBS})?(?P<verb>{_TOPIC_VERBS}|编制|制定|修改|修订)")
_PLAIN_ACT = re.compile("从事|发现|提供|办理|销售|举办|开展|排放|收购|采用|进行|发布|收集|携带|申请")
_PLACED_ACT = re.compile(rf"在[^，]+(?:内|上|中)[^，]{{0,4}}(?:{_TOPIC_VERBS})")
_PLACE = re.compile(
    r"(?:在)?[^，]*(?:区|区域|范围|场所|保护区|地带|水域|路段|通道|库房|车间|库区|园区|活动|过程|距离|两侧|周边)(?:内|上|中|里|周边|附近)?(?:[^，]{0,6}(?:内|上|中|里))?"
)
_EVENT = re.compile(rf"(?:{alternation(patterns.EVENT_VERBS)})")
_ITEM_HAVING = re.compile(r"有|具有|具备|配备|设有")


def is_adverbial(words: str) -> bool:
    """Whether the words before a cue only say when, where or to whom."""
    if _OBJECT_TOPIC.fullmatch(words):
        return False
    placed = _PLACED_THING.fullmatch(words)
    if placed and not PREPOSITION.match(words) and not _VERB_TOPIC.match(words):
        return False
    if _PHASE.fullmatch(words):
        return True
    return PREPOSITION.match(words) is not None and not _NOUN_TAIL.match(words)


def is_limit(words: str) -> bool:
    """Whether the words end in a limit that binds no named party: 期限, 比例."""
    return _LIMIT.search(words) is not None


def is_limit_topic(words: str) -> bool:
    """The same for a clause of its own: 参加培训的时间，…."""
    return _LIMIT_TOPIC.search(words) is not None


def is_bare_thing(words: str, opens_sentence: bool) -> bool:
    """Whether a clause is only a noun phrase, set off by a comma before its predicate: 运输货物的车辆，应当…. A short
    clause without 的 counts only at the head of a sentence (elsewhere it goes on with what was said)."""
    if len(words) < 2 or _COPULA.search(words) or not _BARE_THING.fullmatch(words):
        return False
    if PREPOSITION.match(words) and not _NOUN_TAIL.match(words):
        return False
    if _LIMIT.search(words):
        return True
    if _EVENT.match(words):
        return False
    tail = words.rsplit("的", 1)
    if len(tail) == 2:
        return 1 <= len(tail[1]) <= (60 if "、" in tail[1] else 16)
    return opens_sentence and not _VERB_TOPIC.match(words) and len(words) <= (60 if "、" in words else 16)


def may_name_party(words: str) -> bool:
    """Whether a clause could be a noun phrase at all, by its last character."""
    return _BARE_THING.match(words) is not None


def bans_use(condition: str, act: str) -> bool:
    """A defect as condition and a ban on use bind the thing: 检验不合格的，不得使用."""
    return condition.endswith("的") and _USE_BAN.fullmatch(act) is not None and _DEFECT.search(condition) is not None


def is_headless_act(first: str, last: str) -> bool:
    """Whether the clauses before a cue name its actors by what they do: 从事回收活动的，应当…."""
    if _PLACED_ACT.match(first):
        return True
    return last.endswith("的") and _HEADLESS_ACT.match(first) is not None


def is_act_topic(words: str) -> bool:
    """Whether a clause is an act as the topic of what follows, without 的: 编制回收规划，应当…."""
    return _ACT_TOPIC.match(words) is not None and not words.endswith("的")


def is_plain_act(words: str) -> bool:
    """Whether the words before a cue are an act of whoever is subject so far: 网点应当登记，发现赃物|应当报告. Verbs
    that also open names of things (制作场所) don't count."""
    return len(words) >= 4 and "的" not in words and _PLAIN_ACT.match(words) is not None


def topic_verb(words: str) -> str:
    """The verb of an act as topic, at the head of the words; empty when there is none."""
    match = _ACT_VERB.match(words)
    return match["verb"] if match else ""


def is_place(words: str) -> bool:
    """Whether the words name only a place: 一级保护区内."""
    return _PLACE.fullmatch(words) is not None


def lists_having(words: str) -> bool:
    """Whether a list item tells what somebody must have, so that its noun is no subject: （三）有专职人员."""
    return _ITEM_HAVING.match(words) is not None
