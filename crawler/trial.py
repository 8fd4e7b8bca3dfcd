"""One source tried as a crawl would read it, told step by step: for whoever verifies a site for the first time.

In: a registry folder, the id of a source, now. Out: `Step` values, and the verdict that a crawl would give. The crawl
is the real one (same child process, manners and guards), with two screens and one document of each column, into a
folder of its own; the steps are told from what it left there, so nothing is asked twice and no store is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from crawler.charset import UndecidedError, decode
from crawler.convert import ConversionError, convert_sandboxed
from crawler.convert.html_body import find_body
from crawler.convert.html_parse import parse
from crawler.convert.sniff import Format, sniff
from crawler.frontier import screen_name
from crawler.launch import SourceVerdict, crawl
from crawler.platforms import PLATFORMS
from crawler.platforms.base import ListContext, ListError, ListPage, ListRequest, detail_shape
from crawler.platforms.detect import families
from crawler.platforms.rows import ROW_FALLBACK
from crawler.registry import Column, RegistryError, Source, load_sources
from crawler.relevance import reason_to_fetch
from crawler.run import choose
from crawler.schedule import china_date
from crawler.urls import RefusedUrlError, identity, normalise
from rules_db import captures
from rules_db.captures import Sighting
from rules_db.connection import DataFolder, open_store
from rules_db.model import Outcome
from rules_db.snapshots import SnapshotStore

OK, LOOK, FAILED = "ok", "look", "failed"
_SHOWN: Final = 3
_HOW_BODY: Final = {
    "selector": "selectors.body of the registry",
    "container": "a container that its family names so",
    "density": "where the words are: no known container, so state selectors.body",
    "page": "the whole page: no container found, so state selectors.body",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What was seen at one step of one column. `outcome`: ok, look (a person should), failed."""

    column: str
    step: str
    outcome: str
    found: str


@dataclass(frozen=True, slots=True)
class Trial:
    """All steps, and how a crawl of so much would have been judged."""

    source_id: str
    verdict: SourceVerdict
    steps: tuple[Step, ...]


def may_be_tried(registry: Path, source_ids: Sequence[str], keep: Path | None) -> tuple[Source, ...]:
    """The sources, before any of them is asked. Raises RegistryError for an unknown id, a source that is not to be
    crawled, and a folder to `keep` that is there already."""
    if keep is not None and keep.exists():
        raise RegistryError(f"{keep} exists; name a new folder to keep what comes")
    return choose(load_sources(registry), source_ids)


