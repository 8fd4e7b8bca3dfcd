"""From texts to what they mean for readers: versions compared, successions, links, flags, proposals.

The last stages between bytes and published rules. All of them read from the store what is pending and write back to it,
so that they can be killed and run again. In: the store, the folder of the data, the time. Out: `Derived`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rules_db.flags import flag_pending
from rules_db.mapping.catalogue import catalogue_of, load_catalogue
from rules_db.mapping.filled import suspect_filled
from rules_db.mapping.links import load_links
from rules_db.mapping.proposals import propose_links
from rules_db.reconcile import reconcile_pending
from rules_db.succession import record_successions


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of it: rows of the change feed, readings that a better pattern revised, links that rest on something
    that moved, links proposed, texts judged for a flag."""

    changes: int
    revised: int
    suspect: tuple[str, ...]
    proposed: int
    judged: int


def derive(
    connection: sqlite3.Connection, root: Path, now: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> Derived:
    """Bring everything that rests on texts up to them. Raises StoreError for a catalogue that can't be used."""
    reconciled = list(reconcile_pending(connection, now, progress))
    succeeded = record_successions(connection, now)
    catalogue = catalogue_of(root)
    load_catalogue(connection, catalogue)
    links = load_links(connection, catalogue, now)
    flags = flag_pending(connection, catalogue, now)
    filled = suspect_filled(connection, now)
    proposals = propose_links(connection, catalogue, now)
    return Derived(
        changes=sum(one.changes for one in reconciled) + succeeded,
        revised=sum(one.revised for one in reconciled),
        suspect=(*(link.id for link in links if link.turned_suspect), *filled),
        proposed=len(proposals),
        judged=len(flags),
    )
