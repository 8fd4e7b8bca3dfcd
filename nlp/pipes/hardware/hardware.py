"""Finds on-site devices by a lexicon: gates, cameras, scales, readers, gateways and the like.

In: text. Out: spans in order, longest name first where names overlap; `pattern` is the device kind of `patterns.DEVICES`.
"""

from __future__ import annotations

import re

from nlp.pipes.hardware import patterns
from rules_db.model import Span

_KIND = {name.lower(): kind for kind, names in patterns.DEVICES.items() for name in names}


def _names(words: list[str]) -> str:
    return "|".join(
        rf"(?<![A-Za-z]){word}(?![A-Za-z])" if word.isascii() else re.escape(word)
        for word in sorted(words, key=lambda word: (-len(word), word))
    )


_DEVICE = re.compile(f"(?P<no>{_names(list(patterns.NOT_DEVICES))})|(?P<yes>{_names(list(_KIND))})", re.IGNORECASE)


def find_hardware(text: str) -> tuple[Span, ...]:
    """Device names in `text`; Latin names are found in any case."""
    return tuple(
        Span(match.start(), match.end(), match.group(), _KIND[match.group().lower()])
        for match in _DEVICE.finditer(text)
        if match.lastgroup == "yes"
    )
