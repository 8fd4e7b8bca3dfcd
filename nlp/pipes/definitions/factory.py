"""spaCy component of the definition pipe: fills the layer `definitions`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.definitions.definitions import find_definitions


@Language.component("guiji_definitions", assigns=["doc._.definitions"])
def definitions(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.definitions = tuple(find_definitions(layers.source))
    return doc
