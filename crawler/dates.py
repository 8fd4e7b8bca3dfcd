"""Dates on list pages and in addresses.

Pure: text or URL in, ISO `YYYY-MM-DD` or None out. `today` decides the year of a date that has none.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_FULL: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s{0,2}[-./年]\s{0,2}(\d{1,2})\s{0,2}[-./月]\s{0,2}(\d{1,2})(?!\d)")
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_SHORT: Final = re.compile(r"(?<![\d-])(\d{1,2})[-/月](\d{1,2})(?![\d-])")

# Shape of an address → date of the page's making. Exact shapes only; first match wins.
_URL_SHAPES: Final = (
    re.compile(r"/t((?:19|20)\d{2})(\d{2})(\d{2})_\d+\.(?:html?|shtml)"),
    re.compile(r"/art/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/art_"),
    re.compile(r"/c/((?:19|20)\d{2})-(\d{2})-(\d{2})/\d+"),
    re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/[0-9a-f]+\.s?html?"),
    re.compile(r"/((?:19|20)\d{2})/(\d{2})-(\d{2})/\d+\.s?html?"),
    re.compile(r"/((?:19|20)\d{2})(\d{2})(\d{2})/[0-9a-f]{32}\."),
    re.compile(r"/((?:19|20)\d{2})(\d{2})(\d{2})\d{9,11}(?:/|\.)"),
    re.compile(r"/[WP]0((?:19|20)\d{2})(\d{2})(\d{2})\d{6,10}\."),
)


def date_in_text(text: str, today: date | None = None) -> str | None:
    """The first date of a text; `MM-DD` counts as this year's, or last year's when that would lie ahead of `today`."""
    sample = text[:2000]
    for pattern in (_FULL, _COMPACT):
        for match in pattern.finditer(sample):
            found = _iso(match[1], match[2], match[3])
            if found:
                return found
    if today is not None:
        for match in _SHORT.finditer(sample):
            found = _iso(str(today.year), match[1], match[2])
            if found and found > today.isoformat():
                found = _iso(str(today.year - 1), match[1], match[2])
            if found:
                return found
    return None


def date_in_url(url: str) -> str | None:
    """The date an address states exactly (the day the page was made, which may precede its publication)."""
    for shape in _URL_SHAPES:
        match = shape.search(url)
        if match:
            found = _iso(match[1], match[2], match[3])
            if found:
                return found
    return None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
