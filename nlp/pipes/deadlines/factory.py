"""spaCy component `guiji_deadlines`: time limits of the document's text, from the thresholds found before.

Sets `doc._.deadlines` (registered with the pipeline, in nlp/language.py) and mirrors the spans into
`doc.spans["deadlines"]`.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from .deadlines import find_deadlines

LAYER = "deadlines"


@Language.component("guiji_deadlines", requires=["doc._.thresholds"], assigns=["doc._.deadlines"])
def deadlines(doc: Doc) -> Doc:
    """Find deadlines in `doc.text`; their offsets are those of the text, the mirrored spans widen to whole tokens."""
    found = tuple(find_deadlines(doc._.source, doc._.thresholds))
    doc._.deadlines = found
    spans = (
        doc.char_span(one.span.start, one.span.end, label=one.kind.value, alignment_mode="expand") for one in found
    )
    doc.spans[LAYER] = [span for span in spans if span is not None]
    return doc
