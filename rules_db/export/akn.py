"""Texts as Akoma Ntoso 3.0 (OASIS LegalDocML): one XML file per expression, with the eIds that the rules cite.

In: the store. Out: files named by the id of the expression. All characters of a text are in its file, in order, apart
from white space between provisions; 款 becomes paragraph, 项 point, 目 indent, 一、 level.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from rules_db.connection import StoreError
from rules_db.model import ProvisionKind

_NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = {
    ProvisionKind.PART: "part",
    ProvisionKind.CHAPTER: "chapter",
    ProvisionKind.SECTION: "section",
    ProvisionKind.ARTICLE: "article",
    ProvisionKind.PARAGRAPH: "paragraph",
    ProvisionKind.ITEM: "point",
    ProvisionKind.SUBITEM: "indent",
    ProvisionKind.LEVEL: "level",
}
_EXPRESSIONS = """SELECT e.id, e.iri, e.text, e.version_date, e.effective_on, e.recorded_at, i.iri AS work_iri, i.title
  FROM expression e JOIN instrument i ON i.id = e.instrument_id
  WHERE e.replaced_at IS NULL AND (:instrument IS NULL OR i.id = :instrument) ORDER BY e.id"""
_PROVISIONS = """SELECT eid, kind, label, heading, parent_eid, start, "end" FROM provision
  WHERE expression_id = ? ORDER BY ord"""


def write_akn(connection: sqlite3.Connection, out: Path, instrument_id: str | None = None) -> list[dict[str, Any]]:
    """Write the texts of one instrument, or of all. Returns file and number of provisions. Raises StoreError."""
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for expression in connection.execute(_EXPRESSIONS, {"instrument": instrument_id}).fetchall():
            provisions = connection.execute(_PROVISIONS, (expression["id"],)).fetchall()
            path = out / f"{expression['id']}.xml"
            path.write_bytes(akoma_ntoso(expression, provisions))
            written.append({"file": path.name, "entries": len(provisions)})
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return written


def akoma_ntoso(expression: sqlite3.Row, provisions: list[sqlite3.Row]) -> bytes:
    """One text as an `act`, UTF-8. An unknown date is left out; the day of recording is always there."""
    root = Element("akomaNtoso", {"xmlns": _NAMESPACE})
    act = SubElement(root, "act", {"name": "act"})
    _meta(act, expression)
    children: dict[str | None, list[sqlite3.Row]] = defaultdict(list)
    for row in provisions:
        children[row["parent_eid"]].append(row)
    outer = {kind: [row for row in children[None] if row["kind"] == kind] for kind in ("preface", "conclusion")}
    if outer["preface"]:
        preface = SubElement(act, "preface")
        for row in outer["preface"]:
            _lines(preface, _own(expression["text"], row))
    body = SubElement(act, "body")
    for row in children[None]:
        if row["kind"] not in outer:
            _unit(body, row, expression["text"], children)
    if outer["conclusion"]:
        conclusions = SubElement(act, "conclusions")
        for row in outer["conclusion"]:
            _lines(conclusions, _own(expression["text"], row))
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _unit(parent: Element, row: sqlite3.Row, text: str, children: dict[str | None, list[sqlite3.Row]]) -> None:
    """A provision with what lies in it: num, heading, then text, or text in front of its children."""
    name = _ELEMENT.get(row["kind"])
    attributes = {"eId": row["eid"]}
    element = SubElement(parent, name or "hcontainer", attributes if name else {"name": row["kind"], **attributes})
    own = _own(text, row)
    for tag, value in (("num", row["label"]), ("heading", row["heading"])):
        if value and own.lstrip().startswith(value):
            SubElement(element, tag).text = _fit(value)
            own = own.lstrip()[len(value) :]
    inner = children[row["eid"]]
    if inner:
        if own.strip():
            _lines(SubElement(element, "intro"), own)
        for child in inner:
            _unit(element, child, text, children)
    else:
        _lines(SubElement(element, "content"), own)


def _own(text: str, row: sqlite3.Row) -> str:
    return text[row["start"] : row["end"]]


def _lines(parent: Element, text: str) -> None:
    """Paragraphs; at least one, for the schema wants it."""
    for line in [line for line in text.split("\n") if line.strip()] or [""]:
        SubElement(parent, "p").text = _fit(line.strip())


def _fit(text: str) -> str:
    """What XML can't hold becomes a blank, so that offsets stay true."""
    return _UNFIT.sub(" ", text)


def _meta(act: Element, expression: sqlite3.Row) -> None:
    meta = SubElement(act, "meta")
    identification = SubElement(meta, "identification", {"source": "#guiji"})
    recorded = ("recorded", expression["recorded_at"][:10])
    dated = [("version", expression["version_date"]), ("effective", expression["effective_on"])]
    levels = (
        ("FRBRWork", expression["work_iri"], [recorded], ("FRBRcountry", {"value": "cn"})),
        ("FRBRExpression", expression["iri"], [*dated, recorded], ("FRBRlanguage", {"language": "zho"})),
        ("FRBRManifestation", f"{expression['iri']}.xml", [recorded], None),
    )
    for name, iri, dates, last in levels:
        level = SubElement(identification, name)
        SubElement(level, "FRBRthis", {"value": _fit(iri)})
        SubElement(level, "FRBRuri", {"value": _fit(iri)})
        if name == "FRBRWork":
            SubElement(level, "FRBRalias", {"value": _fit(expression["title"]), "name": "title"})
        for kind, day in dates:
            if day:
                SubElement(level, "FRBRdate", {"date": day, "name": kind})
        SubElement(level, "FRBRauthor", {"href": "#guiji"})
        if last:
            SubElement(level, *last)
    references = SubElement(meta, "references", {"source": "#guiji"})
    SubElement(
        references, "TLCOrganization", {"eId": "guiji", "href": "/ontology/organization/guiji", "showAs": "Guiji"}
    )
