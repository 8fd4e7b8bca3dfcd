"""spaCy component of the modality pipe: fills the layer `cues`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.modality.modality import find_cues


@Language.component("guiji_modality", assigns=["doc._.cues"])
def modality(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.cues = find_cues(layers.layout)
    return doc
