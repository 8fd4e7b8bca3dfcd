"""spaCy component of the norms pipe: fills `doc._.norms` and mirrors the cues into `doc.spans["norms"]`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.pipes.norms.norms import assemble


@Language.component("guiji_norms")
def norms(doc: Doc) -> Doc:
    """Assemble norms from the layers before. One token is one character, so offsets of text and tokens agree."""
    layers = doc._
    found = assemble(layers.layout, layers.cues, layers.bearers, layers.conditions, layers.sanctions, layers.deadlines)
    layers.norms = found
    doc.spans["norms"] = [Span(doc, norm.cue.start, norm.cue.end, label=norm.modality.value) for norm in found]
    return doc
