"""Migrations of the working store, applied in order and recorded in the store itself.

A migration is added, never edited; each runs in one transaction together with the record that it ran.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from rules_db.connection import SCHEMA

store = Migrations("guiji")


@store()
def m0001_store(db: Database) -> None:
    """The tables of the first release."""
    _run_script(db, "0001_store.sql")


@store()
def m0002_replaced(db: Database) -> None:
    """Texts that a better copy replaced."""
    _run_script(db, "0002_replaced.sql")


@store()
def m0003_attachments(db: Database) -> None:
    """Files of pages, and what each reading was made of."""
    _run_script(db, "0003_attachments.sql")


@store()
def m0004_deliveries(db: Database) -> None:
    """What was told to whom, with what is still to be told."""
    _run_script(db, "0004_deliveries.sql")


@store()
def m0005_daily_runs(db: Database) -> None:
    """Daily runs, and what their reports told."""
    _run_script(db, "0005_daily_runs.sql")


@store()
def m0006_effect_links(db: Database) -> None:
    """The page that a text links its target to."""
    _run_script(db, "0006_effect_links.sql")


@store()
def m0007_catalogue_words(db: Database) -> None:
    """The catalogue in Chinese."""
    _run_script(db, "0007_catalogue_words.sql")


@store()
def m0008_in_force(db: Database) -> None:
    """Which rules are in force is asked for a day."""
    _run_script(db, "0008_in_force.sql")


def _run_script(db: Database, name: str) -> None:
    """Execute the statements one by one: `executescript` would commit the surrounding transaction."""
    lines = (line for line in (SCHEMA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";\n"):
        if statement.strip():
            db.conn.execute(statement)
