"""Units that measure the same thing, and what one is worth in another.

A static table: which units exist is decided by whoever extracted the quantities, an unknown unit is its own dimension.
"""

from __future__ import annotations

_DAYS = {
    "second": 1 / 86400,
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.4,
    "year": 365.0,
}
_METRES = {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0}
_KILOGRAMS = {"g": 0.001, "kg": 1.0, "t": 1000.0}

_SCALE: dict[str, tuple[str, float]] = {
    unit: (measure, factor)
    for measure, table in (("time", _DAYS), ("length", _METRES), ("mass", _KILOGRAMS))
    for unit, factor in table.items()
}


def measure(unit: str) -> str:
    """What a unit measures. Working days are a measure of their own: how many days they are depends on the calendar,
    so a change from 日 to 工作日 has no direction."""
    return _SCALE[unit][0] if unit in _SCALE else unit


def dimension(unit: str) -> str:
    """As `measure`, but working days are a time: a limit in days may well become one in working days."""
    return "time" if unit == "working_day" else measure(unit)


def factor(unit: str) -> float:
    """Worth in days, metres or kilograms; 1 for a unit that stands alone."""
    return _SCALE[unit][1] if unit in _SCALE else 1.0


def is_time(unit: str) -> bool:
    return dimension(unit) == "time"
