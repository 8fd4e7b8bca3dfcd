"""spaCy component of the deadlines pipe: fills the layer `deadlines`, mirrored into `doc.spans`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers, mirror
from nlp.pipes.deadlines.deadlines import find_deadlines
from nlp.stage import stage


@stage("deadlines")
def deadlines(doc: Doc, layers: Layers) -> None:
    found = layers.deadlines = tuple(find_deadlines(layers.source, layers.thresholds))
    mirror(doc, "deadlines", ((one.span.start, one.span.end, one.kind.value) for one in found))
