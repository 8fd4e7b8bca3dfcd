"""When a known document is asked for again.

Pure: ISO times in, yes or no out. New documents are corrected or withdrawn within days, old ones rarely: the interval
grows with age. A conditional request is cheap for both sides, but a thousand of them a day are not.
"""

from __future__ import annotations

from datetime import datetime
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


def is_due(*, published_on: str | None, first_seen: str, confirmed_at: str | None, now: str) -> bool:
    """Whether to ask again. Never confirmed = due; a clock that went back = due."""
    if confirmed_at is None:
        return True
    since = days_between(confirmed_at, now)
    if since < 0:
        return True
    age = max(0.0, days_between(published_on or first_seen, now))
    return since >= interval_days(age) - _SLACK_HOURS / 24
