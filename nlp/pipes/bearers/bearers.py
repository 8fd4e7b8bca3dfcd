"""Resolves who must, must not or may act for each cue.

In: a `Layout` and its cues. Out: one `Bearer` or None per cue. Order of search: the words before the cue in its clause,
由-agents after it, earlier clauses of the sentence, the list lead, earlier sentences. A thing or a topic as grammatical
subject ends the search. What is inherited carries less confidence and a reason.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.earlier import Earlier
from nlp.pipes.bearers.heads import heads, skip_leading, trim_adverbs
from nlp.pipes.bearers.naming import Bearer, name_party, weaker
from nlp.pipes.bearers.parties import Party, subject
from nlp.pipes.bearers.phrases import is_made_thing, is_object, well_formed
from nlp.pipes.bearers.preceding import (
    EXCEPTING,
    earlier_subject,
    head_of,
    is_addressed,
    is_place_alone,
    is_thing,
    opens_case,
)
from nlp.pipes.bearers.topics import (
    bans_use,
    is_adverbial,
    is_limit,
    is_limit_topic,
    is_plain_act,
)
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import HIDDEN, Layout, lay_out
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_JOINED = 40
"""Characters of a first part of a subject that a comma divides."""


_TELLING = re.compile(alternation(patterns.TELLING_VERBS))
_UTMOST = re.compile(r"(?:最[迟长多高低短少]|累计|总计|一般)")
_LIMITING = re.compile(r"(?:超过|少于|低于|高于|多于|迟于|晚于|早于|短于|长于)")
"""不得 between these limits a quantity whose name is left out: 最迟不得超过…."""
_OF_THING = "a thing is the grammatical subject"
_GOING_ON = ("并", "且")
"""Before a cue: the clause goes on with a predicate, so that what it follows is no bare thing."""
_BODIES = re.compile(r"(?![^，]*(?:设立|联合|以|新建))[^，]+(?:政府|部门|机构|机关|委员会|管委会|单位|法院|检察院)")
_BEARING = re.compile(r"(?:依法|负责|给予|予以)*(?:承担|赔偿)")
_SANCTIONING = re.compile(r"责令|罚款|处罚|没收|吊销|处分")
_LENGTHENING = re.compile(r"(?:再|适当|依法)*(?:延长|延期|缩短)")
_PASSIVE = re.compile(r"(?:依法|统一|分别)?由(?!此|于)|经(?=[^，]{1,20}(?:协商|共同|约定|讨论决定|集体研究))")
_VERB_FIRST = re.compile(
    alternation((*(word for word in patterns.SUBJECT_FOLLOWERS if len(word) > 1), *patterns.VERBS_OF_OFFENDERS))
)
_FORBIDDING = ("禁止", "严禁")
_ANYBODY = "(?:其他)?(?:单位|个人|组织|人员|人|企业|机构)"
_FORBIDDEN_PARTY = re.compile(rf"任何{_ANYBODY}(?:(?:和|或者|或|、|以及|及){_ANYBODY})*")


def resolve_bearers(layout: Layout, cues: tuple[Cue, ...]) -> tuple[Bearer | None, ...]:
    """One entry per cue; None when the text names no party."""
    search = _Search(layout, cues)
    return tuple(search.resolve(cue) for cue in cues)


class _Search:
    """Looks for the bearer of one cue after the other."""

    def __init__(self, layout: Layout, cues: tuple[Cue, ...]) -> None:
        self.layout = layout
        self.masked = layout.masked
        self.cues = cues
        self.earlier = Earlier(layout, cues)

    def resolve(self, cue: Cue) -> Bearer | None:
        in_brackets = self.masked[cue.start] == HIDDEN
        bearer = self._in_brackets(cue) if in_brackets else self._resolve(cue)
        self.earlier.remember(bearer, in_brackets)
        return bearer

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
        head = head_of(self.layout, clause)
        stop = trim_adverbs(self.masked, head, cue.start)
        left_start = skip_leading(self.masked, head, stop)
        left = self.masked[left_start:stop]
        right = self.masked[cue.end : clause[1]]
        forbidding = self.masked[cue.start : cue.end] in _FORBIDDING
        if forbidding:
            return self._forbidden(cue, head, stop, clause)
        earlier = self.earlier.by_clause.get(clause[0])
        if earlier is not None and cue.modality is not Modality.RECOMMENDATION:
            between = self.masked[self.cues[earlier].end : stop]
            party = subject(self.masked, self.cues[earlier].end, stop, True) if between.strip() else None
            return name_party(self.masked, party, "adjacent") if party else self.earlier.found[earlier]
        if left:
            party = subject(self.masked, head, stop, True)
            if party:
                return self._joined(party, clause, left_start) or name_party(
                    self.masked, party, "agent" if party.agent else "adjacent"
                )
        passive = _PASSIVE.match(right)
        if passive:
            start = cue.end + passive.end() - passive.group().endswith("由")
            party = subject(self.masked, start, clause[1], False)
            if party:
                return name_party(self.masked, party, "passive agent")
        if left and cue.modality is not Modality.RECOMMENDATION and not is_adverbial(left):
            return self._thing(cue, left, right)
        return self._omitted(cue, clause, right)

    def _joined(self, party: Party, clause: tuple[int, int], left_start: int) -> Bearer | None:
        """A subject coordinated across a comma: 区人民政府及其部门，乡、镇人民政府应当…."""
        before = self.layout.clauses_between(self.layout.sentence(clause[0])[0], clause[0])
        if party.agent or party.start != left_start or party.start != clause[0] or len(before) != 1:
            return None
        head, end = head_of(self.layout, before[0]), before[0][1]
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
            return name_party(self.masked, after, "forbidden party")
        party = subject(self.masked, head, stop, True) if stop > head else None
        if party and self.masked[party.start : party.end] not in ("国家", "本市", "本省"):
            return name_party(self.masked, party, "adjacent")
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
        doer = self.earlier.doer_of(left)
        if doer is not None:
            return weaker(doer, "does the act that the clause is about")
        if is_plain_act(left):
            told = [index for start, _ in before if (index := self.earlier.by_clause.get(start)) is not None]
            if told:
                return weaker(self.earlier.found[told[-1]], "does the act that the clause is about")
        for start, end in reversed(before):
            index = self.earlier.by_clause.get(start)
            if index is not None:
                return weaker(self.earlier.found[index], "told by the actor of the sentence") if telling else None
            if any(earlier in self.earlier.by_clause for earlier, _ in before if earlier < start):
                continue
            party = subject(self.masked, head_of(self.layout, (start, end)), end, False)
            if party and not party.agent and self.masked[end - 1] != "的":
                return name_party(self.masked, party, "actor of the sentence", 0.8, _OF_THING)
        return None

    def _teller(self, start: int, end: int, right: str) -> Bearer | None:
        """Of a thing that must be told or handed over, the party it comes from: 企业|报送的数据，应当报告…."""
        if not _TELLING.search(right, 0, 30):
            return None
        at = skip_leading(self.masked, head_of(self.layout, (start, end)), end)
        found = heads(self.masked, at, end)
        if not found or not well_formed(self.masked, at, found[0][0]) or is_object(self.masked, at, found[0][1]):
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
        return name_party(self.masked, Party(at, stop), "source of the thing", 0.7, _OF_THING)

    def _omitted(self, cue: Cue, clause: tuple[int, int], right: str) -> Bearer | None:
        """The clause names no subject: look through the sentence, then the lead, then earlier sentences."""
        sentence = self.layout.sentence(cue.start)
        before = self.layout.clauses_between(sentence[0], clause[0])
        while len(before) > 1 and EXCEPTING.match(self.masked, *before[-1]):
            before = before[:-1]
        known_before = any(start in self.earlier.by_clause for start, _ in before)
        recommending = cue.modality is Modality.RECOMMENDATION
        agent: Party | None = None
        for position in range(len(before) - 1, -1, -1):
            start, end = before[position]
            index = self.earlier.by_clause.get(start)
            if index is not None:
                if _BEARING.match(right) and _SANCTIONING.search(self.masked, self.cues[index].end, end):
                    continue
                if self._is_of_limit(index) and _LENGTHENING.match(right):
                    continue
                return self._encouraged(index, cue) or self.earlier.found[index]
            if position == len(before) - 1 and not recommending and is_limit_topic(self.masked[start:end]):
                return None
            if not recommending and self.masked[end - 1] == "等" and "的" in self.masked[start:end]:
                return None
            last = position == len(before) - 1
            if last and not recommending and is_made_thing(self.masked, head_of(self.layout, (start, end)), end):
                return self._teller(start, end, right)
            if not last and is_made_thing(self.masked, head_of(self.layout, (start, end)), end, True):
                continue
            party = earlier_subject(self.layout, before, position, sentence)
            if party is not None and party.agent:
                agent = agent or party
                continue
            if party is not None and position and self.masked[party.start : party.end] == "本人":
                continue
            if party is not None and not (known_before and not opens_case(self.layout, start, end, party)):
                if not is_addressed(self.layout, party, end, right):
                    return name_party(self.masked, party, "earlier clause", 0.9)
                continue
            item = self.layout.line(start)[0] in self.layout.leads
            going_on = last and self.masked.startswith(_GOING_ON, clause[0])
            if (
                not recommending
                and not going_on
                and (last or (position == 0 and not item))
                and is_thing(self.layout, start, end)
            ):
                return self._teller(start, end, right) if last else None
        if _LIMITING.match(right) and _UTMOST.match(
            self.masked, skip_leading(self.masked, head_of(self.layout, clause), cue.start), cue.start
        ):
            return None
        if agent is not None and not _BEARING.match(right):
            return name_party(self.masked, agent, "agent of an earlier clause", 0.8, "who does the clause before")
        if recommending:
            return None
        if cue.modality is Modality.PROHIBITION and before and bans_use(self.masked[slice(*before[-1])], right.strip()):
            return None
        if cue.modality is Modality.PROHIBITION and is_place_alone(self.layout, cue, before, sentence):
            return None
        return self.earlier.carried_on(cue, sentence, before)

    def _is_of_limit(self, index: int) -> bool:
        """Whether an earlier cue has a limit as subject and no party: 调解期限不得超过…."""
        start = self.cues[index].start
        head = head_of(self.layout, self.layout.clause(start))
        return self.earlier.found[index] is None and is_limit(
            self.masked[head : trim_adverbs(self.masked, head, start)]
        )

    def _encouraged(self, index: int, cue: Cue) -> Bearer | None:
        """Who is encouraged, for what the same sentence then allows them: 鼓励用户…，并可以…."""
        encouraging = self.cues[index]
        if encouraging.modality is not Modality.RECOMMENDATION or cue.modality is Modality.RECOMMENDATION:
            return None
        party = subject(self.masked, encouraging.end, self.layout.clause(encouraging.start)[1], False)
        return name_party(self.masked, party, "encouraged party", 0.8, "the one who is encouraged") if party else None
