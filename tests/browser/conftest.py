"""A real Chromium against a real server on loopback; skipped with the reason where no Chromium is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browser_pages import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "rules_db"))

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")  # as long as it is open an event loop runs in this thread, which others can't use
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium found; on Debian: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; pip install playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a process of its own over the sample store; everybody may read."""
    from served import published

    yield from _serving(published(tmp_path_factory.mktemp("browser")).public_db, "None")


@pytest.fixture(scope="session")
def team_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with one user, chen, who may decide about changes; her password is `PASSWORD`."""
    from datasette_auth_passwords.utils import hash_password
    from served import published

    folder = published(tmp_path_factory.mktemp("team"))
    users = folder.root / "users.yml"
    hashed = hash_password(PASSWORD, iterations=10_000)
    users.write_text(f"- id: chen\n  password_hash: {hashed}\n  may: [guiji-decide]\n", encoding="utf-8")
    yield from _serving(folder.public_db, f"Path({str(users)!r})")


def _serving(public: Path, users: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = (
        "import sys; from pathlib import Path; from rules_db.serve import serve; "
        f"serve(Path(sys.argv[1]), port=int(sys.argv[2]), users={users})"
    )
    server = subprocess.Popen([sys.executable, "-c", program, str(public), str(port)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    else:
        server.terminate()
        pytest.fail("the server did not come up within 60 seconds")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


@dataclass
class Tab:
    """One page, and everything the browser complained about on it."""

    page: Any
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Tab]:
    context = chromium.new_context(base_url=address, locale="en-US", viewport={"width": 1280, "height": 860})
    yield from _tab(context)


@pytest.fixture
def phone(chromium: Any, address: str) -> Iterator[Tab]:
    context = chromium.new_context(base_url=address, locale="zh-CN", viewport={"width": 390, "height": 800})
    yield from _tab(context)


def _tab(context: Any) -> Iterator[Tab]:
    page = context.new_page()
    opened = Tab(page)
    page.on("console", lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))

    def failed(request: Any) -> None:
        # leaving a page aborts what it was still loading
        if request.failure != "net::ERR_ABORTED":
            opened.complaints.append(f"failed: {request.url} {request.failure}")

    page.on("requestfailed", failed)
    yield opened
    context.close()
