"""spaCy component of the norms pipe: fills the layer `norms` and mirrors the cues into `doc.spans["norms"]`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.layers import layers_of, mirror
from nlp.pipes.norms.norms import assemble


@Language.component("guiji_norms", assigns=["doc._.norms"])
def norms(doc: Doc) -> Doc:
    layers = layers_of(doc)
    found = layers.norms = assemble(
        layers.layout, layers.cues, layers.bearers, layers.conditions, layers.sanctions, layers.deadlines
    )
    mirror(doc, "norms", ((norm.cue.start, norm.cue.end, norm.modality.value) for norm in found))
    return doc
