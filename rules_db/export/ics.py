"""The dates of the rule set as an iCalendar file, and, for a site, when its oldest records were kept long enough.

In: the published copy; for a site also the store, the catalogue and its profile. Out: `guiji.ics`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError
from rules_db.export.feed import site_address
from rules_db.mapping.applicability import checklist
from rules_db.mapping.catalogue import Catalogue
from rules_db.mapping.profiles import Profile
from rules_db.pages.calendar import Event, calendar_events, icalendar
from rules_db.pages.language import translator
from rules_db.workdays import due_date

FILE = "guiji.ics"
_KEEPING = ("保存", "留存", "保留", "存储", "retention")
_LASTING = frozenset({"day", "month", "year"})


def write_ics(
    public: sqlite3.Connection,
    out: Path,
    *,
    site: str | None = None,
    language: str = "en",
    jurisdiction: str | None = None,
    further: Iterable[Event] = (),
) -> list[dict[str, Any]]:
    """Write `out/guiji.ics`; returns file and number of entries. `site` is the address of the served pages: without it
    events name the page's path alone. Raises StoreError."""
    base = site_address(site)
    t = translator(language)
    stamp = public.execute("SELECT value FROM about WHERE key = 'published_at'").fetchone()[0]
    events = [*calendar_events(public, jurisdiction=jurisdiction), *further]
    text = icalendar(
        sorted(events, key=lambda event: (event.day, event.expression_id, event.kind)),
        stamp=stamp,
        name=t("calendar.name"),
        words=lambda event: t(f"calendar.{event.kind}", title=event.title),
        address=lambda path: base + path if base else "",
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / FILE).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise StoreError(f"{out}: can't be written: {error.strerror or error}") from error
    return [{"file": FILE, "entries": len(events)}]


def retention_events(store: sqlite3.Connection, catalogue: Catalogue, profile: Profile, as_of: str) -> list[Event]:
    """For each duty to keep records that binds the site on `as_of` (ISO day): the day on which those of its first day
    may go. Empty when the profile doesn't say since when the site operates."""
    if not profile.operating_since:
        return []
    start = date.fromisoformat(profile.operating_since)
    rules = {rule["version"]: rule for item in checklist(store, catalogue, profile, as_of) for rule in item["rules"]}
    found: dict[str, Event] = {}
    for version, rule in rules.items():
        if not rule["binds_site"]:
            continue
        for limit in _keeping_times(store, version):
            day = due_date(int(limit["value"]), limit["unit"], start).counted_to.isoformat()
            title = f"《{rule['instrument']}》{rule['label']} {limit['text']}"
            path = f"/rule/{rule['rule']}"
            found[limit["id"]] = Event(limit["id"], "retention", day, title, profile.site, None, path, "in_force")
    return list(found.values())


def _keeping_times(store: sqlite3.Connection, version: str) -> list[sqlite3.Row]:
    """Least times of keeping that a rule sets."""
    rows = store.execute(
        """SELECT t.id, t.parameter, t.value, t.unit, t.text, rv.statement FROM rule_version rv
           JOIN threshold t ON t.rule_version_id = rv.id AND t.superseded_at IS NULL
           WHERE rv.id = ? AND t.comparator IN ('ge', 'gt', 'eq') ORDER BY t.id""",
        (version,),
    ).fetchall()
    return [
        row
        for row in rows
        if any(word in row["parameter"] or word in row["statement"] for word in _KEEPING)
        and row["unit"] in _LASTING
        and row["value"] == int(row["value"]) > 0
    ]
