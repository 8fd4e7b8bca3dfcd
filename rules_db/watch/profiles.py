"""Watch profiles: what a team watches, and who of it is told, through which channel, in which language.

In: YAML files that people keep in git. Out: frozen `Recipient`s. Anything wrong raises `WatchError` naming file, place
and fault. Channels are names only: their addresses are secrets and stand elsewhere (rules_db.notify.channels).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from rules_db.connection import StoreError
from rules_db.projection.jurisdictions import describe
from rules_db.reviewed_yaml import StrictLoader
from rules_db.watch.relevance import load_watch

LOOK_BACK_DAYS = 1
_SCHEMAS = Path(__file__).parent
_CATALOGUE_SCHEMA = _SCHEMAS.parent / "mapping" / "catalogue.schema.json"


class WatchError(StoreError):
    """The profile can't be used; the message names file, place and fault."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One watch. An empty field doesn't narrow. `topics` are those of topics.yml, `provinces` GB/T 2260 codes,
    `activities` those of site profiles, `search` what one would type into the search box."""

    id: str
    name: str
    name_zh: str
    topics: frozenset[str] = frozenset()
    provinces: tuple[str, ...] = ()
    activities: frozenset[str] = frozenset()
    search: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told. A maintainer is told of troubles of sources and channels, a reader of texts. `at_least` is action,
    know or news. `site` is the address of the served pages, "" when there is none;
    a new recipient is told of what was recorded up to `look_back_days` before."""

    id: str
    channels: tuple[str, ...]
    watches: tuple[Watched, ...] = ()
    maintainer: bool = False
    language: str = "zh"
    single: bool = False
    at_least: str = "know"
    site: str = ""
    look_back_days: int = LOOK_BACK_DAYS


def profile_files(paths: Iterable[Path]) -> list[Path]:
    """Files named, and the *.yml files of folders named, in order. Raises WatchError for what is not there."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(path.glob("*.yml"))
        elif path.is_file():
            files.append(path)
        else:
            raise WatchError(f"{path}: no watch profile there")
    return files


def read_profiles(files: Sequence[Path]) -> tuple[Recipient, ...]:
    """Read and join profiles; ids of recipients are unique over all files. Raises WatchError."""
    recipients: list[Recipient] = []
    for file in files:
        raw = _read(file)
        watches = {watch.id: watch for watch in _watches(file, raw)}
        for n, entry in enumerate(raw["recipients"]):
            if any(entry["id"] == known.id for known in recipients):
                raise WatchError(f"{file}: recipients.{n}: {entry['id']} stands twice; each recipient needs its own id")
            unknown = [name for name in entry.get("watches", ()) if name not in watches]
            if unknown:
                known_ids = ", ".join(watches) or "none"
                raise WatchError(
                    f"{file}: recipients.{n}.watches: no watch {unknown[0]} in this file; it has {known_ids}"
                )
            recipients.append(_recipient(raw, entry, watches))
    return tuple(recipients)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 - a SafeLoader
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise WatchError(f"{file}: not readable: {' '.join(str(error).split())}") from error
    if raw is None:
        raise WatchError(f"{file}: empty; docs/watch/ has examples")
    schema = json.loads((_SCHEMAS / "profile.schema.json").read_text(encoding="utf-8"))
    fault = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(raw))
    if fault is not None:
        place = ".".join(map(str, fault.absolute_path)) or "profile"
        raise WatchError(f"{file}: {place}: {fault.message[:300]}")
    read: Mapping[str, Any] = raw
    return read


def _watches(file: Path, raw: Mapping[str, Any]) -> list[Watched]:
    """Every word that a watch uses is one the store knows: a slip would be a silence nobody notices."""
    topics = {topic.id for topic in load_watch().topics}
    catalogue = json.loads(_CATALOGUE_SCHEMA.read_text(encoding="utf-8"))
    activities = set(catalogue["$defs"]["activities"]["items"]["enum"])
    watches: list[Watched] = []
    for n, entry in enumerate(raw.get("watches", ())):
        if any(entry["id"] == known.id for known in watches):
            raise WatchError(f"{file}: watches.{n}: {entry['id']} stands twice")
        for field, words in (("topics", topics), ("activities", activities)):
            for word in entry.get(field, ()):
                if word not in words:
                    raise WatchError(f"{file}: watches.{n}.{field}: no {word}; known are {', '.join(sorted(words))}")
        for code in entry.get("provinces", ()):
            if describe(code).name == code:
                raise WatchError(f"{file}: watches.{n}.provinces: no place has the code {code} (GB/T 2260)")
        watches.append(
            Watched(
                entry["id"],
                entry["name"],
                entry["name_zh"],
                frozenset(entry.get("topics", ())),
                tuple(entry.get("provinces", ())),
                frozenset(entry.get("activities", ())),
                entry.get("search", ""),
            )
        )
    return watches


def _recipient(raw: Mapping[str, Any], entry: Mapping[str, Any], watches: Mapping[str, Watched]) -> Recipient:
    return Recipient(
        entry["id"],
        tuple(entry["channels"]),
        tuple(watches[name] for name in entry.get("watches", ())),
        maintainer=entry.get("role") == "maintainer",
        language=entry.get("language", "zh"),
        single=entry.get("form") == "single",
        at_least=entry.get("at_least", "know"),
        site=raw.get("site", "").rstrip("/"),
        look_back_days=raw.get("look_back_days", LOOK_BACK_DAYS),
    )
