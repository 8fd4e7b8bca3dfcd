"""What was said before: takes the bearer of a clause without subject from the list lead or from earlier sentences.

In: a `Layout`, and the cues with their bearers as they are resolved, in order. Out: a weaker copy of an earlier bearer,
with a reason, or None where the text turns to something else.
"""

from __future__ import annotations

import re

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.naming import Bearer, name_party, weaker
from nlp.pipes.bearers.parties import Party, subject
from nlp.pipes.bearers.preceding import head_of
from nlp.pipes.bearers.topics import is_act_topic, is_headless_act, topic_verb
from nlp.pipes.modality.modality import Cue
from nlp.text.clauses import Layout, marker_end
from nlp.text.lexicon import alternation
from rules_db.model import Modality

_LOOK_BACK = 12
_DIRECTLY = re.compile(r"(?:[^，]*(?:规定|依法|[内上中]))?")
"""Between a cue and its verb, where what follows is no noun: 可以按照规定|开办, but not 应当编制|修建性规划."""
_UNIVERSAL = re.compile(alternation(patterns.UNIVERSAL))
_OFFICE = re.compile(r"(?:机关|部门|机构|委员会|政府|法院|局)$")
"""Who decides does not appeal against the decision."""


class Earlier:
    """What the cues of one unit resolved to so far, and the subjects of sentences that have no cue."""

    def __init__(self, layout: Layout, cues: tuple[Cue, ...]) -> None:
        self.layout = layout
        self.masked = layout.masked
        self.cues = cues
        self.found: list[Bearer | None] = []
        self.by_clause: dict[int, int] = {}  # start of a clause → its last cue; likewise for lines
        self.by_line: dict[int, int] = {}
        self.sentence_cues: dict[int, list[int]] = {}
        self.subjects: dict[int, Party | None] = {}

    def remember(self, bearer: Bearer | None, in_brackets: bool) -> None:
        """Notes the bearer of the next cue; one in brackets is nobody's subject but its own."""
        index = len(self.found)
        self.found.append(bearer)
        if in_brackets:
            return
        start = self.cues[index].start
        self.by_clause[self.layout.clause(start)[0]] = index
        self.by_line[self.layout.line(start)[0]] = index
        self.sentence_cues.setdefault(self.layout.sentence_index(start), []).append(index)

    def carried_on(self, cue: Cue, sentence: tuple[int, int], before: tuple[tuple[int, int], ...]) -> Bearer | None:
        """The bearer of a cue whose sentence names none; `before` are its clauses ahead of the cue's."""
        line = self.layout.line(cue.start)
        marked = marker_end(self.layout.text, line[0]) > line[0]
        opens_paragraph = sentence[0] == line[0]
        if marked and opens_paragraph:
            return self._from_lead(line)
        if opens_paragraph and not marked and before and self._turns_elsewhere(before):
            return None
        bearer = self.last_named(cue, marked)
        if bearer is None or _UNIVERSAL.match(self.masked, bearer.start) or self._only_sets_up(bearer):
            return None
        appealing = before and self.masked.endswith("不服的", *before[-1])
        if appealing and _OFFICE.search(self.masked, bearer.start, bearer.end):
            return None
        return weaker(bearer, "subject left out; taken from an earlier sentence", 0.7)

    def _only_sets_up(self, bearer: Bearer) -> bool:
        """Whether an earlier sentence without a cue has a country or place as subject: 国家建立名录。对名录应当…."""
        return bearer.pattern == "earlier sentence" and self.masked[bearer.start : bearer.end] in patterns.REGIONS

    def last_named(self, cue: Cue, marked: bool) -> Bearer | None:
        """Who was last subject in the sentences before; a line that is no list item (`marked`) looks past lists."""
        number = self.layout.sentence_index(cue.start)
        for back in range(number - 1, max(-1, number - 1 - _LOOK_BACK), -1):
            if not marked and self.layout.line(self.layout.sentences[back][0])[0] in self.layout.leads:
                continue
            bearer = self._of_sentence(back)
            if bearer is not None:
                return bearer
        return None

    def _turns_elsewhere(self, before: tuple[tuple[int, int], ...]) -> bool:
        """Whether a new paragraph tells its actors by an act that nobody so far was said to do."""
        first = self.masked[head_of(self.layout, before[0]) : before[0][1]]
        act = is_headless_act(first, self.masked[slice(*before[-1])]) or (len(before) == 1 and is_act_topic(first))
        return act and not self._said_of_somebody(topic_verb(first), before[0][0])

    def _said_of_somebody(self, verb: str, before: int) -> bool:
        """Whether an earlier bearer was said to do the act: 回收企业|举办…，应当…。举办…，应当…."""
        return bool(verb) and any(
            bearer is not None and bearer.end < before and self.masked.startswith(verb, bearer.end)
            for bearer in self.found[-_LOOK_BACK:]
        )

    def doer_of(self, act: str) -> Bearer | None:
        """Who may or must do just the act that is the topic now: 协会可以|举办培训班。举办培训班应当…."""
        if len(act) < 4 or not topic_verb(act):
            return None
        for index in range(len(self.found) - 1, max(-1, len(self.found) - 3), -1):
            bearer, cue = self.found[index], self.cues[index]
            if cue.modality in (Modality.PERMISSION, Modality.OBLIGATION) and bearer is not None:
                _, end = self.layout.clause(cue.start)
                if _DIRECTLY.fullmatch(self.masked[cue.end : end].removesuffix(act)) is None:
                    continue
                if self.masked.endswith(act, cue.end, end) and not _UNIVERSAL.match(self.masked, bearer.start):
                    return bearer
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
        return name_party(self.masked, party, "earlier sentence") if party else None

    def _subject_of_sentence(self, sentence: tuple[int, int]) -> Party | None:
        for start, end in self.layout.clauses_between(sentence[0], max(sentence[1], sentence[0] + 1))[:3]:
            party = subject(self.masked, head_of(self.layout, (start, end)), end, False)
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
            return weaker(self.found[index], "taken from the list lead", 0.9)
        party = subject(self.masked, head_of(self.layout, lead), lead[1], False)
        return name_party(self.masked, party, "list lead", 0.8, "taken from the list lead") if party else None
