"""The Atom feed with absolute links: entries of `change_feed` name pages by path, feed readers need whole addresses.

In: rows as Datasette gives them to an output renderer. Out: datasette-atom's feed over rows with whole links.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from datasette_atom import can_render_atom, render_atom

from rules_db.datasette_plugins.hooks import hook_last


@hook_last
def register_output_renderer() -> dict[str, Any]:
    """Takes the place of datasette-atom's renderer, which links as the row says; the last one registered counts."""
    return {"extension": "atom", "render": render, "can_render": can_render_atom}


def render(  # the parameters that Datasette offers a renderer, by name
    datasette: Any,
    request: Any,
    sql: str,
    columns: list[str],
    rows: list[Any],
    database: str,
    table: str | None,
    query_name: str | None,
    view_name: str,
    data: dict[str, Any],
) -> Any:
    whole = [_whole(datasette, request, dict(zip(columns, tuple(row), strict=True))) for row in rows]
    return render_atom(datasette, request, sql, columns, whole, database, table, query_name, view_name, data)


def _whole(datasette: Any, request: Any, row: dict[str, Any]) -> dict[str, Any]:
    link = row.get("atom_link")
    if isinstance(link, str) and link.startswith("/") and not link.startswith("//"):
        row["atom_link"] = str(datasette.absolute_url(request, str(datasette.urls.path(link))))
    key = str(row.get("atom_id"))
    if ":" not in key:  # an Atom id is an IRI
        row["atom_id"] = f"urn:guiji:change:{quote(key)}"
    return row
