"""What a person means by a reference: TITLE, IRI or id, with a date; and which text a date leads to.

Errors are `StoreError`s with suggestions, never an empty answer that looks like silence of the law.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from rules_db.commencement import early_on
from rules_db.connection import StoreError
from rules_db.effects import partial_repeals, repealed_from
from rules_db.instruments import InstrumentRef, find_instruments, nearest_titles
from rules_db.model import InstrumentStatus
from rules_db.projection.validity import Stated, standings
from rules_db.reconcile import ordered_expressions

OLDEST = "this text's date is unknown; it is taken for the oldest"
DATED = re.compile(r"^(?P<name>.+?)@(?P<date>\d{4}-\d{2}-\d{2}|undated)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ExpressionRef:
    """One expression, and how the date that was asked for led to it."""

    id: str
    instrument: InstrumentRef
    version_date: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Status of an instrument on a day, since when (None = not known), and the parts of it that had ended."""

    status: str
    since: str | None
    ended_parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = self.status.replace("_", " ")
        since = f" since {self.since}" if self.since else ""
        return words + since + (f" ({'、'.join(self.ended_parts)})" if self.ended_parts else "")


def one_instrument(connection: sqlite3.Connection, words: str) -> InstrumentRef:
    """The instrument meant by a title, IRI or id. Raises StoreError with the nearest titles, or the choices."""
    found = find_instruments(connection, words.strip())
    if len(found) == 1:
        return found[0]
    if found:
        choices = "; ".join(instrument.iri for instrument in found)
        raise StoreError(f"“{words}” names {len(found)} instruments; use one of their IRIs: {choices}")
    near = nearest_titles(connection, words)
    hint = f"; did you mean: {'; '.join(near)}?" if near else "; the store holds nothing like it"
    raise StoreError(f"no instrument is called “{words}”{hint}")


def one_expression(connection: sqlite3.Connection, reference: str) -> ExpressionRef:
    """The expression meant by TITLE@DATE (the version of that date, else the one valid then) or TITLE (the newest)."""
    match = DATED.match(reference.strip())
    instrument = one_instrument(connection, match["name"] if match else reference)
    return expression_on(connection, instrument, match["date"] if match else None)


def expression_on(connection: sqlite3.Connection, instrument: InstrumentRef, date: str | None) -> ExpressionRef:
    """The instrument's expression dated so, else the one valid on that day, else one of unknown date, which is taken
    for the oldest; without a date the newest.

    Raises StoreError naming the dates that are known.
    """
    rows = connection.execute(
        "SELECT id, version_date, effective_on FROM expression WHERE instrument_id = ? AND replaced_at IS NULL",
        (instrument.id,),
    ).fetchall()
    by_id = {row["id"]: row for row in rows}
    order = ordered_expressions(connection, instrument.id)
    if date is None:
        return ExpressionRef(order[-1], instrument, by_id[order[-1]]["version_date"])
    exact = [key for key in order if _date_of(by_id[key]) == date]
    if exact:
        return ExpressionRef(exact[-1], instrument, by_id[exact[-1]]["version_date"])
    valid = [key for key in order if date != "undated" and (by_id[key]["effective_on"] or "9999") <= date]
    if valid:
        row = by_id[valid[-1]]
        ended = repealed_from(connection, instrument.id)
        gone = ended is not None and date is not None and ended <= date
        what = f"the last one, repealed from {ended} on" if gone else "the one in force then"
        note = f"no version is dated {date}; taken: {what}, dated {row['version_date'] or 'unknown'}"
        return ExpressionRef(valid[-1], instrument, row["version_date"], note)
    undated = [key for key in order if _date_of(by_id[key]) == "undated"]
    if undated:
        return ExpressionRef(undated[-1], instrument, None, OLDEST)
    dates = ", ".join(_date_of(by_id[key]) for key in order)
    raise StoreError(f"《{instrument.title}》 has no version dated or in force on {date}; known: {dates}")


