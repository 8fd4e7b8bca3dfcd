"""spaCy component of the bearers pipe: fills the layer `bearers`, one entry per cue."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers
from nlp.pipes.bearers.bearers import resolve_bearers
from nlp.stage import stage


@stage("bearers")
def bearers(doc: Doc, layers: Layers) -> None:
    layers.bearers = resolve_bearers(layers.layout, layers.cues)
