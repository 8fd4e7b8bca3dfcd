"""Registry files of the sample portal, for the demo and for tests.

In: a folder and the addresses the portal runs at. Out: one YAML file per site there, in the form of `crawler/sources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.registry import BUNDLED, DEFAULTS_NAME
from crawler.sample.content import SampleSite
from crawler.sample.sites import SITES

_RUNBOOK = "Bundled sample site on loopback. Nothing to repair: its failure on day two is part of the demonstration."


def write_sources(folder: Path, base_urls: Mapping[str, str]) -> Path:
    """Write the files (replacing those of an earlier run) and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DEFAULTS_NAME).write_bytes((BUNDLED / DEFAULTS_NAME).read_bytes())
    for site in SITES:
        text = yaml.safe_dump(_settings(site, base_urls[site.id]), allow_unicode=True, sort_keys=False)
        (folder / f"{site.id}.yml").write_text(text, encoding="utf-8")
    return folder


def _settings(site: SampleSite, base_url: str) -> dict[str, Any]:
    return {
        "name": {"zh": site.name, "en": site.name_en},
        "platform": site.platform,
        "level": site.level,
        "jurisdiction": site.jurisdiction,
        "base_url": base_url,
        "allowed_hosts": [urlsplit(base_url).netloc],
        "columns": [
            {"name": name, "url": base_url + path, "kind": "notice", "confidence": "live"}
            for path, name in site.columns.items()
        ],
        "assertions": {"min_entries": 3},
        "runbook": _RUNBOOK,
        "grade": "A",
        "confidence": {"platform": "live", "columns": "live"},
        "status": "ok",
        "tier": "official",
    }
