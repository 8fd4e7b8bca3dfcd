"""Words that parties are known by: head nouns, and what stands before and behind them.

In: masked text and a range of it. Out: ranges of party heads, and where a clause's content begins and ends. A
classifier of suffix tables and rules on single characters tells parties from things; phrases and
subjects are built on it.
"""

from __future__ import annotations

import re

from nlp.pipes.bearers import patterns
from nlp.text.clauses import HIDDEN
from nlp.text.lexicon import ahead, alternation


def _ending(rule: tuple[str, str, str, str]) -> str:
    ending, needed, refused, not_next = rule
    before = (f"(?<=[{needed}]{ending})" if needed else "") + (f"(?<![{refused}]{ending})" if refused else "")
    return ending + before + (f"(?![{not_next}])" if not_next else "")  # the character first: it fails fastest


def _unless(word: str) -> str:
    refused = patterns.FOLLOWER_UNLESS.get(word, "")
    return re.escape(word) + (f"(?![{refused}])" if refused else "")


_OWN_REGION = r"[本全](?<![一-龥].)(?:市|省|区|县|自治县|州)(?![内外人政级行范有场])"
_RESIDENTS = rf"[居村]{HIDDEN}+民(?![身住自生])"  # 居（村）民
_HEAD_STARTS = (
    *patterns.NOT_PARTIES,
    *patterns.PARTY_SUFFIXES,
    *(rule[0] for rule in patterns.PARTY_ENDINGS),
    "本",
    "全",
    "居",
    "村",
)
_BY_ENDING = "|".join((*map(_ending, patterns.PARTY_ENDINGS), _RESIDENTS, _OWN_REGION))
_HEAD = re.compile(
    rf"{ahead(_HEAD_STARTS)}(?:(?P<no>{alternation(patterns.NOT_PARTIES)})"
    rf"|(?P<yes>{alternation(patterns.PARTY_SUFFIXES)}|{_BY_ENDING}))"
)
COORDINATION = re.compile(rf"(?:及其(?!他)|以及|或者|、|和|及(?!时|早)|或|与|等|{HIDDEN})")
_CONDITIONAL = sorted(set(patterns.FOLLOWER_UNLESS) & set(patterns.SUBJECT_FOLLOWERS), key=lambda w: (-len(w), w))
FOLLOWER = re.compile(
    "|".join(
        (
            alternation(word for word in patterns.SUBJECT_FOLLOWERS if word not in patterns.FOLLOWER_UNLESS),
            *map(_unless, _CONDITIONAL),
        )
    )
)
"""No unconditional follower begins a longer conditional one, so that the longest word still wins."""
_LEADING = re.compile(
    rf"(?:[\s　{HIDDEN}，、]|(?:{alternation(patterns.LEADING_WORDS)})(?<!当(?=[地事]))(?<!再(?=[生制就]))"
    r"|因(?:特殊|其他|客观|自身)(?:情况|原因|需要)|其(?!他|余|它|中))+"
)
PREPOSITION = re.compile(
    rf"(?:{alternation(patterns.PREPOSITIONS)})"
    r"(?<!经(?=[营济理费纪销办]))(?<!自(?=[然治行主愿来建备动驾贸身助]))(?<!对(?=[方口]))(?<!从(?=[业事]))(?<!为(?=首))"
    r"(?<!在(?=建(?![设筑立])|校(?![园内外企车])|职(?![工责业权务能称])|[册线押岗途读]))(?<!除(?=尘))(?<!按(?=摩))(?<!与(?=会))(?<!以(?=[上下内及]))(?<!未(?=成年))(?<!将(?=军))(?<!到(?=[期会场岗]))(?<!报(?=[社刊纸废告警案名考关送]))"
)
RELATIVE = re.compile(rf"(?:{alternation(patterns.RELATIVE_VERBS)})[^，]{{0,40}}?的")
_TRAILING = re.compile(rf"(?:{alternation(patterns.TRAILING_ADVERBS)}|[\s　])+$")
_TRAILING_ENDS = frozenset(word[-1] for word in patterns.TRAILING_ADVERBS)


def trim_adverbs(masked: str, start: int, end: int) -> int:
    """End of the words before a cue once adverbs between subject and cue are taken off."""
    last = masked[end - 1 : end]
    if last not in _TRAILING_ENDS and not last.isspace():
        return end
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
