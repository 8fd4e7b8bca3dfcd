"""Serving the public copy: a Datasette with this project's plugins, templates, metadata and safe settings.

In: the path of the public copy. Out: a Datasette application, or a running server on this machine's loopback address.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError, open_public
from rules_db.projection.build import schema_version
from rules_db.users import users_metadata

_HERE = Path(__file__).parent
_METADATA = (_HERE.parent / "metadata.yml", _HERE / "datasette_plugins" / "metadata.yml")
# Bounds for what one reader may ask of the machine.
SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": 2_000,
    "facet_time_limit_ms": 200,
    "suggest_facets": False,
    "allow_download": False,
    "allow_csv_stream": True,
    "max_csv_mb": 50,
    "max_returned_rows": 1_000,
    "default_page_size": 50,
    "truncate_cells_html": 400,
    "num_sql_threads": 4,
}


def metadata_file() -> Path:
    """Where metadata.yml lies: beside the packages in a checkout, inside the package when installed."""
    return next((path for path in _METADATA if path.exists()), _METADATA[0])


def build_datasette(public: Path, *, base_url: str = "/", allow_sql: bool = True, users: Path | None = None) -> Any:
    """A configured `datasette.app.Datasette`; `.app()` is its ASGI application. `allow_sql` False refuses queries that
    readers write themselves; with a file of `users` (rules_db.users) nobody else may read. Raises StoreError when there
    is no copy to serve, it has the tables of another version, or the file can't be used."""
    with contextlib.closing(open_public(public)) as copy:
        if copy.execute("PRAGMA user_version").fetchone()[0] != schema_version():
            raise StoreError(f"{public} was published by another version of Guiji; run 'guiji publish' first")
    from datasette.app import Datasette
    from datasette.plugins import pm
    from datasette.utils import parse_metadata

    from rules_db.datasette_plugins import PLUGINS, REPLACED
    from rules_db.datasette_plugins.base_path import below

    class Served(Datasette):  # type: ignore[misc]  # datasette has no types
        """Makes whole addresses from paths that have lost the base, as those of facets have."""

        def absolute_url(self, request: Any, path: str) -> Any:
            return super().absolute_url(request, below(self.setting("base_url"), path))

    for plugin in PLUGINS:
        if not pm.is_registered(plugin):
            pm.register(plugin, name=plugin.__name__)
    for name in REPLACED:
        if pm.has_plugin(name):
            pm.unregister(name=name)
    return Served(
        files=[str(public)],
        metadata={
            **parse_metadata(metadata_file().read_text(encoding="utf-8")),
            **(users_metadata(users) if users else {}),
        },
        template_dir=str(_HERE / "templates"),
        static_mounts=[("static", str(_HERE / "static"))],
        settings={**SETTINGS, "base_url": base_url, "default_allow_sql": allow_sql},
    )


def serve(
    public: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    base_url: str = "/",
    allow_sql: bool = True,
    users: Path | None = None,
    announce: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until interrupted; `announce` gets the address once the port is known to be free. Raises StoreError when
    nothing is published or the port is taken."""
    application = build_datasette(public, base_url=base_url, allow_sql=allow_sql, users=users)
    require_free(host, port)
    import uvicorn

    announce(f"http://{host}:{port}{base_url}")
    uvicorn.run(application.app(), host=host, port=port, log_level="warning", lifespan="on", server_header=False)


def require_free(host: str, port: int) -> None:
    """Raise StoreError with a port to try instead when `port` can't be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise StoreError(
                f"can't listen on {host}:{port} ({getattr(error, 'strerror', None) or error}); "
                f"choose another port, for example --port {port + 1 if 0 < port < 65_000 else 8001}"
            ) from error
