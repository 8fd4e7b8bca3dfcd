"""What a CMS family is to the crawler: how a column is asked for, and how its answer is read.

A platform is stateless and pure: bytes of a list answer in, `ListPage` out. It knows markup and parameters, no law and
no network. Rows are read by `crawler.platforms.rows`, which all HTML families share.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import ClassVar, Final

from crawler.charset import UndecidedError, decode
from crawler.registry import Column, Source

# Lists are some ten kilobytes; whole-column JSON files reach a few megabytes. A tree of more would cost minutes.
MAX_LIST_BYTES: Final = 4 * 1024 * 1024
_NOTHING: Mapping[str, str] = MappingProxyType({})


class ListError(ValueError):
    """A list answer that can't be read as its family writes it; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """How to ask for one screen of a column. `form` set = POST. `page` counts screens from 1; `step` tells a platform
    which kind of answer to expect; `state` is what it wants to know again when the answer comes."""

    url: str
    page: int = 1
    step: str = "list"
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    state: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One row of a list. `facts` are head facts that the row states (document_number, index_number, validity)."""

    url: str
    title: str
    published_on: str | None
    facts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one screen says. `requests` follow it: the next screen, or the calls that hold the rows. `expects_rows` is
    False for a frame whose rows come by another call. `notes` tell a maintainer what did not fit."""

    entries: tuple[ListEntry, ...]
    requests: tuple[ListRequest, ...] = ()
    total: int | None = None
    expects_rows: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListContext:
    """Where an answer belongs. `url` is the address that answered, after redirects; links are relative to it."""

    source: Source
    column: Column
    request: ListRequest
    url: str
    today: date | None = None


class Platform(ABC):
    """One CMS family."""

    name: ClassVar[str]
    # Shape of the family's document addresses, searched in the absolute URL.
    detail_pattern: ClassVar[re.Pattern[str]]

    def first_request(self, source: Source, column: Column) -> ListRequest:
        """How a column's first screen is asked for."""
        return ListRequest(url=column.url)

    def alternative(self, request: ListRequest) -> ListRequest | None:
        """Another address for a screen that is missing or repeats the one before; None = there is none."""
        return None

    @abstractmethod
    def parse_list(self, body: bytes, context: ListContext) -> ListPage:
        """Read one answer. Raises ListError when it is not this family's; never returns rows it had to guess."""


def text_of(body: bytes, content_type: str | None = None) -> str:
    """Decoded text of an answer. Raises ListError when it is too large to be a list, or when its encoding can't be
    decided: no mojibake as titles."""
    if len(body) > MAX_LIST_BYTES:
        raise ListError(f"{len(body)} bytes are no list (at most {MAX_LIST_BYTES}); is the address a file?")
    try:
        return decode(body, content_type).text
    except UndecidedError as error:
        raise ListError(f"encoding of the list can't be decided: {error}") from error


def detail_shape(source: Source, family: re.Pattern[str]) -> re.Pattern[str]:
    """The site's own shape of document addresses where it states one, else the family's."""
    return re.compile(source.selectors.detail_pattern) if source.selectors.detail_pattern else family
