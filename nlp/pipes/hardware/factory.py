"""spaCy component of the hardware pipe: fills the layer `hardware`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.hardware.hardware import find_hardware
from nlp.stage import stage


@stage("hardware")
def hardware(doc: Doc, layers: Layers) -> None:
    layers.hardware = find_hardware(layers.source)
