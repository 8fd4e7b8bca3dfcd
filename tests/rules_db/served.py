"""The published site in a test: the real Datasette application with this project's plugins, without a network."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from sample_store import NOW, fill

from rules_db.connection import DataFolder
from rules_db.publish import publish
from rules_db.serve import build_datasette


class Site:
    """`get(path)` asks the application; cookies and headers as given, no redirect followed."""

    def __init__(self, public: Path, **options: Any) -> None:
        self.datasette = build_datasette(public, **options)
        # a thread of its own: the browser tests keep an event loop running in the main thread
        self.thread = ThreadPoolExecutor(1)
        self.loop = asyncio.new_event_loop()
        self._run(self.datasette.invoke_startup())

    def _run(self, task: Any) -> Any:
        return self.thread.submit(self.loop.run_until_complete, task).result()

    def get(self, path: str, **options: Any) -> Any:
        return self._run(self.datasette.client.get(path, **options))

    def post(self, path: str, **options: Any) -> Any:
        return self._run(self.datasette.client.post(path, **options))

    def raw(self, address: str) -> Any:
        """Asks without the base address that Datasette's client puts in front."""

        async def ask() -> Any:
            transport = httpx.ASGITransport(app=self.datasette.app())
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.get(address)

        return self._run(ask())

    def rows(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return response.json()


def published(root: Path, *, hostile: bool = False, sample: bool | None = None) -> DataFolder:
    """A data folder with the sample store, published."""
    folder = DataFolder(root)
    fill(folder, hostile=hostile)
    result = publish(folder, now=NOW, sample=sample)
    assert result.done, result.findings
    return folder
