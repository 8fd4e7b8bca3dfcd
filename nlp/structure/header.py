"""What a text says about itself: title, document number, issuers, dates, term. Text and outline in, `HeadFacts` out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from nlp.structure.provisions import Outline
from nlp.text.normalise import comparison_key
from rules_db.model import HeadFacts, Severity, TextIssue


def read_head(
    text: str, outline: Outline, headings: Sequence[tuple[int, int]] = ()
) -> tuple[HeadFacts, list[TextIssue]]:
    """Head facts as the text itself states them."""
    title = text[headings[0][0] : headings[0][1]] if headings else text.split("\n", 1)[0]
    return HeadFacts(title=title), []


def merge_heads(stated: HeadFacts, found: HeadFacts) -> tuple[HeadFacts, list[TextIssue]]:
    """`stated` (manifest or page) with its gaps filled from `found` (the text); a contradiction is an issue."""
    issues: list[TextIssue] = []
    changes: dict[str, object] = {}
    for field in fields(HeadFacts):
        said, read = getattr(stated, field.name), getattr(found, field.name)
        if not read or said == read:
            continue
        if not said:
            changes[field.name] = read
        elif isinstance(said, str) and field.name in _COMPARED and comparison_key(said) != comparison_key(str(read)):
            message = f"{field.name}: the source says {said!r}, the text says {read!r}"
            issues.append(TextIssue(Severity.WARN, "head_contradiction", message))
    return replace(stated, **changes), issues  # type: ignore[arg-type]


_COMPARED = frozenset({"document_number", "effective_on"})
