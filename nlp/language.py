"""The spaCy pipeline: `spacy.blank("zh")` on characters, with rule components in a fixed order.

In: texts of units. Out: `UnitReading` values. Every component works on the text once with compiled expressions and stores
plain tuples on `doc._.<layer>`; nothing is tagged token by token. spaCy is imported here and in the factories only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.reading import UnitReading

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

EXTENSIONS = (
    "bearers",
    "conditions",
    "cues",
    "deadlines",
    "definitions",
    "hardware",
    "layout",
    "norms",
    "references",
    "sanctions",
    "thresholds",
)
"""Document attributes that the components fill."""

_VERSION = "1.0.0"


def _pattern_digest() -> str:
    """Digest of the source of all pattern tables, so that changed data is a changed pipeline."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "pipes").glob("*/patterns.py")):
        digest.update(path.parent.name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


PIPELINE_VERSION = f"{_VERSION}+{_pattern_digest()}"
"""Hand-kept version of the algorithms and digest of the pattern data."""


@cache
def load() -> Language:
    """The pipeline, made once per process."""
    for name in EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=())
    nlp = spacy.blank("zh")
    for name in COMPONENTS:
        module = f"nlp.pipes.{name}.factory"
        if find_spec(f"nlp.pipes.{name}") is None or find_spec(module) is None:
            continue
        import_module(module)
        nlp.add_pipe(f"guiji_{name}")
    return nlp


def read_units(texts: Iterable[str]) -> Iterator[UnitReading]:
    """Readings of units, in the order given."""
    for doc in load().pipe(texts):
        layers = doc._
        yield UnitReading(
            norms=tuple(layers.norms),
            thresholds=tuple(layers.thresholds),
            references=tuple(layers.references),
            definitions=tuple(layers.definitions),
            hardware=tuple(layers.hardware),
        )
