"""What a person types into a search box, read as words to find: terms, phrases, alternatives and exclusions.

Several words must all occur; of words with 或, OR or | between them one must; 非, NOT or - in front of a word
excludes it. 或 holds its neighbours closer than a blank, as in search engines: 消防 电池 或 车辆 is 消防 with one of
the two. 且 and AND may be written and change nothing; quotes of any shape keep a phrase together. Nothing a person
types is an error: a word that can't be an operator where it stands is a word.
In: a string. Out: a `Query` and its FTS5 expression.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
class Query:
    """One word of each of `clauses` must occur, and none of `exclude`."""

    clauses: tuple[tuple[str, ...], ...]
    exclude: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Words to highlight."""
        return tuple(dict.fromkeys(term for clause in self.clauses for term in clause))

    def expression(self) -> str:
        """The FTS5 expression over the pair index; `NOTHING` when there is no word to find."""
        wanted = " AND ".join(f"({found})" for found in map(_one_of, self.clauses) if found)
        unwanted = _one_of(self.exclude)
        return (f"({wanted}) NOT ({unwanted})" if unwanted else wanted) if wanted else NOTHING


def parse_query(typed: str) -> Query:
    """Read what was typed. Never raises; input beyond `MAX_CHARACTERS` and `MAX_TERMS` is dropped."""
    pieces = _pieces(typed[:MAX_CHARACTERS].replace("|", " | "))[:MAX_TERMS]
    clauses: list[list[str]] = []
    exclude: list[str] = []
    negated = joined = False
    last: list[str] | None = None  # where a word after 或 goes
    for i, (text, minus, quoted) in enumerate(pieces):
        inner = 0 < i < len(pieces) - 1
        if not quoted and not minus:
            if text in _ALTERNATIVE and inner and last is not None:
                joined = True
                continue
            if text in _CONJUNCTION and inner:
                continue
            if text in _NEGATION and i < len(pieces) - 1:
                negated = True
                continue
        if joined and last is not None:
            last.append(text)
        elif negated or minus:
            exclude.append(text)
            last = exclude
        else:
            last = [text]
            clauses.append(last)
        negated = joined = False
    if not clauses:  # nothing but exclusions: take the words themselves
        return Query(tuple((word,) for word in exclude))
    return Query(tuple(map(tuple, clauses)), tuple(exclude))


def match_expression(typed: str) -> str:
    """FTS5 expression for what was typed: the SQL functions of the published copy call this."""
    return parse_query(typed).expression()


def clauses(typed: str) -> list[tuple[str, str]]:
    """Each word that must occur, or the alternatives of which one must, as typed and as an FTS5 expression."""
    found = ((" 或 ".join(clause), _one_of(clause)) for clause in dict.fromkeys(parse_query(typed).clauses))
    return [(words, expression) for words, expression in found if expression]


def _one_of(words: Sequence[str]) -> str:
    return " OR ".join(filter(None, map(phrase, words)))


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
