"""Fixtures shared by all tests: the reference material beside the project, and no network but loopback."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
# Files whose tests take a minute each: begun first, so that no process waits for another's last one.
LONG = ("test_country_killed.py", "test_country.py", "test_month.py", "test_failing_calls.py", "test_country_noise.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, longest first; all others in their order (xdist hands files out in this order)."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the reference corpus and the annotated articles, which is not part of the project."""
    if not (SHARED / "design.md").exists():
        pytest.skip(f"reference material not found at {SHARED}")
    return SHARED


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                raise RuntimeError(f"test tried to reach {host}; only loopback is allowed")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
