"""The registry of sources: one YAML file per site → frozen `Source`.

In: a folder with `_defaults.yml` (optional) and `<id>.yml` files, checked against `source.schema.json` (unknown keys
are refused). Out: `Source` values in order of id. The id is the file's stem; nothing here fetches anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import soupsieve
from jsonschema import Draft202012Validator

from crawler.schedule import Window, read_window
from crawler.strict_yaml import StrictYamlError, load_yaml
from rules_db.model import Tier

BUNDLED: Final = Path(__file__).with_name("sources")
_SCHEMA: Final = Path(__file__).with_name("sources") / "source.schema.json"
DEFAULTS_NAME: Final = "_defaults.yml"


class RegistryError(ValueError):
    """A source file that can't be used; the message says which file, which key and what to write."""


class SourceStatus(StrEnum):
    """ok = a person has seen it work; unverified = facts from public code or pages, nobody has opened it here;
    blocked = refuses automated readers; manual = nothing to crawl, a person imports files."""

    OK = "ok"
    UNVERIFIED = "unverified"
    BLOCKED = "blocked"
    MANUAL = "manual"

    @property
    def crawlable(self) -> bool:
        return self in (SourceStatus.OK, SourceStatus.UNVERIFIED)


class Fetch(StrEnum):
    """Which documents of a column are fetched in full: every one, those on watched topics, or none (list only)."""

    ALL = "all"
    TOPIC = "topic"
    LIST = "list"


class Confidence(StrEnum):
    """How a fact about a site is known."""

    LIVE = "live"
    CODE = "seen-in-code"
    SAVED_PAGE = "seen-as-saved-page"
    PAGE_URL = "seen-as-page-url"
    FAMILY = "inferred-from-family"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """One list of a site. `params` are the platform's own keys (page_id, columnid, channel, …);
    `platform` is the source's unless the column is of another make."""

    name: str
    url: str
    kind: str
    fetch: Fetch
    confidence: Confidence
    platform: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors and one regular expression; None = the family's own way."""

    row: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    detail_pattern: str | None = None
    body: str | None = None
    attachments: str | None = None


@dataclass(frozen=True, slots=True)
class Assertions:
    """What a healthy run of this source shows; the reasons are in docs/crawling.md. Fill rates are shares 0…1."""

    min_entries: int
    max_entries: int
    title_fill: float
    date_fill: float
    min_overlap: float


@dataclass(frozen=True, slots=True)
class Source:
    """Everything the crawler knows about one site. `delay` is the least number of seconds between two requests to a
    host; `allowed_hosts` entries are `host` (ports 80 and 443) or `host:port`; `quiet_after` counts days; `window` says
    at what hours the site is read (None: at any)."""

    id: str
    name_zh: str
    name_en: str
    platform: str
    level: str
    jurisdiction: str
    base_url: str | None
    allowed_hosts: tuple[str, ...]
    columns: tuple[Column, ...]
    params: Mapping[str, str]
    selectors: Selectors
    assertions: Assertions
    cadence: str
    quiet_after: int
    topics: tuple[str, ...]
    delay: float
    max_pages: int
    max_requests: int
    user_agent: str | None
    runbook: str
    notes: tuple[str, ...]
    grade: str
    seen_year: int | None
    confidence: Mapping[str, Confidence]
    status: SourceStatus
    tier: Tier
    window: Window | None = None

    @property
    def name(self) -> str:
        return self.name_zh


def load_sources(folder: Path) -> list[Source]:
    """All sources of a folder, by id. Raises RegistryError for the first file that breaks the schema."""
    if not folder.is_dir():
        raise RegistryError(f"{folder}: no such folder of sources; pass one with --sources")
    defaults = read_defaults(folder)
    paths = sorted(path for path in folder.glob("*.yml") if not path.name.startswith("_"))
    if not paths:
        raise RegistryError(f"{folder}: no source files (*.yml) there")
    return [load_source(path, defaults) for path in paths]


def read_defaults(folder: Path) -> dict[str, Any]:
    """The folder's `_defaults.yml`, else the bundled one."""
    own = folder / DEFAULTS_NAME
    return _read(own if own.exists() else BUNDLED / DEFAULTS_NAME)


