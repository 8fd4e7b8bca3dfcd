"""Resolves who must, must not or may act for each cue.

In: a `Layout` and its cues. Out: one `Bearer` or None per cue. Order of search: the words before the cue in its clause,
由-agents after it, earlier clauses of the sentence, the list lead, earlier sentences. A thing or a topic as grammatical
subject ends the search. What is inherited carries less confidence and a reason.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.parties import Party, shortest, skip_leading, subject, trim_adverbs
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import HIDDEN, Layout, lay_out, marker_end
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_LOOK_BACK = 12
_AFTER_PARTY = frozenset("应不可必须在对和或、，。；的将向按依未")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Range of the shortest noun phrase that names the party. `pattern` says how it was found."""

    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


_PHASE = re.compile(r".*(?:时|后|前|内|期间|过程中|情况下|之日起|[^其集]中|的|起|外|下|上)$")
_PREPOSITIONAL = re.compile(rf"(?:{alternation(patterns.PREPOSITIONS)})")
_NOUN_TAIL = re.compile(r"(?:在|位于)[^，]+的[^，的]{1,12}$")
_OBJECT_TOPIC = re.compile(rf"(?:对|对于)[^，]+的[^，的]{{0,6}}(?:{alternation(patterns.ACTION_NOUNS)})")
_USE_BAN = re.compile(rf"(?:擅自)?(?:{alternation(patterns.USE_BANS)})")
_DEFECT = re.compile(r"不合格|未经|未取得|未通过|不符合|未达到|达不到|失效|过期|不达标|不具备|没有")
_THING_WITHOUT_ACTOR = re.compile(rf"(?:{alternation(patterns.THING_WITHOUT_ACTOR)})$")
_LIMIT_TOPIC = re.compile(rf"的[^，的]{{0,4}}(?:{alternation(patterns.THING_WITHOUT_ACTOR)})$")
_TELLING = re.compile(rf"(?:{alternation(patterns.TELLING_VERBS)})")
_AUTHORITY_ACT = re.compile(rf"(?:{alternation(patterns.AUTHORITY_ACTS)})")
_APPLICANT = re.compile(rf"(?:{alternation(patterns.APPLICANTS)})$")
_UNIVERSAL = re.compile(rf"(?:{alternation(patterns.UNIVERSAL)})")
_PASSIVE = re.compile(r"(?:依法|统一|分别)?由(?!此|于)")
_AGREED = re.compile(r"经(?=[^，]{1,20}(?:协商|共同|约定))")
_COPULA = re.compile(r"是|[^的]有(?!关)")
_ABSENT = re.compile(r"难以|无法确定|不明|下落不明|死亡|失踪|不存在|为个人|不属于|属于")
_HAVING = re.compile(r"有|具有|具备|配备|设有")
_VERB_FIRST = re.compile(
    rf"{alternation(tuple(word for word in patterns.SUBJECT_FOLLOWERS if len(word) > 1))}|冒用|买卖|招|雇|打|骂|对|向|在|将|以|非法|组织"
)
_FORBIDDING = ("禁止", "严禁")
_FORBIDDEN_PARTY = re.compile(
    r"任何(?:单位|个人|组织|人)[^，的]{0,10}?(?=以|在|利用|实施|从|擅|非|将|向|对|进|使|侵|破|占|为|销|生|未|违|买|组|伪|出|通|有|不)"
)
_HEADLESS_ACT = re.compile(
    r"(?:凡|对)?(?:在|因|以|通过|利用|经|需要?|未|不|擅自|[一-龥]{0,2}?(?:从事|使用|申请|举办|设立|占用|运输|生产|销售|经营|开展|进行|建设|新建|购买|采用|实施|开办|取得|办理|变更|转让|出租|饲养|利用|设置|提供|违反|发现|符合|参加|安装|拆除|开采|采集|收购|储存|进口|出口|携带|驾驶|改变|处置|排放|租用|委托|制作|发布|进入|申报|拒绝|逾期|收集|贮存|迁移|砍伐|挖掘|临时|跨|领取|投资|兴办|兴建|改建|扩建|修建))"
)
_BARE_THING = re.compile(r"[^，]*[^的时后前内中下者上起间]$")
_VERB_TOPIC = re.compile(
    r"(?:从事|使用|申请|举办|设立|占用|运输|生产|销售|经营|开展|进行|建设|新建|购买|采用|实施|开办|取得|办理|变更|转让|出租|饲养|利用|设置|提供|发现|参加|安装|拆除|制定|编制|发生|遇有|根据|改建|扩建|处理|作出|接到|收到|查处|组织|修改|选择|审议|确定|调整|调查|实行|征收|征用|因|自)"
)


