"""Verdicts on a source's run, and documents that a source no longer lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.health import LastGood, RunFacts, judge, withdrawn_candidates
from crawler.registry import Assertions
from crawler.schedule import interval_days, is_due
from rules_db.capture_history import ListedDocument
from rules_db.model import Verdict

RULES = Assertions(min_entries=5, max_entries=100, title_fill=0.98, date_fill=0.8, min_overlap=0.3)
NOW = "2026-06-01T01:00:00Z"
GOOD = RunFacts(
    columns=2, columns_read=2, screens=2, entries=40, with_title=40, with_date=40, new=3, kept=35, comparable=40,
    newest="2026-05-20", details_tried=10,
)  # fmt: skip
LAST = LastGood(finished_at="2026-05-31T01:00:00Z", entries=41, screens=2)


def verdict(facts: RunFacts, last: LastGood | None = LAST) -> tuple[Verdict, str]:
    return judge(facts, last, RULES, 60, NOW)


def test_the_good_run_is_ok():
    assert verdict(GOOD) == (Verdict.OK, "40 entries, 3 new")
    assert verdict(replace(GOOD, new=0))[0] is Verdict.QUIET
    assert verdict(replace(GOOD, new=0), None)[0] is Verdict.OK, "a first run has nothing to be quiet about"


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"blocked": "script challenge (521)"}, Verdict.BLOCKED, "521"),
        ({"blocked": "robots.txt unreachable (HTTP 503)", "screens": 0}, Verdict.BLOCKED, "robots"),
        ({"screens": 0, "columns_read": 0, "entries": 0, "failures": ("HTTP 500",)}, Verdict.BROKEN, "HTTP 500"),
        ({"columns_read": 0, "entries": 0, "with_title": 0, "with_date": 0}, Verdict.BROKEN, "layout"),
        ({"entries": 4, "with_title": 4, "with_date": 4}, Verdict.BROKEN, "fewer than 5"),
        ({"with_title": 30}, Verdict.BROKEN, "titles in 30 of 40"),
        ({"with_date": 10}, Verdict.BROKEN, "dates in 10 of 40"),
        ({"kept": 2}, Verdict.BROKEN, "only 2 of 40"),
        ({"entries": 20, "with_title": 20, "with_date": 20}, Verdict.DEGRADED, "20 entries after 41"),
        ({"columns_read": 1, "failures": ("通知: HTTP 404",)}, Verdict.DEGRADED, "1 of 2 columns"),
        ({"stopped": "request budget of 400 used up"}, Verdict.DEGRADED, "budget"),
        ({"entries": 200, "with_title": 200, "with_date": 200}, Verdict.DEGRADED, "loop"),
        ({"details_failed": 3}, Verdict.DEGRADED, "3 of 10 documents"),
        ({"details_gone": 3}, Verdict.DEGRADED, "3 of 10 documents"),
        ({"details_gone": 2}, Verdict.OK, "40 entries"),
        ({"notes": ("row selector found nothing",)}, Verdict.DEGRADED, "row selector"),
        ({"newest": "2026-03-01", "new": 0}, Verdict.STALE, "2026-03-01"),
    ],
)
def test_each_trouble_has_its_verdict(change, expected, words):
    found, reason = verdict(replace(GOOD, **change))
    assert found is expected
    assert words in reason


def test_the_day_after_quiet_after_is_stale_and_not_the_day_before():
    newest = replace(GOOD, newest="2026-04-03", new=0)
    assert judge(newest, LAST, RULES, 60, "2026-06-01T00:00:00Z")[0] is Verdict.QUIET
    assert judge(newest, LAST, RULES, 60, "2026-06-03T00:00:00Z")[0] is Verdict.STALE


def test_overlap_is_not_held_against_a_long_pause():
    long_ago = LastGood(finished_at="2025-12-01T01:00:00Z", entries=41, screens=2)
    assert verdict(replace(GOOD, kept=0), long_ago)[0] is Verdict.OK


def test_more_screens_in_the_last_run_are_no_loss():
    assert verdict(replace(GOOD, screens=3, entries=20, with_title=20, with_date=20))[0] is Verdict.OK


def listed(*days: int) -> list[ListedDocument]:
    return [ListedDocument(f"http://a/{day}", "题", f"2026-05-{day:02d}", "通知") for day in days]


KNOWN = {f"http://a/{day}": f"2026-05-{day:02d}" for day in (1, 2, 5, 9)}


def test_absence_from_three_healthy_runs_is_reported():
    assert withdrawn_candidates(KNOWN, [listed(2, 9), listed(2, 9), listed(2, 9)]) == ("http://a/5",)


def test_absence_from_fewer_runs_is_nothing():
    assert withdrawn_candidates(KNOWN, [listed(2, 9), listed(2, 9)]) == ()
    assert withdrawn_candidates(KNOWN, [listed(2, 9), listed(2, 9), listed(2, 5, 9)]) == ()


def test_what_lies_beyond_the_screens_read_is_not_missed():
    assert "http://a/1" not in withdrawn_candidates(KNOWN, [listed(2, 9)] * 3)


def test_documents_without_date_are_never_reported():
    assert withdrawn_candidates({"http://a/x": None}, [listed(2, 9)] * 3) == ()


def test_visits_get_rarer_with_age():
    intervals = [interval_days(age) for age in (0, 6.9, 7, 29, 30, 179, 180, 729, 730, 5000)]
    assert intervals == sorted(intervals)
    assert (intervals[0], intervals[-1]) == (0, 180)


@pytest.mark.parametrize(
    ("published", "confirmed", "due"),
    [
        (None, None, True),
        ("2026-05-30", "2026-06-01T00:59:00Z", True),
        ("2026-05-15", "2026-05-30T01:00:00Z", False),
        ("2026-05-15", "2026-05-29T05:00:00Z", True),
        ("2026-01-15", "2026-05-20T01:00:00Z", False),
        ("2020-01-15", "2025-11-01T01:00:00Z", True),
        ("2020-01-15", "2026-07-01T01:00:00Z", True),
    ],
    ids=["never seen", "fresh", "three days", "three days less slack", "two weeks", "old", "clock went back"],
)
def test_schedule(published, confirmed, due):
    first = "2026-05-10T01:00:00Z"
    assert is_due(published_on=published, first_seen=first, confirmed_at=confirmed, now=NOW) is due
