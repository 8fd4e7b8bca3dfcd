"""What "in force on a day" means of a version of a rule, said once, for Python and for SQL.

In: the status that its text states, the days of its term, a day (ISO, in China). Out: yes or no. A term is half-open,
[valid_from, valid_to): `valid_to` is the first day on which the version no longer applies; None = unknown start, no
known end. A stated term (有效期), a repeal or an amendment gives an end that may lie ahead: until then it is in force.
"""

from __future__ import annotations

import sqlite3

from rules_db.model import InstrumentStatus

# Whatever their days: a draft never applies, what is suspended does not apply at present.
NOT_APPLIED = frozenset({InstrumentStatus.DRAFT, InstrumentStatus.SUSPENDED})
# Over by the word of the source itself, which need not tell the day.
_OVER = frozenset({InstrumentStatus.REPEALED, InstrumentStatus.EXPIRED})


def within_term(valid_from: str | None, valid_to: str | None, day: str) -> bool:
    """Whether a day lies in the term."""
    return (valid_from or "") <= day and (valid_to is None or day < valid_to)


def ended(status: str, valid_to: str | None, day: str) -> bool:
    """Whether a version is over on a day: neither in force nor to come."""
    return status in _OVER if valid_to is None else valid_to <= day


def in_force(status: str, valid_from: str | None, valid_to: str | None, day: str) -> bool:
    """Whether a version applies on a day."""
    return within_term(valid_from, valid_to, day) and not ended(status, valid_to, day) and status not in NOT_APPLIED


def teach(connection: sqlite3.Connection) -> None:
    """Let SQL of this connection ask `ended(status, valid_to, day)` and `in_force(status, valid_from, valid_to, day)`
    (0 or 1)."""
    connection.create_function("ended", 3, ended, deterministic=True)
    connection.create_function("in_force", 4, in_force, deterministic=True)
