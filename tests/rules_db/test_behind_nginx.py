"""The nginx block of docs/http.md, run as it stands there: below a path, with a password, no link leaves the path."""

from __future__ import annotations

import base64
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from served import published

from rules_db.serve import metadata_file

PROJECT = metadata_file().parent
NGINX = shutil.which("nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx found; on Debian: apt-get install nginx-light")
PASSWORD = "a long pass phrase 42"  # noqa: S105 (of this test alone)
PAGES = (
    "",
    "search?q=备案",
    "instrument/a1b2c3d4e5",
    "rule/rule00000001",
    "coverage",
    "timeline",
    "rules",
    "rules/rule",
)


@pytest.fixture(scope="module", params=["passed on", "stripped"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx in front of a server, with the documented block; it either passes the path on or strips it."""
    folder = tmp_path_factory.mktemp("nginx")
    public = published(folder / "data").public_db
    inner, outer = free_port(), free_port()
    block = re.findall(r"```nginx\n(.*?)```", (PROJECT / "docs" / "http.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    assert block.count("127.0.0.1:8001/guiji/;") == 1 and "/etc/nginx/guiji.htpasswd" in block
    behind = f"127.0.0.1:{inner}/guiji/;" if request.param == "passed on" else f"127.0.0.1:{inner}/;"
    block = block.replace("127.0.0.1:8001/guiji/;", behind)
    block = block.replace("/etc/nginx/guiji.htpasswd", str(folder / "htpasswd"))
    (folder / "htpasswd").write_text(f"chen:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid nginx.pid; error_log stderr warn; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f;\n"
        f"uwsgi_temp_path u; scgi_temp_path s; server {{ listen 127.0.0.1:{outer};\n{block}\n}} }}\n",
        encoding="utf-8",
    )
    program = (
        "import sys; from pathlib import Path; from rules_db.serve import serve; "
        "serve(Path(sys.argv[1]), port=int(sys.argv[2]), base_url='/guiji/')"
    )
    serving = [sys.executable, "-c", program, str(public), str(inner)]
    proxy = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(serving, inner), running(proxy, outer):
        yield outer


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=PROJECT)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            pytest.fail(f"{command[0]} did not come up within 60 seconds")
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str, *, logged_in: bool = True) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    secret = base64.b64encode(f"chen:{PASSWORD}".encode()).decode()
    connection.request("GET", path, headers={"Authorization": f"Basic {secret}"} if logged_in else {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_strangers_are_kept_out_by_the_proxy(port: int) -> None:
    assert ask(port, "/guiji/", logged_in=False)[0] == 401
    assert ask(port, "/")[0] == 404


def test_pages_answer_and_their_links_stay_below_the_path(port: int) -> None:
    links: set[str] = set()
    for page in PAGES:
        status, text = ask(port, "/guiji/" + page.replace("备案", "%E5%A4%87%E6%A1%88"))
        assert status == 200, page
        links |= {link.replace("&amp;", "&") for link in re.findall(r'(?:href|src|action)="([^"#]+)', text)}
    ours = {link for link in links if not link.startswith("https://www.example.gov.cn")}
    whole = f"http://127.0.0.1:{port}"
    assert len(ours) > 60
    for link in ours:
        path = link.removeprefix(whole)
        assert path.startswith("/guiji/") and not path.startswith("/guiji/guiji"), link
    for link in sorted(ours)[::6]:
        path = link.removeprefix(whole)
        assert ask(port, quote(path, safe="/?&=%+;:"))[0] in (200, 302), path
