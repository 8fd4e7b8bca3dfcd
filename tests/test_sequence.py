"""Starts that are cut off or get in each other's way: no lock outlives its work, no trouble looks like a result."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rules_db.connection import DataFolder, StoreError

PROJECT = Path(__file__).resolve().parent.parent
TEXT = """示例省动力电池回收管理办法{n}

第一条　回收企业应当在{n}日内报送废旧动力电池入库信息，并对报送内容负责。
第二条　回收企业不得将废旧动力电池交由未登记的企业拆解，应当保存记录不少于3年。
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(11, 31):
        (folder / f"{n}.txt").write_text(TEXT.format(n=n), encoding="utf-8")
    return folder


def guiji(before: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, after some Python that changes what it is made of."""
    script = f"import os, signal, cli\n{before}\ncli.main({list(arguments)!r})"
    return subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_reading_processes_do_not_outlive_a_killed_run_with_its_lock(tmp_path: Path, files: Path) -> None:
    """They were forked with the lock's file open, and wait for work that nobody sends."""
    die = "import rules_db.stages\nrules_db.stages.record_reads = lambda *a: os.kill(os.getpid(), signal.SIGKILL)"
    data = DataFolder(tmp_path / "data")
    killed = guiji(die, "ingest", str(files), "--jobs", "2", "--data", str(data.root))
    assert killed.returncode == -9
    deadline, free = time.monotonic() + 5, False
    while not free and time.monotonic() < deadline:
        try:
            with data.locked():
                free = True
        except StoreError:
            time.sleep(0.05)
    assert free
    again = guiji("", "ingest", str(files), "--jobs", "2", "--data", str(data.root))
    assert again.returncode == 0, again.stderr


def test_the_crawl_process_keeps_the_lock_of_a_killed_run(tmp_path: Path) -> None:
    """Two crawls at once would write the same rows: the lock is free when the last of them has ended."""
    data = DataFolder(tmp_path).create()
    script = (
        "import subprocess, sys, os\nfrom pathlib import Path\nfrom rules_db.connection import DataFolder\n"
        f"with DataFolder(Path({str(tmp_path)!r})).locked() as lock:\n"
        "    waiting = [sys.executable, '-c', 'import sys; sys.stdin.read()']\n"
        "    child = subprocess.Popen(waiting, stdin=0, pass_fds=(lock,))\n"
        "    print('up', flush=True)\n    os.kill(os.getpid(), 9)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdin is not None
    assert holder.stdout.readline() == "up\n"
    assert holder.wait(10) == -9
    with pytest.raises(StoreError, match="another guiji"), data.locked():
        pass
    holder.stdin.close()  # the child ends
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with data.locked():
                return
        except StoreError:
            time.sleep(0.05)
    pytest.fail("the lock is still held")


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        ("RuntimeError('a slip')", 5, "fault of guiji"),
        ("OSError(28, 'No space left on device', 'work.db')", 4, "make room"),
        ("__import__('sqlite3').OperationalError('database or disk is full')", 4, "make room"),
        ("__import__('sqlite3').OperationalError('database is locked')", 4, "another program"),
    ],
)
def test_a_trouble_never_has_the_exit_code_of_a_result(tmp_path: Path, raised: str, code: int, told: str) -> None:
    broken = f"import cli\ndef fail(*a, **k): raise {raised}\ncli.daily = fail"
    done = guiji(broken, "daily", "--data", str(tmp_path))
    assert done.returncode == code
    assert told in done.stderr
    assert ("Traceback" in done.stderr) is (code == 5)
