"""spaCy component of the hardware pipe: fills the layer `hardware`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.hardware.hardware import find_hardware


@Language.component("guiji_hardware", assigns=["doc._.hardware"])
def hardware(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.hardware = find_hardware(layers.source)
    return doc
