"""spaCy component of the modality pipe: fills the layer `cues`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.modality.modality import find_cues
from nlp.stage import stage


@stage("modality")
def modality(doc: Doc, layers: Layers) -> None:
    layers.cues = find_cues(layers.layout)
