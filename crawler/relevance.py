"""Which rows of a list concern the watched topics.

Pure: title and topic words in, the reason (or None) out. Everything a list shows is recorded; only what this returns a
reason for is fetched in full.
"""

from __future__ import annotations

from crawler.registry import Column, Fetch, Source


def reason_to_fetch(title: str, source: Source, column: Column) -> str | None:
    """Why a row is fetched: `column` (the column is read whole) or `title:<words>`; None = its row is enough."""
    if column.fetch is Fetch.LIST:
        return None
    words = [word for word in source.topics if word in title]
    if words:
        # The longest words say it best: 动力蓄电池 rather than 蓄电池 beside it.
        kept = [word for word in words if not any(word != other and word in other for other in words)]
        return "title:" + "、".join(sorted(kept))
    return "column" if column.fetch is Fetch.ALL else None
