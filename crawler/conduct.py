"""What one crawl process knows of the hosts and sources it asks: how long to wait, and who is over for this run.

In: answers, troubles and requests to wait, as the middlewares see them. Out: seconds to wait, and reasons to stop.
Times are monotonic: pacing needs no calendar. 网络数据安全管理条例 art. 18 asks that automated reading must not disturb
a service: errors slow us down, and repeated errors end the source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from crawler.settings import Pace
from rules_db.model import Outcome

SOURCE_KEY: Final = "source_id"
DELAY_KEY: Final = "source_delay"
BUDGET_KEY: Final = "source_budget"
ROBOTS_MARK: Final = "is_robots"
OFFLINE_HOSTS: Final = 3


@dataclass(slots=True)
class HostPace:
    """What is known of one host: seconds between requests, the moment before which it wants no more, and when the last
    request came to its end, answered or not."""

    minimum: float
    backoff: float = 0.0
    not_before: float = 0.0
    last: float = 0.0

    def delay(self, since: float) -> float:
        """Seconds from `since` to the next request."""
        return max(self.minimum + self.backoff, self.not_before - since)


@dataclass(slots=True)
class Conduct:
    """State shared by the middlewares and the spider of one process."""

    pace: Pace
    hosts: dict[str, HostPace] = field(default_factory=dict)
    # By name of the budget that they are counted against.
    requests: dict[str, int] = field(default_factory=dict)
    errors_in_row: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, tuple[Outcome, str]] = field(default_factory=dict)
    answered: bool = False
    # Source → moment at which its window closes, and the window in words.
    closing: dict[str, tuple[float, str]] = field(default_factory=dict)
    # Called with the source's id when it is stopped: takes back what already waits for its turn.
    drain: Callable[[str], None] | None = None

    def host(self, name: str) -> HostPace:
        return self.hosts.setdefault(name, HostPace(self.pace.minimum))

    @property
    def offline(self) -> bool:
        """Whether no host of several has answered anything: that is our network, not theirs."""
        return not self.answered and len(self.hosts) >= OFFLINE_HOSTS

    def stop(self, source_id: str, outcome: Outcome, reason: str) -> None:
        """No more requests for this source in this run; the first reason stays."""
        if source_id not in self.stopped:
            self.stopped[source_id] = (outcome, reason)
            if self.drain is not None:
                self.drain(source_id)

    def saw_success(self, host: str, source_id: str) -> None:
        """One good answer halves what earlier errors added; it never goes below the agreed spacing."""
        pace = self.host(host)
        pace.backoff = pace.backoff / 2 if pace.backoff > 1 else 0.0
        self.errors_in_row[source_id] = 0

    def saw_trouble(self, host: str, source_id: str, *, refusal: bool, what: str) -> None:
        """An error or refusal: at least the floor, then doubling; enough in a row end the source."""
        pace = self.host(host)
        floor = self.pace.refusal_floor if refusal else self.pace.error_floor
        pace.backoff = min(self.pace.ceiling, max(floor, pace.backoff * 2))
        count = self.errors_in_row.get(source_id, 0) + 1
        self.errors_in_row[source_id] = count
        if count >= self.pace.max_errors:
            self.stop(source_id, Outcome.ERROR, f"{count} errors in a row, the last: {what}")

    def asked_to_wait(self, host: str, source_id: str, seconds: float) -> None:
        """Retry-After: wait that long, or end the source when it is longer than a run may wait."""
        if seconds > self.pace.max_retry_after:
            self.stop(source_id, Outcome.ERROR, f"the host asked to come back in {seconds:.0f} s")
        self.host(host).not_before = monotonic() + min(seconds, self.pace.max_retry_after)


def host_key(url: str) -> str:
    """Name under which requests share one pace: the host without port."""
    return (urlsplit(url).hostname or "").lower()


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date, RFC 9110), None when it is neither."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
