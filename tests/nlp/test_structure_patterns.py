"""Tables of words are sorted and hold nothing twice; those whose order means something are named here."""

from __future__ import annotations

from types import ModuleType

import pytest

import nlp.pipes.definitions.patterns
import nlp.pipes.references.patterns
import nlp.structure.patterns

ORDERED = {"LEVELS"}


@pytest.mark.parametrize(
    "module", [nlp.pipes.definitions.patterns, nlp.pipes.references.patterns, nlp.structure.patterns]
)
def test_tables_are_sorted_and_unique(module: ModuleType) -> None:
    tables = {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, tuple)}
    assert tables
    for name, words in tables.items():
        assert len(set(words)) == len(words), name
        assert name in ORDERED or list(words) == sorted(words), name
