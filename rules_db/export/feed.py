"""The change feed as an Atom file (RFC 4287), for readers who are given files instead of a server.

In: the published copy. Out: one XML file; crawled text is text in it, control characters are blanks.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from rules_db.connection import StoreError

_ATOM = "http://www.w3.org/2005/Atom"
# what XML 1.0 can't hold, and bidirectional overrides that would turn a title around
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
DEFAULT_ENTRIES = 500


def write_atom(
    public: sqlite3.Connection, out: Path, *, site: str | None = None, limit: int = DEFAULT_ENTRIES
) -> list[dict[str, Any]]:
    """Write `out/changes.atom` with the newest `limit` changes; returns file and number of entries. `site` is the
    address of the served pages (http or https): with it entries link to them. Raises StoreError."""
    base = site_address(site)
    stamp = public.execute("SELECT value FROM about WHERE key = 'published_at'").fetchone()[0]
    rows = public.execute("SELECT * FROM change_feed LIMIT ?", (limit,)).fetchall()
    feed = ElementTree.Element("feed", {"xmlns": _ATOM})
    _add(feed, "id", "urn:guiji:changes")
    _add(feed, "title", "Guiji 规迹: changes of rules")
    _add(feed, "updated", stamp)
    _add(ElementTree.SubElement(feed, "author"), "name", "Guiji")
    for row in rows:
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "id", f"urn:guiji:change:{quote(row['atom_id'])}")
        _add(entry, "title", row["atom_title"])
        _add(entry, "updated", row["atom_updated"])
        _add(entry, "content", row["atom_content"] or row["atom_title"])
        ElementTree.SubElement(entry, "category", {"term": row["kind"]})
        if base:
            ElementTree.SubElement(entry, "link", {"href": base + quote(row["atom_link"])})
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "changes.atom").write_bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return [{"file": "changes.atom", "entries": len(rows)}]


def site_address(site: str | None) -> str:
    """The address of the served pages without its last slash, "" for none. Raises StoreError for another scheme."""
    if site is not None and not site.lower().startswith(("https://", "http://")):
        raise StoreError(f"{site}: not an address of a site; begin with https:// or http://")
    return (site or "").rstrip("/")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = _UNFIT.sub(" ", text)
