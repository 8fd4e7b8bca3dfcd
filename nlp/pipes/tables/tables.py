"""`table_thresholds(grid)`: the limits of a table, with parameter, unit and comparator from the heads.

A cell such as ≥95 states a limit only together with its row (项目: 锂综合回收率) and column (单位: %). Heads are the
rows above the first number; columns of ordinals, units, methods and remarks hold no limits. A bare number is a limit
only where cell, head or label says how it bounds (≥, 不低于, 限值, 最高) or the head calls it a requirement (指标值).
Words are data in patterns.py; the numbers themselves are read by the thresholds pipe. Pure, linear in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.pipes.thresholds.lexicon import DEFAULT
from nlp.pipes.thresholds.thresholds import find_thresholds
from nlp.pipes.thresholds.units import lookup
from nlp.text.grids import Cell, Grid
from rules_db.model import Comparator, Span, Threshold

from . import patterns

_MOST_HEAD_ROWS = 3
_LONGEST_VALUE = 40
_LONGEST_LABEL = 40
_LABELS = 3
_SHORT_CELL = 12
STATED = 0.95  # comparator in the cell, unit from a head
DIRECTED = 0.85  # comparator from a head
CALLED = 0.6  # a bare number below a head such as 指标值

_NUMBER = r"[-−+]?[0-9][0-9,]{0,20}+(?:\.[0-9]{1,10})?+[万亿]?"
_VALUE = re.compile(
    rf"(?P<before>[^0-9\-−+]{{0,8}}?) ?(?P<number>{_NUMBER}(?: ?(?:~|～|—|–|-|至|±) ?{_NUMBER})?) ?"
    r"(?P<tail>[^0-9].{0,15}|)"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2} ?年")
_BRACKET = re.compile(r"[（(\[](?P<inside>[^（）()\[\]]{1,16})[）)\]]$")
_SLASH = re.compile(r"[/／,，、](?P<inside>[^/／,，、\u3400-\u9fff]{1,12}(?:/[^/\u3400-\u9fff]{1,8})?)$")
_CAPTION_UNIT = re.compile(r"单位 ?[：:] ?(?P<unit>[^\s，。；）)]{1,16})")
_UNIT_SHAPE = re.compile(r"(?=[^0-9]{0,12}[A-Za-zμΩ%‰℃°])[A-Za-zμΩ%‰℃°·/²³0-9.^（）()-]{1,16}")
_TRAIL = re.compile(r"[：:、，,/／\s]+$")
_WORDS_FOR = {
    Comparator.GE: "≥",
    Comparator.GT: ">",
    Comparator.LE: "≤",
    Comparator.LT: "<",
    Comparator.EQ: "=",
    Comparator.RANGE: "",
}


@dataclass(frozen=True, slots=True)
class _Head:
    """What a head or label says: the bare words, a unit and a direction where it states them. `called` = the table or
    the head calls its cells requirements."""

    words: str = ""
    unit: str | None = None
    comparator: Comparator | None = None
    called: bool = False


def table_thresholds(grid: Grid) -> list[Threshold]:
    """Limits of the table in reading order. Each span is the text of its cell, or of the part that states the limit."""
    rows = grid.rows
    top = next((n for n, row in enumerate(rows) if len([cell for cell in row if cell.text]) > 1), len(rows))
    caption = " ".join([grid.caption[-200:], *(cell.text for row in rows[:top] for cell in row if cell.text)])
    body = _end_of_heads(rows, top)
    columns = _columns(rows[top:body], max(map(len, rows), default=0))
    stated = _CAPTION_UNIT.search(caption)
    common = stated["unit"] if stated else None
    called = any(word in caption for word in patterns.CAPTION_CALLS)
    if called and not any(word in caption for word in patterns.CAPTION_LISTS):
        columns = [replace(head, called=True) for head in columns]
    return [found for row in rows[body:] for found in _row_thresholds(row, columns, common)]


def _end_of_heads(rows: Sequence[Sequence[Cell]], top: int) -> int:
    """The first row that holds a value; a table whose first row does has no heads."""
    for n in range(top, min(top + _MOST_HEAD_ROWS, len(rows))):
        if any(_is_value(cell.text) for cell in rows[n][1:]):
            return n
    return min(top + 1, len(rows))


def _is_value(text: str) -> bool:
    return len(text) <= _LONGEST_VALUE and _value_of(text) is not None


def _value_of(text: str) -> re.Match[str] | None:
    """The parts of a cell that is one number, maybe with comparator and unit; None for words, years, grades."""
    match = _VALUE.fullmatch(text) if len(text) <= _LONGEST_VALUE else None
    if match is None or _YEAR.match(text):
        return None
    before = match["before"].strip()
    if before and not _compares(before):
        return None
    tail = match["tail"].strip()
    if not tail:
        return match
    found = lookup(tail, 0)
    rest = tail[len(found[0]) :] if found else tail
    bounded = not rest or DEFAULT.after(rest, 0, found[1].dimension if found else _RATIO) is not None
    return match if bounded and (found or rest != tail or DEFAULT.after(tail, 0, _RATIO)) else None


_RATIO = lookup("%", 0)[1].dimension  # type: ignore[index]


def _compares(words: str) -> Comparator | None:
    bound = DEFAULT.before(words, len(words), 0)
    return bound.comparator if bound is not None and bound.edge == 0 else None


def _columns(heads: Sequence[Sequence[Cell]], width: int) -> list[_Head]:
    """One head per column: the words of all head rows from the top down; a head above several columns counts for all
    of them that have a word of their own below it."""
    filled: list[list[str]] = []
    for number, row in enumerate(heads):
        line: list[str] = []
        for column in range(width):
            text = row[column].text if column < len(row) else ""
            spans = not text and line and number + 1 < len(heads) and heads[number + 1][column].text
            line.append(line[-1] if spans else text)
        filled.append(line)
    result = []
    for column in range(width):
        words = list(dict.fromkeys(line[column] for line in filled if line[column]))
        result.append(_merge([_read_head(word) for word in words]))
    return result


def _merge(heads: Sequence[_Head]) -> _Head:
    words = " ".join(head.words for head in heads if head.words and not head.called)
    words = words or next((head.words for head in heads if head.words), "")
    unit = next((head.unit for head in reversed(heads) if head.unit), None)
    comparator = next((head.comparator for head in reversed(heads) if head.comparator), None)
    return _Head(words, unit, comparator, any(head.called for head in heads))


def _read_head(text: str) -> _Head:
    """A head or label taken apart: 综合回收率（%，≥） says what, in which unit, and how it bounds."""
    words, unit, comparator = text[:200].strip(), None, None
    for pattern in (_BRACKET, _SLASH, _BRACKET):
        match = pattern.search(words)
        if match is None:
            continue
        parts = [part.strip() for part in re.split(r"[，,、 ]", match["inside"]) if part.strip()]
        units = [part for part in parts if _is_unit(part)]
        bounds = [found for part in parts if (found := _compares(part)) is not None]
        if len(units) + len(bounds) == len(parts) and parts:
            unit, comparator = unit or next(iter(units), None), comparator or next(iter(bounds), None)
            words = words[: match.start()].strip()
    bound = DEFAULT.before(words, len(words), 0)
    if bound is not None:
        comparator, words = comparator or bound.comparator, words[: bound.edge]
    words = _TRAIL.sub("", words)
    if comparator is None:
        comparator = next((direction for word, direction in patterns.DIRECTIONS if word in words), None)
    return _Head(words, unit, comparator, _named(words, patterns.LIMIT_HEADS))


def _named(words: str, names: Sequence[str]) -> bool:
    return "".join(words.split()) in names


def _is_unit(text: str) -> bool:
    found = lookup(text, 0)
    return (found is not None and len(found[0]) == len(text)) or _UNIT_SHAPE.fullmatch(text) is not None


def _row_thresholds(row: Sequence[Cell], columns: Sequence[_Head], common: str | None) -> Iterator[Threshold]:
    roles = [_role(head) for head in columns]
    units = [cell.text for cell, role in zip(row, roles, strict=True) if role == "unit" and cell.text]
    values = [n for n, cell in enumerate(row) if roles[n] == "open" and cell.text and _value_of(cell.text)]
    for n, cell in enumerate(row):
        if roles[n] != "open" or not cell.text or cell.text in patterns.NOTHING:
            continue
        labels = [
            _read_head(other.text)
            for k, other in enumerate(row[:n])
            if other.text and roles[k] == "open" and k not in values and len(other.text) <= _LONGEST_LABEL
        ]
        label = _merge(list(dict.fromkeys(labels))[-_LABELS:])
        yield from _cell_thresholds(cell, columns[n], label, units, common)


def _role(head: _Head) -> str:
    for names, role in (
        (patterns.ORDINAL_HEADS, "ordinal"),
        (patterns.UNIT_HEADS, "unit"),
        (patterns.ASIDE_HEADS, "aside"),
    ):
        if _named(head.words, names):
            return role
    return "open"


def _cell_thresholds(
    cell: Cell, head: _Head, label: _Head, units: Sequence[str], common: str | None
) -> Iterator[Threshold]:
    generic = _named(head.words, patterns.LIMIT_HEADS)
    parameter = " ".join(part for part in (label.words, "" if generic else head.words) if part)
    match = _value_of(cell.text)
    if match is None:
        for found in find_thresholds(cell.text):
            if found.comparator is Comparator.EQ and not found.parameter and len(cell.text) <= _SHORT_CELL:
                continue  # 三元 in a label is no sum of money
            span = Span(found.span.start + cell.start, found.span.end + cell.start, found.span.text, found.span.pattern)
            yield replace(found, span=span, parameter=found.parameter or parameter)
        return
    own = match["before"].strip()
    tail = match["tail"].strip()
    spelled = lookup(tail, 0) if tail else None
    unit = spelled[0] if spelled else next(iter(units), None) or label.unit or head.unit or common or ""
    if label.words.split(" ")[-1] in patterns.DIMENSIONLESS:
        unit = ""
    after = tail[len(spelled[0]) :] if spelled else tail
    comparator = None if own or after else head.comparator or label.comparator
    sign = own or (_WORDS_FOR[comparator] if comparator else "")
    read = _read_number(f"{sign}{match['number']}", unit, after)
    if read is None:
        return
    stated = bool(own or after) or read.comparator is Comparator.RANGE
    if not stated and comparator is None and not (parameter and (head.called or label.called)):
        return
    where = "cell" if stated else "head" if comparator else "called"
    confidence = {"cell": STATED, "head": DIRECTED, "called": CALLED}[where]
    pattern = f"table:{read.comparator.value}:{where}"
    yield replace(
        read,
        span=Span(cell.start, cell.end, cell.text, pattern),
        parameter=parameter,
        base="",
        trigger="",
        confidence=confidence,
    )


def _read_number(number: str, unit: str, after: str) -> Threshold | None:
    """The number read with its unit; a unit that the tables don't know is kept as written, none is the empty text."""
    known = lookup(unit, 0) if unit else None
    written = unit if unit not in patterns.NOTHING else ""
    spelling = unit if known is not None and len(known[0]) == len(unit) else "%"
    found = find_thresholds(f"{number}{spelling}{after}")
    if len(found) != 1:
        return None
    if spelling == "%" and unit != "%":
        return replace(found[0], unit=written)
    return found[0]
