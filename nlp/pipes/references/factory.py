"""spaCy component of the reference pipe: fills the layer `references`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.references.references import find_references


@Language.component("guiji_references", assigns=["doc._.references"])
def references(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.references = tuple(find_references(layers.source))
    return doc
