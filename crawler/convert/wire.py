"""A converted document as JSON and back: what passes between the sandboxed child and its parent.

In and out: `ConvertedDocument` or the bytes of one JSON object. The parent trusts nothing of it: types are checked
while reading, and anything unexpected is a `ValueError`.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from rules_db.model import AttachmentRef, Block, BlockKind, ConvertedDocument, HeadFacts, Tier


def dump(document: ConvertedDocument) -> bytes:
    """One JSON object; None and empty fields of the head are left out."""
    head = {field.name: getattr(document.head, field.name) for field in fields(HeadFacts)}
    head["attachments"] = [[ref.name, ref.url] for ref in document.head.attachments]
    value = {
        "blocks": [[block.kind.value, block.text, block.page, block.rows] for block in document.blocks],
        "head": {key: item for key, item in head.items() if item},
        "media_type": document.media_type,
        "charset": document.charset,
        "warnings": document.warnings,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def load(data: bytes) -> ConvertedDocument:
    """Raises `ValueError` when the bytes are not what `dump` writes."""
    try:
        value = json.loads(data)
        return ConvertedDocument(
            blocks=tuple(_block(*item) for item in value["blocks"]),
            head=_head(value["head"]),
            media_type=_text(value["media_type"]),
            charset=_optional(value["charset"]),
            warnings=tuple(map(_text, value["warnings"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a converted document: {error!r}") from error


def _block(kind: str, text: str, page: int | None, rows: list[list[str]]) -> Block:
    if page is not None and not isinstance(page, int):
        raise ValueError("page must be a number")
    return Block(BlockKind(kind), _text(text), page, tuple(tuple(map(_text, row)) for row in rows))


def _head(value: dict[str, Any]) -> HeadFacts:
    known = {field.name for field in fields(HeadFacts)}
    if not known.issuperset(value):
        raise ValueError(f"unknown head facts: {sorted(set(value) - known)}")
    facts: dict[str, Any] = {key: _text(item) for key, item in value.items() if isinstance(item, str)}
    if "tier" in facts:
        facts["tier"] = Tier(facts["tier"])
    facts["issuers"] = tuple(map(_text, value.get("issuers", ())))
    facts["attachments"] = tuple(AttachmentRef(_text(name), _text(url)) for name, url in value.get("attachments", ()))
    return HeadFacts(**facts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)
