"""spaCy component of the reference pipe: fills the layer `references`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.references.references import find_references
from nlp.stage import stage


@stage("references")
def references(doc: Doc, layers: Layers) -> None:
    layers.references = tuple(find_references(layers.source))
