"""`guiji daily` as cron starts it, in a process of its own: at another time of day, on loopback, and able to die.

In: command line. Out: the report as JSON, the exit code of the command. `--die-before STAGE` is a power cut there.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cli
from crawler import launch
from rules_db import derive, publish, run_history, run_report, stages
from rules_db.commands import notify
from rules_db.commands.options import emit, told_errors
from rules_db.connection import DataFolder

# Where the power may go: module and function that begins the stage.
STAGES: dict[str, tuple[Any, str]] = {
    "crawl": (launch, "crawl"),
    "convert": (stages, "convert_pending"),
    "read": (stages, "record_reads"),
    "compare": (derive, "derive"),
    "publish": (publish, "replace_copy"),
    "notify": (notify, "notify_stage"),
    "record": (run_history, "record_run"),
    "files": (run_report, "write_report"),
}


def die(*_given: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--now", required=True)
    parser.add_argument("--timeout", type=int, required=True)
    parser.add_argument("--die-before", choices=STAGES)
    options = parser.parse_args()
    real: Callable[..., Any] = launch.crawl
    launch.crawl = partial(real, timeout=options.timeout)
    if options.die_before:
        module, name = STAGES[options.die_before]
        setattr(module, name, die)
    with told_errors():
        report = cli.daily(DataFolder(options.data), options.sources, loopback=True, when=options.now)
        emit(report)
        raise SystemExit(report["exit_code"])


if __name__ == "__main__":
    main()
