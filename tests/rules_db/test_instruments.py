"""Identity of instruments: titles through versions, numbers for notices, copies collapsed, strangers kept apart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rules_db.connection import DataFolder, open_store
from rules_db.instruments import is_named_rule, resolve_instrument, title_key
from rules_db.model import HeadFacts

NOW = "2026-05-20T00:00:00Z"


@pytest.fixture
def connection(tmp_path: Path) -> sqlite3.Connection:
    return open_store(DataFolder(tmp_path))


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("示例电池回收管理条例", True),
        ("示例电池回收管理办法（试行）", True),
        ("示例行业规范条件（2024年本）", False),
        ("关于印发《示例电池回收管理办法》的通知", False),
        ("示例省人民代表大会常务委员会关于电池回收的决定", False),
        ("示例电池回收管理条例（2024年修订）", True),
    ],
)
def test_named_rules_are_told_from_documents(title: str, named: bool) -> None:
    assert is_named_rule(title) is named


def test_title_key_ignores_state_prefix_revision_and_brackets() -> None:
    assert title_key("中华人民共和国示例电池法（2024年修订）") == title_key("《示例电池法》")
    assert title_key("示例办法(试行)") == title_key("示例办法（试行）") != title_key("示例办法")


def test_a_named_rule_lives_through_document_numbers(connection: sqlite3.Connection) -> None:
    first, new = resolve_instrument(connection, HeadFacts(title="示例电池条例", document_number="令第1号"), NOW)
    again, newer = resolve_instrument(connection, HeadFacts(title="示例电池条例", document_number="令第9号"), NOW)
    assert (new, newer) == (True, False)
    assert first.id == again.id


def test_the_same_title_in_two_provinces_is_two_instruments(connection: sqlite3.Connection) -> None:
    one, _ = resolve_instrument(connection, HeadFacts(title="示例电池条例", jurisdiction="370000"), NOW)
    two, new = resolve_instrument(connection, HeadFacts(title="示例电池条例", jurisdiction="330000"), NOW)
    assert new
    assert one.id != two.id


def test_a_notice_needs_its_number_or_date(connection: sqlite3.Connection) -> None:
    title = "关于开展电池专项检查的通知"
    one, _ = resolve_instrument(connection, HeadFacts(title=title, published_on="2025-01-01"), NOW)
    two, new = resolve_instrument(connection, HeadFacts(title=title, published_on="2026-01-01"), NOW)
    assert new
    assert one.id != two.id


def test_a_text_without_a_title_is_refused(connection: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match="no title"):
        resolve_instrument(connection, HeadFacts(), NOW)
