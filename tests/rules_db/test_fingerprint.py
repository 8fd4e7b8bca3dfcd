"""Same wording, same key, whatever the typesetting; any change of a character that one reads is a difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_db.fingerprint import comparison_key, fingerprint

SENTENCE = "企业应当自接收之日起30日内（节假日除外）报送“入库信息”。"


@pytest.mark.parametrize(
    "variant",
    [
        "企业应当自接收之日起30日内(节假日除外)报送“入库信息”。",
        "企业应当自接收之日起３０日内（节假日除外）报送＂入库信息＂。",
        "企业应当自接收之日起 30 日内（节假日除外）\n报送“入库信息”。",
        "\ufeff企业应当自接收之日起30日内〔节假日除外〕报送\u200b“入库信息”。",
        "企业应当自接收之日起30日内【节假日除外】报送「入库信息」。\u00a0",
    ],
)
def test_typesetting_is_no_difference(variant: str) -> None:
    assert comparison_key(variant) == comparison_key(SENTENCE)


@pytest.mark.parametrize("change", [("30", "20"), ("应当", "可以"), ("日内", "个工作日内"), ("企业", "单位")])
def test_a_read_character_is_a_difference(change: tuple[str, str]) -> None:
    assert comparison_key(SENTENCE.replace(*change)) != comparison_key(SENTENCE)


def test_case_and_units_are_kept() -> None:
    assert comparison_key("5mg") != comparison_key("5Mg")


@given(st.text())
def test_key_is_idempotent(text: str) -> None:
    assert comparison_key(comparison_key(text)) == comparison_key(text)


def test_parts_do_not_run_together() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", None) != fingerprint("a", "")
