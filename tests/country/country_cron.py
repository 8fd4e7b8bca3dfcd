"""The simulated country watched by `guiji daily` in processes of its own, with the mishaps of the machine they run on.

In: a folder, a day of the script. Out: `Started`: exit code and report of each start of that day.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import country_faults
import country_script
from country_run import TIMEOUT, Country

from benchmarks.loopback import Site

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
LEFT_ON_DISK = 192 * 1024


@dataclass(frozen=True, slots=True)
class Started:
    """One start: exit code (negative: killed by that signal), report where it came to one, messages."""

    code: int
    report: dict[str, Any]
    errors: str


def command(land: Country, now: str, die_before: str = "") -> list[str]:
    return [
        sys.executable, str(HERE / "daily_process.py"), "--data", str(land.folder.root),
        "--sources", str(land.registry), "--now", now, "--timeout", str(TIMEOUT),
        *(["--die-before", die_before] if die_before else []),
    ]  # fmt: skip


def spawn(
    land: Country, now: str, die_before: str = "", prepare: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PROJECT), str(HERE)))}
    return subprocess.Popen(
        command(land, now, die_before), env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> Started:
    out, errors = process.communicate(timeout=300)
    return Started(process.returncode, json.loads(out) if out.strip() else {}, errors)


def moment(day: int, off: int = 0) -> str:
    """When the daily run of a day starts by the machine's clock, which may be `off` days off."""
    return f"{date(2026, 5, 10) + timedelta(days=day + off)}T01:00:00Z"


def run_day(land: Country, day: int, plan: dict[str, Any]) -> list[Started]:
    """Everything that cron starts that day, in order of their ends; the last one comes to its end undisturbed."""
    country_script.play(land.states, day, plan)
    for site in land.sites.values():
        site.hits.clear()
    mishap = plan.get("mishap", {})
    now = moment(day, mishap.get("clock", 0))
    if "overlap" in mishap:
        first = spawn(land, now)
        _wait(lambda: land.requests() > 3, first)
        second = ended(spawn(land, now))
        return [second, ended(first)]
    if "reboot" in mishap:
        running = spawn(land, now)
        half = 2 * len(land.states)  # of about four requests for each source
        _wait(lambda: land.requests() >= half, running)
        os.killpg(running.pid, signal.SIGKILL)
        return [ended(running), ended(spawn(land, now))]
    if "killed" in mishap:
        return [ended(spawn(land, now, mishap["killed"])), ended(spawn(land, now))]
    if "disk" in mishap:
        with full_disk(land.folder.root) as prepare:
            full = ended(spawn(land, now, prepare=prepare))
        return [full, ended(spawn(land, now))]
    return [ended(spawn(land, now))]


def _wait(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not reached() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, f"it ended before the mishap: {process.communicate()}"


@contextmanager
def full_disk(data: Path) -> Iterator[Callable[[], None] | None]:
    """No room for the data folder: a small file system of its own, filled up; where that is not allowed, a limit on
    the size of files, which programs meet at the same calls."""
    aside = data.with_name("on-the-small-disk")
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    data.rename(aside)
    data.mkdir()
    # half a megabyte for what folders cost
    mount = ["mount", "-t", "tmpfs", "-o", f"size={(size * 5 // 4 + (1 << 19)) // 4096 * 4096 + (8 << 20)}", "tmpfs"]
    if subprocess.run([*mount, str(data)], capture_output=True, check=False).returncode:
        data.rmdir()
        aside.rename(data)
        largest = max(path.stat().st_size for path in data.rglob("*") if path.is_file())
        yield partial(resource.setrlimit, resource.RLIMIT_FSIZE, (largest // 2, largest // 2))
        return
    try:
        shutil.copytree(aside, data, dirs_exist_ok=True)
        room = shutil.disk_usage(data).free - LEFT_ON_DISK
        (data.joinpath("filler")).write_bytes(b"\0" * room)
        yield None
        (data / "filler").unlink()
        shutil.rmtree(aside)
        shutil.copytree(data, aside)
    finally:
        subprocess.run(["umount", str(data)], check=True, capture_output=True)
        data.rmdir()
        aside.rename(data)


@contextmanager
def watched(root: Path, only: Collection[str] = ()) -> Iterator[Country]:
    """The country, or some sources of it, with its servers up."""
    made = Country(root, country_script.start(only))
    made.sites = {source: Site(partial(country_faults.answer, state)) for source, state in made.states.items()}
    country_script.write_registry(made.registry, made.states, {id_: site.url for id_, site in made.sites.items()})
    try:
        yield made
    finally:
        for site in made.sites.values():
            site.close()
