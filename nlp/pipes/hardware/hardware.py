"""Finds on-site devices by a lexicon: gates, cameras, scales, readers, gateways and the like.

In: text. Out: spans in order, longest name first where names overlap; `pattern` is the device kind of
`patterns.DEVICES`.
"""

from __future__ import annotations

import re

from nlp.pipes.hardware import patterns
from nlp.text.lexicon import ahead, alternation
from rules_db.model import Span

_KIND = {name.lower(): kind for kind, names in patterns.DEVICES.items() for name in names}


_MIXED = [name for name in _KIND if any(character.isascii() for character in name)]
_HAN = [name for name in (*_KIND, *patterns.NOT_DEVICES) if name not in _MIXED]
_DEVICE = re.compile(
    f"{ahead(_HAN)}(?:(?P<no>{alternation(patterns.NOT_DEVICES)})|(?P<yes>{alternation(_HAN)}))"
    f"|(?=[A-Za-z])(?<![A-Za-z])(?P<latin>(?i:{alternation(_MIXED)}))(?![A-Za-z])"
)


def find_hardware(text: str) -> tuple[Span, ...]:
    """Device names in `text`; Latin names are found in any case."""
    return tuple(
        Span(match.start(), match.end(), match.group(), _KIND[match.group().lower()])
        for match in _DEVICE.finditer(text)
        if match.lastgroup != "no"
    )
