"""HTML pages to blocks and head facts.

In: bytes, with the HTTP Content-Type and the page's address as hints. Out: a `ConvertedDocument` with the body's
blocks. The order is: decide the charset, parse once with lxml, read the head facts, narrow to the body container, walk
it.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from crawler.charset import UndecidedError, decode
from crawler.convert.blocks import bounded
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.furniture import furniture_line
from crawler.convert.head import index_rows, page_facts
from crawler.convert.html_blocks import walk
from crawler.convert.html_body import find_body
from crawler.convert.html_parse import parse
from crawler.convert.html_script import ScriptedDocument, scripted_document
from rules_db.model import Block, BlockKind, ConvertedDocument

_EDGE = 12  # blocks at either end that are looked at for page furniture


def convert_html(
    data: bytes,
    *,
    name: str,
    content_type: str | None = None,
    url: str | None = None,
    body_selectors: Sequence[str] = (),
) -> ConvertedDocument:
    """Raises `ConversionError`: empty, undecided_charset, too_large, unreadable."""
    try:
        decoded = decode(data, content_type)
    except UndecidedError as error:
        raise ConversionError(ErrorCode.UNDECIDED_CHARSET, f"{name}: {error}") from error
    warnings = list(decoded.warnings)
    root = parse(decoded.text, name, warnings)
    scripted = scripted_document(decoded.text)
    containers, blocks, how = _body(root, body_selectors, scripted, name, warnings)
    if how in ("density", "page"):
        warnings.append(f"no known body container; text taken by {how}")
    head = page_facts(root, url, containers, blocks, scripted.fields if scripted is not None else {})
    if not blocks and not head.attachments:
        raise ConversionError(
            ErrorCode.EMPTY, f"{name}: the page has no text; check whether its body is made by a script"
        )
    return ConvertedDocument(blocks, head, "text/html", decoded.charset, tuple(warnings))


def _body(
    root: etree._Element,
    selectors: Sequence[str],
    scripted: ScriptedDocument | None,
    name: str,
    warnings: list[str],
) -> tuple[list[etree._Element], tuple[Block, ...], str]:
    """Containers, blocks and how they were found; the body kept in a script wins when it has more text."""
    containers, how = find_body(root, selectors)
    blocks = bounded(trim([block for container in containers for block in walk(container)]), name)
    if scripted is None:
        return containers, blocks, how
    inner = parse(scripted.html, name, warnings)
    inner_blocks = bounded(trim(list(walk(inner))), name)
    if sum(len(block.text) for block in inner_blocks) > sum(len(block.text) for block in blocks):
        return [inner], inner_blocks, "script"
    return containers, blocks, how


def trim(blocks: list[Block]) -> list[Block]:
    """Drop page furniture at both ends of the text and the index table wherever it stands."""
    kept = [
        block
        for position, block in enumerate(blocks)
        if _EDGE <= position < len(blocks) - _EDGE or not furniture_line(block.text)
    ]
    return [block for block in kept if block.kind is not BlockKind.TABLE or not index_rows(block.rows)]
