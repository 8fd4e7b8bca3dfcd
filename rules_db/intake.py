"""Files that a person hands in: found in folders, joined with their manifest rows, checked before anything is written.

In: paths and an optional manifest CSV. Out: `File` values, and one `Refused` for each row or file that can't be used.
"""

from __future__ import annotations

import csv
import datetime
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules_db.captures import register_source
from rules_db.connection import StoreError
from rules_db.iri import NATIONAL
from rules_db.stages import File, Refused
from rules_db.workdays import CHINA

CAPTURED_AT = "captured_at"
COLUMNS = {
    "path": "path",
    "title": "title",
    "version_date": "version_date",
    "effective_on": "effective_on",
    "document_number": "document_number",
    "instrument_type": "instrument_type",
    "jurisdiction": "jurisdiction",
    "issuers": "issuers",
    "url": "url",
    "tier": "tier",
    "captured_at": CAPTURED_AT,
}
HANDED_IN = "ingest"
_MAX_BYTES = 64 * 1024 * 1024


class ManifestError(StoreError):
    """The manifest can't be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Facts by absolute path."""

    path: Path
    rows: dict[Path, dict[str, object]]


def register_handed_in(connection: sqlite3.Connection) -> None:
    """The source under which files of people are recorded."""
    register_source(
        connection,
        source_id=HANDED_IN,
        name="Files handed in",
        platform="file",
        jurisdiction=NATIONAL,
        grade="-",
        status="manual",
        tier="repost",
    )


def read_manifest(path: Path, now: str, handed_in: Sequence[Path] = ()) -> Manifest:
    """Read a manifest CSV (UTF-8, header row). Its paths count from its own folder, else from a folder that is handed
    in. Raises ManifestError for unknown columns, missing paths, bad dates, and copies captured after `now` (ISO
    UTC)."""
    rows: dict[Path, dict[str, object]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            unknown = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
            if unknown or "path" not in (reader.fieldnames or ()):
                raise ManifestError(
                    f"{path}: header must name 'path' and may name {', '.join(c for c in COLUMNS if c != 'path')}"
                    + (f"; unknown: {', '.join(unknown)}" if unknown else "")
                )
            for row in reader:
                facts = _facts(path, reader.line_num, row, now)
                named = str(facts.pop("path"))
                places = [folder / named for folder in (path.parent, *handed_in)]
                rows[next((place for place in places if place.exists()), places[0]).resolve()] = facts
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ManifestError(f"{path}: not a readable UTF-8 CSV: {error}") from error
    return Manifest(path.resolve(), rows)


def find_files(paths: Sequence[Path], manifest: Manifest | None) -> list[Path]:
    """Every file under the paths in stable order, without hidden files and the manifest itself."""
    found: set[Path] = set()
    for path in paths:
        candidates = path.rglob("*") if path.is_dir() else [path]
        found.update(
            candidate.resolve()
            for candidate in candidates
            if candidate.is_file() and not candidate.name.startswith(".")
        )
    if manifest:
        found.discard(manifest.path)
    return sorted(found)


def read_files(files: Sequence[Path], root: Path, manifest: Manifest | None, refused: list[Refused]) -> Iterator[File]:
    """The files' bytes with their facts, copies of an archive first and in order of capture; what can't be read is
    added to `refused` and passed over."""
    rows = manifest.rows if manifest else {}
    for path in sorted(files, key=lambda path: (str(rows.get(path, {}).get(CAPTURED_AT, "9999")), path)):
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        try:
            size = path.stat().st_size
            if size > _MAX_BYTES:
                refused.append(Refused(name, "too_large", f"{size} bytes; the limit is {_MAX_BYTES}: split the file"))
                continue
            data = path.read_bytes()
        except OSError as error:
            refused.append(Refused(name, "unreadable", f"{error.strerror or error}; check its permissions"))
            continue
        known = dict(rows.get(path, {}))
        captured_at = known.pop(CAPTURED_AT, None)
        yield File(name, data, known, str(captured_at) if captured_at else None)


def missing_files(files: Sequence[Path], manifest: Manifest | None) -> list[Refused]:
    """Manifest rows whose file was not among the files found."""
    held = set(files)
    rows = manifest.rows if manifest else {}
    return [
        Refused(path.name, "missing", f"named in the manifest but not found at {path}")
        for path in sorted(rows)
        if path not in held and not path.exists()
    ]


def _facts(path: Path, line: int, row: dict[str, str | None], now: str) -> dict[str, object]:
    facts: dict[str, object] = {}
    for column, value in row.items():
        if value is None or column is None or not value.strip():
            continue
        facts[COLUMNS[column]] = value.strip()
    if "path" not in facts:
        raise ManifestError(f"{path} line {line}: no path")
    for field in ("version_date", "effective_on"):
        if field in facts and not _is_date(str(facts[field])):
            raise ManifestError(f"{path} line {line}: {field} {facts[field]!r} is no date YYYY-MM-DD")
    if CAPTURED_AT in facts:
        facts[CAPTURED_AT] = _moment(path, line, str(facts[CAPTURED_AT]), now)
    if "issuers" in facts:
        facts["issuers"] = [
            name.strip() for name in str(facts["issuers"]).replace("；", ";").split(";") if name.strip()
        ]
    return facts


def _moment(path: Path, line: int, text: str, now: str) -> str:
    """When an archive's copy was taken, ISO UTC: a day (its first second in China), a time with its zone, or the 14
    digits that web archives use (UTC)."""
    try:
        if text.isascii() and text.isdigit() and len(text) == len("20240301060000"):
            moment = datetime.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=datetime.UTC)
        else:
            moment = datetime.datetime.fromisoformat(text)
            if len(text) == len("2024-03-01"):
                moment = moment.replace(tzinfo=CHINA)
        if moment.tzinfo is None:
            raise ValueError("a time needs its zone, for example +08:00")
        utc = moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError) as error:
        raise ManifestError(
            f"{path} line {line}: captured_at {text!r} is no day YYYY-MM-DD and no time with a zone ({error})"
        ) from error
    if utc > now:
        raise ManifestError(f"{path} line {line}: captured_at {text!r} lies in the future; is it right?")
    return utc


def _is_date(text: str) -> bool:
    import datetime

    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-01-01")
