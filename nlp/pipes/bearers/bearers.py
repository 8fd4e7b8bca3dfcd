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
from nlp.pipes.bearers.parties import (
    Party,
    ends_in_party,
    heads,
    is_made_thing,
    shortest,
    skip_leading,
    subject,
    trim_adverbs,
    well_formed,
)
from nlp.pipes.bearers.topics import (
    bans_use,
    is_act_topic,
    is_adverbial,
    is_bare_thing,
    is_headless_act,
    is_limit,
    is_limit_topic,
    is_place,
    lists_having,
    may_name_party,
    topic_verb,
)
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import HIDDEN, Layout, lay_out, marker_end
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_LOOK_BACK = 12
_JOINED = 40
"""Characters of a first part of a subject that a comma divides."""
_AFTER_PARTY = frozenset("应不可必须在对和或、，。；的将向按依未")


@dataclass(frozen=True, slots=True)
class Bearer:
    """Range of the shortest noun phrase that names the party. `pattern` says how it was found."""

    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


_TELLING = re.compile(alternation(patterns.TELLING_VERBS))
_AUTHORITY_ACT = re.compile(alternation(patterns.AUTHORITY_ACTS))
_UTMOST = re.compile(r"(?:最[迟长多高低短少]|累计|总计|一般)")
_LIMITING = re.compile(r"(?:超过|少于|低于|高于|多于|迟于|晚于|早于|短于|长于)")
"""不得 between these limits a quantity whose name is left out: 最迟不得超过…."""
_EXCEPTING = re.compile(r"除[^，]*外$")
_GOING_ON = ("并", "且")
"""Before a cue: the clause goes on with a predicate, so that what it follows is no bare thing."""
_OFFICE = re.compile(r"(?:机关|部门|机构|委员会|政府|法院|局)$")
"""Who decides does not appeal against the decision."""
_BODIES = re.compile(r"(?![^，]*(?:设立|联合|以|新建))[^，]+(?:政府|部门|机构|机关|委员会|管委会|单位|法院|检察院)")
_BEARING = re.compile(r"(?:依法|负责|给予|予以)*(?:承担|赔偿)")
_SANCTIONING = re.compile(r"责令|罚款|处罚|没收|吊销|处分")
_ITS_THING = re.compile(r"其(?![中他余它])[^，]*(?<![无有失生]效)(?<!终止)(?<!不变)")
_DECIDING = re.compile(r"办结|作出[^，]{0,20}决定|[颁核]发|告知申请人")
_APPLICANT = re.compile(rf"(?:{alternation(patterns.APPLICANTS)})$")
_COUNT = "[一二三四五六七八九十百千万\\d]"
_ABSENT = re.compile(rf"{alternation(patterns.ABSENCES)}|(?:不足|不满|超过|达到|少于|多于|在)?{_COUNT}+[人名]")
_UNIVERSAL = re.compile(alternation(patterns.UNIVERSAL))
_PASSIVE = re.compile(r"(?:依法|统一|分别)?由(?!此|于)|经(?=[^，]{1,20}(?:协商|共同|约定|讨论决定|集体研究))")
_VERB_FIRST = re.compile(
    alternation((*(word for word in patterns.SUBJECT_FOLLOWERS if len(word) > 1), *patterns.VERBS_OF_OFFENDERS))
)
_BY = re.compile(r"(?<![理自事经缘])由(?!于|此|来)")
_AGENT_REACH = 80
_FORBIDDING = ("禁止", "严禁")
_ANYBODY = "(?:其他)?(?:单位|个人|组织|人员|人|企业|机构)"
_FORBIDDEN_PARTY = re.compile(rf"任何{_ANYBODY}(?:(?:和|或者|或|、|以及|及){_ANYBODY})*")


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
        self.by_clause: dict[int, int] = {}  # start of a clause → its last cue; likewise for lines
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
        self.by_clause[self.layout.clause(cue.start)[0]] = index
        self.by_line[self.layout.line(cue.start)[0]] = index
        self.sentence_cues.setdefault(self.layout.sentence_index(cue.start), []).append(index)
        return bearer

    def _head(self, clause: tuple[int, int]) -> int:
        return min(self.layout.head(clause[0]), clause[1])

    def _bearer(self, party: Party, pattern: str, confidence: float = 1.0, reason: str = "") -> Bearer:
        cut = self.masked.rfind("的", party.start, party.end)
        contrasted = (
            cut >= 0 and pattern != "passive agent" and self._elsewhere(self.masked[cut + 1 : party.end], party)
        )
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
        earlier = self.by_clause.get(clause[0])
        if earlier is not None and cue.modality is not Modality.RECOMMENDATION:
            between = self.masked[self.cues[earlier].end : stop]
            party = subject(self.masked, self.cues[earlier].end, stop, True) if between.strip() else None
            return self._bearer(party, "adjacent") if party else self.found[earlier]
        if left:
            party = subject(self.masked, head, stop, True)
            if party:
                return self._joined(party, clause, left_start) or self._bearer(
                    party, "agent" if party.agent else "adjacent"
                )
        passive = _PASSIVE.match(right)
        if passive:
            start = cue.end + passive.end() - passive.group().endswith("由")
            party = subject(self.masked, start, clause[1], False)
            if party:
                return self._bearer(party, "passive agent")
        if left and cue.modality is not Modality.RECOMMENDATION and not is_adverbial(left):
            return self._thing(cue, left, right)
        return self._omitted(cue, clause, right)

    def _joined(self, party: Party, clause: tuple[int, int], left_start: int) -> Bearer | None:
        """A subject coordinated across a comma: 区人民政府及其部门，乡、镇人民政府应当…."""
        before = self.layout.clauses_between(self.layout.sentence(clause[0])[0], clause[0])
        if party.agent or party.start != left_start or party.start != clause[0] or len(before) != 1:
            return None
        head, end = self._head(before[0]), before[0][1]
        if (
            end - head > _JOINED
            or self.masked[clause[0] - 1] not in "，,"
            or not _BODIES.fullmatch(self.masked, head, end)
        ):
            return None
        first = subject(self.masked, head, end, True)
        if first is None or first.agent or (first.start, first.end) != (head, end) or "的" in self.masked[head:end]:
            return None
        return Bearer(head, party.end, "joined", 0.8, "coordinated across a comma")

    def _forbidden(self, cue: Cue, head: int, stop: int, clause: tuple[int, int]) -> Bearer | None:
        named = _FORBIDDEN_PARTY.match(self.masked, cue.end, clause[1])
        if named:
            return Bearer(*named.span(), "forbidden party")
        after = subject(self.masked, cue.end, clause[1], False)
        if after and after.start == cue.end and self._names_party(after):
            return self._bearer(after, "forbidden party")
        party = subject(self.masked, head, stop, True) if stop > head else None
        if party and self.masked[party.start : party.end] not in ("国家", "本市", "本省"):
            return self._bearer(party, "adjacent")
        return None

    def _names_party(self, party: Party) -> bool:
        """Behind 禁止: a party, and not an act with a party as its object."""
        if "的" in self.masked[party.start : party.end]:
            return True
        return _VERB_FIRST.match(self.masked, party.start, party.end) is None

    def _thing(self, cue: Cue, left: str, right: str) -> Bearer | None:
        """A thing or topic is the grammatical subject: only who acts in the same segment may be meant."""
        telling = _TELLING.search(right, 0, 30) is not None
        if is_limit(left) and not telling:
            return None
        before = self.layout.clauses_between(self.layout.segment(cue.start)[0], self.layout.clause(cue.start)[0])
        for start, end in reversed(before):
            index = self.by_clause.get(start)
            if index is not None:
                return self._weaker(self.found[index], "told by the actor of the sentence") if telling else None
            if any(earlier in self.by_clause for earlier, _ in before if earlier < start):
                continue
            party = subject(self.masked, self._head((start, end)), end, False)
            if party and not party.agent and self.masked[end - 1] != "的":
                return self._bearer(party, "actor of the sentence", 0.8, "a thing is the grammatical subject")
        return None

    def _teller(self, start: int, end: int, right: str) -> Bearer | None:
        """Of a thing that must be told or handed over, the party it comes from: 企业|报送的数据，应当报告…."""
        if not _TELLING.search(right, 0, 30):
            return None
        at = skip_leading(self.masked, self._head((start, end)), end)
        found = heads(self.masked, at, end)
        if not found or not well_formed(self.masked, at, found[0][0]):
            return None
        stop = found[0][1]
        for start_of_next, end_of_next in found[1:]:
            gap = self.masked[stop:start_of_next]
            if (
                not (gap[:1] in "、和" or len(gap) <= 4)
                or "的" in gap
                or not well_formed(self.masked, stop, start_of_next)
            ):
                break
            stop = end_of_next
        return self._bearer(Party(at, stop), "source of the thing", 0.7, "a thing is the grammatical subject")

    def _weaker(self, bearer: Bearer | None, reason: str, confidence: float = 0.8) -> Bearer | None:
        if bearer is None:
            return None
        return Bearer(bearer.start, bearer.end, bearer.pattern, min(confidence, bearer.confidence), reason)

    def _omitted(self, cue: Cue, clause: tuple[int, int], right: str) -> Bearer | None:
        """The clause names no subject: look through the sentence, then the lead, then earlier sentences."""
        sentence = self.layout.sentence(cue.start)
        before = self.layout.clauses_between(sentence[0], clause[0])
        while len(before) > 1 and _EXCEPTING.match(self.masked, *before[-1]):
            before = before[:-1]
        known_before = any(start in self.by_clause for start, _ in before)
        recommending = cue.modality is Modality.RECOMMENDATION
        agent: Party | None = None
        for position in range(len(before) - 1, -1, -1):
            start, end = before[position]
            index = self.by_clause.get(start)
            if index is not None:
                if _BEARING.match(right) and _SANCTIONING.search(self.masked, self.cues[index].end, end):
                    continue
                return self._encouraged(index, cue) or self.found[index]
            if position == len(before) - 1 and not recommending and is_limit_topic(self.masked[start:end]):
                return None
            if not recommending and self.masked[end - 1] == "等" and "的" in self.masked[start:end]:
                return None
            last = position == len(before) - 1
            if last and not recommending and is_made_thing(self.masked, self._head((start, end)), end):
                return self._teller(start, end, right)
            party = self._earlier_subject(before, position, sentence)
            if party is not None and party.agent:
                agent = agent or party
                continue
            if party is not None and not (known_before and not self._opens_case(start, end, party)):
                if not self._addressed(party, end, right):
                    return self._bearer(party, "earlier clause", 0.9)
                continue
            item = self.layout.line(start)[0] in self.layout.leads
            going_on = last and self.masked.startswith(_GOING_ON, clause[0])
            if (
                not recommending
                and not going_on
                and (last or (position == 0 and not item))
                and self._thing_before(start, end)
            ):
                return self._teller(start, end, right) if last else None
        if _LIMITING.match(right) and _UTMOST.match(
            self.masked, skip_leading(self.masked, self._head(clause), cue.start), cue.start
        ):
            return None
        if agent is not None and not _BEARING.match(right):
            return self._bearer(agent, "agent of an earlier clause", 0.8, "the one by whom the clause before is done")
        if recommending:
            return None
        if cue.modality is Modality.PROHIBITION and before and bans_use(self.masked[slice(*before[-1])], right.strip()):
            return None
        if cue.modality is Modality.PROHIBITION and self._only_place(cue, before, sentence):
            return None
        return self._inherited(cue, sentence, before)

    def _only_place(self, cue: Cue, before: tuple[tuple[int, int], ...], sentence: tuple[int, int]) -> bool:
        """A ban that opens its sentence with nothing but a place binds everybody there: 库区内不得…."""
        clause = self.layout.clause(cue.start)
        before = tuple(one for one in before if not _EXCEPTING.match(self.masked, self._head(one), one[1]))
        first = before[0] if before else clause
        words = self.masked[self._head(first) : min(first[1], cue.start)].strip()
        opens = first[0] == sentence[0] or (first == clause and not before)
        return opens and len(before) <= 1 and bool(words) and is_place(words)

    def _encouraged(self, index: int, cue: Cue) -> Bearer | None:
        """Who is encouraged, for what the same sentence then allows them: 鼓励用户…，并可以…."""
        encouraging = self.cues[index]
        if encouraging.modality is not Modality.RECOMMENDATION or cue.modality is Modality.RECOMMENDATION:
            return None
        party = subject(self.masked, encouraging.end, self.layout.clause(encouraging.start)[1], False)
        return self._bearer(party, "encouraged party", 0.8, "the one who is encouraged") if party else None

    def _earlier_subject(
        self,
        before: tuple[tuple[int, int], ...],
        position: int,
        sentence: tuple[int, int],
    ) -> Party | None:
        """Subject of an earlier clause: with a predicate of its own, or a bare phrase set off by a comma."""
        start, end = before[position]
        head = self._head((start, end))
        if self._having(head):
            return None
        if "的" in self.masked[head:end] and ends_in_party(self.masked, head, end):
            named = subject(self.masked, head, end, True)
            if named is not None and named.end >= end - 1:
                return named
        party = subject(self.masked, head, end, False) or self._agent_inside(head, end)
        if party is not None or self.masked.endswith("的", start, end):
            return party
        opens = start in (sentence[0], self.layout.segment(start)[0])
        last = position == len(before) - 1
        if not opens and not (last and "的" in self.masked[start:end]):
            return None
        bare = subject(self.masked, head, trim_adverbs(self.masked, head, end), True)
        if bare is None or last:
            return bare
        return bare if may_name_party(self.masked[head:end]) else None

    def _agent_inside(self, head: int, end: int) -> Party | None:
        """Who does what a thing undergoes: 数据|由运营方核对."""
        by = _BY.search(self.masked, head, min(end, head + _AGENT_REACH))
        return subject(self.masked, by.start(), end, False) if by else None

    def _addressed(self, party: Party, end: int, right: str) -> bool:
        """Whether the party of a condition is one whom an authority's act concerns, not the one who acts."""
        if _ABSENT.match(self.masked, party.end, end):
            return True
        return (_AUTHORITY_ACT.match(right) or _DECIDING.search(right)) is not None and _APPLICANT.search(
            self.masked[party.start : party.end]
        ) is not None

    def _thing_before(self, start: int, end: int) -> bool:
        """Whether the clause right before the cue's clause is a thing, the grammatical subject of the cue."""
        head = self._head((start, end))
        words = self.masked[head:end]
        if words.startswith("因"):
            return False
        if words.endswith("等") or (_ITS_THING.fullmatch(words) and words[-1] not in "的时后前"):
            return True
        opens = start in (self.layout.segment(start)[0], self.layout.sentence(start)[0])
        if not opens or self._having(head):
            return False
        content = self.masked[skip_leading(self.masked, head, end) : end].strip()
        return is_bare_thing(content, self.layout.sentence(start)[0] == self.layout.segment(start)[0])

    def _opens_case(self, head: int, end: int, party: Party) -> bool:
        """Between two cues of a sentence, only a case (…的, …时) or a short plain phrase brings in another subject."""
        if self.masked[end - 1] in "的时后前":
            return True
        return party.end - party.start <= 12 and party.start <= head + 4

    def _having(self, head: int) -> bool:
        """An item that starts with 有 lists what somebody must have: its noun is no subject."""
        line = self.layout.line(head)[0]
        return line < head == marker_end(self.layout.text, line) and lists_having(self.masked[head : head + 2])

    def _inherited(self, cue: Cue, sentence: tuple[int, int], before: tuple[tuple[int, int], ...]) -> Bearer | None:
        line = self.layout.line(cue.start)
        marked = marker_end(self.layout.text, line[0]) > line[0]
        opens_paragraph = sentence[0] == line[0]
        if opens_paragraph and not marked and before:
            first = self.masked[self._head(before[0]) : before[0][1]]
            last = self.masked[slice(*before[-1])]
            act = is_headless_act(first, last) or (len(before) == 1 and is_act_topic(first))
            if act and not self._said_of_somebody(topic_verb(first), sentence[0]):
                return None
        if marked and opens_paragraph:
            return self._from_lead(line)
        number = self.layout.sentence_index(cue.start)
        appealing = before and self.masked.endswith("不服的", *before[-1])
        for back in range(number - 1, max(-1, number - 1 - _LOOK_BACK), -1):
            if not marked and self.layout.line(self.layout.sentences[back][0])[0] in self.layout.leads:
                continue
            bearer = self._of_sentence(back)
            if bearer is None:
                continue
            if _UNIVERSAL.match(self.masked, bearer.start):
                return None
            if appealing and _OFFICE.search(self.masked, bearer.start, bearer.end):
                return None
            return self._weaker(bearer, "subject left out; taken from an earlier sentence", 0.7)
        return None

    def _said_of_somebody(self, verb: str, before: int) -> bool:
        """Whether an earlier bearer was said to do the act: 回收企业|举办…，应当…。举办…，应当…."""
        return bool(verb) and any(
            bearer is not None and bearer.end < before and self.masked.startswith(verb, bearer.end)
            for bearer in self.found[-_LOOK_BACK:]
        )

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
