"""What Datasette is given on top: search functions, pages, response headers, a guard for spreadsheets, cell rendering.

Only hooks that Datasette 0.65 and 1.0 share are used. Nothing outside this package imports datasette, apart from serve.
"""

from rules_db.datasette_plugins import (
    base_path,
    cells,
    choices,
    closed_pages,
    decisions,
    errors,
    feed,
    headers,
    login,
    pages,
    search_functions,
    spreadsheet_guard,
)

PLUGINS = (
    base_path,
    search_functions,
    choices,
    pages,
    decisions,
    closed_pages,
    login,
    cells,
    feed,
    errors,
    headers,
    spreadsheet_guard,
)
