"""spaCy component of the conditions pipe: fills the layer `conditions`, one entry per cue."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.conditions.conditions import find_conditions
from nlp.stage import stage


@stage("conditions")
def conditions(doc: Doc, layers: Layers) -> None:
    layers.conditions = find_conditions(layers.layout, layers.cues)
