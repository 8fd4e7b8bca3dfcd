"""urlwatch and changedetection.io on the pages of a noisy site, each as its makers mean it to be run.

In: where they are installed, the site, a selector for the body or None for whole pages. Out: titles of what they report
as changed, one call of `look` a round.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.noisy_site import NoisySite, list_addresses, path, title


class Urlwatch:
    """The peer on the same addresses, whole pages or a selector; one call of `look` a round."""

    def __init__(self, packages: Path, root: Path, site: NoisySite, selector: str | None) -> None:
        root.mkdir()
        jobs = []
        for n in range(site.pages):
            job: dict[str, object] = {"name": title(n), "url": f"{site.hosts[0]}{path(n)}"}
            if selector:
                job["filter"] = [{"css": selector}, "html2text"]
            jobs.append(job)
        jobs += [{"name": name, "url": url} for name, url in list_addresses(site)] if selector is None else []
        (root / "urls.yaml").write_text(yaml.safe_dump_all(jobs, allow_unicode=True), encoding="utf-8")
        config = {
            "display": {"new": True, "error": True, "unchanged": False},
            "report": {
                "text": {"details": False, "footer": False, "minimal": True, "line_length": 200},
                "stdout": {"enabled": True, "color": False},
            },
        }
        (root / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self.command = [sys.executable, str(packages / "bin" / "urlwatch"), "--urls", str(root / "urls.yaml")]
        self.command += ["--config", str(root / "config.yaml"), "--cache", str(root / "cache.db")]
        self.command += ["--hooks", str(root / "hooks.py")]
        self.environment = {**os.environ, "PYTHONPATH": str(packages)}

    def look(self) -> set[str]:
        """Names of the jobs that are reported as changed."""
        done = subprocess.run(self.command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode or "ERROR" in done.stdout:
            raise RuntimeError(f"urlwatch failed: {done.stderr[-500:]}{done.stdout[-500:]}")
        return set(re.findall(r"CHANGED: (.+?)(?: \( http.*)?$", done.stdout, re.MULTILINE))


class ChangeDetection:
    """The other peer as its own server on loopback, asked through its API; one call of `look` a round."""

    def __init__(self, venv: Path, root: Path, site: NoisySite, selector: str | None) -> None:
        root.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{port}/api/v1/"
        environment = {
            **os.environ,
            "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
            "DISABLE_VERSION_CHECK": "true",
            "FETCH_WORKERS": "8",
            "MINIMUM_SECONDS_RECHECK_TIME": "0",
        }
        command = [str(venv / "bin" / "changedetection.io"), "-d", str(root), "-C", "-h", "127.0.0.1", "-p", str(port)]
        self.server = subprocess.Popen(
            command, env=environment, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        settings = root / "changedetection.json"
        _until(lambda: settings.exists() and "api_access_token" in settings.read_text(encoding="utf-8"), 120)
        self.key = json.loads(settings.read_text(encoding="utf-8"))["settings"]["application"]["api_access_token"]
        _until(lambda: self._answers(), 120)
        for sample in self._ask("watch"):  # it comes with watches of its own
            self._ask(f"watch/{sample}", method="DELETE")
        self.names: dict[str, str] = {}
        filters = {"include_filters": [selector]} if selector else {}
        watched = [(title(n), f"{site.hosts[0]}{path(n)}") for n in range(site.pages)]
        for name, url in watched if selector else [*watched, *list_addresses(site)]:
            made = self._ask("watch", {"url": url, "title": name, **filters})
            self.names[made["uuid"]] = name
        self.changed = dict.fromkeys(self.names, 0)

    def look(self) -> set[str]:
        """Titles of the watches that report a change since the last look."""
        begin = int(time.time())
        time.sleep(1.1)  # its times count whole seconds
        self._ask("watch?recheck_all=1")
        _until(lambda: min(row["last_checked"] for row in self._ask("watch").values()) > begin, 600)
        rows = self._settled()
        errors = [row["last_error"] for row in rows.values() if row["last_error"]]
        if errors:
            raise RuntimeError(f"changedetection.io failed on {len(errors)} pages: {errors[0]}")
        told = {self.names[key] for key, row in rows.items() if row["last_changed"] != self.changed[key]}
        self.changed = {key: row["last_changed"] for key, row in rows.items()}
        return told

    def _settled(self) -> Any:
        """The watches once nothing moves: it notes a check when it begins, and its outcome when it is done."""
        before, rows = None, self._ask("watch")
        while rows != before:
            time.sleep(5)
            before, rows = rows, self._ask("watch")
        return rows

    def close(self) -> None:
        self.server.terminate()
        self.server.wait(30)

    def _answers(self) -> bool:
        try:
            return isinstance(self._ask("watch"), dict)
        except OSError:
            return False

    def _ask(self, where: str, body: dict[str, object] | None = None, method: str | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"x-api-key": self.key, "Content-Type": "application/json"}
        request = urllib.request.Request(self.api + where, data, headers, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            text = answer.read().decode()
        return json.loads(text) if text.strip()[:1] in ("{", "[") else text


def _until(ready: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came within {seconds:.0f} s")
        time.sleep(0.5)
