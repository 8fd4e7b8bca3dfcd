"""Requests of the crawl: each page at most once a run, conditional when its bytes are held.

In: a source's run, an address, what it is wanted for. Out: Scrapy requests that carry what the answer needs to be filed
(`meta`), or None when the page was asked for already or may not be asked for at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from scrapy import FormRequest, Request
from scrapy.http import Response

from crawler.capture import Answer, SourceRun
from crawler.conduct import BUDGET_KEY, DELAY_KEY, SOURCE_KEY
from crawler.guard import HOSTS_KEY
from crawler.platforms.base import ListRequest
from crawler.registry import Column
from crawler.urls import RefusedUrlError, normalise
from rules_db.captures import Validators

# Files before documents before list screens: what was begun is completed first.
_PRIORITY: Final = {"attachment": 30, "detail": 10, "list": 20}


@dataclass(frozen=True, slots=True)
class Frontier:
    """Makes requests. `fast` drops the spacing; the callables are the spider's."""

    fast: bool
    on_list: Callable[..., Any]
    on_document: Callable[..., Any]
    on_failure: Callable[..., Any]

    def list_screen(self, run: SourceRun, column: Column, wanted: ListRequest) -> Request | None:
        """A screen of a list; forms count as pages of their own."""
        try:
            address = normalise(wanted.url)
        except RefusedUrlError as error:
            run.failures.append(f"{column.name}: {error}")
            return None
        name = screen_name(address, wanted)
        if not run.claim(name, form=wanted.form is not None):
            return None
        meta = {"column": column, "list_request": wanted, "address": name, "role": "list", "parent": None, "facts": {}}
        held = run.validators(address) if wanted.form is None else None
        return self._request(run, address, meta, dict(wanted.headers), held, wanted.form)

    def document(self, run: SourceRun, url: str, role: str, parent: str, facts: dict[str, str]) -> Request | None:
        """A document page or a file; `parent` is the page that links to it."""
        try:
            address = normalise(url)
        except RefusedUrlError as error:
            run.notes.append(str(error))
            return None
        if not run.claim(address):
            return None
        meta = {"address": address, "role": role, "parent": parent or None, "facts": facts}
        headers = {"Referer": parent} if parent else {}
        return self._request(run, address, meta, headers, run.validators(address), None)

    def _request(
        self,
        run: SourceRun,
        address: str,
        meta: dict[str, Any],
        headers: dict[str, str],
        held: Validators | None,
        form: Any,
    ) -> Request:
        if held is not None:
            headers |= {"If-None-Match": held.etag} if held.etag else {}
            headers |= {"If-Modified-Since": held.last_modified} if held.last_modified else {}
        if run.source.user_agent:
            headers["User-Agent"] = run.source.user_agent
        options: dict[str, Any] = {
            "callback": self.on_list if meta["role"] == "list" else self.on_document,
            "errback": self.on_failure,
            "headers": headers,
            "meta": {
                **meta,
                SOURCE_KEY: run.source.id,
                HOSTS_KEY: run.source.allowed_hosts,
                DELAY_KEY: 0.0 if self.fast else run.source.delay,
                BUDGET_KEY: run.budget,
                "held": held,
            },
            "priority": _PRIORITY[meta["role"]],
            "dont_filter": True,
        }
        if form is not None:
            return FormRequest(address, formdata=dict(form), method="POST", **options)
        return Request(address, **options)


def screen_name(address: str, wanted: ListRequest) -> str:
    """Under which a screen stands in the ledger: its address, and what a form asked for."""
    return address if wanted.form is None else f"{address}#{sorted(wanted.form.items())}"


def answer_of(request: Request, response: Response | None) -> Answer:
    """What came, in the ledger's terms; without a response, what was asked for."""

    def header(name: str) -> str | None:
        value = response.headers.get(name) if response is not None else None
        return value.decode("latin-1")[:500] if value else None

    return Answer(
        url=request.meta["address"],
        role=request.meta["role"],
        status=response.status if response is not None else 0,
        body=response.body if response is not None else b"",
        content_type=header("Content-Type"),
        etag=header("ETag"),
        last_modified=header("Last-Modified"),
        parent_url=request.meta["parent"],
        facts=request.meta["facts"],
    )
