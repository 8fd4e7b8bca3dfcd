"""Documents that a page keeps in a script: the Guangdong disclosure platform writes body and index fields as a
value.

In: the page's text. Out: the body's HTML and the fields, or None. The script is never run: single JSON strings are
read out of it where they stand.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

_DETAIL: Final = re.compile(r"\bDETAIL[\"']?\s*[:=]\s*\{")
_CONTENT: Final = re.compile(r"[\"']?\bcontent[\"']?\s*:\s*(?=\")")
_FIELD: Final = re.compile(r"\"(document_number|identifier|publisher|title)\"\s*:\s*(?=\")")
_NAMES: Final = {
    "document_number": "document_number",
    "identifier": "index_number",
    "publisher": "issuers",
    "title": "title",
}
_MOST: Final = 4_000_000  # characters of a script looked through


@dataclass(frozen=True, slots=True)
class ScriptedDocument:
    """`html` is the body; `fields` uses the names of the index table's fields."""

    html: str
    fields: dict[str, str]


def scripted_document(text: str) -> ScriptedDocument | None:
    """The document of a `_CONFIG.DETAIL` value, None where there is none."""
    start = _DETAIL.search(text) if "_CONFIG" in text else None
    if start is None:
        return None
    script = text[start.end() : start.end() + _MOST]
    script = script[: end if (end := script.find("</script")) >= 0 else None]
    content = _CONTENT.search(script)
    body = _string(script, content.end()) if content else None
    if not body or not body.strip():
        return None
    fields = {
        _NAMES[match.group(1)]: value
        for match in _FIELD.finditer(script)
        if (value := _string(script, match.end())) and len(value) <= 300
    }
    return ScriptedDocument(body, fields)


def _string(script: str, start: int) -> str | None:
    """The JSON string that begins at `start`."""
    try:
        value, _ = json.JSONDecoder().raw_decode(script, start)
    except ValueError:
        return None
    return value if isinstance(value, str) else None
