"""The simulated country running: servers, and a day's crawl through the child process and the real stages.

In: a folder and a day. Out: `Day`: what that day came to, read from the store as any later reader would.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import country_faults
import country_script
import pytest
from country_sites import ADDRESS, State

import cli
from benchmarks.loopback import Site
from crawler import launch
from rules_db.connection import DataFolder, connect

# Sites that hang are waited for this long; nothing else on loopback takes a second.
TIMEOUT = 4


@dataclass(frozen=True, slots=True)
class Day:
    """What one day came to; the words are those of `events.yml`."""

    verdicts: dict[str, str]
    reasons: dict[str, str]
    feed: list[str]
    copies: list[str]
    withdrawn: list[str]
    first: list[str]
    recovered: list[str]
    gaps: list[str]
    relations: list[str]
    outcomes: dict[str, int]
    published: bool | None
    rules: dict[str, list[tuple[object, ...]]]
    requests: dict[str, int]
    seconds: float


@dataclass
class Country:
    """The country's sites on loopback, and the store that watches them."""

    root: Path
    states: dict[str, State] = field(default_factory=country_script.start)
    sites: dict[str, Site] = field(default_factory=dict)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    @property
    def registry(self) -> Path:
        return self.root / "sources"

    def name(self, text: str) -> str:
        """A line of the script with names of sources put in."""
        for source, state in self.states.items():
            text = text.replace("{" + source + "}", state.name)
        return text

    def requests(self) -> int:
        return sum(len(site.hits) for site in self.sites.values())

    def run(self, day: int, *, publish: bool = False) -> Day:
        """Bring the country to a day, crawl it, process what came."""
        country_script.apply(self.states, day)
        for site in self.sites.values():
            site.hits.clear()
        started, now = time.monotonic(), country_script.when(day)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(launch, "crawl", partial(launch.crawl, timeout=TIMEOUT))
            result = cli.crawl(self.folder, self.registry, no_publish=not publish, loopback=True, when=now)
        seconds = time.monotonic() - started
        assert result["refused"] == []
        verdicts = result["verdicts"]
        store = connect(self.folder.work_db, read_only=True)
        try:
            return Day(
                verdicts={v["source_id"]: str(v["verdict"]) for v in verdicts},
                reasons={v["source_id"]: v["reason"] for v in verdicts},
                feed=_feed(store, now),
                copies=_copies(store, now),
                withdrawn=sorted(self.page(url) for v in verdicts for url in v["newly_withdrawn"]),
                first=sorted(v["source_id"] for v in verdicts if v["first"]),
                recovered=sorted(v["source_id"] for v in verdicts if v["recovered"]),
                gaps=_gaps(store, now),
                relations=_relations(store, now),
                outcomes={str(kind): count for kind, count in result["outcomes"].items()},
                published=result["published"],
                rules=_rules(store),
                requests={source: len(site.hits) for source, site in self.sites.items()},
                seconds=seconds,
            )
        finally:
            store.close()

    def page(self, url: str) -> str:
        """`source/page` for an address, of pages that were ever on their sites."""
        for source, site in self.sites.items():
            if url.startswith(site.url + "/"):
                path = url.removeprefix(site.url)
                first = country_script.start()[source]
                for document in [*first.pages.values(), *self.states[source].pages.values()]:
                    if ADDRESS[first.platform](document) == path:
                        return f"{source}/{document.number_on_site}"
        return url


@contextmanager
def country(root: Path) -> Iterator[Country]:
    """The country with its servers up."""
    made = Country(root)
    made.sites = {source: Site(partial(country_faults.answer, state)) for source, state in made.states.items()}
    country_script.write_registry(made.registry, made.states, {id_: site.url for id_, site in made.sites.items()})
    try:
        yield made
    finally:
        for site in made.sites.values():
            site.close()


def _feed(store: sqlite3.Connection, now: str) -> list[str]:
    rows = store.execute(
        """SELECT c.kind, i.title, c.from_label, c.to_label FROM change c JOIN instrument i ON i.id = c.instrument_id
           WHERE c.recorded_at = ? AND c.kind <> 'gap_filled'""",
        (now,),
    )
    return sorted(f"{row['kind']} | {row['title']} | {row['to_label'] or row['from_label']}" for row in rows)


def _copies(store: sqlite3.Connection, now: str) -> list[str]:
    """Addresses at which a text was seen for the first time that day although its instrument was known before."""
    rows = store.execute(
        """SELECT i.title, m.source_id FROM manifestation m JOIN expression e ON e.id = m.expression_id
           JOIN instrument i ON i.id = e.instrument_id WHERE i.recorded_at < ?1
           GROUP BY i.id, m.source_id, m.url HAVING min(m.recorded_at) = ?1""",
        (now,),
    )
    return sorted(f"{row['title']} @ {row['source_id']}" for row in rows)


def _relations(store: sqlite3.Connection, now: str) -> list[str]:
    """What new texts are to the documents they are about: kind, both titles, and whether the document was found."""
    rows = store.execute(
        """SELECT f.kind, i.title, f.target_title, f.state FROM effect f
           JOIN expression e ON e.id = f.affecting_expression_id JOIN instrument i ON i.id = e.instrument_id
           WHERE f.recorded_at = ? AND f.kind IN ('announces', 'drafts', 'forwards', 'interprets', 'issues')""",
        (now,),
    )
    return sorted(" | ".join(row) for row in rows)


def _gaps(store: sqlite3.Connection, now: str) -> list[str]:
    rows = store.execute(
        """SELECT f.gap_id, i.title FROM gap_filling f JOIN instrument i ON i.id = f.instrument_id
           WHERE f.recorded_at = ?""",
        (now,),
    )
    return sorted(f"{row['gap_id']} | {row['title']}" for row in rows)


def _rules(store: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every rule version ever recorded, by title of its instrument."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in store.execute(
        """SELECT i.title, v.id, v.statement, v.status, v.valid_from, v.valid_to, v.superseded_at FROM rule_version v
           JOIN expression e ON e.id = v.expression_id JOIN instrument i ON i.id = e.instrument_id ORDER BY v.id"""
    ):
        found.setdefault(row["title"], []).append(tuple(row)[1:])
    return found
