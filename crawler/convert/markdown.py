"""Markdown files to blocks: headings, paragraphs between blank lines, pipe tables.

In: bytes. Out: a `ConvertedDocument`; the first level-one heading is the title. Only what appears in saved regulations
is read as markup: the text of a law is never reinterpreted (`（一）`, `1.` and `*` at a line's start stay as they are).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from crawler.convert.blocks import bounded, clean, heading, paragraph, table
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, title_line
from crawler.convert.lines import append, ends_sentence, starts_marker
from crawler.convert.text import decoded_text, split_lines
from rules_db.model import Block, ConvertedDocument, HeadFacts

_HEADING: Final = re.compile(r"(#{1,6})[ \t\u3000]+(\S.*)")
_CLOSING: Final = re.compile(r"[ \t]+#+$")
_RULE: Final = re.compile(r"(?:-{3,}|\*{3,}|_{3,})")
_TABLE_RULE: Final = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?")
_CELL_BREAK: Final = re.compile(r"(?<!\\)\|")
_BOLD: Final = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")
_FRONT: Final = "---"


def convert_markdown(
    data: bytes, *, name: str, content_type: str | None = None, url: str | None = None
) -> ConvertedDocument:
    """Raises `ConversionError`: empty, undecided_charset, too_large."""
    decoded = decoded_text(data, name, content_type)
    lines = _without_front_matter(split_lines(_without_comments(decoded.text)))
    title, blocks = None, []
    for level, block in _blocks(lines):
        if level == 1 and title is None:
            title = block.text
        blocks.append(block)
    if not blocks:
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the file has no text")
    kept = bounded(blocks, name)
    title = title or title_line(kept)
    head = HeadFacts(title=title, document_number=find_document_number(title, kept), url=url)
    return ConvertedDocument(kept, head, "text/markdown", decoded.charset, decoded.warnings)


def _without_comments(text: str) -> str:
    """Text without `<!-- … -->`; an unclosed comment stays. In linear time, which a lazy pattern would not be."""
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[position:start])
        position = end + 3
    return "".join((*parts, text[position:])) if parts else text


def _without_front_matter(lines: list[str]) -> list[str]:
    if lines and lines[0].strip() == _FRONT:
        for position, line in enumerate(lines[1:200], start=1):
            if line.strip() in (_FRONT, "..."):
                return lines[position + 1 :]
    return lines


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, Block]]:
    """(heading level or 0, block)."""
    open_lines: list[str] = []
    position = 0
    while position < len(lines):
        if not lines[position] and not open_lines:
            position += 1
            continue
        line = clean(_BOLD.sub(r"\2", lines[position])) if "*" in lines[position] or "_" in lines[position] else ""
        line = line or clean(lines[position])
        match = _HEADING.fullmatch(line)
        table_here = "|" in line and position + 1 < len(lines) and _TABLE_RULE.fullmatch(lines[position + 1].strip())
        if not line or match or table_here or _RULE.fullmatch(line):
            yield from ((0, paragraph(text)) for text in _paragraphs(open_lines))
            open_lines = []
        if match:
            yield len(match.group(1)), heading(_CLOSING.sub("", match.group(2)))
        elif table_here:
            end = position + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_cells(row) for row in (lines[position], *lines[position + 2 : end])]
            block = table(rows)
            if block is not None:
                yield 0, block
            position = end
            continue
        elif line and not _RULE.fullmatch(line):
            open_lines.append(line)
        position += 1
    yield from ((0, paragraph(text)) for text in _paragraphs(open_lines))


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines of one Markdown paragraph, joined where the text runs on and kept apart where it starts a marker anew."""
    result: list[list[str]] = []
    for line in lines:
        if result and not ends_sentence(result[-1][-1]) and not starts_marker(line):
            append(result[-1], line)
        else:
            result.append([line])
    return ["".join(parts) for parts in result]


def _cells(line: str) -> list[str]:
    inner = line.strip()
    inner = inner.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.replace("\\|", "|").strip() for cell in _CELL_BREAK.split(inner)]
