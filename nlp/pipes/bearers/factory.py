"""spaCy component of the bearers pipe: fills `doc._.bearers`, one entry per cue."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from nlp.pipes.bearers.bearers import resolve_bearers


@Language.component("guiji_bearers")
def bearers(doc: Doc) -> Doc:
    doc._.bearers = resolve_bearers(doc._.layout, doc._.cues)
    return doc
