"""spaCy component of the deadlines pipe: fills the layer `deadlines`, mirrored into `doc.spans`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of, mirror
from nlp.pipes.deadlines.deadlines import find_deadlines


@Language.component("guiji_deadlines", assigns=["doc._.deadlines"])
def deadlines(doc: Doc) -> Doc:
    layers = layers_of(doc)
    found = layers.deadlines = tuple(find_deadlines(layers.source, layers.thresholds))
    mirror(doc, "deadlines", ((one.span.start, one.span.end, one.kind.value) for one in found))
    return doc