def try_source(
    registry: Path, source_id: str, now: str, *, allow_loopback: bool = False, keep: Path | None = None
) -> Trial:
    """Try a source of the registry. `allow_loopback` reaches servers on this machine, without spacing; `keep` is a new
    folder for what came. Raises RegistryError as `may_be_tried` does."""
    (source,) = may_be_tried(registry, (source_id,), keep)
    with TemporaryDirectory(prefix="guiji-trial-") as scratch:
        folder = DataFolder(keep or Path(scratch) / "data")
        (verdict,) = crawl(
            folder.root, registry, (source_id,), now,
            max_pages=2, trial=True, allow_loopback=allow_loopback, fast=allow_loopback,
        )  # fmt: skip
        steps: tuple[Step, ...] = ()
        if verdict.run_id is not None:
            connection = open_store(folder, read_only=True)
            snapshots = SnapshotStore(folder.snapshots, connection)
            teller = _Teller(source, captures.sightings_of(connection, verdict.run_id), snapshots, china_date(now))
            steps = tuple(teller.steps())
            connection.close()
        return Trial(source_id, verdict, steps)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Walks each column from its first screen along what was asked for."""

    source: Source
    seen: Mapping[str, Sighting]
    snapshots: SnapshotStore
    today: date

    def steps(self) -> Iterator[Step]:
        for column in self.source.columns:
            yield from self._column(column)

    def _column(self, column: Column) -> Iterator[Step]:
        platform = PLATFORMS[column.platform]
        waiting = [platform.first_request(self.source, column)]
        listed: dict[str, str] = {}
        robots = False
        while waiting:
            request = waiting.pop(0)
            sighting = self._sighting(request)
            if sighting is None:
                continue
            if not robots:
                robots = True
                yield Step(column.name, "robots", *_robots(sighting))
            name = (
                f"list, screen {request.page}" if request.step == "list" else f"{request.step}, screen {request.page}"
            )
            body = self._body(sighting)
            yield Step(column.name, name, *_answer(sighting, body))
            if body is None:
                continue
            try:
                context = ListContext(self.source, column, request, sighting.url, self.today)
                page = platform.parse_list(body, context)
            except ListError as error:
                yield Step(column.name, "rows", FAILED, f"{error}{_looks_like(body, column)}")
                continue
            yield from self._rows(column, request, page, body, listed)
            waiting.extend(page.requests)
        if listed:
            yield from self._documents(column, listed)

    def _rows(
        self, column: Column, request: ListRequest, page: ListPage, body: bytes, listed: dict[str, str]
    ) -> Iterator[Step]:
        """Rows and how they were found, the first of them, and what follows."""
        fresh = {identity(entry.url): entry for entry in page.entries if identity(entry.url) not in listed}
        listed.update({key: entry.title for key, entry in fresh.items()})
        if page.entries:
            dated = sum(entry.published_on is not None for entry in page.entries)
            short = len(page.entries) < self.source.assertions.min_entries and request.page == 1
            outcome = LOOK if short or ROW_FALLBACK in page.notes or dated < len(page.entries) else OK
            least = f", fewer than min_entries ({self.source.assertions.min_entries})" if short else ""
            how = self._how(column, page, body)
            yield Step(column.name, "rows", outcome, f"rows: {len(page.entries)}, dated: {dated}{least}; {how}")
        elif page.expects_rows:
            yield Step(column.name, "rows", FAILED, f"no rows{_looks_like(body, column)}")
        if request.page == 1:
            for entry in page.entries[:_SHOWN]:
                yield Step(column.name, "entry", OK, f"{entry.published_on or 'no date'}  {entry.title}  {entry.url}")
            if page.entries:
                topical = sum(reason_to_fetch(entry.title, self.source, column) is not None for entry in page.entries)
                yield Step(
                    column.name, "topic", OK, f"{topical} of {len(page.entries)} rows would be fetched ({column.fetch})"
                )
            yield from _paging(column, page)
        elif page.entries:
            outcome = OK if fresh else LOOK
            yield Step(
                column.name,
                "paging",
                outcome,
                f"new on screen {request.page}: {len(fresh)} of {len(page.entries)} rows",
            )

    def _how(self, column: Column, page: ListPage, body: bytes) -> str:
        selector = column.params.get("row", self.source.selectors.row or "")
        shape = detail_shape(self.source, PLATFORMS[column.platform].detail_pattern).pattern
        if ROW_FALLBACK in page.notes:
            return f"selector {selector!r} found nothing, they were found by the shape of their addresses ({shape})"
        if selector:
            return f"found by selector {selector!r}"
        if body.lstrip()[:1] in (b"{", b"["):
            return f"read from the answer of a call of family {column.platform}"
        return f"found by the shape of their addresses ({shape})"

    def _documents(self, column: Column, listed: Mapping[str, str]) -> Iterator[Step]:
        """The document of this column that was asked for, and its files."""
        documents = [s for s in self.seen.values() if s.role == "detail" and identity(s.url) in listed]
        if not documents:
            yield Step(column.name, "document", LOOK, "none of this column was asked for")
        for document in documents[:1]:
            body = self._body(document)
            yield Step(column.name, "document", *_answer(document, body))
            if body is not None:
                yield self._converted(column, "text", document, body)
            files = [s for s in self.seen.values() if s.role == "attachment" and s.parent_url == document.url]
            for file in files:
                held = self._body(file)
                yield Step(column.name, "file", *_answer(file, held))
                if held is not None:
                    yield self._converted(column, "text of file", file, held)

    def _converted(self, column: Column, step: str, sighting: Sighting, body: bytes) -> Step:
        name = sighting.url.rsplit("/", 1)[-1] or "page"
        selectors = (self.source.selectors.body,) if self.source.selectors.body else ()
        try:
            document = convert_sandboxed(
                body, name=name, content_type=sighting.content_type, url=sighting.url, body_selectors=selectors
            )
        except ConversionError as error:
            return Step(column.name, step, FAILED, f"{error.code}: {error.message}")
        head = document.head
        stated = ", ".join(
            f"{label} {value}"
            for label, value in (
                ("title", head.title), ("number", head.document_number), ("issuers", "、".join(head.issuers)),
                ("published", head.published_on), ("effective", head.effective_on), ("validity", head.validity),
            )
            if value
        )  # fmt: skip
        how, outcome = "", OK if len(document.text) > 100 and head.title else LOOK
        if sniff(body, name, sighting.content_type) is Format.HTML:
            found = _body_found(body, sighting, selectors)
            how, outcome = f", body found by {_HOW_BODY[found]}", LOOK if found in ("density", "page") else outcome
        return Step(column.name, step, outcome, f"{len(document.text)} characters{how}; {stated or 'no facts stated'}")

    def _sighting(self, request: ListRequest) -> Sighting | None:
        try:
            return self.seen.get(screen_name(normalise(request.url), request))
        except RefusedUrlError:
            return None

    def _body(self, sighting: Sighting) -> bytes | None:
        return self.snapshots.read(sighting.snapshot_sha256) if sighting.snapshot_sha256 else None


def _robots(first: Sighting) -> tuple[str, str]:
    error = first.error or ""
    if first.outcome is Outcome.ROBOTS or error.startswith("robots.txt"):
        return FAILED, error
    return OK, "robots.txt allows the list, or there is none"


def _answer(sighting: Sighting, body: bytes | None) -> tuple[str, str]:
    """How an address answered."""
    if body is None:
        status = f"HTTP {sighting.http_status}, " if sighting.http_status else ""
        return FAILED, f"{status}{sighting.outcome}: {sighting.error or 'no reason'}  {sighting.url}"
    try:
        encoding = decode(body, sighting.content_type).charset
    except UndecidedError:
        encoding = "not text, or of an encoding that can't be decided"
    kind = sighting.content_type or "no Content-Type"
    again = "; may be asked with its validators" if sighting.etag or sighting.last_modified else ""
    return OK, f"HTTP {sighting.http_status}, {len(body):,} bytes, {kind}, read as {encoding}{again}  {sighting.url}"


def _paging(column: Column, page: ListPage) -> Iterator[Step]:
    total = f"{page.total} rows in all, " if page.total is not None else ""
    if page.requests and page.entries:
        yield Step(column.name, "paging", OK, f"{total}next screen {page.requests[0].url}")
    elif page.requests:
        yield Step(
            column.name, "calls", OK, f"rows come by calls ({len(page.requests)}), the first {page.requests[0].url}"
        )
    elif page.entries:
        yield Step(column.name, "paging", LOOK, f"{total}no next screen found; right if the list has one screen only")


def _looks_like(body: bytes, column: Column) -> str:
    named = [name for name in families(body.decode("utf-8", "replace")) if name != column.platform]
    return f"; the page bears marks of {', '.join(named)}" if named else ""


def _body_found(body: bytes, sighting: Sighting, selectors: tuple[str, ...]) -> str:
    markup = decode(body, sighting.content_type).text
    return find_body(parse(markup, sighting.url, []), selectors)[1]
