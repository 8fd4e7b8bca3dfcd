"""One article in, one record of the annotation format out (gold GUIDELINES: `id`, `norms`, `thresholds`).

Offsets count characters of the text as given. Numbers are JSON numbers: whole values are int, others float.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from nlp.language import read_units
from rules_db.model import Norm, Threshold


def extract_record(id: str, text: str) -> dict[str, Any]:
    """The JSON object of one article: what norms and thresholds its text states."""
    (reading,) = read_units([text])
    return {
        "id": id,
        "norms": [_norm(norm) for norm in reading.norms],
        "thresholds": [_threshold(threshold) for threshold in reading.thresholds],
    }


def extract_line(line: str) -> tuple[dict[str, Any], str]:
    """One JSON line {"id", "text"} read; instead of a record, the reason why it can't be."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return {}, f"no JSON ({error.msg} at column {error.colno}); one object a line is expected"
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "id" not in record:
        return {}, 'an object with "id" and a string "text" is expected'
    return extract_record(record["id"], record["text"]), ""


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
