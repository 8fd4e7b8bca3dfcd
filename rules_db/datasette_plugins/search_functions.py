"""Chinese search in Datasette: SQL functions, and `escape_fts` replaced so that the standard box works too.

Datasette calls `escape_fts(:search)` in its search clause; being last makes ours the one that stays. That is no
documented interface: tests/rules_db/test_datasette_search.py watches it, `filters_from_request` is the way out.
"""

from __future__ import annotations

import sqlite3

from rules_db.datasette_plugins.hooks import hook_last
from rules_db.search import register_functions


@hook_last
def prepare_connection(conn: sqlite3.Connection) -> None:
    register_functions(conn)
