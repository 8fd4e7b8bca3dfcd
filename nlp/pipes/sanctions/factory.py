"""spaCy component of the sanctions pipe: fills `doc._.sanctions`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.sanctions.sanctions import find_sanctions


@Language.component("guiji_sanctions")
def sanctions(doc: Doc) -> Doc:
    doc._.sanctions = find_sanctions(doc._.layout)
    return doc
