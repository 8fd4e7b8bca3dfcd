"""Datasette's plugin marker with a type: datasette ships none, and an untyped decorator would untype every plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from datasette import hookimpl

F = TypeVar("F", bound=Callable[..., Any])


def hook(function: F) -> F:
    """Marks a plugin hook."""
    return cast(F, hookimpl(function))


def hook_last(function: F) -> F:
    """Marks a plugin hook whose effect must outlast that of all others."""
    return cast(F, hookimpl(trylast=True)(function))


def hook_first(function: F) -> F:
    """Marks a plugin hook that must come before all others: of two routes the first one registered counts."""
    return cast(F, hookimpl(tryfirst=True)(function))
