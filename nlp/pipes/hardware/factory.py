"""spaCy component of the hardware pipe: fills `doc._.hardware`."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.hardware.hardware import find_hardware


@Language.component("guiji_hardware")
def hardware(doc: Doc) -> Doc:
    doc._.hardware = find_hardware(doc._.source)
    return doc
