"""The evidence pack: a zip of the evidence files, the profile and the report, with the SHA-256 of each.

The same files give the same bytes: entries in order of their names, no clock, no owner.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

MANIFEST = "MANIFEST.sha256"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


def write_pack(target: Path, folder: Path, profile: Path, report: dict[str, Any]) -> dict[str, str]:
    """Write the pack; returns name → SHA-256. Symbolic links are left out: they may lead anywhere.

    `sha256sum --check MANIFEST.sha256` in the unpacked folder proves the pack whole.
    """
    entries: dict[str, Path | bytes] = {
        f"evidence/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.resolve() != target.resolve()
    }
    entries["profile.yml"] = profile
    entries["report.json"] = (json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    digests: dict[str, str] = {}
    part = target.with_name(target.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name in sorted(entries):
            digests[name] = _add(pack, name, entries[name])
        manifest = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
        _add(pack, MANIFEST, manifest.encode())
    part.replace(target)
    return digests


def _add(pack: zipfile.ZipFile, name: str, content: Path | bytes) -> str:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    digest = hashlib.sha256()
    with pack.open(info, "w", force_zip64=True) as out:
        if isinstance(content, bytes):
            digest.update(content)
            out.write(content)
        else:
            with content.open("rb") as source:
                while block := source.read(_CHUNK):
                    digest.update(block)
                    out.write(block)
    return digest.hexdigest()
