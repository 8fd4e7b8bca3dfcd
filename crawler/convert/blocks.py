"""Text of blocks: white space, tables and the size cap, the same for every format.

In: raw strings and cells. Out: `Block` values whose text is clean: no control characters, no line breaks inside a
paragraph, single spaces, nothing at the ends. Full-width spaces inside a line stay: they are the text's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.limits import LIMITS
from rules_db.model import Block, BlockKind

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
# A line break of the source between two wide characters is wrapping, not a space.
_WRAP = re.compile(f"(?<=[{_WIDE}])[ \t]*[\r\n]+[ \t]*(?=[{_WIDE}])")
_SPACE = re.compile("[ \t\r\n\x85\xa0\u2028\u2029]+")
# Exponents that would otherwise run into the number before them: 10⁵ is not 105.
SUPERSCRIPT = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_ENDS = " \t\r\n\u3000\xa0\u200b\ufeff"


def clean(text: str) -> str:
    """One line of readable text."""
    if not text.isprintable():
        text = _CONTROL.sub("", text)
        text = _WRAP.sub("", text)
    return _SPACE.sub(" ", text).strip(_ENDS)


def paragraph(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, text, page)


def heading(text: str, page: int | None = None) -> Block:
    return Block(BlockKind.HEADING, text, page)


def table(rows: Iterable[Sequence[str]], page: int | None = None) -> Block | None:
    """A table block of cleaned cells, without empty rows; None when every cell is empty."""
    cleaned = [tuple(clean(cell) for cell in row) for row in rows]
    kept = tuple(row for row in cleaned if any(row))
    if not kept:
        return None
    return Block(BlockKind.TABLE, "\n".join("\t".join(row) for row in kept), page, kept)


def bounded(blocks: Iterable[Block], name: str) -> tuple[Block, ...]:
    """Collect blocks up to the limits. Raises `too_large` beyond them."""
    kept: list[Block] = []
    size = 0
    for block in blocks:
        size += len(block.text) + 1
        if size > LIMITS.text_chars or len(kept) >= LIMITS.blocks:
            raise ConversionError(
                ErrorCode.TOO_LARGE,
                f"{name}: more than {LIMITS.text_chars} characters or {LIMITS.blocks} blocks of text",
            )
        kept.append(block)
    return tuple(kept)
