"""JSON form of a converted document, in which it waits in the store between conversion and reading."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from rules_db.model import AttachmentRef, Block, BlockKind, ConvertedDocument, HeadFacts, Tier


def dump_document(document: ConvertedDocument) -> str:
    """JSON text; equal documents give equal text."""
    return json.dumps(dataclasses.asdict(document), ensure_ascii=False, sort_keys=True)


def load_document(text: str) -> ConvertedDocument:
    """The inverse of `dump_document`. Raises KeyError or TypeError for anything else."""
    raw = json.loads(text)
    return ConvertedDocument(
        blocks=tuple(
            Block(BlockKind(b["kind"]), b["text"], b["page"], tuple(tuple(row) for row in b["rows"]))
            for b in raw["blocks"]
        ),
        head=load_head(raw["head"]),
        media_type=raw["media_type"],
        charset=raw["charset"],
        warnings=tuple(raw["warnings"]),
    )


def load_head(raw: dict[str, Any]) -> HeadFacts:
    """Head facts out of a mapping with the field names of `HeadFacts`. Raises TypeError for unknown names."""
    known = dict(raw)
    known["issuers"] = tuple(known.get("issuers") or ())
    for name in ("attachments", "links"):
        known[name] = tuple(AttachmentRef(**link) for link in known.get(name) or ())
    if known.get("tier") is not None:
        known["tier"] = Tier(known["tier"])
    return HeadFacts(**known)


def merge_head(stated: HeadFacts, found: HeadFacts) -> HeadFacts:
    """Facts stated from outside (manifest, list page) win over facts found inside the document; gaps are filled."""
    merged = {}
    for field in dataclasses.fields(HeadFacts):
        outer, inner = getattr(stated, field.name), getattr(found, field.name)
        merged[field.name] = outer if outer not in (None, ()) else inner
    return HeadFacts(**merged)
