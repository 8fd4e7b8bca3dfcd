"""Help for people who keep the registry: all problems of a folder at once, and a draft for a new site.

In: a folder of source files; or an id, a list address and, if at hand, a saved copy of that page. Out: problems as
text; a draft of the YAML file with what the saved page tells (family, rows found). Nothing here fetches anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from crawler.platforms import PLATFORMS
from crawler.platforms.base import ListContext, ListEntry, ListError, text_of
from crawler.platforms.detect import families
from crawler.registry import BUNDLED, DEFAULTS_NAME, RegistryError, Source, load_source, read_defaults
from crawler.urls import RefusedUrlError, normalise

_RUNBOOK: Final = "Say here what to look at when the list can't be read, and how the site may be reached by hand."
_FALLBACK: Final = "listing"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file, and whether a crawl would refuse it (fatal) or only a person should look."""

    file: str
    message: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed source file. `entries` are the rows its settings find in the saved page, `remarks` what to check."""

    text: str
    platform: str
    entries: tuple[ListEntry, ...]
    remarks: tuple[str, ...]


def check(folder: Path) -> list[Problem]:
    """Every problem of a registry folder, file by file; an empty list means that a crawl will accept it."""
    if not folder.is_dir():
        return [Problem(str(folder), "no such folder", True)]
    try:
        defaults = read_defaults(folder)
    except RegistryError as error:
        return [Problem(DEFAULTS_NAME, str(error), True)]
    problems: list[Problem] = []
    hosts: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name.startswith("_"):
            continue
        try:
            source = load_source(path, defaults)
        except RegistryError as error:
            problems.append(Problem(path.name, str(error), True))
            continue
        problems.extend(Problem(path.name, remark, False) for remark in _remarks(source, hosts))
    return problems


def draft(
    source_id: str,
    url: str,
    *,
    name: str,
    jurisdiction: str,
    level: str = "provincial",
    saved_page: bytes | None = None,
) -> Draft:
    """A source file for a list page. Raises RegistryError when address or id can't be used as given."""
    try:
        address = normalise(url)
    except RefusedUrlError as error:
        raise RegistryError(f"{url}: {error}") from error
    if not source_id.replace("-", "").isalnum() or not source_id.isascii() or source_id != source_id.lower():
        raise RegistryError(
            f"{source_id!r}: an id has small letters, digits and hyphens only; it becomes the file's name"
        )
    remarks = ["selectors, quiet_after and assertions are defaults: adjust them after the first crawl"]
    platform = _FALLBACK
    if saved_page is None:
        remarks.append("no saved page given: platform listing is a guess")
    else:
        try:
            named = families(text_of(saved_page))
        except ListError as error:
            raise RegistryError(f"saved page: {error}") from error
        platform = named[0] if named else _FALLBACK
        remarks.append(f"marks of {', '.join(named)} were found" if named else "no family's marks were found")
    parts = urlsplit(address)
    settings: dict[str, Any] = {
        "name": {"zh": name, "en": source_id},
        "platform": platform,
        "level": level,
        "jurisdiction": jurisdiction,
        "base_url": f"{parts.scheme}://{parts.netloc}",
        "columns": [
            {"name": "通知公告", "url": address, "kind": "notice", "confidence": "live" if saved_page else "unknown"}
        ],
        "grade": "C",
        "confidence": {"platform": "live" if saved_page else "unknown"},
        "status": "unverified",
        "runbook": _RUNBOOK,
    }
    entries: tuple[ListEntry, ...] = ()
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    if saved_page is not None:
        entries, remark = _preview(source_id, text, address, saved_page)
        remarks.append(remark)
    return Draft(text, platform, entries, tuple(remarks))


def _preview(source_id: str, text: str, address: str, saved_page: bytes) -> tuple[tuple[ListEntry, ...], str]:
    """Rows the draft's own settings find in the saved page."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{source_id}.yml"
        path.write_text(text, encoding="utf-8")
        source = load_source(path, read_defaults(BUNDLED))
    (column,) = source.columns
    platform = PLATFORMS[source.platform]
    request = platform.first_request(source, column)
    context = ListContext(source, column, request, address, date.max)
    try:
        page = platform.parse_list(saved_page, context)
    except ListError as error:
        return (), f"the page could not be read: {error}"
    if not page.entries and page.requests:
        return (), f"the page names {len(page.requests)} calls that hold the rows"
    return (
        page.entries,
        f"{len(page.entries)} rows found, {sum(entry.published_on is not None for entry in page.entries)} dated",
    )


def _remarks(source: Source, hosts: dict[str, str]) -> list[str]:
    """What no schema forbids but a person should know."""
    remarks = []
    if source.base_url:
        host = urlsplit(source.base_url).netloc
        if host in hosts:
            remarks.append(f"{host} is also the site of {hosts[host]}; both share one pace")
        hosts.setdefault(host, source.id)
    if source.status.crawlable and not any(column.fetch != "list" for column in source.columns):
        remarks.append("no column fetches documents")
    if source.status == "ok" and "unknown" in source.confidence.values():
        remarks.append("status ok, but some facts are of unknown confidence")
    return remarks
