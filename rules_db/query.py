"""What a person types into a search box, read as words to find: terms, phrases, alternatives and exclusions.

Several words must all occur; 或, OR or | between words separates alternatives; 非, NOT or - in front of a word excludes
it; 且 and AND may be written and change nothing; quotes of any shape keep a phrase together. Nothing a person types is
an error: a word that can't be an operator where it stands is a word.
In: a string. Out: a `Query` and its FTS5 expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules_db.segment import phrase

# Longer input is cut: a search box is no place for a whole article, and FTS5 expressions have limits.
MAX_CHARACTERS, MAX_TERMS = 400, 32
# Matches nothing, and is a valid FTS5 expression.
NOTHING = '""'

_PIECE = re.compile(
    r'([-－]?)(?:["“”„＂]([^"“”„＂]*)(?:["“”＂]|$)|「([^」]*)(?:」|$)|『([^』]*)(?:』|$))|(\S+?)(?=["“”„＂「『\s]|$)'
)
_ALTERNATIVE = frozenset({"OR", "|", "｜", "或"})
_CONJUNCTION = frozenset({"AND", "&", "且"})
_NEGATION = frozenset({"NOT", "非"})


@dataclass(frozen=True, slots=True)
class Group:
    """All of `include`, none of `exclude`."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Alternatives, of which one must match."""

    groups: tuple[Group, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Words to highlight."""
        return tuple(dict.fromkeys(term for group in self.groups for term in group.include))

    def expression(self) -> str:
        """The FTS5 expression over the pair index; `NOTHING` when there is no word to find."""
        parts = []
        for group in self.groups:
            wanted = " AND ".join(filter(None, map(phrase, group.include)))
            unwanted = " OR ".join(filter(None, map(phrase, group.exclude)))
            if wanted:
                parts.append(f"(({wanted}) NOT ({unwanted}))" if unwanted else f"({wanted})")
        return " OR ".join(parts) or NOTHING


def parse_query(typed: str) -> Query:
    """Read what was typed. Never raises; input beyond `MAX_CHARACTERS` and `MAX_TERMS` is dropped."""
    pieces = _pieces(typed[:MAX_CHARACTERS].replace("|", " | "))[:MAX_TERMS]
    groups: list[Group] = []
    include: list[str] = []
    exclude: list[str] = []
    negated = False
    for i, (text, minus, quoted) in enumerate(pieces):
        inner = 0 < i < len(pieces) - 1
        if not quoted and not minus:
            if text in _ALTERNATIVE and inner and (include or exclude):
                groups.append(Group(tuple(include), tuple(exclude)))
                include, exclude = [], []
                continue
            if text in _CONJUNCTION and inner:
                continue
            if text in _NEGATION and i < len(pieces) - 1:
                negated = True
                continue
        (exclude if negated or minus else include).append(text)
        negated = False
    groups.append(Group(tuple(include), tuple(exclude)))
    if not any(group.include for group in groups):  # nothing but exclusions: take the words themselves
        return Query(tuple(Group(group.exclude) for group in groups if group.exclude))
    return Query(tuple(group for group in groups if group.include))


def match_expression(typed: str) -> str:
    """FTS5 expression for what was typed: the SQL functions of the published copy call this."""
    return parse_query(typed).expression()


def _pieces(typed: str) -> list[tuple[str, bool, bool]]:
    """(text, has a minus in front, was quoted) of each piece that holds something to find."""
    found = []
    for match in _PIECE.finditer(typed):
        minus, *quotes, word = match.groups()
        if word is not None:
            dashed = len(word) > 1 and word[0] in "-－"
            found.append((word[1:] if dashed else word, dashed, False))
        else:
            found.append((next(q for q in quotes if q is not None), bool(minus), True))
    return [(text, minus, quoted) for text, minus, quoted in found if text in _ALTERNATIVE or phrase(text)]
