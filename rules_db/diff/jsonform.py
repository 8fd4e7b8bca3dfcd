"""The comparison as one JSON value: the shape that `guiji diff --format json` promises, and more keys beside it."""

from __future__ import annotations

from typing import Any

from rules_db.diff.result import Entry, Hunk, InstrumentDiff, NormChange, NormText, ThresholdChange
from rules_db.model import Quantity


def to_json(diff: InstrumentDiff) -> dict[str, Any]:
    """Plain values only. `provisions`, `thresholds` and `modalities` follow the documented interface; an added
    provision has an empty `from`, a deleted one an empty `to`, a split or merger lists all labels."""
    return {
        "instrument": diff.instrument,
        "from": {"date": diff.old_date},
        "to": {"date": diff.new_date},
        "summary": summary(diff),
        "provisions": [_entry(entry) for entry in diff.entries],
        "thresholds": [_threshold(change) for change in diff.thresholds],
        "modalities": [_norm(change) for change in diff.norms],
        "scope": [
            {
                "from_provision": change.old_label or None,
                "to_provision": change.new_label or None,
                "from": change.old or None,
                "to": change.new or None,
                "effect": change.effect.value,
            }
            for change in diff.scope
        ],
        "term_swaps": [
            {"from": swap.old_term, "to": swap.new_term, "count": swap.count, "provisions": list(swap.provisions)}
            for swap in diff.terms
        ],
        "possible_matches": [
            {"from": match.old_label, "to": match.new_label, "similarity": match.similarity} for match in diff.possible
        ],
    }


def summary(diff: InstrumentDiff) -> dict[str, dict[str, int]]:
    """Counts by kind, keys sorted."""
    return {
        "provisions": _counted([entry.link.continuity.value for entry in diff.entries]),
        "thresholds": _counted([change.direction.value for change in diff.thresholds]),
        "modalities": _counted([change.what.value for change in diff.norms]),
        "scope": _counted([change.effect.value for change in diff.scope]),
    }


def _counted(values: list[str]) -> dict[str, int]:
    return {value: values.count(value) for value in sorted(set(values))}


def _entry(entry: Entry) -> dict[str, Any]:
    link = entry.link
    return {
        "change": link.continuity.value,
        "from": list(link.old_labels),
        "to": list(link.new_labels),
        "from_eids": list(link.old),
        "to_eids": list(link.new),
        "similarity": link.similarity,
        "reason": link.reason,
        "needs_review": link.needs_review,
        "cosmetic": entry.cosmetic,
        "hunks": [_hunk(hunk) for hunk in entry.hunks],
    }


def _hunk(hunk: Hunk) -> dict[str, str]:
    return {"kind": hunk.kind.value, "from": hunk.old, "to": hunk.new}


def _threshold(change: ThresholdChange) -> dict[str, Any]:
    return {
        "from_provision": change.old_label or None,
        "to_provision": change.new_label or None,
        "from": _quantity(change.old),
        "to": _quantity(change.new),
        "direction": change.direction.value,
        "reason": change.reason,
    }


def _quantity(quantity: Quantity | None) -> dict[str, Any] | None:
    if quantity is None:
        return None
    return {
        "text": quantity.text,
        "comparator": quantity.comparator.value,
        "value": _number(quantity.value),
        "value_max": None if quantity.value_max is None else _number(quantity.value_max),
        "unit": quantity.unit,
        "parameter": quantity.parameter,
        "base": quantity.base,
        "trigger": quantity.trigger,
    }


def _number(value: float) -> int | float:
    """50000 and not 50000.0."""
    return int(value) if value == int(value) else value


def _norm(change: NormChange) -> dict[str, Any]:
    return {
        "from_provision": change.old_label or None,
        "to_provision": change.new_label or None,
        "change": change.what.value,
        "from": _norm_text(change.old),
        "to": _norm_text(change.new),
        "direction": change.direction.value if change.direction else None,
    }


def _norm_text(norm: NormText | None) -> dict[str, str] | None:
    if norm is None:
        return None
    return {"modality": norm.modality.value, "cue": norm.cue, "bearer": norm.bearer, "action": norm.action}
