"""Plain text files to blocks: one line is one paragraph, since the notices people save as text are not wrapped.

In: bytes. Out: a `ConvertedDocument`. A file whose lines all end at the same width was wrapped, and is joined again.
"""

from __future__ import annotations

import re
from typing import Final

from crawler.charset import Decoded, UndecidedError, decode
from crawler.convert.blocks import bounded, clean, heading, paragraph
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, title_line
from crawler.convert.lines import join_wrapped
from rules_db.model import Block, ConvertedDocument, HeadFacts

_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def convert_text(
    data: bytes, *, name: str, content_type: str | None = None, url: str | None = None
) -> ConvertedDocument:
    """Raises `ConversionError`: empty, undecided_charset, too_large."""
    decoded = decoded_text(data, name, content_type)
    lines = join_wrapped([clean(line) for line in split_lines(decoded.text)])
    blocks: list[Block] = [paragraph(line) for line in lines if line]
    if not blocks:
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the file has no text")
    title = title_line(blocks)
    if title is not None:
        blocks[0] = heading(title)
    kept = bounded(blocks, name)
    head = HeadFacts(title=title, document_number=find_document_number(title, kept), url=url)
    return ConvertedDocument(kept, head, "text/plain", decoded.charset, decoded.warnings)


def decoded_text(data: bytes, name: str, content_type: str | None) -> Decoded:
    """The text of a file. Raises `undecided_charset`."""
    try:
        return decode(data, content_type)
    except UndecidedError as error:
        raise ConversionError(ErrorCode.UNDECIDED_CHARSET, f"{name}: {error}") from error


def split_lines(text: str) -> list[str]:
    """Lines at every kind of line break, form feeds included."""
    return _BREAK.split(text)
