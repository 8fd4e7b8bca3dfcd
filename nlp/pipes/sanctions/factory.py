"""spaCy component of the sanctions pipe: fills the layer `sanctions`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.sanctions.sanctions import find_sanctions
from nlp.stage import stage


@stage("sanctions")
def sanctions(doc: Doc, layers: Layers) -> None:
    layers.sanctions = find_sanctions(layers.layout)