def load_source(path: Path, defaults: Mapping[str, Any]) -> Source:
    """One source; keys that the file leaves out come from `defaults`, tables key by key."""
    given = _read(path)
    merged: dict[str, Any] = {**defaults, **given}
    for table in ("assertions", "selectors", "params"):
        merged[table] = {**defaults.get(table, {}), **given.get(table, {})}
    error = next(iter(sorted(_validator().iter_errors(merged), key=lambda each: list(map(str, each.path)))), None)
    if error is not None:
        where = "/".join(map(str, error.absolute_path)) or "top level"
        raise RegistryError(f"{path}: {where}: {error.message}")
    try:
        source = _build(path.stem, merged)
    except ValueError as problem:
        raise RegistryError(f"{path}: window: {problem}") from problem
    _check(path, source)
    return source


def _build(stem: str, raw: Mapping[str, Any]) -> Source:
    base_url = raw["base_url"]
    hosts = raw.get("allowed_hosts") or ([urlsplit(base_url).netloc] if base_url else [])
    columns = tuple(
        Column(
            name=entry["name"],
            url=entry["url"],
            kind=entry["kind"],
            fetch=Fetch(entry.get("fetch", raw["fetch"])),
            confidence=Confidence(entry["confidence"]),
            platform=entry.get("platform", raw["platform"]),
            params=_frozen(entry.get("params", {})),
        )
        for entry in raw["columns"]
    )
    return Source(
        id=stem,
        name_zh=raw["name"]["zh"],
        name_en=raw["name"]["en"],
        platform=raw["platform"],
        level=raw["level"],
        jurisdiction=raw["jurisdiction"],
        base_url=base_url,
        allowed_hosts=tuple(host.lower() for host in hosts),
        columns=columns,
        params=_frozen(raw["params"]),
        selectors=Selectors(**{field.name: raw["selectors"].get(field.name) for field in fields(Selectors)}),
        assertions=Assertions(**raw["assertions"]),
        cadence=raw["cadence"],
        quiet_after=raw["quiet_after"],
        topics=tuple(raw["topics"]),
        delay=float(raw["delay"]),
        max_pages=raw["max_pages"],
        max_requests=raw["max_requests"],
        user_agent=raw.get("user_agent"),
        runbook=raw["runbook"].strip(),
        notes=tuple(raw.get("notes", ())),
        grade=raw["grade"],
        seen_year=raw.get("seen_year"),
        confidence=MappingProxyType({key: Confidence(value) for key, value in raw["confidence"].items()}),
        status=SourceStatus(raw["status"]),
        tier=Tier(raw["tier"]),
        window=read_window(raw["window"]) if raw.get("window") else None,
    )


def _check(path: Path, source: Source) -> None:
    """What a schema can't say."""
    from crawler.platforms import PLATFORMS  # platforms read Source, so the table is looked up late

    for name in (source.platform, *(column.platform for column in source.columns)):
        if name not in PLATFORMS:
            raise RegistryError(f"{path}: platform {name!r} is unknown; one of {', '.join(sorted(PLATFORMS))}")
    if source.status.crawlable and not source.columns:
        raise RegistryError(
            f"{path}: status {source.status} needs at least one column; add one or write status: manual"
        )
    for column in source.columns:
        netloc = urlsplit(column.url).netloc.lower()
        if netloc not in source.allowed_hosts:
            raise RegistryError(f"{path}: column {column.name}: host {netloc} is not in allowed_hosts; add it there")
    for name, selector in (
        ("row", source.selectors.row),
        ("link", source.selectors.link),
        ("title", source.selectors.title),
        ("date", source.selectors.date),
        ("body", source.selectors.body),
        ("attachments", source.selectors.attachments),
        *((f"column {column.name}", column.params.get("row")) for column in source.columns),
    ):
        try:
            soupsieve.compile(selector or "*")
        except soupsieve.SelectorSyntaxError as error:
            reason = str(error).splitlines()[0]
            raise RegistryError(f"{path}: selectors/{name}: {selector!r} is no CSS selector ({reason})") from error
    try:
        re.compile(source.selectors.detail_pattern or "")
    except re.error as error:
        raise RegistryError(f"{path}: selectors/detail_pattern is no regular expression ({error})") from error
    urls = [(column.url, tuple(sorted(column.params.items()))) for column in source.columns]
    if len(set(urls)) != len(urls):
        raise RegistryError(f"{path}: two columns have the same url and params; keep one")


def _frozen(raw: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType({key: str(value) for key, value in raw.items()})


def _read(path: Path) -> dict[str, Any]:
    try:
        value = load_yaml(path)
    except StrictYamlError as error:
        raise RegistryError(str(error)) from error
    if not isinstance(value, dict):
        raise RegistryError(f"{path}: expected keys and values, found {type(value).__name__}")
    return value


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
