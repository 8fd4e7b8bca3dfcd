"""Parse HTML of any shape in linear time, or say why not.

In: decoded text. Out: the root element of an lxml tree without comments. Two things would take lxml beyond linear
time or lose text in silence, and are dealt with before: tags with thousands of attributes, and nesting below the
parser's limit.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from crawler.convert.errors import ConversionError, ErrorCode

_INERT: Final = ("script", "style", "noscript", "template", "svg", "math", "object", "embed")
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


def parse(text: str, name: str, warnings: list[str]) -> etree._Element:
    """The tree of a page without scripts and styles. Where a page is nested deeper than the parser's limit, wrapper
    elements go first: the parser would drop the text below the limit without a word. Raises `empty`, `too_large`."""
    root, too_deep = _parse_once(text, name)
    if too_deep:
        root, too_deep = _parse_once(_INLINE_WRAPPER.sub("", _BLOCK_WRAPPER.sub("<p>", text)), name)
        if too_deep:
            raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: tables or lists nested beyond reading")
        warnings.append("nested too deeply; wrapper elements were removed")
    if root is None:
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the page has no content")
    etree.strip_elements(root, *_INERT, with_tail=False)
    return root


def _parse_once(text: str, name: str) -> tuple[etree._Element | None, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    text = _LONG_TAG.sub(_shortened, text.replace("\x00", ""))
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        if _logged(parser, etree.ErrorTypes.ERR_DOCUMENT_EMPTY):  # nothing in it but comments or declarations
            return None, False
        raise _out_of_memory(name) from error  # everything else it repairs
    if _logged(parser, etree.ErrorTypes.ERR_NO_MEMORY):
        raise _out_of_memory(name)  # a part of the page is lost
    too_deep = any("depth" in entry.message.lower() for entry in parser.error_log)
    return root, too_deep


def _out_of_memory(name: str) -> ConversionError:
    return ConversionError(ErrorCode.TOO_LARGE, f"{name}: the parser ran out of memory on it; look at it by hand")


def _logged(parser: etree.HTMLParser, kind: int) -> bool:
    return any(entry.type == kind for entry in parser.error_log)


def _shortened(tag: re.Match[str]) -> str:
    kept = {name.lower(): f"{name}={value}" for name, value in _ATTRIBUTE.findall(tag.group(2))}
    return f"<{tag.group(1)} {' '.join(kept.values())}>"