def resolve_bearers(layout: Layout, cues: tuple[Cue, ...]) -> tuple[Bearer | None, ...]:
    """One entry per cue; None when the text names no party."""
    search = _Search(layout, cues)
    return tuple(search.resolve(index) for index in range(len(cues)))


class _Search:
    """State of one unit: what earlier cues resolved to, and the subjects of sentences that have no cue."""

    def __init__(self, layout: Layout, cues: tuple[Cue, ...]) -> None:
        self.layout = layout
        self.masked = layout.masked
        self.cues = cues
        self.found: list[Bearer | None] = []
        self.by_clause: dict[int, int] = {}
        self.by_line: dict[int, int] = {}
        self.sentence_cues: dict[int, list[int]] = {}
        self.subjects: dict[int, Party | None] = {}

    def resolve(self, index: int) -> Bearer | None:
        cue = self.cues[index]
        if self.masked[cue.start] == HIDDEN:
            bearer = self._in_brackets(cue)
            self.found.append(bearer)
            return bearer
        bearer = self._resolve(cue)
        self.found.append(bearer)
        self.by_clause[self.layout.clause_index(cue.start)] = index
        self.by_line[self.layout.line(cue.start)[0]] = index
        self.sentence_cues.setdefault(self.layout.sentence_index(cue.start), []).append(index)
        return bearer

    def _head(self, clause: tuple[int, int]) -> int:
        start = clause[0]
        if start == self.layout.line(start)[0]:
            start = min(marker_end(self.layout.text, start), clause[1])
        return start

    def _bearer(self, party: Party, pattern: str, confidence: float = 1.0, reason: str = "") -> Bearer:
        cut = self.masked.rfind("的", party.start, party.end)
        contrasted = cut >= 0 and self._elsewhere(self.masked[cut + 1 : party.end], party)
        start, end = shortest(self.masked, party, contrasted)
        return Bearer(start, end, pattern, confidence, reason)

    def _elsewhere(self, noun: str, party: Party) -> bool:
        """Whether the noun stands for a party in other words elsewhere in the unit."""
        phrase = self.masked[party.start : party.end]
        at = self.masked.find(noun) if noun else -1
        while at >= 0:
            end = at + len(noun)
            known = party.start <= at < party.end or self.masked.endswith(phrase, 0, end)
            if not known and (end == len(self.masked) or self.masked[end] in _AFTER_PARTY):
                return True
            at = self.masked.find(noun, end)
        return False

    def _in_brackets(self, cue: Cue) -> Bearer | None:
        """A bracketed clause has only a subject of its own."""
        brackets = self.layout.brackets
        start, end = brackets[bisect_right(brackets, (cue.start, len(self.masked))) - 1]
        inner = lay_out(self.layout.text[start:end])
        clause = inner.clause(cue.start - start)
        party = subject(inner.masked, clause[0], trim_adverbs(inner.masked, clause[0], cue.start - start), True)
        if party is None:
            return None
        return Bearer(party.start + start, party.end + start, "in brackets", 0.8, "read inside brackets")

    def _resolve(self, cue: Cue) -> Bearer | None:
        clause = self.layout.clause(cue.start)
        head = self._head(clause)
        stop = trim_adverbs(self.masked, head, cue.start)
        left_start = skip_leading(self.masked, head, stop)
        left = self.masked[left_start:stop]
        right = self.masked[cue.end : clause[1]]
        forbidding = self.masked[cue.start : cue.end] in _FORBIDDING
        if forbidding:
            return self._forbidden(cue, head, stop, clause)
        earlier = self.by_clause.get(self.layout.clause_index(cue.start))
        if earlier is not None and cue.modality is not Modality.RECOMMENDATION:
            between = self.masked[self.cues[earlier].end : stop]
            party = subject(self.masked, self.cues[earlier].end, stop, True) if between.strip() else None
            return self._bearer(party, "adjacent") if party else self.found[earlier]
        if left:
            party = subject(self.masked, head, stop, True)
            if party:
                return self._bearer(party, "agent" if party.agent else "adjacent")
        passive = _PASSIVE.match(right) or _AGREED.match(right)
        if passive:
            start = cue.end + passive.end()
            party = subject(self.masked, start, clause[1], False)
            if party:
                return self._bearer(party, "passive agent")
        if left and cue.modality is not Modality.RECOMMENDATION and not self._is_adverbial(left):
            return self._thing(cue, left, right)
        return self._omitted(cue, clause, right)

    def _is_adverbial(self, left: str) -> bool:
        """Whether the words before the cue only say when, where or to whom."""
        if _OBJECT_TOPIC.fullmatch(left):
            return False
        if _PHASE.fullmatch(left):
            return True
        return _PREPOSITIONAL.match(left) is not None and not _NOUN_TAIL.match(left)

    def _forbidden(self, cue: Cue, head: int, stop: int, clause: tuple[int, int]) -> Bearer | None:
        named = _FORBIDDEN_PARTY.match(self.masked, cue.end, clause[1])
        if named:
            return Bearer(*named.span(), "forbidden party")
        after = subject(self.masked, cue.end, clause[1], True)
        if after and after.start == cue.end and not _VERB_FIRST.match(self.masked, cue.end, after.end):
            return self._bearer(after, "forbidden party")
        party = subject(self.masked, head, stop, True) if stop > head else None
        if party and self.masked[party.start : party.end] not in ("国家", "本市", "本省"):
            return self._bearer(party, "adjacent")
        return None

    def _thing(self, cue: Cue, left: str, right: str) -> Bearer | None:
        """A thing or topic is the grammatical subject: only who acts in the same segment may be meant."""
        telling = _TELLING.match(right) is not None
        if _THING_WITHOUT_ACTOR.search(left) and not telling:
            return None
        before = self.layout.clauses_between(self.layout.segment(cue.start)[0], self.layout.clause(cue.start)[0])
        for start, end in reversed(before):
            index = self.by_clause.get(self.layout.clause_index(start))
            if index is not None:
                return self._weaker(self.found[index], "told by the actor of the sentence") if telling else None
            if any(self.layout.clause_index(earlier) in self.by_clause for earlier, _ in before if earlier < start):
                continue
            party = subject(self.masked, self._head((start, end)), end, False)
            if party and not party.agent and self.masked[end - 1] != "的":
                return self._bearer(party, "actor of the sentence", 0.8, "a thing is the grammatical subject")
        return None

    def _weaker(self, bearer: Bearer | None, reason: str, confidence: float = 0.8) -> Bearer | None:
        if bearer is None:
            return None
        return Bearer(bearer.start, bearer.end, bearer.pattern, min(confidence, bearer.confidence), reason)

    def _omitted(self, cue: Cue, clause: tuple[int, int], right: str) -> Bearer | None:
        """The clause names no subject: look through the sentence, then the lead, then earlier sentences."""
        sentence = self.layout.sentence(cue.start)
        before = self.layout.clauses_between(sentence[0], clause[0])
        known_before = any(self.layout.clause_index(start) in self.by_clause for start, _ in before)
        recommending = cue.modality is Modality.RECOMMENDATION
        agent: Party | None = None
        for position in range(len(before) - 1, -1, -1):
            start, end = before[position]
            index = self.by_clause.get(self.layout.clause_index(start))
            if index is not None:
                return self.found[index]
            if position == len(before) - 1 and not recommending and _LIMIT_TOPIC.search(self.masked[start:end]):
                return None
            party = self._earlier_subject(before, position, sentence)
            if party is not None and party.agent:
                agent = agent or party
                continue
            if party is not None and not (known_before and not self._opens_case(start, end, party)):
                if not self._addressed(party, end, right):
                    return self._bearer(party, "earlier clause", 0.9)
                continue
            if position == len(before) - 1 and not recommending and self._thing_before(start, end):
                return None
        if agent is not None:
            return self._bearer(agent, "agent of an earlier clause", 0.8, "the one by whom the clause before is done")
        if recommending or self._bans_use(cue, before, right):
            return None
        return self._inherited(cue, sentence, before)

    def _earlier_subject(
        self,
        before: tuple[tuple[int, int], ...],
        position: int,
        sentence: tuple[int, int],
    ) -> Party | None:
        """Subject of an earlier clause: with a predicate of its own, or a bare phrase set off by a comma (经营者，应当…)."""
        start, end = before[position]
        head = self._head((start, end))
        if self._having(head):
            return None
        party = subject(self.masked, head, end, False)
        if party is not None or self.masked.endswith("的", start, end):
            return party
        opens = start in (sentence[0], self.layout.segment(start)[0])
        last = position == len(before) - 1
        if not opens and not (last and "的" in self.masked[start:end]):
            return None
        bare = subject(self.masked, head, trim_adverbs(self.masked, head, end), True)
        if bare is None or last:
            return bare
        return bare if _BARE_THING.match(self.masked[head:end]) else None

    def _addressed(self, party: Party, end: int, right: str) -> bool:
        """Whether the party of a condition is one whom an authority's act concerns, not the one who acts."""
        if _ABSENT.match(self.masked, party.end, end):
            return True
        return (
            _AUTHORITY_ACT.match(right) is not None
            and _APPLICANT.search(self.masked[party.start : party.end]) is not None
        )

    def _thing_before(self, start: int, end: int) -> bool:
        """Whether the clause right before the cue's clause is a thing, the grammatical subject of the cue."""
        head = self._head((start, end))
        words = self.masked[head:end]
        if words.endswith("等") or words.startswith("其"):
            return True
        opens = start in (self.layout.segment(start)[0], self.layout.sentence(start)[0])
        return opens and not self._having(head) and self._is_bare_thing(head, end)

    def _opens_case(self, head: int, end: int, party: Party) -> bool:
        """Between two cues of a sentence, only a case (…的, …时) or a short plain phrase brings in another subject."""
        if self.masked[end - 1] in "的时后前":
            return True
        return party.end - party.start <= 12 and party.start <= head + 4

    def _having(self, head: int) -> bool:
        """An item that starts with 有 lists what somebody must have: its noun is no subject."""
        line = self.layout.line(head)[0]
        return line < head == marker_end(self.layout.text, line) and _HAVING.match(self.masked, head) is not None

    def _bans_use(self, cue: Cue, before: tuple[tuple[int, int], ...], right: str) -> bool:
        """A defect as condition and a ban on use bind the thing, not a party of an earlier sentence."""
        if cue.modality is not Modality.PROHIBITION or not before or not _USE_BAN.fullmatch(right.strip()):
            return False
        condition = self.masked[slice(*before[-1])]
        return condition.endswith("的") and _DEFECT.search(condition) is not None

    def _is_bare_thing(self, head: int, end: int) -> bool:
        """A clause that is only a noun phrase, set off by a comma before its predicate: 运输货物的车辆，应当…."""
        words = self.masked[skip_leading(self.masked, head, end) : end].strip()
        if len(words) < 2 or _COPULA.search(words) or not _BARE_THING.fullmatch(words):
            return False
        if _PREPOSITIONAL.match(words) and not _NOUN_TAIL.match(words):
            return False
        tail = words.rsplit("的", 1)
        if len(tail) == 2:
            return 1 <= len(tail[1]) <= (60 if "、" in tail[1] else 16)
        if self.layout.sentence(head)[0] < self.layout.segment(head)[0]:
            return False
        return not _VERB_TOPIC.match(words) and len(words) <= 16

    def _inherited(self, cue: Cue, sentence: tuple[int, int], before: tuple[tuple[int, int], ...]) -> Bearer | None:
        line = self.layout.line(cue.start)
        marked = marker_end(self.layout.text, line[0]) > line[0]
        opens_paragraph = sentence[0] == line[0]
        if opens_paragraph and not marked and before:
            first = self.masked[self._head(before[0]) : before[0][1]]
            last = self.masked[slice(*before[-1])]
            if last.endswith("的") and _HEADLESS_ACT.match(first):
                return None
        if marked and opens_paragraph:
            return self._from_lead(line)
        number = self.layout.sentence_index(cue.start)
        for back in range(number - 1, max(-1, number - 1 - _LOOK_BACK), -1):
            bearer = self._of_sentence(back)
            if bearer is None:
                continue
            if _UNIVERSAL.match(self.masked, bearer.start):
                return None
            return self._weaker(bearer, "subject left out; taken from an earlier sentence", 0.7)
        return None

    def _of_sentence(self, number: int) -> Bearer | None:
        for index in reversed(self.sentence_cues.get(number, [])):
            bearer = self.found[index]
            if bearer is not None and self.cues[index].modality is not Modality.RECOMMENDATION:
                return bearer
        if number in self.sentence_cues:
            return None
        if number not in self.subjects:
            self.subjects[number] = self._subject_of_sentence(self.layout.sentences[number])
        party = self.subjects[number]
        return self._bearer(party, "earlier sentence") if party else None

    def _subject_of_sentence(self, sentence: tuple[int, int]) -> Party | None:
        for start, end in self.layout.clauses_between(sentence[0], max(sentence[1], sentence[0] + 1))[:3]:
            party = subject(self.masked, self._head((start, end)), end, False)
            if party and not party.agent:
                return party
        return None

    def _from_lead(self, line: tuple[int, int]) -> Bearer | None:
        """Bearer of the line that introduces the list."""
        lead = self.layout.leads.get(line[0])
        if lead is None:
            return None
        index = self.by_line.get(lead[0])
        if index is not None:
            return self._weaker(self.found[index], "taken from the list lead", 0.9)
        party = subject(self.masked, self._head(lead), lead[1], False)
        return self._bearer(party, "list lead", 0.8, "taken from the list lead") if party else None
