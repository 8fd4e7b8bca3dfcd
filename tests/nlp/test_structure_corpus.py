"""Measures on the reference corpus, with floors a little below what was measured (docs/pipes/structure.md)."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.refusal import refuse_what_is_no_regulation
from nlp.structure.header import read_head
from nlp.structure.provisions import Outline, parse_structure
from nlp.text.normalise import Normalised, normalise, normalise_blocks
from rules_db.model import Block, BlockKind, HeadFacts, ProvisionKind
from rules_db.typography import comparison_key

Parsed = dict[str, tuple[Normalised, Outline]]


def blocks_of(path: Path) -> Iterator[Block]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            kind = BlockKind.HEADING if line.startswith("#") else BlockKind.PARAGRAPH
            yield Block(kind, line.lstrip("# "))


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Parsed:
    parsed: Parsed = {}
    for path in sorted((shared / "corpus" / "texts").glob("*.md")):
        done = normalise_blocks(blocks_of(path))
        parsed[path.name] = done, parse_structure(done.text, done.tables)
    assert len(parsed) > 800
    return parsed


def test_every_text_is_tiled(corpus: Parsed) -> None:
    for name, (done, outline) in corpus.items():
        assert "".join(done.text[p.start : p.end] for p in outline.provisions) == done.text, name
        assert len({p.eid for p in outline.provisions}) == len(outline.provisions), name


def test_articles_count_without_gaps(corpus: Parsed) -> None:
    numbered = gapless = 0
    for _, outline in corpus.values():
        numbers = [
            int(match[1])
            for p in outline.provisions
            if p.kind is ProvisionKind.ARTICLE and (match := re.fullmatch(r"art_(\d+)", p.eid))
        ]
        numbered += bool(numbers)
        gapless += bool(numbers) and numbers == list(range(1, len(numbers) + 1))
    assert numbered >= 795
    assert gapless / numbered >= 0.99


def test_lists_count_from_one(corpus: Parsed) -> None:
    lists = right = 0
    for _, outline in corpus.values():
        below: dict[str | None, list[int]] = defaultdict(list)
        for p in outline.provisions:
            if p.kind is ProvisionKind.ITEM:
                below[p.parent].append(int(p.eid.rsplit("_", 1)[1]))
        lists += len(below)
        right += sum(numbers == list(range(1, len(numbers) + 1)) for numbers in below.values())
    assert lists > 4000
    assert right / lists >= 0.998


def test_issues_are_rare(corpus: Parsed) -> None:
    assert sum(bool(outline.issues) for _, outline in corpus.values()) / len(corpus) <= 0.08


def test_heads_agree_with_the_manifest(corpus: Parsed, shared: Path) -> None:
    with (shared / "corpus" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    agree: dict[str, list[bool]] = defaultdict(list)
    for name, (done, outline) in corpus.items():
        head = read_head(done.text, outline, done.headings)
        row = rows[name]
        agree["title"].append("".join(row["title"].split()) == "".join((head.title or "").split()))
        if row["document_number"]:
            # Joint orders are listed under their last issuer.
            agree["number"].append((head.document_number or "").endswith(row["document_number"]))
        if row["effective_on"] and head.effective_on:
            agree["effective"].append(row["effective_on"] == head.effective_on)
    shares = {field: sum(values) / len(values) for field, values in agree.items()}
    assert shares["title"] >= 0.99
    assert shares["number"] >= 0.95
    assert shares["effective"] >= 0.95


def test_noise_changes_neither_text_nor_tree(corpus: Parsed) -> None:
    width = {ord("0") + n: ord("０") + n for n in range(10)} | {ord("（"): "(", ord("）"): ")", ord("。"): "。\xa0"}
    for name in sorted(corpus)[::16]:
        done, outline = corpus[name]
        noisy = done.text.replace("\n", "\u200b\r\n\r\n\u3000\u3000").translate(width).replace("的", "的\u00ad")
        again = normalise(noisy)
        assert again.text == done.text, name
        assert parse_structure(again.text).provisions == outline.provisions, name
        assert comparison_key(noisy) == comparison_key(done.text), name


def test_no_regulation_is_refused(corpus: Parsed) -> None:
    for done, outline in corpus.values():
        refuse_what_is_no_regulation(done.text, outline, HeadFacts())
