"""Everything a third party needs to check the rule set without this program: one zip with a manifest of digests.

In: the files of the other exports, written into a folder. Out: a zip whose bytes depend on its contents alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

from rules_db.connection import StoreError

# Zip times are local and two seconds coarse: a fixed one keeps equal contents equal.
_TIME = (1980, 1, 1, 0, 0, 0)
MANIFEST = "MANIFEST.json"


def write_bundle(files: Path, target: Path, *, now: str) -> list[dict[str, Any]]:
    """Zip all files below `files` to `target` with MANIFEST.json (SHA-256 and size of each, `now` as ISO UTC); an
    existing target is replaced whole. Returns its name and the number of files in it. Raises StoreError."""
    names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
    aside = target.with_name(f".{target.name}.part-{os.getpid()}")
    manifest: dict[str, dict[str, Any]] = {}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as pack:
            for name in names:
                data = (files / name).read_bytes()
                manifest[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
                _store(pack, name, data)
            told = {"form": "guiji-bundle-1", "written_at": now, "files": manifest}
            _store(pack, MANIFEST, json.dumps(told, indent=1).encode())
        aside.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: can't be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return [{"file": target.name, "entries": len(manifest)}]


def _store(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    pack.writestr(entry, data)
