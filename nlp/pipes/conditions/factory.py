"""spaCy component of the conditions pipe: fills `doc._.conditions`, one entry per cue."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.conditions.conditions import find_conditions


@Language.component("guiji_conditions")
def conditions(doc: Doc) -> Doc:
    doc._.conditions = find_conditions(doc._.layout, doc._.cues)
    return doc
