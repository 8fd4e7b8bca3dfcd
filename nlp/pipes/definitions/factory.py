"""spaCy component of the definition pipe: fills the layer `definitions`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.definitions.definitions import find_definitions
from nlp.stage import stage


@stage("definitions")
def definitions(doc: Doc, layers: Layers) -> None:
    layers.definitions = tuple(find_definitions(layers.source))
