"""Word tables and the expressions made of them.

In: running text of words, or tuples of words. Out: tuples for pattern tables, and expressions for `re` in which the
longer word wins and common beginnings are tried once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

_Node: TypeAlias = "dict[str, _Node]"
_END = ""


def words(block: str) -> tuple[str, ...]:
    """The words of a table written as running text, split at white space, in the order written."""
    return tuple(block.split())


def alternation(choices: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest one first, as a tree of common beginnings: the time to
    fail at a place does not grow with the table."""
    root: _Node = {}
    for choice in choices:
        node = root
        for character in choice:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _expression(root)


def _expression(node: _Node) -> str:
    branches, singles = [], []
    for character in sorted(key for key in node if key != _END):
        rest = _expression(node[character])
        if rest:
            branches.append(re.escape(character) + rest)
        else:
            singles.append(re.escape(character))
    if singles:
        branches.append(singles[0] if len(singles) == 1 else f"[{''.join(singles)}]")
    if not branches:
        return ""
    if _END in node:
        return f"(?:{'|'.join(branches)})?"
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def ahead(choices: Iterable[str]) -> str:
    """A lookahead for the first two characters of the words: it spares `re` an attempt at nearly every place."""
    known = tuple(choices)
    longer = [choice for choice in known if len(choice) > 1]
    alone = _any_of(choice for choice in known if len(choice) == 1)
    pair = _any_of(choice[0] for choice in longer) + _any_of(choice[1] for choice in longer)
    return f"(?={'|'.join(part for part in (alone, pair) if part)})"


def scan(starts: re.Pattern[str], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """`pattern.finditer(text)` for a pattern that matches nowhere but at a character that `starts` finds, a set of
    characters: `re` skips to those several times as fast as it fails at the others."""
    done = 0
    for start in starts.finditer(text):
        at = start.start()
        if at >= done:
            match = pattern.match(text, at)
            if match is not None:
                done = match.end()
                yield match


def _any_of(characters: Iterable[str]) -> str:
    found = "".join(sorted({re.escape(character) for character in characters}))
    return f"[{found}]" if found else ""
