"""Counts of the facets of large tables, made once at publication.

In: the filled copy. Out: rows of `facet_count`, at most `MOST` values of a column, the most frequent ones.
"""

from __future__ import annotations

import sqlite3

# As many as a reader may ask for at once (serve.SETTINGS, max_returned_rows), and one more that tells there are more.
MOST = 1_001
# Tables that grow with the texts → their facets in metadata.yml.
COUNTED: dict[str, tuple[str, ...]] = {
    "evidence": ("field", "pattern"),
    "provision": ("jurisdiction", "instrument_type", "status", "tier"),
    "rule": ("modality", "status", "jurisdiction", "instrument_type", "tier"),
    "rule_version": ("modality", "status"),
    "threshold": ("unit", "comparator", "status"),
}


def count_facets(connection: sqlite3.Connection) -> None:
    """Fill the (empty) table of counts."""
    for table, columns in COUNTED.items():
        for column in columns:
            connection.execute(
                f"""INSERT INTO facet_count SELECT '{table}', '{column}', {column}, count(*) FROM {table}
                    WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY count(*) DESC, {column}
                    LIMIT {MOST}"""  # noqa: S608 (names above)
            )