def _date_of(row: sqlite3.Row) -> str:
    """The date a version is called by: that which it bears, else the day from which it applies."""
    return str(row["version_date"] or row["effective_on"] or "undated")


def expression_in_force(connection: sqlite3.Connection, instrument: InstrumentRef, day: str) -> ExpressionRef:
    """The text that applied on a day, by validity and not by the date a version bears; its note says when it had ended.

    Raises StoreError when nothing applied yet, or when no text has a known date.
    """
    rows = connection.execute(
        "SELECT id, version_date, effective_on FROM expression WHERE instrument_id = ? AND replaced_at IS NULL",
        (instrument.id,),
    ).fetchall()
    by_id = {row["id"]: row for row in rows}
    order = ordered_expressions(connection, instrument.id)
    begun = [key for key in order if by_id[key]["effective_on"] is not None and by_id[key]["effective_on"] <= day]
    undated = [key for key in order if by_id[key]["effective_on"] is None]
    if not begun and not undated:
        for key in order:
            parts = early_on(connection, [key], day)
            if parts:
                labels = "、".join(label for label, _start in parts)
                return ExpressionRef(key, instrument, by_id[key]["version_date"], f"only {labels} applied on {day}")
        first = by_id[order[0]]["effective_on"]
        raise StoreError(
            f"《{instrument.title}》 did not apply on {day}: not yet in force; its first known text takes effect on "
            f"{first}"
        )
    chosen = begun[-1] if begun else undated[-1]
    ended = repealed_from(connection, instrument.id)
    note = "" if begun else OLDEST
    if ended and ended <= day:
        note = f"repealed from {ended} on: this is the last text that applied"
    later = early_on(connection, order[order.index(chosen) + 1 :], day)
    if later:
        labels = "、".join(f"{label} (from {start})" for label, start in later)
        note = f"{note}; " * bool(note) + f"of the next text these applied already on {day}: {labels}"
    return ExpressionRef(chosen, instrument, by_id[chosen]["version_date"], note)


def status_on(connection: sqlite3.Connection, instrument: InstrumentRef, day: str) -> Status:
    """How an instrument stood on a day, worked out from the dates, repeals and partial repeals known now."""
    rows = {
        row["id"]: Stated(row["id"], row["effective_on"], row["expires_on"], row["status"])
        for row in connection.execute(
            "SELECT id, effective_on, expires_on, status FROM expression WHERE instrument_id = ?", (instrument.id,)
        )
    }
    repealed = repealed_from(connection, instrument.id)
    parts = partial_repeals(connection, instrument.id)
    found = standings(
        [rows[key] for key in ordered_expressions(connection, instrument.id)],
        repealed,
        day,
        parts[0].on if parts else None,
    )
    speaker = next(standing for standing in found if standing.current)
    since = {
        str(InstrumentStatus.REPEALED): repealed,
        str(InstrumentStatus.EXPIRED): speaker.valid_to,
        str(InstrumentStatus.PARTLY_REPEALED): parts[0].on if parts else None,
        str(InstrumentStatus.IN_FORCE): speaker.valid_from,
    }.get(str(speaker.status))
    ended = (
        [part.part for part in parts if part.on <= day] if speaker.status == InstrumentStatus.PARTLY_REPEALED else []
    )
    return Status(str(speaker.status), since, tuple(ended))


def split_unit(reference: str) -> tuple[str, str | None]:
    """Name and unit of `TITLE 第五条` or `TITLE#art_5`; the unit is None when only the instrument is named."""
    if "#" in reference:
        name, unit = reference.rsplit("#", 1)
        return name.strip(), unit.strip()
    match = re.match(
        r"^(.+?)\s+(第[^\s]{1,12}条(?:之[一二三四五六七八九十]+)?|[一二三四五六七八九十]+、)$", reference.strip()
    )
    return (match[1], match[2]) if match else (reference.strip(), None)
