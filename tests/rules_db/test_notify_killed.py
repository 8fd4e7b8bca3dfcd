"""kill -9 of `guiji notify` while a message is under way: that message comes again and says so, nothing else does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sample_store

from rules_db.connection import DataFolder, connect
from rules_db.notify.messages import words
from rules_db.publish import publish

PROJECT = Path(__file__).resolve().parents[2]
PROFILE = """
look_back_days: 365
watches: [{id: all, name: everything, name_zh: 全部}]
recipients:
  - {id: first, watches: [all], channels: [one], at_least: news}
  - {id: second, watches: [all], channels: [two], at_least: news, form: single}
  - {id: third, watches: [all], channels: [three], at_least: news}
"""


class Receiver:
    """A webhook that keeps what came, and does not answer the n-th request to a path while told to hold it."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str]] = []
        self.hold: tuple[str, int] | None = None
        self.held, self.go_on = threading.Event(), threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                owner.got.append((self.path, sent["title"], sent["message"]))
                if owner.hold == (self.path, sum(path == self.path for path, *_ in owner.got)):
                    owner.held.set()
                    owner.go_on.wait(30)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, path: str) -> str:
        return f"json://127.0.0.1:{self.server.server_address[1]}/{path}"


@pytest.mark.parametrize(("path", "number"), [("/one", 1), ("/two", 2), ("/three", 1)])
def test_only_the_message_that_was_under_way_comes_again(tmp_path: Path, path: str, number: int) -> None:
    """`two` gets single messages: of these, too, only the one that was cut off."""
    folder = DataFolder(tmp_path / "data").create()
    sample_store.fill(folder)
    with connect(folder.work_db) as store:
        store.execute("UPDATE flag SET score = 1 WHERE score = 0")
    assert publish(folder, now=sample_store.NOW).done
    (folder.root / "watch").mkdir()
    (folder.root / "watch" / "team.yml").write_text(PROFILE, encoding="utf-8")
    receiver = Receiver()
    channels = {f"GUIJI_CHANNEL_{name.upper()}": receiver.address(name) for name in ("one", "two", "three")}
    environment = {**os.environ, **channels, "PYTHONPATH": str(PROJECT)}
    environment.pop("GUIJI_WATCH", None)
    command = [sys.executable, str(PROJECT / "cli.py"), "notify", "--data", str(folder.root)]

    def start() -> subprocess.Popen[Any]:
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    receiver.hold = (path, number)
    process = start()
    assert receiver.held.wait(60), process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait()
    receiver.hold = None
    receiver.go_on.set()
    for _ in range(2):  # the second of them has nothing to tell
        again = start()
        assert again.wait(60) == 0, again.communicate()
    receiver.server.shutdown()

    cut_off = [message for message in receiver.got if message[0] == path][number - 1]
    repeats = [message for message in receiver.got if message[2].startswith(words("zh")("repeat"))]
    assert len(repeats) == 1
    assert (repeats[0][0], repeats[0][1]) == cut_off[:2]
    counts = Counter(message for message in receiver.got if message != repeats[0])
    assert set(counts.values()) == {1}
    assert {place for place, *_ in receiver.got} == {"/one", "/two", "/three"}
    assert sum(place == "/two" for place, *_ in receiver.got) >= 2
    with connect(folder.work_db, read_only=True) as store:
        assert {row[0] for row in store.execute("SELECT state FROM delivery")} == {"told"}
