"""HTML pages to blocks and head facts.

In: bytes, with the HTTP Content-Type and the page's address as hints. Out: a `ConvertedDocument` with the body's
blocks. The order is: decide the charset, parse once with lxml, read the head facts, narrow to the body container, walk
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from crawler.charset import UndecidedError, decode
from crawler.convert.blocks import bounded
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.furniture import furniture_line
from crawler.convert.head import index_rows, page_facts
from crawler.convert.html_blocks import walk
from crawler.convert.html_body import find_body
from rules_db.model import Block, BlockKind, ConvertedDocument

_INERT = ("script", "style", "noscript", "template", "svg", "math", "object", "embed")
# Elements that only wrap: taking them away keeps the words and loses the nesting.
_BLOCK_WRAPPER = re.compile(
    r"</?(?:article|aside|blockquote|center|div|footer|form|header|main|nav|section)\b[^<>]*>", re.I
)
_INLINE_WRAPPER = re.compile(
    r"</?(?:b|big|em|font|i|ins|label|o:p|small|span|strong|sub|sup|tbody|tt|u)\b[^<>]*>", re.I
)
# libxml2 takes quadratic time over the attributes of one tag: of long tags only these are kept.
_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,30})(?=[\s/])([^<>]{1500,})>?")
_ATTRIBUTE = re.compile(
    r"\b(class|colspan|content|download|height|hidden|href|id|name|role|rowspan|src|start|style|title|type|value)"
    r"\s{0,3}=\s{0,3}(\"[^\"]{0,4000}\"|'[^']{0,4000}')",
    re.I,
)
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
    etree.strip_elements(root, *_INERT, with_tail=False)
    containers, how = find_body(root, body_selectors)
    if how in ("density", "page"):
        warnings.append(f"no known body container; text taken by {how}")
    blocks = bounded(trim([block for container in containers for block in walk(container)]), name)
    head = page_facts(root, url, containers, blocks)
    if not blocks and not head.attachments:
        raise ConversionError(
            ErrorCode.EMPTY, f"{name}: the page has no text; check whether its body is made by a script"
        )
    return ConvertedDocument(blocks, head, "text/html", decoded.charset, tuple(warnings))


def parse(text: str, name: str, warnings: list[str]) -> etree._Element:
    """Parse a page of any nesting. A page nested deeper than the parser's limit loses its wrapper elements first, since
    the parser would otherwise drop the text below the limit without a word."""
    root, too_deep = _parse_once(text)
    if too_deep:
        root, too_deep = _parse_once(_INLINE_WRAPPER.sub("", _BLOCK_WRAPPER.sub("<p>", text)))
        if too_deep:
            raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: tables or lists nested beyond reading")
        warnings.append("nested too deeply; wrapper elements were removed")
    if root is None:
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the page has no content")
    return root


def _parse_once(text: str) -> tuple[etree._Element | None, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    text = _LONG_TAG.sub(_shortened, text.replace("\x00", ""))
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        if _logged(parser, etree.ErrorTypes.ERR_DOCUMENT_EMPTY):  # nothing in it but comments or declarations
            return None, False
        raise MemoryError(f"libxml2 gave up: {error}") from error  # it repairs everything else
    if _logged(parser, etree.ErrorTypes.ERR_NO_MEMORY):
        raise MemoryError("libxml2 ran out of memory and dropped a part of the page")
    too_deep = any("depth" in entry.message.lower() for entry in parser.error_log)
    return root, too_deep


def _logged(parser: etree.HTMLParser, kind: int) -> bool:
    return any(entry.type == kind for entry in parser.error_log)


def _shortened(tag: re.Match[str]) -> str:
    kept = {name.lower(): f"{name}={value}" for name, value in _ATTRIBUTE.findall(tag.group(2))}
    return f"<{tag.group(1)} {' '.join(kept.values())}>"


def trim(blocks: list[Block]) -> list[Block]:
    """Drop page furniture at both ends of the text and the index table wherever it stands."""
    kept = [
        block
        for position, block in enumerate(blocks)
        if _EDGE <= position < len(blocks) - _EDGE or not furniture_line(block.text)
    ]
    return [block for block in kept if block.kind is not BlockKind.TABLE or not index_rows(block.rows)]
