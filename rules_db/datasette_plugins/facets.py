"""Facets of whole tables, counted once when the copy was published: a million rows take tenths of a second to group.

In: Datasette's question for the facets of a table. Out: its own answer, read from `facet_count` where nothing narrows
the table and the column is counted there; everything else is grouped as Datasette does. This class takes the place of
Datasette's `ColumnFacet`, whose type it keeps, so addresses and JSON stay the same.
"""

from __future__ import annotations

from typing import Any

from datasette.facets import ArrayFacet, ColumnFacet, DateFacet
from datasette.utils import path_with_added_args, path_with_removed_args

from rules_db.datasette_plugins.hooks import hook

REPLACED = "datasette.facets"
_COUNTED = """SELECT value, n AS count FROM facet_count WHERE table_name = :table AND column_name = :column
  ORDER BY n DESC, value LIMIT :limit"""


class CountedFacet(ColumnFacet):  # type: ignore[misc]  # datasette has no types
    """`_counted` are columns that are answered already."""

    _counted: frozenset[str] = frozenset()

    def get_configs(self) -> list[dict[str, Any]]:
        return [entry for entry in super().get_configs() if _column(entry) not in self._counted]

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        found = [] if self._narrowed() else [await self._from_counts(entry) for entry in self.get_configs()]
        answered = [result for result in found if result is not None]
        self._counted = frozenset(result["name"] for result in answered)
        results, late = await super().facet_results()
        return [*answered, *results], late

    def _narrowed(self) -> bool:
        return bool(self.params) or self.table is None or " where " in self.sql.lower()

    async def _from_counts(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        """None when this table and column are not counted."""
        column, size = _column(entry), self.get_facet_size()
        question = {"table": self.table, "column": column, "limit": size + 1}
        rows = (await self.ds.execute(self.database, _COUNTED, question)).rows
        if not rows:
            return None
        shown = rows[:size]
        labels = await self.ds.expand_foreign_keys(self.database, self.table, column, [row["value"] for row in shown])
        chosen = self.get_querystring_pairs()
        return {
            "name": column,
            "type": self.type,
            "hideable": entry["source"] != "metadata",
            "toggle_url": self.ds.urls.path(path_with_removed_args(self.request, {"_facet": column})),
            "results": [self._value(column, row, labels, chosen) for row in shown],
            "truncated": len(rows) > size,
        }

    def _value(self, column: str, row: Any, labels: dict[Any, Any], chosen: list[tuple[str, str]]) -> dict[str, Any]:
        value = row["value"]
        selected = (column, str(value)) in chosen
        path = (
            path_with_removed_args(self.request, {column: str(value)})
            if selected
            else path_with_added_args(self.request, {column: value})
        )
        return {
            "value": value,
            "label": labels.get((column, value), value),
            "count": row["count"],
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(path)),
            "selected": selected,
        }


@hook
def register_facet_classes() -> list[type[Any]]:
    return [CountedFacet, DateFacet, ArrayFacet]


def _column(entry: dict[str, Any]) -> str:
    config = entry["config"]
    return str(config.get("column") or config["simple"])
