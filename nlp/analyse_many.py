"""Many documents through `analyse`: in this process for a handful, in a pool of forked processes for many.

In: documents. Out: an analysis or a refusal for each, in the same order, as they come.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from nlp.analyse import AnalysisRefused, analyse
from nlp.language import load
from nlp.workers import in_order
from rules_db.model import Analysis, ConvertedDocument, Norm, Provision, Reference, Span, Threshold


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document was not read: a code, and one line for a person."""

    code: str
    message: str


Result = Analysis | Refusal


def analyse_or_refuse(document: ConvertedDocument) -> Result:
    """One document; a fault of ours in one text is a refusal, so that it does not stop the others."""
    try:
        return analyse(document)
    except AnalysisRefused as refusal:
        return Refusal(refusal.code, refusal.message)
    except Exception as error:  # noqa: BLE001 - told as an issue of this document
        message = f"{type(error).__name__}: {error}; please report it with the file"
        return Refusal("internal_error", message)


def analyse_many(documents: Iterable[ConvertedDocument], jobs: int | None = None) -> Iterator[Result]:
    """`analyse_or_refuse` of each, by `jobs` processes (None: as many as cores)."""
    return in_order(analyse_or_refuse, documents, jobs, load)


def _send_by_fields(kind: type[Any]) -> None:
    """Pickle a frozen dataclass as a call of itself: its own way of restoring field by field takes twice as long, and
    there are hundreds in each analysis that comes back from a worker."""
    values = attrgetter(*(field.name for field in fields(kind)))
    copyreg.pickle(kind, lambda value: (kind, values(value)))


for _kind in (Norm, Provision, Reference, Span, Threshold):
    _send_by_fields(_kind)
