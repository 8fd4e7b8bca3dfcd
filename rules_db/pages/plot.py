"""A threshold through time as a step plot: which value held from when to when.

In: steps with dates and values. Out: SVG text with classes instead of styles, so that the page's sheet colours it and
no inline style is needed; all text in it is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

HEIGHT = 170
_TOP, _BOTTOM = 34, 30
# Height of one text: its dates above its bar.
_SPAN = 36
# Across, everything is in percent: the picture fits any screen and its words keep their size.
_LEFT, _RIGHT = 1.0, 99.0
# Beyond this a label reads from the right edge of its bar or step towards the left.
_LATE = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """`value` held in [start, end); None = unknown start, open end. `label` is what the text says."""

    start: date | None
    end: date | None
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """A text valid in [start, end), ISO dates, None = open; `shown` marks the one on the page."""

    start: str
    end: str | None
    label: str
    shown: bool


def span_plot(spans: Sequence[Span], day: str) -> str:
    """SVG: each text's validity as a bar, one under the other, and a line at `day`. Raises ValueError without spans."""
    if not spans:
        raise ValueError("a plot needs at least one span")
    today = date.fromisoformat(day)
    known = [date.fromisoformat(x) for span in spans for x in (span.start, span.end) if x]
    first, last = min(known), max(*known, today)
    length, height = max((last - first).days, 30), _SPAN * len(spans) + 24
    title = "; ".join(f"{span.label}: {span.start} – {span.end or '…'}" for span in spans)

    def x(when: date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * 0.92 * (when - first).days / length, 2)

    name = html.escape(title, quote=True)
    parts = [f'<svg class="plot spans" width="100%" height="{height}" role="img" aria-label="{name}">']
    for n, span in enumerate(spans):
        top, left = _SPAN * n, x(date.fromisoformat(span.start))
        right = x(date.fromisoformat(span.end)) if span.end else _RIGHT
        here = " bar-here" if span.shown else ""
        width = round(max(right - left, 0.5), 2)
        text = html.escape(f"{span.start} – {span.end or '…'}")
        parts.append(f'<text class="bar-label" {_placed(left, left)} y="{top + 13}">{text}</text>')
        parts.append(f'<rect class="bar{here}" x="{left}%" y="{top + 18}" width="{width}%" height="12" rx="3"/>')
    if first <= today <= last:
        parts.append(f'<line class="today" x1="{x(today)}%" y1="0" x2="{x(today)}%" y2="{height - 20}"/>')
        parts.append(f'<text class="day" {_placed(x(today), x(today))} y="{height - 6}">{html.escape(day)}</text>')
    parts.append("</svg>")
    return "".join(parts)


def series(rows: Sequence[Any]) -> list[tuple[Step, ...]]:
    """The quantities that can be followed through the versions of a rule: of one unit, once in each of at least two
    versions, with a value that moved. `rows` are thresholds with their version number `n`, in order, read by
    column name."""
    by_unit: dict[str, list[Any]] = {}
    for row in rows:
        by_unit.setdefault(row["unit"], []).append(row)
    found = []
    for members in by_unit.values():
        numbers = [row["n"] for row in members]
        if len(members) < 2 or len(set(numbers)) != len(numbers) or len({row["value"] for row in members}) < 2:
            continue
        found.append(
            tuple(Step(_day(row["valid_from"]), _day(row["valid_to"]), row["value"], row["text"]) for row in members)
        )
    return found


def step_plot(steps: Sequence[Step], title: str) -> str:
    """SVG of the steps, time to the right, greater values higher. Raises ValueError without steps."""
    if not steps:
        raise ValueError("a plot needs at least one step")
    known = sorted(day for step in steps for day in (step.start, step.end) if day is not None)
    first, last = (known[0], known[-1]) if known else (date(2000, 1, 1), date(2001, 1, 1))
    span = max((last - first).days, 30)
    low, high = min(step.value for step in steps), max(step.value for step in steps)

    def x(day: date) -> float:
        # a tenth of the span on both sides stands for "before" and "until further notice"
        return round(_LEFT + (_RIGHT - _LEFT) * (0.1 + 0.8 * (day - first).days / span), 2)

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - _BOTTOM - 14 - (HEIGHT - _TOP - _BOTTOM - 14) * share, 1)

    parts = [
        f'<svg class="plot" width="100%" height="{HEIGHT}" role="img" aria-label="{html.escape(title, quote=True)}">',
        f'<line class="axis" x1="{_LEFT}%" y1="{HEIGHT - _BOTTOM}" x2="{_RIGHT}%" y2="{HEIGHT - _BOTTOM}"/>',
    ]
    before: tuple[float, float] | None = None
    for step in steps:
        left = x(step.start) if step.start else _LEFT
        right = x(step.end) if step.end else _RIGHT
        height = y(step.value)
        if before is not None and before[0] == left:
            parts.append(f'<line class="riser" x1="{left}%" y1="{before[1]}" x2="{left}%" y2="{height}"/>')
        parts.append(f'<line class="step" x1="{left}%" y1="{height}" x2="{right}%" y2="{height}"/>')
        at = _placed(left, right)
        parts.append(f'<text class="value" {at} y="{height - 8}">{html.escape(step.label)}</text>')
        if step.start:
            parts.append(f'<text class="day" x="{left}%" y="{HEIGHT - 10}">{step.start.isoformat()}</text>')
            parts.append(f'<line class="tick" x1="{left}%" y1="{HEIGHT - _BOTTOM}" x2="{left}%" y2="{HEIGHT - 24}"/>')
        before = (right, height)
    parts.append("</svg>")
    return "".join(parts)


def _placed(left: float, right: float) -> str:
    """Where a label begins, or ends when it would leave the picture."""
    return f'x="{left}%" dx="6"' if left < _LATE else f'x="{right}%" dx="-6" text-anchor="end"'


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
