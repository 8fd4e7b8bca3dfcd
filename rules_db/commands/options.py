"""What all commands share: options, output for people and machines, troubles told in one line, the clock.

Light on purpose: `guiji --help` imports this.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import click

EXIT_PARTIAL, EXIT_DEGRADED, EXIT_GATE, EXIT_ENVIRONMENT, EXIT_FAULT = 1, 2, 3, 4, 5
F = TypeVar("F", bound=Callable[..., Any])


def now() -> str:
    """Record time: UTC to the second."""
    import datetime

    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(message: str) -> None:
    """A message for a person; stdout stays free for results."""
    click.echo(message, err=True)


def emit(value: Any) -> None:
    """One JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_result(value: Any, form: str, view: str) -> None:
    """A result as JSON, or through the function of rules_db.present named `view`."""
    if form == "json":
        emit(value)
        return
    from rules_db import present

    getattr(present, view)(value)


def data_option(command: F) -> F:
    """`--data DIR` for every command, handed on as an opened `DataFolder`."""

    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("data"),
        envvar="GUIJI_DATA",
        show_default=True,
        show_envvar=True,
        help="Folder that holds all state.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, data: Path, **kwargs: Any) -> Any:
        from rules_db.connection import DataFolder

        with told_errors():
            return command(*args, folder=DataFolder(data), **kwargs)

    return cast(F, wrapped)


def format_option(command: F) -> F:
    option = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
    return option(command)


@contextmanager
def told_errors() -> Iterator[None]:
    """Known troubles become one line and an exit code instead of a traceback; an unknown one is a fault of ours, with a
    code that nobody takes for a result."""
    import errno
    import sqlite3
    import traceback

    from rules_db.connection import StoreError

    try:
        yield
    except StoreError as error:
        say(f"error: {error}")
        sys.exit(EXIT_ENVIRONMENT)
    except sqlite3.OperationalError as error:
        full = "is full" in str(error) or "I/O error" in str(error)
        do = "make room on the disk, then run it again" if full else "is another program writing to it? Try again"
        say(f"error: the store can't be used: {error}; {do}, or see --data")
        sys.exit(EXIT_ENVIRONMENT)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        do = (
            "make room, then run it again" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "look there"
        )
        say(f"error: {error.filename or 'a file'} can't be used: {error.strerror or error}; {do}")
        sys.exit(EXIT_ENVIRONMENT)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception:  # noqa: BLE001 - told in full; exit code 1 would be taken for a result
        traceback.print_exc()
        say("error: this is a fault of guiji; please report it with the lines above")
        sys.exit(EXIT_FAULT)
