"""What moved on a site's checklist: since the run of an earlier day, or since any day that the store can answer for.

The run of a day is kept in `<data>/sites`, one file a profile: the newest of an earlier day is what a run is compared
with, so that running twice on one day tells the same. In: arranged checklists. Out: marks on lines, and lines that
ended. Nothing here reads a clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError
from rules_db.fingerprint import fingerprint
from rules_db.mapping.lines import limit_text

NEW, CHANGED = "new", "changed"
_FOLDER = "sites"
# Lists that were kept by an earlier release have no notes.
_FIELDS = ("control", "place", "statement", "limit", "status", "notes")
Kept = dict[str, dict[str, str]]


def digest(checks: Sequence[Mapping[str, Any]]) -> Kept:
    """What a later run needs to tell what moved: a line's key → its words. Lines for other parties are left out."""
    kept = {}
    for check in checks:
        for line in check["lines"]:
            kept[f"{check['control']} {line['rule']}"] = {
                "control": check["control"],
                "place": line["place"],
                "statement": line["statement"],
                "limit": limit_text(line),
                "status": line["status"],
                "notes": "; ".join(line["notes"]),
            }
    return kept


def compare(before: Kept, checks: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Mark each line with `news` (new, changed or empty) and `was` (fields as they were); returns lines that ended.

    A line that ended and one that came under the same check, with the same words or at the same place, are one line: a
    rule that was read anew, or renumbered, has another id and is no news by itself.
    """
    now = digest(checks)
    gone = {key: line for key, line in before.items() if key not in now}
    for check in checks:
        for line in check["lines"]:
            key = f"{check['control']} {line['rule']}"
            old = before.get(key) or _moved(gone, now[key])
            line["news"], line["was"] = "", {}
            if old is None:
                line["news"] = NEW
            elif was := {name: old[name] for name in _FIELDS if old.get(name, now[key][name]) != now[key][name]}:
                line["news"], line["was"] = CHANGED, was
    return [gone[key] for key in sorted(gone)]


def _moved(gone: dict[str, dict[str, str]], line: Mapping[str, str]) -> dict[str, str] | None:
    """Take the line that this one was before out of those that ended: same check, and same words or same place."""
    for same in ("statement", "place"):
        for key, old in gone.items():
            if old["control"] == line["control"] and old[same] == line[same]:
                return gone.pop(key)
    return None


def last_run(root: Path, site: str, jurisdiction: str, day: str) -> tuple[str, Kept] | None:
    """Day and lines of the newest kept run before `day` (ISO). Raises StoreError for a file that can't be read."""
    runs = _read(_path(root, site, jurisdiction))
    earlier = [kept for kept in runs if kept < day]
    return (max(earlier), runs[max(earlier)]) if earlier else None


def keep_run(root: Path, site: str, jurisdiction: str, day: str, checks: Sequence[Mapping[str, Any]]) -> None:
    """Keep the run of `day`, and the newest one before it. Raises StoreError when the folder can't be written."""
    path = _path(root, site, jurisdiction)
    runs = _read(path)
    runs[day] = digest(checks)
    days = sorted(kept for kept in runs if kept <= day)[-2:]
    text = json.dumps({"site": site, "runs": {kept: runs[kept] for kept in days}}, ensure_ascii=False, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".json.part")
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: can't be written: {error.strerror or error}") from error


def _path(root: Path, site: str, jurisdiction: str) -> Path:
    return root / _FOLDER / f"{fingerprint(site, jurisdiction)}.json"


def _read(path: Path) -> dict[str, Kept]:
    if not path.exists():
        return {}
    try:
        runs: dict[str, Kept] = json.loads(path.read_text(encoding="utf-8"))["runs"]
        for kept in runs.values():
            for line in kept.values():
                if not all(isinstance(line[name], str) for name in _FIELDS[:-1]):
                    raise ValueError("a line has a field that is no text")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path}: not a kept checklist ({error}); delete it to start anew") from error
    return runs
