"""Ends of time limits, worked out by hand against the published calendar of 2026."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_db.workdays import due_date, is_working_day

day = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("amount", "unit", "start", "due"),
    [
        # Mid-Autumn is 25 to 27 September, National Day 1 to 7 October, and Saturday 10 October is a make-up day
        (15, "working_day", "2026-09-25", "2026-10-22"),
        (1, "working_day", "2026-09-30", "2026-10-08"),
        (3, "working_day", "2026-10-07", "2026-10-10"),
        (30, "day", "2026-05-06", "2026-06-05"),
        (30, "day", "2026-09-03", "2026-10-08"),  # 3 October falls in the holiday
        (1, "month", "2026-01-31", "2026-02-28"),  # no 31st; Saturday 28 February is a make-up day
        (2, "year", "2024-02-29", "2026-02-28"),
        (1, "week", "2026-06-12", "2026-06-22"),  # 19 June is the Dragon Boat festival, then a weekend
    ],
)
def test_worked_examples(amount: int, unit: str, start: str, due: str) -> None:
    assert due_date(amount, unit, day(start)).due == day(due)


def test_a_moved_end_and_an_unknown_year_are_said() -> None:
    moved = due_date(30, "day", day("2026-09-03"))
    assert any("art. 203" in note for note in moved.assumptions)
    assert any("2030" in note for note in due_date(5, "working_day", day("2030-01-01")).assumptions)


@pytest.mark.parametrize(("amount", "unit"), [(3, "hour"), (0, "day"), (10**9, "day")])
def test_what_is_no_limit_in_days_is_refused(amount: int, unit: str) -> None:
    with pytest.raises(ValueError, match=r"range|no time limit"):
        due_date(amount, unit, day("2026-01-01"))


@given(
    st.integers(1, 300),
    st.sampled_from(["day", "working_day", "week", "month"]),
    st.dates(day("2005-01-01"), day("2025-01-01")),
)
def test_a_limit_ends_on_a_working_day_after_its_start_and_grows(amount: int, unit: str, start: datetime.date) -> None:
    answer = due_date(amount, unit, start)
    assert answer.due > start
    assert is_working_day(answer.due)
    assert answer.due <= due_date(amount + 1, unit, start).due
