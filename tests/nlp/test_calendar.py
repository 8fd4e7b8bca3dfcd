"""Dates in texts: forms, partial dates, ranges, what is no date."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text.calendar import find_dates, match_date, parse_date

DIGITS = "〇一二三四五六七八九"
ONES = tuple("一二三四五六七八九")
SMALL = ("", *ONES, "十", *(f"十{one}" for one in ONES), "二十", *(f"二十{one}" for one in ONES), "三十", "三十一")


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)))
def test_round_trip_of_every_form(day: date) -> None:
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year}")
    for written in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{SMALL[day.month]}月{SMALL[day.day]}日",
        f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{day.year}-{day.month:02d}-{day.day:02d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month:02d}月{day.day:02d}日".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert parse_date(written) == day.isoformat()
        (found,) = find_dates(f"自{written}起施行")
        assert (found.iso, found.text, found.start) == (day.isoformat(), written, 1)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026年5月", "2026-05"),
        ("2026年", "2026"),
        ("二〇二六年", "2026"),
        ("一九九0年", "1990"),
        ("5月6日", "--05-06"),
        ("十二月", "--12"),
        ("2月29日", "--02-29"),
        ("2026年2月30日", None),
        ("2025年2月29日", None),
        ("2026年13月", None),
        ("13月", None),
        ("2026-13-01", None),
        ("0年", None),
        ("", None),
        ("2026年5月6日起", None),
    ],
)
def test_partial_and_impossible_dates(text: str, iso: str | None) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    ("text", "isos"),
    [
        ("2026年4月至6月", ["2026-04", "2026-06"]),
        ("2026年5月6日至8日", ["2026-05-06", "2026-05-08"]),
        ("3月6日至12日", ["--03-06", "--03-12"]),
        ("2025年1月1日—2026年3月2日", ["2025-01-01", "2026-03-02"]),
        ("五月六日、七日", ["--05-06", "--05-07"]),
        ("2026年5月6日和2027年", ["2026-05-06", "2027"]),
        ("保存12个月", []),
        ("第3月", []),
        ("三个月内", []),
        ("版本1.2.3", []),
        ("编号12026-05-06", []),
        ("2026年5月31日至6月31日", ["2026-05-31"]),
    ],
)
def test_dates_in_a_text(text: str, isos: list[str]) -> None:
    assert [one.iso for one in find_dates(text)] == isos


def test_match_wants_the_date_right_there() -> None:
    assert match_date("自2026年5月6日", 0) is None
    found = match_date("自2026年5月6日", 1)
    assert found is not None and (found.start, found.end, found.iso) == (1, 10, "2026-05-06")


@given(st.text(alphabet="0123456789年月日至、—.-/一二十〇个 ", max_size=40))
def test_spans_are_substrings_without_overlap(text: str) -> None:
    end = 0
    for one in find_dates(text):
        assert one.start >= end
        assert text[one.start : one.end] == one.text
        end = one.end


@pytest.mark.parametrize("unit", ["一", "5月6日至", "2026年", "1.1", "十月", "2026-01-0"])
def test_time_is_linear(unit: str) -> None:
    def seconds(count: int) -> float:
        text = unit * count
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            find_dates(text)
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(20_000) < 50 * max(seconds(2_000), 0.001)
