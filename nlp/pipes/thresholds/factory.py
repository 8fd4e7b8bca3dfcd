"""spaCy component `guiji_thresholds`: runs the pure function on the document's text and hangs the result on the Doc.

Sets `doc._.thresholds` (the extension attribute is registered with the pipeline, in nlp/language.py) and mirrors the
spans into `doc.spans["thresholds"]`.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from .thresholds import find_thresholds

NAME = "guiji_thresholds"
LAYER = "thresholds"


@Language.component(NAME, assigns=["doc._.thresholds"])
def thresholds(doc: Doc) -> Doc:
    """Find thresholds in `doc.text`; their offsets are those of the text, spans widen to whole tokens."""
    found = tuple(find_thresholds(doc._.source))
    doc._.thresholds = found
    spans = (
        doc.char_span(one.span.start, one.span.end, label=one.comparator.value, alignment_mode="expand")
        for one in found
    )
    doc.spans[LAYER] = [span for span in spans if span is not None]
    return doc
