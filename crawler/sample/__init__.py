"""The bundled sample portal: three invented sites on loopback and two scripted days, for `guiji demo` and for tests.

`expected.yml` says what a run over both days must and must not report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from crawler.sample.content import DAYS, NOW
from crawler.sample.registry_files import write_sources
from crawler.sample.server import SamplePortal

__all__ = ["DAYS", "EXPECTED", "NOW", "SamplePortal", "serve", "write_sources"]

EXPECTED = Path(__file__).with_name("expected.yml")


@contextmanager
def serve(day: int, base_urls: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run the portal as it is on a day; yields site id → base URL. Pass the first day's addresses to keep its ports."""
    ports = {site: urlsplit(url).port or 0 for site, url in (base_urls or {}).items()}
    with SamplePortal(day, ports) as portal:
        yield portal.base_urls
