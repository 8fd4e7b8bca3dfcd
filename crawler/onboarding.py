"""Help for people who keep the registry: all problems of a folder at once, and a draft for a new site.

In: a folder of source files; or an id, a list address and, if at hand, a saved copy of that page. Out: problems as
text; a draft of the YAML file with what the saved page tells (family, rows found), and a fixture for its test. Nothing
here fetches anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from crawler.platforms import PLATFORMS
from crawler.platforms.base import ListContext, ListEntry, ListError, ListPage, text_of
from crawler.platforms.detect import families
from crawler.registry import BUNDLED, DEFAULTS_NAME, RegistryError, Source, load_source, read_defaults
from crawler.urls import RefusedUrlError, normalise

_RUNBOOK: Final = "Say here what to look at when the list can't be read, and how the site may be reached by hand."
_FALLBACK: Final = "listing"
# Words of a site, as against those of its pager and its dates (下一页, 共3页, 2026年5月9日).
_WORDS: Final = re.compile(r"[\u3400-\u9fff\u3001-\u3011“”〔〕（）《》，：；]{6,}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file, and whether a crawl would refuse it (fatal) or only a person should look."""

    file: str
    message: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed source file. `entries` are the rows its settings find in the saved page, `remarks` what to check;
    `fixture` are the files of its test by name, when a page was given that could be read."""

    text: str
    platform: str
    entries: tuple[ListEntry, ...]
    remarks: tuple[str, ...]
    fixture: Mapping[str, str]


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
        "level": _level(jurisdiction),
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
    fixture: dict[str, str] = {}
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    source = _loaded(source_id, text)
    if saved_page is not None:
        try:
            page = _read(source, saved_page)
        except ListError as error:
            remarks.append(f"the page could not be read: {error}")
        else:
            entries = page.entries
            remarks.append(_rows_found(page))
            fixture, told = _fixture(source, text_of(saved_page), page)
            remarks += told
    return Draft(text, platform, entries, tuple(remarks), fixture)


def _loaded(source_id: str, text: str) -> Source:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{source_id}.yml"
        path.write_text(text, encoding="utf-8")
        try:
            return load_source(path, read_defaults(BUNDLED))
        except RegistryError as error:
            raise RegistryError(str(error).removeprefix(f"{path}: ")) from error


def _level(jurisdiction: str) -> str:
    """By the digits of GB/T 2260."""
    if jurisdiction == "000000":
        return "national"
    return "provincial" if jurisdiction.endswith("0000") else "municipal"


def _read(source: Source, body: bytes) -> ListPage:
    """What the draft's own settings find in a page."""
    (column,) = source.columns
    platform = PLATFORMS[source.platform]
    request = platform.first_request(source, column)
    return platform.parse_list(body, ListContext(source, column, request, column.url, date.max))


def _rows_found(page: ListPage) -> str:
    if not page.entries and page.requests:
        return f"the page names {len(page.requests)} calls that hold the rows"
    return f"{len(page.entries)} rows found, {sum(entry.published_on is not None for entry in page.entries)} dated"


def _fixture(source: Source, markup: str, page: ListPage) -> tuple[dict[str, str], list[str]]:
    """Input and expectation of a fixture test: the page in its structure, with invented words in place of the site's,
    since a site's texts are not ours to keep."""
    words: dict[str, str] = {}
    invented = _WORDS.sub(lambda match: words.setdefault(match[0], f"示例文字第{len(words) + 1}号的通知"), markup)
    try:
        again = _read(source, invented.encode())
    except ListError as error:
        return {}, [f"no fixture: with other words the page can't be read ({error})"]
    remarks = []
    if [(e.url, e.published_on) for e in again.entries] != [(e.url, e.published_on) for e in page.entries]:
        remarks.append("fixture: with other words other rows are found; look at expected.yml before you keep it")
    expected: dict[str, Any] = {
        "entries": [
            {"url": entry.url, "title": entry.title, "published_on": entry.published_on}
            | ({"facts": dict(entry.facts)} if entry.facts else {})
            for entry in again.entries
        ],
        "next": [request.url for request in again.requests],
        "total": again.total,
    }
    expected |= {} if again.expects_rows else {"expects_rows": False}
    expected |= {"notes": len(again.notes)} if again.notes else {}
    if again.requests and again.requests[0].form is not None:
        expected["form"] = dict(again.requests[0].form)
    (column,) = source.columns
    suffix = "json" if invented.lstrip()[:1] in ("{", "[") else "html"
    return {
        f"input.{suffix}": invented,
        "meta.yml": yaml.safe_dump({"url": column.url, "column": column.name}, allow_unicode=True, sort_keys=False),
        "expected.yml": yaml.safe_dump(expected, allow_unicode=True, sort_keys=False),
    }, remarks


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
