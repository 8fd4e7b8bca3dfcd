"""Names a party in the shortest words that still tell who it is.

In: masked text and a `Party`. Out: a `Bearer`, or the range of the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nlp.pipes.bearers import patterns
from nlp.pipes.bearers.heads import COORDINATION, RELATIVE, heads
from nlp.pipes.bearers.parties import Party
from nlp.text.clauses import HIDDEN
from nlp.text.lexicon import alternation


@dataclass(frozen=True, slots=True)
class Bearer:
    """Range of the shortest noun phrase that names the party. `pattern` says how it was found."""

    start: int
    end: int
    pattern: str
    confidence: float = 1.0
    reason: str = ""


_AFTER_PARTY = frozenset("应不可必须在对和或、，。；的将向按依未")
_CLAUSE_MODIFIER = re.compile(rf"(?:{alternation(patterns.MODIFIER_VERBS)})(?<!未(?=成年))")
_PLACE = re.compile(
    r"^(?!.*(?:从事|居住|进行|经营|使用|建设|设置|销售)).*(?:区域|范围|境|区|市|省|县|辖区|城|园|村|社区|街道)内$|(?:城市|农村|城镇)中$|所属$|下属$"
)
_DOING = re.compile("从事|开展|提供|经营")
"""Before 等 in a modifier: a clause, whose list is of what is done: 园区内从事回收、拆解等活动的经营者."""
_ITS = re.compile("其(?![他余它])")
_ONE = re.compile("一(?:个|名|位|家)(?=.)")
_SEPARATOR = re.compile("、|和|或者|及")
_EXCEPT = re.compile(r"(?:之外|以外|除外)$")


def name_party(masked: str, party: Party, pattern: str, confidence: float = 1.0, reason: str = "") -> Bearer:
    """The bearer that a party is; `masked` is the whole unit, for other parties of the same head noun."""
    cut = masked.rfind("的", party.start, party.end)
    contrasted = (
        cut >= 0 and pattern != "passive agent" and _stands_elsewhere(masked, masked[cut + 1 : party.end], party)
    )
    start, end = shortest(masked, party, contrasted)
    return Bearer(start, end, pattern, confidence, reason)


def weaker(bearer: Bearer | None, reason: str, confidence: float = 0.8) -> Bearer | None:
    """The same party, less surely and with the reason why."""
    return bearer and replace(bearer, confidence=min(confidence, bearer.confidence), reason=reason)


def _stands_elsewhere(masked: str, noun: str, party: Party) -> bool:
    """Whether the noun stands for a party in other words elsewhere in the unit."""
    phrase = masked[party.start : party.end]
    at = masked.find(noun) if noun else -1
    while at >= 0:
        end = at + len(noun)
        known = party.start <= at < party.end or masked.endswith(phrase, 0, end)
        if not known and (end == len(masked) or masked[end] in _AFTER_PARTY):
            return True
        at = masked.find(noun, end)
    return False


def _has_subject(masked: str, start: int, cut: int) -> bool:
    """Whether a modifier is a clause with a subject of its own: 主管部门|指定的…."""
    return any(RELATIVE.match(masked, head_end, cut + 1) for _, head_end in heads(masked, start, cut))


def shortest(masked: str, party: Party, contrasted: bool) -> tuple[int, int]:
    """The shortest range that still names the party. `contrasted` = the text has other parties under the same head
    word, so that the modifier is needed to tell them apart."""
    start, end = party.start, party.end
    while start < end and (masked[start] in f"该{HIDDEN} 　" or _ITS.match(masked, start)):
        start += 1
    one = _ONE.match(masked, start, end)
    start = one.end() if one else start
    place = masked.find("的", start, end - 1)
    if place > 0 and _PLACE.search(masked[start:place]) and masked[place + 1 : end] != "工会":
        start = place + 1
    cut = masked.rfind("的", start, end - 1)
    if cut < 0:
        return start, end
    modifier, head = masked[start:cut], masked[cut + 1 : end]
    if not head or modifier in ("设区", "不设区", "有关"):
        return start, end
    if _EXCEPT.search(modifier) or modifier in ("现有", "原有", "已有"):
        return cut + 1, end
    listing = modifier.rfind("等")
    doing = listing > 0 and _DOING.search(modifier[:listing]) is not None
    if listing > 0 and not doing and not _CLAUSE_MODIFIER.match(modifier):
        return (cut + 1 if listing == len(modifier) - 1 else start + listing + 1), end
    first = masked.find("的", start, cut)
    if first >= 0 and any(COORDINATION.match(masked, head_end) for _, head_end in heads(masked, first, cut)):
        return start, end
    if contrasted or head in patterns.GENERIC_HEADS or _SEPARATOR.split(head)[0] in patterns.GENERIC_HEADS:
        return start, end
    if (
        doing
        or (_CLAUSE_MODIFIER.match(modifier) and not modifier.startswith(("有关", "有权")))
        or _has_subject(masked, start, cut)
    ):
        return cut + 1, end
    return start, end
