"""One article in, one record of the annotation format out (gold GUIDELINES: `id`, `norms`, `thresholds`).

Offsets count characters of the text as given. Numbers are JSON numbers: whole values are int, others float.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from nlp.language import load, read_units
from nlp.workers import in_order
from rules_db.model import Norm, Threshold

_SURROGATE = re.compile("[\ud800-\udfff]")
_CHUNK = 8_192
"""Characters of lines that are read together and make one piece of work for a process."""


def extract_record(id: str, text: str) -> dict[str, Any]:
    """The JSON object of one article: what norms and thresholds its text states."""
    (record,) = extract_records([(id, text)])
    return record


def extract_records(articles: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The JSON objects of articles (id, text), in their order."""
    readings = read_units(text for _, text in articles)
    return [
        {
            "id": id,
            "norms": [_norm(norm) for norm in reading.norms],
            "thresholds": [_threshold(threshold) for threshold in reading.thresholds],
        }
        for (id, _), reading in zip(articles, readings, strict=True)
    ]


def extract_lines(lines: Iterable[str], jobs: int | None = 1) -> Iterator[tuple[str, str]]:
    """For each JSON line {"id", "text"} a line with its record, or an empty one and the reason why it can't be read. In
    their order, whatever the number of processes that read them (None: as many as cores); blank lines stay blank."""
    for results in in_order(_extract_chunk, _chunks(lines), jobs, load):
        yield from results


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _extract_chunk(lines: list[str]) -> list[tuple[str, str]]:
    parsed = [_parse(line) for line in lines]
    records = iter(extract_records([article for article in parsed if not isinstance(article, str)]))
    return [
        ("", article) if isinstance(article, str) else (json.dumps(next(records), ensure_ascii=False), "")
        for article in parsed
    ]


def _parse(line: str) -> tuple[Any, str] | str:
    """Id and text of a line, or why it is none; an empty reason for a blank line."""
    if not line.strip():
        return ""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return f"no JSON ({error.msg} at column {error.colno}); one object a line is expected"
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "id" not in record:
        return 'an object with "id" and a string "text" is expected'
    if _SURROGATE.search(f"{record['id']}{record['text']}"):
        return "holds half a character (not UTF-8, or an escape without its other half)"
    return record["id"], record["text"]


def _norm(norm: Norm) -> dict[str, Any]:
    return {
        "modality": norm.modality.value,
        "cue": norm.cue.text,
        "start": norm.cue.start,
        "bearer": norm.bearer.text if norm.bearer else "",
        "bearer_start": norm.bearer.start if norm.bearer else None,
        "action": norm.action,
        "condition": norm.condition,
        "exception": norm.exception,
        "deadline": norm.deadline,
        "consequence": norm.consequence,
        "pattern": norm.cue.pattern,
        "confidence": norm.confidence,
        "reason": norm.reason,
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {
        "text": threshold.span.text,
        "start": threshold.span.start,
        "comparator": threshold.comparator.value,
        "value": _number(threshold.value),
        "value_max": None if threshold.value_max is None else _number(threshold.value_max),
        "unit": threshold.unit,
        "parameter": threshold.parameter,
        "base": threshold.base,
        "trigger": threshold.trigger,
        "pattern": threshold.span.pattern,
        "confidence": threshold.confidence,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
