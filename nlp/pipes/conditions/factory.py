"""spaCy component of the conditions pipe: fills the layer `conditions`, one entry per cue."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.conditions.conditions import find_conditions


@Language.component("guiji_conditions", assigns=["doc._.conditions"])
def conditions(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.conditions = find_conditions(layers.layout, layers.cues)
    return doc
