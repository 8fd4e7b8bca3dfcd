"""Word tables and the expressions made of them.

In: running text of words, or tuples of words. Out: tuples for pattern tables, and alternations for `re` in which the
longer word wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def words(block: str) -> tuple[str, ...]:
    """The words of a table written as running text, split at white space, in the order written."""
    return tuple(block.split())


def alternation(choices: Iterable[str]) -> str:
    """A regular expression (without a group around it) for any of the words, longest first, then by code point."""
    return "|".join(re.escape(choice) for choice in sorted(choices, key=lambda choice: (-len(choice), choice)))


def ahead(choices: Iterable[str]) -> str:
    """A lookahead for the first characters of the words: it spares `re` an attempt at every other character."""
    return f"(?=[{''.join(sorted({re.escape(choice[0]) for choice in choices}))}])"
