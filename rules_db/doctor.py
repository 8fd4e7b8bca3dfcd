"""Whether machine and store are fit for a daily run that nobody watches; each finding says what to do.

In: a data folder and the time. Out: one `Finding` a check, in a fixed order. Nothing is written.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rules_db.connection import DataFolder, OlderStoreError, StoreError, connect, open_store
from rules_db.findings import Finding, Outcome
from rules_db.notify.readiness import readiness
from rules_db.watch.news import NO_REGULATION

PACKAGES = ("apprise", "scrapy", "beautifulsoup4", "spacy", "sqlite-utils", "datasette", "click")
# Below the first a run may still end well; below the second a publish (a second copy) may not.
DISK_WARN, DISK_FAIL = 2 * 2**30, 200 * 2**20
# Clocks of honest machines differ by minutes; more than this means that one was set wrongly.
CLOCK_SLACK = timedelta(minutes=10)
SOURCES_NAMED = 8


def examine(
    folder: DataFolder,
    *,
    now: str,
    every_hours: int = 24,
    profiles: Iterable[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> list[Finding]:
    """All checks. `now` is ISO UTC; `every_hours` is how often `guiji daily` is meant to run; `profiles` are watch
    profiles, `environment` is where the addresses of channels are looked up."""
    findings = [_versions(), _search(), _fonts(), _folder(folder), _disk(folder)]
    if not folder.work_db.exists():
        return [
            *findings,
            Finding("store", Outcome.FAIL, f"none in {folder.root}", "guiji ingest PATH, or guiji crawl"),
        ]
    findings.append(_lock(folder))
    try:
        with closing(open_store(folder, read_only=True)) as store:
            findings += [_sound("store", store, "guiji restore BACKUP --data NEW"), *_ledger(store, now, every_hours)]
            findings += readiness(folder, profiles, environment or {}, store)
    except OlderStoreError as error:
        findings.append(Finding("store", Outcome.WARN, str(error), "guiji publish"))
    except (StoreError, sqlite3.Error) as error:
        findings.append(Finding("store", Outcome.FAIL, str(error), "guiji restore BACKUP --data NEW"))
    findings.append(_published(folder, now))
    return findings


def _versions() -> Finding:
    told, missing = [f"Python {sys.version_info.major}.{sys.version_info.minor}"], []
    for name in PACKAGES:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if sys.version_info < (3, 11) or missing:
        wrong = f"missing: {', '.join(missing)}" if missing else "Python is older than 3.11"
        return Finding(
            "versions", Outcome.FAIL, f"{'; '.join(told)}; {wrong}", "make demo installs the pinned packages"
        )
    return Finding("versions", Outcome.OK, "; ".join(told))


def _search() -> Finding:
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError as error:
            return Finding("sqlite", Outcome.FAIL, str(error), "use a Python whose SQLite has FTS5")
    return Finding("sqlite", Outcome.OK, f"SQLite {sqlite3.sqlite_version} with FTS5")


def _fonts() -> Finding:
    """A font with Chinese characters: without one, pictures and printed pages made on this machine show boxes."""
    program = shutil.which("fc-list")
    if program is None:
        return Finding("fonts", Outcome.OK, "not looked at: no fontconfig here, as on a server without pictures")
    try:
        told = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("fonts", Outcome.WARN, f"fc-list did not answer: {type(error).__name__}", "run fc-cache")
    names = sorted({line.split(",")[0].strip() for line in told.stdout.splitlines() if line.strip()})
    if not names:
        return Finding("fonts", Outcome.WARN, "none with Chinese characters", "install fonts-noto-cjk")
    return Finding("fonts", Outcome.OK, f"{len(names)} with Chinese characters, e.g. {names[0]}")


def _folder(folder: DataFolder) -> Finding:
    places = [place for place in (folder.root, folder.public_db.parent, folder.snapshots) if place.exists()]
    if not places:
        return Finding("data folder", Outcome.FAIL, f"{folder.root} is not there", "name it with --data or GUIJI_DATA")
    shut = [str(place) for place in places if not os.access(place, os.W_OK)]
    if shut:
        return Finding("data folder", Outcome.FAIL, f"not writable: {', '.join(shut)}", "run as the user who owns it")
    return Finding("data folder", Outcome.OK, str(folder.root.resolve()))


def _disk(folder: DataFolder) -> Finding:
    place = next(path for path in (folder.root.resolve(), *folder.root.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    # a publish builds a second copy beside the first
    held = folder.public_db.stat().st_size if folder.public_db.exists() else 0
    told = f"{free / 2**30:.1f} GiB free"
    if free < max(DISK_FAIL, held):
        return Finding("disk", Outcome.FAIL, told, "free some space: the next publish would not fit")
    if free < DISK_WARN + 2 * held:
        return Finding("disk", Outcome.WARN, told, "free some space soon")
    return Finding("disk", Outcome.OK, told)


def _lock(folder: DataFolder) -> Finding:
    path = folder.root / ".lock"
    if not path.exists():
        return Finding("lock", Outcome.OK, "free")
    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding(
                "lock", Outcome.WARN, "a guiji is writing now", "wait for it; the lock goes with its process"
            )
    return Finding("lock", Outcome.OK, "free")


def _sound(check: str, connection: sqlite3.Connection, do: str) -> Finding:
    answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        return Finding(check, Outcome.FAIL, f"damaged: {answer}", do)
    return Finding(check, Outcome.OK, "sound; 'guiji verify' also reads all snapshots back")


def _ledger(store: sqlite3.Connection, now: str, every_hours: int) -> list[Finding]:
    """Clock, last run, unreachable sources and open issues, from the crawl ledger."""
    newest = store.execute(
        "SELECT max(t) FROM (SELECT max(first_seen) AS t FROM snapshot UNION SELECT max(started_at) FROM crawl_run)"
    ).fetchone()[0]
    findings = [Finding("clock", Outcome.OK, f"{now} (UTC)")]
    if newest and _time(newest) > _time(now) + CLOCK_SLACK:
        do = "set the clock (NTP); dates of law don't depend on it, silence and repeats do"
        findings = [Finding("clock", Outcome.FAIL, f"it is {now}, but the store knows {newest}", do)]
    findings.append(_schedule(store, now, every_hours))
    if store.execute("SELECT 1 FROM crawl_run WHERE source_id <> 'ingest' AND verdict IS NOT NULL").fetchone():
        findings.append(_sources(store))
    count = store.execute(
        "SELECT count(*) FROM issue WHERE resolved_at IS NULL AND severity = 'error' AND code <> ?", (NO_REGULATION,)
    ).fetchone()[0]
    do = "guiji review list; guiji sources list" if count else ""
    findings.append(Finding("issues", Outcome.WARN if count else Outcome.OK, f"{count} open errors", do))
    return findings


def _schedule(store: sqlite3.Connection, now: str, every_hours: int) -> Finding:
    """When 'guiji daily' ended last, and when it last ended well (0 or 1): files handed in by a person are no run."""
    last = store.execute("SELECT finished_at, exit_code FROM daily_run ORDER BY started_at DESC LIMIT 1").fetchone()
    good = store.execute("SELECT max(finished_at) FROM daily_run WHERE exit_code IN (0, 1)").fetchone()[0]
    if last is None:
        return Finding("last run", Outcome.WARN, "'guiji daily' has not run yet", "schedule it: docs/daily.md")
    hours = (_time(now) - _time(last[0])) / timedelta(hours=1)
    told = f"ended {last[0]}, {max(hours, 0):.0f} hours ago, with code {last[1]}"
    told += "" if last[1] in (0, 1) else f"; last good run: {good or 'none'}"
    if hours > 2 * every_hours:
        do = f"look at the schedule (systemctl list-timers, crontab -l): it is meant to run every {every_hours} hours"
        return Finding("last run", Outcome.WARN, told, do)
    if last[1] not in (0, 1):
        return Finding("last run", Outcome.WARN, told, "look at its report in the data folder's runs/")
    return Finding("last run", Outcome.OK, told)


def _sources(store: sqlite3.Connection) -> Finding:
    rows = store.execute(
        """SELECT source_id, verdict FROM crawl_run WHERE id IN (
             SELECT max(id) FROM crawl_run WHERE verdict IS NOT NULL GROUP BY source_id) ORDER BY source_id"""
    ).fetchall()
    bad = [f"{row[0]} {row[1]}" for row in rows if row[1] in ("broken", "blocked", "degraded", "stale")]
    more = f" and {len(bad) - SOURCES_NAMED} more ('guiji sources list')" if len(bad) > SOURCES_NAMED else ""
    named = f"; {', '.join(bad[:SOURCES_NAMED])}{more}" if bad else ""
    told = f"{len(rows) - len(bad)} of {len(rows)} well{named}"
    do = "guiji sources check ID; its runbook is in the source's file" if bad else ""
    return Finding("sources", Outcome.WARN if bad else Outcome.OK, told, do)


def _published(folder: DataFolder, now: str) -> Finding:
    if not folder.public_db.exists():
        return Finding("published copy", Outcome.WARN, "none yet", "guiji publish")
    try:
        with closing(connect(folder.public_db, read_only=True)) as public:
            sound = _sound("published copy", public, "guiji publish")
            if sound.outcome is not Outcome.OK:
                return sound
            at = public.execute("SELECT value FROM about WHERE key = 'published_at'").fetchone()[0]
    except (StoreError, sqlite3.Error, TypeError) as error:
        return Finding("published copy", Outcome.FAIL, f"can't be read: {error}", "guiji publish")
    days = (_time(now) - _time(at)).days
    # statuses are worked out for the day of publication: an old copy says "in force" of what has ended
    outcome = Outcome.WARN if days > 2 else Outcome.OK
    return Finding("published copy", outcome, f"of {at}, {max(days, 0)} days old", "guiji publish" if days > 2 else "")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
