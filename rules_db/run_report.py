"""The report of a daily run: what is new, what is in trouble, what it cost; as JSON and as one inert HTML file.

In: what the stages came to, and the store. Out: a plain value, recorded in the store and written to files. A run that
is cut off in between told nobody: the next one tells the same (`settle`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rules_db import run_history
from rules_db.connection import StoreError
from rules_db.controls import CONTROLS
from rules_db.decisions.log import Anchor
from rules_db.model import Verdict
from rules_db.projection.build import PUBLIC_CHANGES
from rules_db.run_history import Untold

NOTHING_NEW, CHANGES, DEGRADED, GATE_REFUSED = 0, 1, 2, 3
MEANING: Final[Mapping[int, str]] = {
    NOTHING_NEW: "nothing new",
    CHANGES: "something is new",
    DEGRADED: "degraded, but published",
    GATE_REFUSED: "not published: the gate refused; readers see the last good copy",
}
# A source that is well but has been quiet for long is told once, as an issue; it does not degrade every run.
_BAD = (Verdict.BROKEN, Verdict.BLOCKED, Verdict.DEGRADED)
_SAFE_URL = re.compile(r"https?://", re.IGNORECASE)
_TEMPLATE = Path(__file__).parent / "templates" / "run_report.html"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the stages of one run came to. `verdicts` are rows of the crawl (source_id, name, verdict, reason, first,
    recovered, metrics, withdrawn_candidates), `stages` seconds by name in order, `refused` rows of what could not be
    read, `gate` what the gate found; `notified` is False when somebody could not be told; `decisions` is where
    their log stands."""

    started_at: str
    finished_at: str
    verdicts: Sequence[Mapping[str, Any]]
    stages: Mapping[str, float]
    refused: Sequence[Mapping[str, str]]
    published: bool
    gate: Sequence[str] = ()
    notified: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)
    decisions: Anchor | None = None


def exit_code(facts: RunFacts, told: Untold) -> int:
    """0 nothing new, 1 something is, 2 degraded but published, 3 the gate refused. The gravest holds."""
    if not facts.published:
        return GATE_REFUSED
    if not facts.notified or any(row["verdict"] in _BAD for row in facts.verdicts):
        return DEGRADED
    new = _of_law(told) or told.flags or told.suspects or told.withdrawn or told.issues or facts.refused
    return CHANGES if new else NOTHING_NEW


def compose(connection: sqlite3.Connection, facts: RunFacts) -> tuple[dict[str, Any], list[str]]:
    """The report, and the keys of the events that it tells."""
    withdrawn = [url for row in facts.verdicts for url in row["withdrawn_candidates"]]
    told = run_history.untold(connection, withdrawn)
    code = exit_code(facts, told)
    sources = [_source(row) for row in facts.verdicts]
    report = {
        "run": run_history.unused_name(connection, facts.started_at.replace(":", "").replace("-", "")),
        "started_at": facts.started_at,
        "finished_at": facts.finished_at,
        "exit_code": code,
        "meaning": MEANING[code],
        "published": facts.published,
        "gate": list(facts.gate),
        "notified": facts.notified,
        "documents": list(told.flags),
        "changes": [row for row in told.changes if row["kind"] in PUBLIC_CHANGES],
        "changes_by_kind": dict(sorted(Counter(row["kind"] for row in _of_law(told)).items())),
        # new numbers for the same words, better readings: of interest to maintainers, no change of law
        "other_rows_by_kind": dict(
            sorted(Counter(r["kind"] for r in told.changes if r["kind"] not in PUBLIC_CHANGES).items())
        ),
        "links_turned_suspect": list(told.suspects),
        "withdrawn": list(told.withdrawn),
        "issues": {"new": list(told.issues), "over": list(told.resolved)},
        "refused": list(facts.refused),
        "sources": sources,
        "in_trouble": sorted(row["source_id"] for row in facts.verdicts if row["verdict"] in _BAD),
        "requests": sum(row["requests"] for row in sources),
        "bytes": sum(row["bytes"] for row in sources),
        "stages": dict(facts.stages),
        "seconds": round(sum(facts.stages.values()), 2),
        "store": dict(facts.counts),
        "decisions": {
            "entries": facts.decisions.n if facts.decisions else 0,
            "hash": facts.decisions.hash if facts.decisions else "",
        },
    }
    return report, told.events()


def settle(connection: sqlite3.Connection, runs: Path) -> None:
    """Before a run: what an earlier one recorded but could not write reached nobody, and is told by this one."""
    for leftover in runs.glob(".part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for run in run_history.unwritten(connection):
        if (runs / run).exists():
            run_history.mark_written(connection, run)
        else:
            run_history.forget(connection, run)


def give(connection: sqlite3.Connection, runs: Path, report: Mapping[str, Any], events: Iterable[str]) -> Path:
    """Record the report and write its files; returns their folder. Raises StoreError."""
    run_history.record_run(connection, report, events)
    place = runs / str(report["run"])
    write_report(place, report)
    run_history.mark_written(connection, str(report["run"]))
    return place


def write_report(place: Path, report: Mapping[str, Any]) -> None:
    """report.json and report.html in the run's folder, which appears whole. Raises StoreError."""
    runs = place.parent
    try:
        runs.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=runs, prefix=".part-"))
        try:
            _write(aside / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
            _write(aside / "report.html", to_html(report))
            aside.chmod(0o755)
            aside.rename(place)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"{place}: the report can't be written: {error.strerror or error}; make room, and run it again: it tells "
            "the same once more"
        ) from error


def to_html(report: Mapping[str, Any]) -> str:
    """One file without scripts or anything to load. Text from outside is text in it; only http and https addresses
    become links."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_inert)
    environment.tests["address"] = lambda value: bool(_SAFE_URL.match(str(value or "")))
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(report=report, meaning=MEANING)


def _inert(value: Any) -> Any:
    """Without control characters and overrides that would make a line read otherwise than it is."""
    if value is None:
        return ""
    return CONTROLS.sub("", value) if type(value) is str else value


def _of_law(told: Untold) -> list[dict[str, Any]]:
    return [row for row in told.changes if row["kind"] in PUBLIC_CHANGES]


def _source(row: Mapping[str, Any]) -> dict[str, Any]:
    metrics = row["metrics"]
    return {
        "source_id": row["source_id"],
        "name": row["name"],
        "verdict": str(row["verdict"]),
        "reason": row["reason"],
        "first": row["first"],
        "recovered": row["recovered"],
        "new": int(metrics.get("new", 0)),
        "requests": int(metrics.get("requests", 0)),
        "bytes": int(metrics.get("bytes", 0)),
    }


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
