"""Runs the command line in a pseudo-terminal and presses keys, one whenever the program waits for one."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MOST_SECONDS = 60.0


def press(arguments: Sequence[str], keys: str) -> tuple[int, str]:
    """Exit code and all output of `guiji ARGUMENTS`; a key is sent each time the terminal stops reading whole lines."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(  # noqa: S606 - the program under test
            sys.executable,
            [sys.executable, "-c", "from cli import main; main()", *arguments],
            {**os.environ, "COLUMNS": "200", "TERM": "dumb", "PYTHONPATH": str(ROOT)},
        )
    output, waiting = b"", list(keys)
    until = time.monotonic() + _MOST_SECONDS
    try:
        while time.monotonic() < until:
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    piece = os.read(terminal, 65_536)
                except OSError:  # the program closed its side
                    break
                if not piece:
                    break
                output += piece
            elif waiting and not termios.tcgetattr(terminal)[3] & termios.ICANON:
                os.write(terminal, waiting.pop(0).encode())
                time.sleep(0.02)
        else:
            os.kill(pid, 15)
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), output.decode(errors="replace")
