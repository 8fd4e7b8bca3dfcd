"""spaCy component of the thresholds pipe: fills the layer `thresholds` and mirrors it into `doc.spans`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of, mirror
from nlp.pipes.thresholds.thresholds import find_thresholds


@Language.component("guiji_thresholds", assigns=["doc._.thresholds"])
def thresholds(doc: Doc) -> Doc:
    layers = layers_of(doc)
    found = layers.thresholds = tuple(find_thresholds(layers.source))
    mirror(doc, "thresholds", ((one.span.start, one.span.end, one.comparator.value) for one in found))
    return doc
