"""spaCy component of the norms pipe: fills `doc._.norms` and mirrors the cues into `doc.spans["norms"]`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.norms.norms import assemble


@Language.component("guiji_norms")
def norms(doc: Doc) -> Doc:
    """Assemble norms from the layers before; offsets are those of the text, mirrored spans widen to whole tokens."""
    layers = doc._
    found = assemble(layers.layout, layers.cues, layers.bearers, layers.conditions, layers.sanctions, layers.deadlines)
    doc._.norms = found
    spans = (
        doc.char_span(norm.cue.start, norm.cue.end, label=norm.modality.value, alignment_mode="expand")
        for norm in found
    )
    doc.spans["norms"] = [span for span in spans if span is not None]
    return doc
