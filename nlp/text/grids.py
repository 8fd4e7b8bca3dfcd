"""Cells of tables as ranges of the normalised text: blocks and their normalised form in, `Grid` values out.

The text of a table joins cells by tabs, and normalising drops empty ones; the grid keeps them, so that a cell can be
read with the head of its column and of its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.text.normalise import Normalised
from rules_db.model import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` stands at [start, end) of the normalised text; an empty cell has an empty range."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rectangular rows of cells. `caption` is the line of text above it (表1 …, 单位：mg/L)."""

    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    @property
    def start(self) -> int:
        return min((cell.start for row in self.rows for cell in row if cell.text), default=0)

    @property
    def end(self) -> int:
        return max((cell.end for row in self.rows for cell in row if cell.text), default=0)


def grids_of(blocks: Sequence[Block], normalised: Normalised) -> tuple[Grid, ...]:
    """One grid for each table block that keeps its cells. Time grows with the number of cells."""
    grids: list[Grid] = []
    base, above = 0, ""
    for block in blocks:
        if block.kind is BlockKind.TABLE and block.text == "\n".join("\t".join(row) for row in block.rows):
            width = max(map(len, block.rows), default=0)
            rows, at = [], base
            for row in block.rows:
                cells = []
                for cell in row:
                    cells.append(_cell(normalised, at, at + len(cell)))
                    at += len(cell) + 1
                rows.append((*cells, *(Cell(at - 1, at - 1, "") for _ in range(width - len(row)))))
            grids.append(Grid(tuple(rows), above))
        above = block.text if block.kind is not BlockKind.TABLE else ""
        base += len(block.text) + 1
    return tuple(grids)


def _cell(normalised: Normalised, start: int, end: int) -> Cell:
    first, last = normalised.from_source(start), normalised.from_source(end)
    text = normalised.text
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    return Cell(first, last, text[first:last])
