"""How a function that fills one layer becomes a component of the pipeline.

In: a function of a Doc and its layers. Out: the spaCy component `guiji_<name>`. In a stream a component reads a batch
of Docs before the next component sees them: its expressions and tables then stay in the processor's caches, which is a
seventh faster than taking each unit through all components in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import Layers, layers_of

Fill: TypeAlias = Callable[[Doc, Layers], None]

_BATCH = 8_192
"""Characters of a batch, a few dozen articles: from 1,000 to 32,000 the time is the same."""


class Stage:
    """A component that fills a layer, of one Doc or of a stream."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill

    def __call__(self, doc: Doc) -> Doc:
        self._fill(doc, layers_of(doc))
        return doc

    def pipe(self, stream: Iterable[Doc], batch_size: int = 0) -> Iterator[Doc]:
        """The Docs of the stream in order, read in batches by characters; spaCy's `batch_size` (Docs) is not used."""
        batch: list[Doc] = []
        size = 0
        for doc in stream:
            batch.append(doc)
            size += len(doc)
            if size >= _BATCH:
                yield from self._read(batch)
                batch, size = [], 0
        yield from self._read(batch)

    def _read(self, batch: list[Doc]) -> list[Doc]:
        for doc in batch:
            self._fill(doc, layers_of(doc))
        return batch


def stage(name: str) -> Callable[[Fill], Fill]:
    """Register the decorated function as the factory of `guiji_<name>`."""

    def register(fill: Fill) -> Fill:
        Language.factory(f"guiji_{name}", func=lambda nlp, name: Stage(fill))
        return fill

    return register
