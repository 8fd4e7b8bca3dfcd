"""spaCy component of the norms pipe: fills `doc._.norms`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.norms.norms import assemble


@Language.component("guiji_norms")
def norms(doc: Doc) -> Doc:
    doc._.norms = assemble(doc._.layout, doc._.cues, doc._.bearers, doc._.conditions, doc._.sanctions)
    return doc
