"""Files to text blocks and head facts.

In: bytes and what is known of them (name, HTTP Content-Type, address). Out: `ConvertedDocument`, or `ConversionError`
with a code from a closed list. `convert` runs in this process; `convert_sandboxed` does the same in a limited child
process and is the one to use for files from outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.html import convert_html
from crawler.convert.limits import LIMITS
from crawler.convert.markdown import convert_markdown
from crawler.convert.sniff import Format, sniff
from crawler.convert.text import convert_text
from rules_db.model import ConvertedDocument

CONVERTER_VERSION = "1"

__all__ = ["CONVERTER_VERSION", "ConversionError", "ErrorCode", "convert"]


def convert(
    data: bytes,
    *,
    name: str,
    content_type: str | None = None,
    url: str | None = None,
    body_selectors: Sequence[str] = (),
) -> ConvertedDocument:
    """Convert one file. `name` serves to tell the format and to name the file in errors; it is never opened.
    `body_selectors` (CSS, or XPath beginning with `/` or `./`) are tried in order before the known containers."""
    if not data.strip(b"\x00\t\r\n "):
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the file is empty")
    if len(data) > LIMITS.input_bytes:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: {len(data)} bytes, at most {LIMITS.input_bytes} are read")
    kind = sniff(data, name, content_type)
    if kind is Format.HTML:
        return convert_html(data, name=name, content_type=content_type, url=url, body_selectors=body_selectors)
    if kind is Format.TEXT:
        return convert_text(data, name=name, content_type=content_type, url=url)
    if kind is Format.MARKDOWN:
        return convert_markdown(data, name=name, content_type=content_type, url=url)
    raise ConversionError(ErrorCode.UNSUPPORTED, f"{name}: {kind.value} files cannot be read; save it as docx or pdf")
