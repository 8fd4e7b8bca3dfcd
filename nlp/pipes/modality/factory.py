"""spaCy component of the modality pipe: fills `doc._.layout` and `doc._.cues`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.modality.modality import find_cues
from nlp.text.clauses import lay_out


@Language.component("guiji_modality")
def modality(doc: Doc) -> Doc:
    doc._.layout = lay_out(doc._.source)
    doc._.cues = find_cues(doc._.layout)
    return doc
