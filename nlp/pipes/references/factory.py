"""spaCy component of the reference pipe: fills `doc._.references`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.references.references import find_references


@Language.component("guiji_references")
def references(doc: Doc) -> Doc:
    doc._.references = tuple(find_references(doc._.source))
    return doc
