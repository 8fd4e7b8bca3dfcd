"""Dates of the rule set as an iCalendar feed (RFC 5545): when texts take effect and expire, and when
comments on drafts close.

In: rows with dates, the time of publication. Out: the text of the feed. Each date is an all-day event whose UID never
changes, so that a calendar updates an event when a date or a title is corrected.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules_db.watch.comments import comments_until

LINE = 75  # octets in a line, without its end
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Event:
    """One day of one text. `kind` is begins, ends, comments or retention; `path` is the page about it, without base;
    `expression_id` and `kind` together make the UID."""

    expression_id: str
    kind: str
    day: str
    title: str
    jurisdiction: str
    number: str | None
    path: str
    status: str


def calendar_events(connection: sqlite3.Connection, *, jurisdiction: str | None = None) -> tuple[Event, ...]:
    """From a year before the day of publication on: days from which texts apply, on which they expire, and until which
    comments on drafts are taken. `jurisdiction` is a GB/T 2260 code."""
    rows = connection.execute(
        """SELECT e.id, e.instrument_id, e.instrument_title, e.valid_from, e.expires_on, e.document_number, e.status,
             i.jurisdiction_name
           FROM expression e JOIN instrument i ON i.id = e.instrument_id
           WHERE e.status <> 'draft' AND (:jurisdiction IS NULL OR i.jurisdiction = :jurisdiction)
           ORDER BY e.valid_from, e.id""",
        {"jurisdiction": jurisdiction},
    ).fetchall()
    today = connection.execute("SELECT value FROM about WHERE key = 'as_of'").fetchone()[0]
    first = (date.fromisoformat(today) - timedelta(days=365)).isoformat()
    events = []
    for row in rows:
        for kind, day in (("begins", row["valid_from"]), ("ends", row["expires_on"])):
            if day and day >= first:
                path = f"/instrument/{row['instrument_id']}?version={row['id']}"
                events.append(
                    Event(
                        row["id"],
                        kind,
                        day,
                        row["instrument_title"],
                        row["jurisdiction_name"],
                        row["document_number"],
                        path,
                        row["status"],
                    )
                )
    events += [event for event in _comment_events(connection, jurisdiction) if event.day >= first]
    return tuple(sorted(events, key=lambda event: (event.day, event.expression_id, event.kind)))


def _comment_events(connection: sqlite3.Connection, jurisdiction: str | None) -> Iterator[Event]:
    rows = connection.execute(
        """SELECT e.id, e.instrument_id, e.instrument_title, e.version_date, e.document_number, e.status,
             i.jurisdiction_name, (SELECT group_concat(p.text, char(10)) FROM provision p
               WHERE p.expression_id = e.id AND (p.text LIKE '%意见%' OR p.text LIKE '%建议%' OR p.text LIKE '%反馈%'))
             AS text
           FROM expression e JOIN instrument i ON i.id = e.instrument_id
           WHERE (e.status = 'draft' OR e.instrument_title LIKE '%征求意见%' OR e.instrument_title LIKE '%征集%')
             AND (:jurisdiction IS NULL OR i.jurisdiction = :jurisdiction)""",
        {"jurisdiction": jurisdiction},
    ).fetchall()
    for row in rows:
        day = comments_until(row["text"] or "", row["version_date"])
        if day:
            yield Event(
                row["id"],
                "comments",
                day,
                row["instrument_title"],
                row["jurisdiction_name"],
                row["document_number"],
                f"/instrument/{row['instrument_id']}?version={row['id']}",
                row["status"],
            )


def icalendar(
    events: Iterable[Event], *, stamp: str, name: str, words: Callable[[Event], str], address: Callable[[str], str]
) -> str:
    """The feed. `stamp` is the ISO UTC time of publication (DTSTAMP); `words` gives an event's title, `address` makes
    a path absolute."""
    stamped = _CONTROL.sub("", stamp.replace("-", "").replace(":", ""))[:15].rstrip("Z") + "Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Guiji//Dates of rules//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    for event in events:
        day = date.fromisoformat(event.day)
        url = _CONTROL.sub("", address(event.path))
        about = "\n".join(part for part in (event.jurisdiction, event.number or "", url) if part)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.expression_id}-{event.kind}@guiji",
            f"DTSTAMP:{stamped}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(words(event))}",
            f"DESCRIPTION:{escaped(about)}",
            *([f"URL:{url}"] if url else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11: backslash, semicolon, comma and line breaks; other control characters are dropped."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """RFC 5545, 3.1: no line above 75 octets, continued with a blank, no character cut in two."""
    parts, current, size = [], "", 0
    for character in line:
        octets = len(character.encode("utf-8"))
        if size + octets > LINE:
            parts.append(current)
            current, size = " ", 1
        current += character
        size += octets
    return "\r\n".join([*parts, current])
