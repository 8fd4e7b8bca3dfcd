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
    facets,
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
    facets,
    headers,
    spreadsheet_guard,
)
# Parts of Datasette whose place ours take, by the names under which it registers them.
REPLACED = (errors.REPLACED, facets.REPLACED)
