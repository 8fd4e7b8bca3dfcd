"""What the components of the pipeline hand on to each other: one `Layers` value per Doc.

In: a Doc. Out: its `Layers`, held in `doc.user_data` and readable as `doc._.<layer>`. Components read and fill it as a
plain typed object: an extension attribute looks itself up by name and offsets at every access, which took a fifth of
the time of short units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc, Span

from nlp.text.clauses import Layout, lay_out

if TYPE_CHECKING:
    from nlp.pipes.bearers.naming import Bearer
    from nlp.pipes.conditions.conditions import Conditions
    from nlp.pipes.deadlines.deadlines import Deadline
    from nlp.pipes.modality.modality import Cue
    from nlp.pipes.sanctions.sanctions import Sanction
    from rules_db import model

_KEY = "guiji"


@dataclass(slots=True)
class Layers:
    """`source` is the text (`doc.text` builds it anew from the tokens at every call) and `layout` its clauses; each
    other layer is empty until its component has run. `bearers` and `conditions` go with `cues`, one by one."""

    source: str
    layout: Layout
    bearers: tuple[Bearer | None, ...] = ()
    conditions: tuple[Conditions, ...] = ()
    cues: tuple[Cue, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    definitions: tuple[model.Definition, ...] = ()
    hardware: tuple[model.Span, ...] = ()
    norms: tuple[model.Norm, ...] = ()
    references: tuple[model.Reference, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    thresholds: tuple[model.Threshold, ...] = ()


def carry(doc: Doc, source: str) -> Layers:
    """Start the layers of a Doc whose text is `source`."""
    layers = doc.user_data[_KEY] = Layers(source, lay_out(source))
    return layers


def layers_of(doc: Doc) -> Layers:
    """The layers of a Doc; one that was not made by the pipeline's tokenizer gets empty ones."""
    return doc.user_data.get(_KEY) or carry(doc, doc.text)


def mirror(doc: Doc, layer: str, found: Iterable[tuple[int, int, str]]) -> None:
    """Show ranges of characters with a label each as `doc.spans[layer]`. One token is one character."""
    doc.spans[layer] = [Span(doc, start, end, label) for start, end, label in found]


def _layer(name: str, doc: Doc) -> Any:
    return getattr(layers_of(doc), name)


def register() -> None:
    """Make every layer readable as `doc._.<layer>`."""
    for field in fields(Layers):
        Doc.set_extension(field.name, getter=partial(_layer, field.name), force=True)
