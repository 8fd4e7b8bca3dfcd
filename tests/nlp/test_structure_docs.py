"""The examples in the documents of structure, references and definitions hold."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PIPES = Path(__file__).resolve().parents[2] / "docs" / "pipes"


@pytest.mark.parametrize("name", ["structure", "references", "definitions"])
def test_examples(name: str) -> None:
    result = doctest.testfile(str(PIPES / f"{name}.md"), module_relative=False, encoding="utf-8")
    assert result.attempted and not result.failed
