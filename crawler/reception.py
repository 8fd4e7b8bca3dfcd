"""What becomes of an answer: the bytes that were asked for, or a finding about the site that sent something else.

In: an answer and the run it belongs to. Out: bytes to read on, or None; the ledger has either way what came.
"""

from __future__ import annotations

import sqlite3

from scrapy import Request
from scrapy.http import Response

from crawler.capture import STAGE, Answer, SourceRun
from crawler.challenge import assess
from crawler.conduct import Conduct
from rules_db import issues
from rules_db.captures import Validators
from rules_db.connection import transaction
from rules_db.model import Issue, Outcome, Severity


def received(run: SourceRun, conduct: Conduct, request: Request, response: Response, answer: Answer) -> bytes | None:
    """The bytes to read on, recorded; None when the answer is not what was asked for (recorded too)."""
    held: Validators | None = request.meta.get("held")
    if response.status == 304 and held is not None:
        body = run.held_body(held.snapshot_sha256)
        if body is None:
            failed(run, conduct, answer, Outcome.ERROR, "304 for bytes that are not held", request)
            return None
        run.record_unchanged(answer, held)
        return body
    verdict = assess(
        response.status,
        response.body,
        requested=answer.url,
        final=response.url,
        role=answer.role,
        content_type=answer.content_type,
    )
    if not verdict.usable:
        failed(run, conduct, answer, verdict.outcome, verdict.reason, request)
        return None
    run.record(answer)
    return response.body


def failed(run: SourceRun, conduct: Conduct, answer: Answer, outcome: Outcome, reason: str, request: Request) -> None:
    """Record an answer that is not what was asked for, and what it means to its source."""
    if answer.role == "list" and outcome is Outcome.GONE and request.meta["list_request"].page > 1:
        run.record_failure(answer, outcome, f"{reason}: end of the list")
        return
    run.record_failure(answer, outcome, reason)
    where = f"{request.meta['column'].name}: " if answer.role == "list" else ""
    if outcome in (Outcome.BLOCKED, Outcome.CHALLENGE) and (answer.role != "attachment"):
        # Whoever is shown a challenge goes away; nothing here answers it.
        run.blocked = run.blocked or f"{where}{reason}"
        conduct.stop(run.source.id, outcome, reason)
    elif outcome is Outcome.ROBOTS and answer.role == "list":
        run.forbidden.append(f"{where}{reason}")
    elif answer.role == "list":
        run.failures.append(f"{where}{reason}")
    elif answer.role == "detail":
        run.count("details_gone" if outcome is Outcome.GONE else "details_failed")


def tell_network(connection: sqlite3.Connection, *, offline: bool, reached: bool, now: str) -> None:
    """At the end of a crawl: where nobody answered, one trouble of this machine takes the place of one for each source;
    it is over when somebody answers. Verdicts stay: no list was read."""
    with transaction(connection):
        if offline:
            opened = issues.withdraw_issues(connection, stage=STAGE, opened_at=now)
            message = (
                f"no site answered ({opened} sources tried): is this machine connected, and does it resolve names?"
            )
            issues.raise_issue(connection, Issue(Severity.ABORT, STAGE, "offline", message, "network"), now)
        elif reached:
            issues.resolve_issues(connection, stage=STAGE, subject="network", now=now)
