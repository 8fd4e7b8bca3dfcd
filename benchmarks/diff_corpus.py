"""Multi-version texts of the reference corpus as plain provisions, for measuring the comparison.

Deliberately a simple reader (an article starts where a line starts with 第X条, a chapter where it starts with 第X章):
the comparison is measured here, not the outline parser.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from rules_db.model import ProvisionText

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
NUMERAL = "零〇一二三四五六七八九十百千两"
ARTICLE = re.compile(rf"^\s*(?:\*\*)?(第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?)(?![款项的、和及至])(?:\*\*)?\s*(.*)")
CHAPTER = re.compile(rf"^\s*#*\s*(第[{NUMERAL}]+[编章节])\s*(.*)")
OTHER_HEADING = re.compile(r"^\s*#+\s*(附\s*[则件录表].*)?")


def read_provisions(path: Path) -> tuple[ProvisionText, ...]:
    """Articles of one corpus file in order; text that belongs to no article is left out."""
    articles: list[tuple[str, str, list[str]]] = []
    container = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if article := ARTICLE.match(line):
            articles.append((article.group(1), container, [f"{article.group(1)} {article.group(2).strip()}"]))
        elif chapter := CHAPTER.match(line):
            container = f"{chapter.group(1)} {chapter.group(2)}".strip()
        elif line.lstrip().startswith("#"):
            container = line.strip("# \t\u3000")
        elif articles and line.strip() and articles[-1][1] == container:
            articles[-1][2].append(line.strip())
    return tuple(
        ProvisionText(eid=f"art_{index}", label=label, text="\n".join(lines), container=container)
        for index, (label, container, lines) in enumerate(articles, 1)
    )


def version_pairs() -> list[tuple[str, Path, Path]]:
    """(title, older file, newer file) for every pair of successive versions of one title."""
    versions: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            versions[row["title"]].append((row["version_date"], CORPUS / row["path"]))
    pairs = []
    for title, files in sorted(versions.items()):
        files.sort()
        pairs.extend((title, older, newer) for (_, older), (_, newer) in pairwise(files))
    return pairs
