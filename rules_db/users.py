"""Who may read the pages: a YAML file of people with password hashes, as Datasette and its password plugin want them.

In: the path of a reviewed YAML list (`id`, `password_hash`, optional `may`). Out: metadata to lay over metadata.yml.
The passwords themselves are nowhere; `datasette hash-password` makes a hash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema

from rules_db.connection import StoreError
from rules_db.reviewed_yaml import read_entries

PLUGIN = "datasette-auth-passwords"
# An id becomes part of a key of the plugin and travels in a Basic header, which is ASCII to the plugin.
_SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "password_hash"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.@-]{0,60}$"},
            "password_hash": {"type": "string", "pattern": r"^pbkdf2_sha256\$[1-9][0-9]{4,7}\$[^$]+\$[A-Za-z0-9+/=]+$"},
            "may": {"type": "array", "items": {"type": "string", "pattern": "^[a-z-]+$"}, "uniqueItems": True},
        },
    },
}


class UsersError(StoreError):
    """The file of users can't be used."""


def users_metadata(path: Path) -> dict[str, Any]:
    """`allow` and plugin configuration that let in the people of the file and nobody else; each actor carries `id` and
    `may`. Raises UsersError, naming file and entry."""
    try:
        entries = read_entries(path, jsonschema.Draft202012Validator(_SCHEMA), UsersError, secret=True)
    except OSError as error:
        raise UsersError(f"{path}: can't be read: {error.strerror or error}") from error
    names = [entry["id"] for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsersError(f"{path}: {', '.join(twice)} stands twice; give each person one entry")
    accounts: dict[str, Any] = {f"{entry['id']}_password_hash": entry["password_hash"] for entry in entries}
    actors = {entry["id"]: {"id": entry["id"], "may": list(entry.get("may", ()))} for entry in entries}
    return {"allow": {"id": names}, "plugins": {PLUGIN: {**accounts, "actors": actors}}}
