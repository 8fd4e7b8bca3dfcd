"""spaCy component of the definition pipe: fills `doc._.definitions`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.definitions.definitions import find_definitions


@Language.component("guiji_definitions")
def definitions(doc: Doc) -> Doc:
    doc._.definitions = tuple(find_definitions(doc._.source))
    return doc
