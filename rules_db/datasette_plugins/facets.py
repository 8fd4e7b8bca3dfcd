"""Facets of the tables that grow with the texts: counted at publication, or grouped once for all of them.

In: Datasette's question for the facets of a table. Out: its own answer. Where nothing narrows the table the counts come
from `facet_count`; where a search or a filter does, one pass over its rows serves all facets, which Datasette would
group one after the other. Other tables and columns are left to Datasette. This class takes the place of Datasette's
`ColumnFacet`, whose type it keeps, so addresses and JSON stay the same.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from datasette.database import QueryInterrupted
from datasette.facets import ArrayFacet, ColumnFacet, DateFacet
from datasette.utils import path_with_added_args, path_with_removed_args

from rules_db.datasette_plugins.hooks import hook
from rules_db.projection.facets import COUNTED

REPLACED = "datasette.facets"
_COUNTS = "SELECT value, n FROM facet_count WHERE table_name = ? AND column_name = ? ORDER BY n DESC, value"
# More combinations of values than this cost more to hand over than the passes they spare.
_COMBINATIONS = 5_000

Counts = list[tuple[Any, int]]


class CountedFacet(ColumnFacet):  # type: ignore[misc]  # datasette has no types
    """`_answered` are columns that Datasette's own way need not look at any more."""

    _answered: frozenset[str] = frozenset()

    def get_configs(self) -> list[dict[str, Any]]:
        return [entry for entry in super().get_configs() if _column(entry) not in self._answered]

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        entries = {_column(entry): entry for entry in self.get_configs()}
        known = [column for column in entries if column in COUNTED.get(self.table or "", ())]
        counts: dict[str, Counts] | None = None
        late: list[str] = []
        if known:
            try:
                counts = await self._grouped(known) if self._narrowed() else await self._published(known)
            except QueryInterrupted:
                counts, late = {}, known
        if counts is None:
            known = []
        self._answered = frozenset(known)
        results = [await self._result(entries[column], found) for column, found in (counts or {}).items()]
        others, others_late = await super().facet_results()
        return [*results, *others], [*late, *others_late]

    def _narrowed(self) -> bool:
        return bool(self.params) or " where " in self.sql.lower()

    async def _published(self, columns: list[str]) -> dict[str, Counts]:
        return {
            column: [tuple(row) for row in await self.ds.execute(self.database, _COUNTS, [self.table, column])]
            for column in columns
        }

    async def _grouped(self, columns: list[str]) -> dict[str, Counts] | None:
        """None when there are too many combinations. Raises QueryInterrupted after the time that one facet has."""
        names = ", ".join(columns)
        rows = await self.ds.execute(
            self.database,
            f"SELECT {names}, count(*) FROM ({self.sql}) GROUP BY {names} LIMIT {_COMBINATIONS + 1}",  # noqa: S608
            self.params,
            truncate=False,
            custom_time_limit=self.ds.setting("facet_time_limit_ms"),
        )
        if len(rows.rows) > _COMBINATIONS:
            return None
        totals: list[Counter[Any]] = [Counter() for _column in columns]
        for *values, n in map(tuple, rows):
            for total, value in zip(totals, values, strict=True):
                total[value] += n
        return {
            column: sorted(((v, n) for v, n in total.items() if v is not None), key=lambda pair: (-pair[1], pair[0]))
            for column, total in zip(columns, totals, strict=True)
        }

    async def _result(self, entry: dict[str, Any], counts: Counts) -> dict[str, Any]:
        column, size = _column(entry), self.get_facet_size()
        shown = counts[:size]
        labels = await self.ds.expand_foreign_keys(self.database, self.table, column, [value for value, _n in shown])
        chosen = self.get_querystring_pairs()
        return {
            "name": column,
            "type": self.type,
            "hideable": entry["source"] != "metadata",
            "toggle_url": self.ds.urls.path(path_with_removed_args(self.request, {"_facet": column})),
            "results": [self._value(column, *pair, labels, chosen) for pair in shown],
            "truncated": len(counts) > size,
        }

    def _value(
        self, column: str, value: Any, count: int, labels: dict[Any, Any], chosen: list[tuple[str, str]]
    ) -> dict[str, Any]:
        selected = (column, str(value)) in chosen
        path = (
            path_with_removed_args(self.request, {column: str(value)})
            if selected
            else path_with_added_args(self.request, {column: value})
        )
        return {
            "value": value,
            "label": labels.get((column, value), value),
            "count": count,
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(path)),
            "selected": selected,
        }


@hook
def register_facet_classes() -> list[type[Any]]:
    return [CountedFacet, DateFacet, ArrayFacet]


def _column(entry: dict[str, Any]) -> str:
    config = entry["config"]
    return str(config.get("column") or config["simple"])
