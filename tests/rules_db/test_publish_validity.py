"""Standing of expressions on a day: dates, later texts, repeals, drafts."""

from __future__ import annotations

import pytest

from rules_db.projection.validity import Stated, standings

OLD = Stated("old", "2020-01-01", None, "in_force")
NEW = Stated("new", "2025-01-01", None, "in_force")
DRAFT = Stated("draft", None, None, "draft")


def table(expressions: list[Stated], today: str, repealed_on: str | None = None) -> dict[str, tuple[object, ...]]:
    return {s.id: (s.valid_from, s.valid_to, s.status, s.current) for s in standings(expressions, repealed_on, today)}


def test_a_later_text_ends_the_earlier_one() -> None:
    assert table([OLD, NEW], "2025-06-01") == {
        "old": ("2020-01-01", "2025-01-01", "superseded", False),
        "new": ("2025-01-01", None, "in_force", True),
    }


def test_a_text_still_to_come_leaves_the_earlier_one_in_force() -> None:
    assert table([OLD, NEW], "2024-12-31") == {
        "old": ("2020-01-01", "2025-01-01", "in_force", True),
        "new": ("2025-01-01", None, "not_yet_in_force", False),
    }


def test_the_day_itself_belongs_to_the_later_text() -> None:
    assert table([OLD, NEW], "2025-01-01")["new"][2:] == ("in_force", True)


def test_a_repeal_ends_the_last_text() -> None:
    assert table([OLD], "2025-06-01", repealed_on="2025-05-01")["old"] == ("2020-01-01", "2025-05-01", "repealed", True)
    assert table([OLD], "2025-04-30", repealed_on="2025-05-01")["old"][2] == "in_force"


def test_a_fixed_term_runs_out() -> None:
    term = Stated("term", "2023-06-01", "2025-06-01", "in_force")
    assert table([term], "2025-06-02")["term"][2] == "expired"
    assert table([term], "2025-06-01")["term"][2] == "in_force"


def test_a_draft_is_never_valid_and_ends_nothing() -> None:
    found = table([DRAFT, OLD], "2025-06-01")
    assert found["draft"] == (None, None, "draft", False)
    assert found["old"] == ("2020-01-01", None, "in_force", True)
    assert table([DRAFT], "2025-06-01")["draft"] == (None, None, "draft", True)


def test_a_text_without_dates_is_shown_and_marked_unknown_in_time() -> None:
    undated = Stated("undated", None, None, "in_force")
    assert table([undated], "2025-06-01")["undated"] == (None, None, "in_force", True)
    assert table([undated, NEW], "2025-06-01")["undated"] == (None, "2025-01-01", "superseded", False)


def test_contradictory_dates_close_nothing() -> None:
    backward = Stated("backward", "2025-01-01", "2024-01-01", "in_force")
    assert table([backward], "2025-06-01")["backward"][:2] == ("2025-01-01", None)


@pytest.mark.parametrize("status", ["repealed", "expired", "suspended"])
def test_what_a_source_states_as_final_stays(status: str) -> None:
    assert table([Stated("x", "2020-01-01", None, status)], "2025-06-01")["x"][2] == status


def test_nothing_gives_nothing() -> None:
    assert standings([], None, "2025-06-01") == []
