"""Evidence files as rows, streamed: CSV with a header, JSON lines, YAML lists; a broken row is named and skipped.

In: a file and the columns that are wanted. Out: (line, cells in the order of the columns); absent cells are empty.
Times are read as ISO 8601; a time with an offset is moved to China time (UTC+8), one without is taken for it.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from rules_db.reviewed_yaml import StrictLoader

Problem = Callable[[int, str], None]
Row = tuple[int, list[str]]
CHINA = datetime.timezone(datetime.timedelta(hours=8))
_LONGEST_LINE = 1 << 20
_LARGEST_YAML = 1 << 24


def evidence_files(folder: Path, stem: str, *endings: str) -> list[Path]:
    """Files of the folder whose name starts with the stem and has one of the endings, by name."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and path.name.startswith(stem) and path.suffix in endings
    )


def read_rows(path: Path, columns: Sequence[str], problem: Problem, optional: Collection[str] = ()) -> Iterator[Row]:
    """Rows of a .csv, .jsonl, .yml or .yaml file; what can't be read goes to `problem` with its line.

    A CSV file whose header lacks a column is a problem unless the column is `optional`.
    """
    if path.suffix == ".csv":
        yield from _csv_rows(path, columns, problem, optional)
    elif path.suffix == ".jsonl":
        yield from _json_rows(path, columns, problem)
    else:
        yield from _yaml_rows(path, columns, problem)


def moment(text: str) -> datetime.datetime:
    """A time as China wall-clock time without offset. Raises ValueError."""
    value = datetime.datetime.fromisoformat(text)
    try:
        return value if value.tzinfo is None else value.astimezone(CHINA).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"{text} is out of range") from error


def _lines(path: Path, problem: Problem) -> Iterator[tuple[int, str]]:
    """Decoded lines; one that is no UTF-8 or longer than a mebibyte is named and left out."""
    with path.open("rb") as handle:
        number = 0
        while raw := handle.readline(_LONGEST_LINE):
            number += 1
            if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
                problem(number, f"line is longer than {_LONGEST_LINE:,} bytes")
                while (rest := handle.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                continue
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                problem(number, f"not UTF-8: {error.reason} at byte {error.start + 1} of the line")
                continue
            if "\x00" in text:
                problem(number, "holds a NUL character")
                continue
            yield number, text


def _csv_rows(path: Path, columns: Sequence[str], problem: Problem, optional: Collection[str]) -> Iterator[Row]:
    at = 0

    def feed() -> Iterator[str]:
        nonlocal at
        for at, text in _lines(path, problem):  # noqa: B007 - `at` is read outside
            yield text

    reader = csv.reader(feed(), strict=True)
    header: list[str] | None = None
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            problem(before + 1, f"no CSV row: {error}")
            before = at
            continue
        line, before = before + 1 if at > before + 1 and "\n" in "".join(cells) else at, at
        if header is None:
            header = [cell.strip() for cell in cells]
            doubled = sorted({name for name in header if header.count(name) > 1})
            if doubled:
                problem(line, f"column {', '.join(doubled)} stands twice")
                return
            absent = [name for name in columns if name not in header and name not in optional]
            if absent:
                problem(line, f"no column {', '.join(absent)}; the header says {', '.join(header)[:300]}")
            places = [header.index(name) if name in header else -1 for name in columns]
            width = len(header)
            direct = places == list(range(width))
            continue
        if not cells:
            continue
        if len(cells) != width:
            problem(line, f"{len(cells)} cells, the header has {width}")
            continue
        yield line, cells if direct else [cells[place] if place >= 0 else "" for place in places]
    if header is None:
        problem(0, "is empty; a header line is expected")


def _json_rows(path: Path, columns: Sequence[str], problem: Problem) -> Iterator[Row]:
    for line, text in _lines(path, problem):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            problem(line, f"no JSON: {error}")
            continue
        row = _cells(value, columns, line, problem)
        if row is not None:
            yield line, row


def _yaml_rows(path: Path, columns: Sequence[str], problem: Problem) -> Iterator[Row]:
    try:
        if path.stat().st_size > _LARGEST_YAML:
            problem(0, f"is larger than {_LARGEST_YAML:,} bytes; use CSV")
            return
        text = path.read_text(encoding="utf-8")
        raw = yaml.load(text, Loader=StrictLoader)  # noqa: S506 - a SafeLoader
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        problem(0, f"not readable YAML: {' '.join(str(error).split())}")
        return
    if not isinstance(raw, list) or not isinstance(tree, yaml.SequenceNode):
        problem(1, "a list of entries is expected")
        return
    for value, node in zip(raw, tree.value, strict=True):
        row = _cells(value, columns, node.start_mark.line + 1, problem)
        if row is not None:
            yield node.start_mark.line + 1, row


def _cells(value: Any, columns: Sequence[str], line: int, problem: Problem) -> list[str] | None:
    if not isinstance(value, dict):
        problem(line, "an object with named fields is expected")
        return None
    cells = []
    for name in columns:
        cell = value.get(name)
        if isinstance(cell, dict | list):
            problem(line, f"{name} holds {type(cell).__name__}; a text or number is expected")
            return None
        cells.append("" if cell is None else cell if isinstance(cell, str) else _plain(cell))
    return cells


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
