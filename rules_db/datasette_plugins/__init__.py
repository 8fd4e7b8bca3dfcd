"""What Datasette is given on top: search functions, pages, response headers, a guard for spreadsheets, cell rendering.

Only hooks that Datasette 0.65 and 1.0 share are used. Nothing outside this package imports datasette, apart from serve.
"""

from rules_db.datasette_plugins import (
    base_path,
    cells,
    closed_pages,
    decisions,
    feed,
    headers,
    login,
    pages,
    search_functions,
    spreadsheet_guard,
)

PLUGINS = (base_path, search_functions, pages, decisions, closed_pages, login, cells, feed, headers, spreadsheet_guard)
