"""The converter that stages use: binary formats in a limited child process, text here, one kind of refusal for all.

In: bytes and what is known of them. Out: `ConvertedDocument`, or `ConversionError` with a code and one line.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.convert import convert, convert_sandboxed
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.sniff import Format, sniff
from rules_db.model import ConvertedDocument

# Read in this process: no parser of a binary format is involved, and a child process would cost hundreds of times more.
_PLAIN = (Format.HTML, Format.MARKDOWN, Format.TEXT)


def convert_guarded(
    data: bytes, name: str, content_type: str | None, url: str, body_selectors: Sequence[str] = ()
) -> ConvertedDocument:
    """Convert one file from outside. Raises ConversionError, also for a selector of the registry that is none."""
    if sniff(data, name, content_type) not in _PLAIN:
        return convert_sandboxed(data, name=name, content_type=content_type, url=url)
    try:
        return convert(data, name=name, content_type=content_type, url=url, body_selectors=body_selectors)
    except ValueError as error:
        message = f"{url}: {error}; correct selectors.body of its source"
        raise ConversionError(ErrorCode.BAD_SELECTOR, message) from error
