"""Names of law after FRBR and Akoma Ntoso: work and expression IRIs, and the short ids used in addresses.

>>> instrument_iri("100000", "law", "畜牧法")
'/cn/law/畜牧法'
>>> expression_iri("/cn/law/畜牧法", "2022-10-30")
'/cn/law/畜牧法/zho@2022-10-30'
"""

from __future__ import annotations

import re

from rules_db.fingerprint import fingerprint

NATIONAL = "100000"
_NATIONAL_CODES = ("", "100000", "000000")


def jurisdiction_code(code: str | None) -> str:
    """Six digits of GB/T 2260; the state itself is 100000, whichever convention the source used."""
    return NATIONAL if code is None or code in _NATIONAL_CODES else code


def instrument_iri(jurisdiction: str, instrument_type: str, name: str) -> str:
    """Work IRI. `name` is the title of a named rule, or the document number of a notice."""
    place = "cn" if jurisdiction_code(jurisdiction) == NATIONAL else f"cn-{jurisdiction}"
    return f"/{place}/{re.sub(r'[^a-z]+', '-', instrument_type.lower()).strip('-') or 'document'}/{_segment(name)}"


def expression_iri(work: str, version_date: str | None, nth: int = 1) -> str:
    """Expression IRI; `nth` > 1 tells apart later texts seen under one date."""
    suffix = "" if nth == 1 else f".{nth}"
    return f"{work}/zho@{version_date or 'undated'}{suffix}"


def short_id(iri: str) -> str:
    """Ten hex digits that stand for an IRI in addresses and keys."""
    return fingerprint(iri)[:10]


def _segment(name: str) -> str:
    """One path segment: no slash, white space or control character."""
    return re.sub(r"[\s/?#%\x00-\x1f]+", "_", name.strip())[:200]
