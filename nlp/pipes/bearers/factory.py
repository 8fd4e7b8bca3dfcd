"""spaCy component of the bearers pipe: fills the layer `bearers`, one entry per cue."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of
from nlp.pipes.bearers.bearers import resolve_bearers


@Language.component("guiji_bearers", assigns=["doc._.bearers"])
def bearers(doc: Doc) -> Doc:
    layers = layers_of(doc)
    layers.bearers = resolve_bearers(layers.layout, layers.cues)
    return doc
