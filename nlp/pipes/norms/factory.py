"""spaCy component of the norms pipe: fills the layer `norms` and mirrors the cues into `doc.spans["norms"]`."""

from __future__ import annotations

from spacy.tokens import Doc

from nlp.layers import Layers, mirror
from nlp.pipes.norms.norms import assemble
from nlp.stage import stage


@stage("norms")
def norms(doc: Doc, layers: Layers) -> None:
    found = layers.norms = assemble(
        layers.layout, layers.cues, layers.bearers, layers.conditions, layers.sanctions, layers.deadlines
    )
    mirror(doc, "norms", ((norm.cue.start, norm.cue.end, norm.modality.value) for norm in found))
