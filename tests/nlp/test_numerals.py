"""Numerals: exact values, round trips, refusal of what is not well formed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text.numerals import CHINESE_CHARACTERS, parse_integer, parse_number, to_halfwidth

DIGITS = "零一二三四五六七八九"
FINANCIAL = str.maketrans("一二三四五六七八九十百千万", "壹贰叁肆伍陆柒捌玖拾佰仟萬")


def chinese(number: int) -> str:
    """Standard Chinese numeral of 1 … 99,999,999."""
    high, low = divmod(number, 10_000)
    if not high:
        return section(low)
    return section(high) + "万" + (("零" if low < 1000 else "") + section(low) if low else "")


def section(number: int) -> str:
    written, gap = "", False
    for place, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            written += ("零" if gap else "") + DIGITS[digit] + mark
        gap = bool(written) and not digit
    return written


def test_round_trip_of_every_number_to_99999() -> None:
    assert [n for n in range(1, 100_000) if parse_integer(chinese(n)) != n] == []


@given(st.integers(min_value=1, max_value=99_999_999))
def test_round_trip_in_other_writings(number: int) -> None:
    written = chinese(number)
    assert parse_integer(written.translate(FINANCIAL)) == number
    assert parse_integer(f"{number}") == number
    assert parse_integer(f"{number:,}") == number
    assert parse_integer(f"{number}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == number
    if number < 10_000:
        assert parse_integer(written + "亿") == number * 10**8
        assert parse_integer(written + "万亿") == number * 10**12


@given(st.integers(min_value=10, max_value=19))
def test_ten_may_stand_without_one(number: int) -> None:
    assert parse_integer(chinese(number)[1:]) == number


@given(st.integers(min_value=1000, max_value=9999))
def test_digit_strings_are_years(number: int) -> None:
    assert parse_integer("".join(DIGITS[int(d)] for d in str(number))) == number
    assert parse_integer("".join(DIGITS[int(d)] for d in str(number)).replace("零", "〇")) == number


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_decimals_are_exact(number: Decimal) -> None:
    assert parse_number(f"{number}") == number
    assert parse_number(f"百分之{number}") == number / 100
    assert parse_number(f"{number}万") == number * 10_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("百分之三", "0.03"),
        ("百分之零点五", "0.005"),
        ("百分之三十点五", "0.305"),
        ("百分之百", "1"),
        ("千分之五", "0.005"),
        ("万分之五", "0.0005"),
        ("三点五", "3.5"),
        ("一点二万", "12000"),
        ("3.5万", "35000"),
        ("３．５万", "35000"),
        ("2亿5千万", "250000000"),
        ("1.2万亿", "1200000000000"),
        ("两万五千", "25000"),
        ("一万二", "12000"),
        ("一百二", "120"),
        ("一千零五", "1005"),
        ("廿五", "25"),
        ("卅", "30"),
        ("半", "0.5"),
        ("一半", "1.5"),
        ("一九九0", "1990"),
        ("二○二六", "2026"),
        (" 12 ", "12"),
        ("千万", "10000000"),
        ("零", "0"),
    ],
)
def test_writings(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "十十", "一百一百", "五千千", "十二百", "点五", "三点", "三点五点", "百分之", "分之三", "零分之三",
        "百分之三分之一", "三分之一万", "1,00", "1.2.3", "1e5", "-3", "一亿一亿", "三x", "第三", "二百万千", "٣",
        "²", "一" * 41, "9" * 41,
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_none(text: str) -> None:
    assert parse_number(text) is None
    assert parse_integer(text) is None


def test_a_fraction_is_no_integer() -> None:
    assert parse_integer("3.5") is None
    assert parse_integer("百分之三") is None
    assert parse_integer("百分之百") == 1


@given(st.text(alphabet=CHINESE_CHARACTERS + "0123456789.,点分之半", max_size=24))
def test_never_raises(text: str) -> None:
    number = parse_number(text)
    assert number is None or number.is_finite()


@given(st.text())
def test_halfwidth_keeps_the_length(text: str) -> None:
    assert len(to_halfwidth(text)) == len(text)
