"""Many documents through `analyse`: in this process for a handful, in a pool of forked processes for many.

In: documents. Out: an analysis or a refusal for each, in the same order, as they come.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nlp.analyse import AnalysisRefused, analyse
from rules_db.model import Analysis, ConvertedDocument


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a document was not read: a code, and one line for a person."""

    code: str
    message: str


Result = Analysis | Refusal
Reader = Callable[[Iterable[ConvertedDocument]], Iterator[Result]]


def analyse_or_refuse(document: ConvertedDocument) -> Result:
    """One document; a fault of ours in one text is a refusal, so that it does not stop the others."""
    try:
        return analyse(document)
    except AnalysisRefused as refusal:
        return Refusal(refusal.code, refusal.message)
    except Exception as error:  # noqa: BLE001 - told as an issue of this document
        message = f"{type(error).__name__}: {error}; please report it with the file"
        return Refusal("internal_error", message)


@contextmanager
def reader(waiting: int, jobs: int | None = None) -> Iterator[Reader]:
    """A lazy map of `analyse_or_refuse`; `waiting` says how many documents there are, `jobs` how many processes may
    read them (None: as many as cores)."""
    jobs = jobs or os.cpu_count() or 1
    if jobs == 1 or waiting < 2 * jobs or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda documents: map(analyse_or_refuse, documents)
        return
    from nlp.language import load

    load()  # once, before forking: the children share it; they end when the pipe of this process closes
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield lambda documents: pool.imap(analyse_or_refuse, documents, chunksize=4)
