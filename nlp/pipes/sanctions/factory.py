"""spaCy component of the sanctions pipe: fills the layer `sanctions`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.sanctions.sanctions import find_sanctions


@Language.component("guiji_sanctions", assigns=["doc._.sanctions"])
def sanctions(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.sanctions = find_sanctions(layers.layout)
    return doc
