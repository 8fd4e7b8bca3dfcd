"""The spaCy pipeline: `spacy.blank("zh")` on characters, with rule components in a fixed order.

In: texts of units. Out: `UnitReading` values. Every component works on the text once with compiled expressions and
stores plain tuples as a layer of the Doc (`nlp/layers.py`), readable as `doc._.<layer>`; nothing is tagged token by
token. spaCy is imported here, in the layers, stages and factories only. Component code is imported when the pipeline is
first loaded, so that the version can be asked for cheaply.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.layers import carry, layers_of, register
from nlp.reading import UnitReading
from rules_db import typography

COMPONENTS = (
    "references",
    "definitions",
    "thresholds",
    "deadlines",
    "hardware",
    "modality",
    "sanctions",
    "bearers",
    "conditions",
    "norms",
)
"""Order of the components; each is `guiji_<name>`, made by `nlp/pipes/<name>/factory.py`."""

_VERSION = "1.5.0"


def pattern_files() -> dict[str, Path]:
    """Every file that holds pattern data, by its name within the project: the word tables of pipes and structure, the
    units, the tables of characters, numerals and calendar."""
    nlp = Path(__file__).parent
    found = [
        *nlp.glob("pipes/*/patterns.py"),
        *nlp.glob("pipes/*/units.py"),
        nlp / "structure" / "patterns.py",
        *nlp.glob("text/*.py"),
        Path(inspect.getfile(typography)),
    ]
    return {path.relative_to(nlp.parent).as_posix(): path for path in sorted(found)}


def digest_of(files: Mapping[str, Path]) -> str:
    """Twelve hex digits for the names and contents of the files, whatever their line ends."""
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


PIPELINE_VERSION = f"{_VERSION}+{digest_of(pattern_files())}"
"""Hand-kept version of the algorithms and digest of the pattern data."""


class _Orths(dict[str, int]):
    """Character → spaCy's number for it: twice as fast as handing it the characters."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings = vocab.strings

    def __missing__(self, character: str) -> int:
        number: int = self._strings.add(character)
        self[character] = number
        return number


class CharacterTokenizer:
    """One token per character, white space included, so that character and token offsets are the same thing."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._orths = _Orths(vocab)

    def __call__(self, text: str) -> Doc:
        orths: Any = list(map(self._orths.__getitem__, text))
        doc = Doc(self.vocab, words=orths, spaces=[False] * len(text))
        carry(doc, text)
        return doc


@cache
def load() -> Language:
    """The pipeline, made once per process."""
    register()
    nlp = spacy.blank("zh")
    nlp.tokenizer = CharacterTokenizer(nlp.vocab)
    for name in COMPONENTS:
        import_module(f"nlp.pipes.{name}.factory")
        nlp.add_pipe(f"guiji_{name}")
    return nlp


def read_units(texts: Iterable[str]) -> Iterator[UnitReading]:
    """Readings of units, in the order given."""
    for doc in load().pipe(texts):
        layers = layers_of(doc)
        yield UnitReading(layers.norms, layers.thresholds, layers.references, layers.definitions, layers.hardware)
