"""Cells of Datasette's own tables: highlighted snippets, and ids as links to the pages about them."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from rules_db.datasette_plugins.hooks import hook

_MARK = re.compile(r"</?mark>")
_ID = re.compile(r"[0-9A-Za-z_-]{4,64}")
_PAGES = {"instrument_id": "instrument", "rule_id": "rule", "target_instrument_id": "instrument"}


@hook
def render_cell(value: Any, column: str, table: str | None, datasette: Any) -> Markup | None:
    """Whatever a query calls `snippet`, only <mark> survives in it; anything else is shown as text."""
    if not isinstance(value, str):
        return None
    if column == "snippet" and table is None:
        return _marked(value)
    page = _PAGES.get(column) or (table if column == "id" and table in ("instrument", "rule") else None)
    if page and _ID.fullmatch(value):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/{page}/{quote(value)}"), value)
    return None


def _marked(value: str) -> Markup:
    parts, last, opened = [], 0, False
    for match in _MARK.finditer(value):
        parts.append(html.escape(html.unescape(value[last : match.start()])))
        opens = match.group() == "<mark>"
        if opens != opened:
            parts.append(match.group())
            opened = opens
        last = match.end()
    parts.append(html.escape(html.unescape(value[last:])))
    return Markup("".join(parts) + ("</mark>" if opened else ""))  # noqa: S704 (every piece is escaped above)
