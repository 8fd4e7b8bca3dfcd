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
from typing import Any, NoReturn, TypeVar, cast

import click

from rules_db.controls import CONTROLS

EXIT_PARTIAL, EXIT_GATE, EXIT_ENVIRONMENT, EXIT_FAULT = 1, 3, 4, 5
TAKES_IN = (
    "Exit codes: 0 done; 1 done, but some inputs were refused; 3 the gate refused, readers keep the last good copy."
)
F = TypeVar("F", bound=Callable[..., Any])


def now() -> str:
    """Record time: UTC to the second."""
    import datetime

    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say(message: str) -> None:
    """A message for a person; stdout stays free for results. What came from outside can't steer the terminal."""
    click.echo(CONTROLS.sub("", message), err=True)


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


def told(command: F) -> F:
    """For commands that need no data folder: troubles are told as everywhere; `--data` is taken and not used, so that a
    script may give it to all."""

    @click.option("--data", type=click.Path(path_type=Path), hidden=True, expose_value=False)
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with told_errors():
            return command(*args, **kwargs)

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

    from rules_db.connection import StoreError

    try:
        yield
    except StoreError as error:
        say(f"error: {' '.join(str(error).split())}")
        sys.exit(EXIT_ENVIRONMENT)
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        _tell_fault()
    except sqlite3.OperationalError as error:
        say(f"error: the store can't be used: {error}; {_remedy(str(error))}")
        sys.exit(EXIT_ENVIRONMENT)
    except sqlite3.DatabaseError as error:
        say(f"error: the store is damaged, or is none: {error}; see --data, or lay out a backup with 'guiji restore'")
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
        _tell_fault()


def _remedy(trouble: str) -> str:
    """What to do about a trouble that SQLite tells."""
    if "is full" in trouble or "I/O error" in trouble:
        return "make room on the disk, then run it again, or see --data"
    if trouble.startswith("no such "):
        return "it was made by another version of Guiji: run 'guiji publish', and report it if that does not help"
    return "is another program writing to it? Try again, or see --data"


def _tell_fault() -> NoReturn:
    import traceback

    traceback.print_exc()
    say("error: this is a fault of guiji; please report it with the lines above")
    sys.exit(EXIT_FAULT)
