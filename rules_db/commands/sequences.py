"""What commands need that takes more than one layer.

cli.py, which alone sees all layers, hands it over; commands get it with `pass_sequences` and so stay in rules_db.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rules_db.model import Threshold


@dataclass(frozen=True, slots=True)
class Sequences:
    """The functions of the same names in cli.py; results are plain values that can be printed as JSON."""

    take_in: Callable[..., dict[str, Any]]
    crawl: Callable[..., dict[str, Any]]
    daily: Callable[..., dict[str, Any]]
    replay: Callable[..., dict[str, Any]]
    demo: Callable[..., dict[str, Any]]
    extract: Callable[[Iterable[str], int], Iterator[tuple[str, str]]]
    compare_readings: Callable[[list[dict[str, Any]], list[dict[str, Any]]], Any]
    find_limits: Callable[[str], Sequence[Threshold]]


pass_sequences = click.make_pass_decorator(Sequences)
