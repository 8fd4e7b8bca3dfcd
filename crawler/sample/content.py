"""The sample portal's documents: text files with a short head → `SampleDocument`.

In: `day1/<site>/*.txt` and `day2/<site>/*.txt`; day two lies over day one (same file name = the page as it is then).
Out: documents by site. All texts are invented; every rendered page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

FOLDER: Final = Path(__file__).parent
DAYS: Final = (1, 2)
# When the demo pretends to look, ISO UTC; a week apart, so that revisits are due.
NOW: Final[Mapping[int, str]] = MappingProxyType({1: "2026-05-20T01:00:00Z", 2: "2026-05-27T01:00:00Z"})
_MARK: Final = "---"


@dataclass(frozen=True, slots=True)
class SampleSite:
    """A site of the portal. `columns` maps path of a list page → name."""

    id: str
    name: str
    name_en: str
    platform: str
    level: str
    jurisdiction: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """One page. `path` is its address on the site, `column` the list it is in, `published` ISO. `attachment` names a
    file that is built from `attachment_lines`; `noise` asks for the cosmetic dressing of its day."""

    site: str
    name: str
    day: int
    title: str
    path: str
    column: str
    published: str
    number: str
    issuer: str
    attachment: str
    noise: bool
    paragraphs: tuple[str, ...]
    attachment_lines: tuple[str, ...]


@lru_cache(maxsize=4)
def documents(day: int) -> Mapping[str, tuple[SampleDocument, ...]]:
    """Documents of every site as they are on a day, newest first."""
    if day not in DAYS:
        raise ValueError(f"the sample portal has days {DAYS}, not {day}")
    found: dict[tuple[str, str], SampleDocument] = {}
    for each in range(1, day + 1):
        for path in sorted((FOLDER / f"day{each}").glob("*/*.txt")):
            found[path.parent.name, path.stem] = _read(path, each)
    by_site: dict[str, list[SampleDocument]] = {}
    for document in found.values():
        by_site.setdefault(document.site, []).append(document)
    return MappingProxyType(
        {
            site: tuple(sorted(pages, key=lambda page: (page.published, page.name), reverse=True))
            for site, pages in by_site.items()
        }
    )


def _read(path: Path, day: int) -> SampleDocument:
    head, _, rest = path.read_text(encoding="utf-8").partition(f"\n{_MARK}\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
    body, _, attached = rest.partition(f"\n{_MARK}\n")
    return SampleDocument(
        site=path.parent.name,
        name=path.stem,
        day=day,
        title=fields["title"],
        path=fields["path"],
        column=fields["column"],
        published=fields["published"],
        number=fields.get("number", ""),
        issuer=fields.get("issuer", ""),
        attachment=fields.get("attachment", ""),
        noise=fields.get("noise") == "yes",
        paragraphs=tuple(line for line in body.splitlines() if line.strip()),
        attachment_lines=tuple(line for line in attached.splitlines() if line.strip()),
    )
