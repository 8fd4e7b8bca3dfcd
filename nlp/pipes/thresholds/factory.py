"""spaCy component of the thresholds pipe: fills the layer `thresholds` and mirrors it into `doc.spans`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers, mirror
from nlp.pipes.thresholds.thresholds import find_thresholds
from nlp.stage import stage


@stage("thresholds")
def thresholds(doc: Doc, layers: Layers) -> None:
    found = layers.thresholds = tuple(find_thresholds(layers.source))
    mirror(doc, "thresholds", ((one.span.start, one.span.end, one.comparator.value) for one in found))
