"""The tables of the norm pipes: sorted, unique, and every cue and look-alike exercised."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest
from test_examples import examples

from nlp.pipes.bearers import patterns as bearers
from nlp.pipes.conditions import patterns as conditions
from nlp.pipes.hardware import patterns as hardware
from nlp.pipes.modality import modality as algorithm
from nlp.pipes.modality import patterns as modality
from nlp.pipes.modality.modality import find_cues
from nlp.pipes.sanctions import patterns as sanctions
from nlp.text.clauses import lay_out
from rules_db.model import Modality

MODULES = (bearers, conditions, hardware, modality, sanctions)


def tables(module: ModuleType) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = []
    for name, value in vars(module).items():
        if name.startswith("_") or not name.isupper():
            continue
        if isinstance(value, tuple):
            found.append((name, value))
        elif isinstance(value, dict):
            found += [(f"{name}[{key}]", entry) for key, entry in value.items() if isinstance(entry, tuple)]
    return found


ALL = [(module, name, table) for module in MODULES for name, table in tables(module)]
IDS = [f"{module.__name__.split('.')[2]}-{name}" for module, name, _ in ALL]


@pytest.mark.parametrize(("module", "name", "table"), ALL, ids=IDS)
def test_tables_are_unique_and_word_tables_sorted(module: ModuleType, name: str, table: tuple[Any, ...]) -> None:
    assert table
    assert len(set(table)) == len(table), [entry for entry in table if table.count(entry) > 1]
    if all(isinstance(entry, str) for entry in table):
        assert list(table) == sorted(table)
    elif name != "PARTY_ENDINGS":
        names = [entry[0] for entry in table]
        assert len(set(names)) == len(names)


CUES = [(cue, kind) for kind, cues in modality.CUES.items() for cue in cues]


@pytest.mark.parametrize(("cue", "kind"), CUES, ids=[cue for cue, _ in CUES])
def test_every_cue_has_a_marked_sentence(cue: str, kind: Modality) -> None:
    marked = {(words, labels[0]) for example in examples("modality") for _, words, labels in example.finds}
    assert (cue, kind.value) in marked


def test_no_cue_belongs_to_two_modalities() -> None:
    cues = [cue for cue, _ in CUES]
    assert len(set(cues)) == len(cues)


LOOK_ALIKES = [(cue, word) for cue, group in modality.PSEUDO_CUES.items() for word in group]


@pytest.mark.parametrize(("cue", "word"), LOOK_ALIKES, ids=[word for _, word in LOOK_ALIKES])
def test_look_alikes_hide_their_cue(cue: str, word: str) -> None:
    text = f"甲厂{word}乙厂丙车间。"
    inside = range(2, 2 + len(word))
    assert cue[0] in word
    assert [found for found in find_cues(lay_out(text)) if found.start in inside] == []


@pytest.mark.parametrize(("word", "unless"), [(w, u) for w, us in modality.PSEUDO_UNLESS.items() for u in us])
def test_exceptions_belong_to_a_look_alike(word: str, unless: str) -> None:
    assert any(word in group for group in modality.PSEUDO_CUES.values())
    assert unless


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("电解液处置对应当培训的工人另行规定。", []),
        ("网点的报价应当对应当日行情。", ["应当"]),
        ("发包方可以终止合同。", ["可以"]),
        ("企业要约束分包行为。", ["要"]),
        ("项目可行使优先权。", ["可"]),
        ("检测人员可视情况复测。", ["可"]),
        ("企业应允许第三方进场。", ["应"]),
        ("企业应承担清运费用。", ["应"]),
        ("企业应对电池包来源负责。", ["应"]),
        ("物业应业主要求清运。", []),
    ],
)
def test_words_that_share_characters_with_look_alikes(text: str, cues: list[str]) -> None:
    assert [text[cue.start : cue.end] for cue in find_cues(lay_out(text))] == cues


def test_removing_a_cue_loses_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tuple(cue for cue in modality.CUES[Modality.PROHIBITION] if cue != "严禁")
    monkeypatch.setitem(modality.CUES, Modality.PROHIBITION, kept)
    try:
        assert importlib.reload(algorithm).find_cues(lay_out("严禁带电拆解电池包。")) == ()
    finally:
        monkeypatch.undo()
        importlib.reload(algorithm)
    assert len(algorithm.find_cues(lay_out("严禁带电拆解电池包。"))) == 1


@pytest.mark.parametrize("verb", [name for name, _ in (*sanctions.STRONG_VERBS, *sanctions.WEAK_VERBS)])
def test_verb_starts_admit_every_sanction_verb(verb: str) -> None:
    assert verb[0] in sanctions.VERB_STARTS
