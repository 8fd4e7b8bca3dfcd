"""When a time limit ends: days, working days, months and years from a day, by Chinese law.

The day of the event does not count; a month or year ends on the corresponding day, or on the last day of a month
without one (民法典 art. 201, 202); a last day that is no working day is moved to the next one (art. 203), which does
not apply to limits counted in working days. Holidays and make-up days are those of the kept-up library
chinesecalendar; beyond its years every Monday to Friday is taken for a working day, and the answer says so.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass

import chinese_calendar

FIRST_YEAR, LAST_YEAR = min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year
# China has one zone and no summer time since 1992.
CHINA = datetime.timezone(datetime.timedelta(hours=8))
LATEST_START = 9_800  # the longest limit that is counted, 100 years, still ends before the year 10,000
_MOST = {"day": 36_500, "working_day": 20_000, "week": 5_200, "month": 1_200, "year": 100}


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a limit. `counted_to` is the day that counting reached before it was moved off a holiday;
    `assumptions` says in words what the answer rests on."""

    due: datetime.date
    counted_to: datetime.date
    assumptions: tuple[str, ...]


def due_date(amount: int, unit: str, start: datetime.date) -> DueDate:
    """The last day of a limit of `amount` units that begins with an event on `start`.

    Raises ValueError for a unit other than day, working_day, week, month, year, or an amount out of range.
    """
    if unit not in _MOST:
        raise ValueError(f"no time limit in days: {unit}; days, working days, weeks, months and years are")
    if not 0 < amount <= _MOST[unit]:
        raise ValueError(f"{amount} {unit} is out of range (1 to {_MOST[unit]})")
    if start.year > LATEST_START:
        raise ValueError(f"a limit from {start} is too far off; days up to {LATEST_START}-12-31 can be counted from")
    notes = [f"the day of the event, {start}, does not count (民法典 art. 201)"]
    if unit == "working_day":
        end = start
        for _ in range(amount):
            end = _next_working_day(end)
        counted = end
    else:
        counted = _count(amount, unit, start)
        end = counted if is_working_day(counted) else _next_working_day(counted)
        if end != counted:
            notes.append(f"{counted} is no working day, so the limit ends on the next one (art. 203)")
    beyond = [year for year in (start.year, end.year) if not FIRST_YEAR <= year <= LAST_YEAR]
    if beyond:
        notes.append(
            f"holidays are known for {FIRST_YEAR} to {LAST_YEAR}; in {', '.join(map(str, sorted(set(beyond))))} "
            "every Monday to Friday is taken for a working day: check when the State Council has published them"
        )
    else:
        notes.append("statutory holidays and make-up days as published by the State Council")
    return DueDate(end, counted, tuple(notes))


def is_working_day(day: datetime.date) -> bool:
    """Working day by the published calendar; Monday to Friday in years it does not cover."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < calendar.SATURDAY


def _next_working_day(day: datetime.date) -> datetime.date:
    day += datetime.timedelta(days=1)
    while not is_working_day(day):
        day += datetime.timedelta(days=1)
    return day


def _count(amount: int, unit: str, start: datetime.date) -> datetime.date:
    if unit in ("day", "week"):
        return start + datetime.timedelta(days=amount * (7 if unit == "week" else 1))
    months = start.year * 12 + start.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def china_day(instant: str) -> str:
    """The day in China (ISO) of an instant in ISO UTC, whatever zone the host is in."""
    return datetime.datetime.fromisoformat(instant).astimezone(CHINA).date().isoformat()


def china_midnight(day: datetime.date) -> str:
    """The instant (ISO UTC) at which a day begins in China."""
    begin = datetime.datetime.combine(day, datetime.time(), CHINA)
    return begin.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
