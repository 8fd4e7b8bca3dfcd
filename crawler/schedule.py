"""When a known document is asked for again, and at what hours a source may be asked at all.

Pure: ISO times in, yes or no out. New documents are corrected or withdrawn within days, old ones rarely: the interval
grows with age. A conditional request is cheap for both sides, but a thousand of them a day are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

# (younger than … days, asked for again after … days), youngest first.
_REVISIT: Final = ((7, 0), (30, 3), (180, 14), (730, 60))
_REVISIT_OLD: Final = 180
_CADENCE_DAYS: Final = {"daily": 0, "weekly": 7, "monthly": 28}
_SLACK_HOURS: Final = 6  # a daily run that starts a little earlier than yesterday's still counts as the next day


def instant(text: str) -> datetime:
    """An ISO date or time as naive UTC; a trailing Z and an offset of zero are dropped."""
    return datetime.fromisoformat(text.replace("Z", "").split("+", 1)[0])


def days_between(earlier: str, later: str) -> float:
    """Days from one ISO date or time to another; negative when the clock went back."""
    return (instant(later) - instant(earlier)).total_seconds() / 86400


def interval_days(age_days: float) -> int:
    """Days between two visits of a document of this age."""
    for limit, interval in _REVISIT:
        if age_days < limit:
            return interval
    return _REVISIT_OLD


def source_is_due(cadence: str, last_finished: str | None, now: str) -> bool:
    """Whether a source's turn has come; a daily source may be read at any time, a clock that went back makes due."""
    if last_finished is None:
        return True
    since = days_between(last_finished, now)
    return since < 0 or since >= _CADENCE_DAYS[cadence] - _SLACK_HOURS / 24


BEIJING: Final = timedelta(hours=8)  # Asia/Shanghai: one offset all year, in all of China
_WINDOW: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s?[-–—]\s?([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in Beijing at which a source may be read; `closes` before `opens` runs over midnight."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M} Asia/Shanghai"

    def seconds_left(self, now: str) -> float:
        """Seconds until the window closes; 0 when it is closed now. `now` is ISO UTC."""
        here = instant(now) + BEIJING
        opened = datetime.combine(here.date(), self.opens)
        if opened > here:
            opened -= timedelta(days=1)
        closes = datetime.combine(opened.date(), self.closes)
        if closes <= opened:
            closes += timedelta(days=1)
        return max(0.0, (closes - here).total_seconds())


def china_date(now: str) -> date:
    """The day in China, by which sites date their lists, of an instant in ISO UTC."""
    return (instant(now) + BEIJING).date()


def read_window(text: str) -> Window:
    """A window written `22:00-06:00`. Raises ValueError for anything else, and for one of no or all hours."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no window; write two times of the day in Beijing, such as 22:00-06:00")
    first, second, third, fourth = map(int, match.groups())
    window = Window(time(first, second), time(third, fourth))
    if window.opens == window.closes:
        raise ValueError(f"{text!r} opens and closes at the same time; leave the window out to read at any hour")
    return window


def is_due(*, published_on: str | None, first_seen: str, confirmed_at: str | None, now: str) -> bool:
    """Whether to ask again. Never confirmed = due; a clock that went back = due."""
    if confirmed_at is None:
        return True
    since = days_between(confirmed_at, now)
    if since < 0:
        return True
    age = max(0.0, days_between(published_on or first_seen, now))
    return since >= interval_days(age) - _SLACK_HOURS / 24
