"""Files to text blocks and head facts.

In: bytes and what is known of them (name, HTTP Content-Type, address). Out: `ConvertedDocument`, or `ConversionError`
with a code from a closed list. `convert` runs in this process; `convert_sandboxed` does the same in a limited child
process and is the one to use for files from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.limits import LIMITS
from crawler.convert.sandbox import SandboxLimits, convert_sandboxed
from crawler.convert.sniff import Format, sniff
from rules_db.model import ConvertedDocument

CONVERTER_VERSION: Final = "3"

__all__ = [
    "CONVERTER_VERSION",
    "ConversionError",
    "ErrorCode",
    "Format",
    "SandboxLimits",
    "convert",
    "convert_sandboxed",
    "sniff",
]

# What a person can do about a file that no converter reads.
_ADVICE: Final = {
    Format.IMAGE: (ErrorCode.NO_TEXT, "a picture; it needs reading by a person or an OCR program"),
    Format.ODT: (ErrorCode.UNSUPPORTED, "save it as docx or pdf and ingest that"),
    Format.PRESENTATION: (ErrorCode.UNSUPPORTED, "save it as pdf and ingest that"),
    Format.RAR: (ErrorCode.UNSUPPORTED, "unpack it and ingest the files, or pack them as zip"),
    Format.RTF: (ErrorCode.UNSUPPORTED, "save it as docx or pdf and ingest that"),
    Format.SEVEN_ZIP: (ErrorCode.UNSUPPORTED, "unpack it and ingest the files, or pack them as zip"),
    Format.XML: (ErrorCode.UNSUPPORTED, "XML of no known kind; ingest the page or document it was made from"),
    Format.UNKNOWN: (ErrorCode.UNSUPPORTED, "unknown kind of file; save it as docx, pdf or html and ingest that"),
}


def convert(
    data: bytes,
    *,
    name: str,
    content_type: str | None = None,
    url: str | None = None,
    body_selectors: Sequence[str] = (),
) -> ConvertedDocument:
    """Convert one file. `name` serves to tell the format and to name the file in errors; it is never opened.
    `body_selectors` (CSS, or XPath beginning with `/` or `./`) are tried in order before the known containers.
    Raises `ConversionError`, and ValueError for a selector that is no selector."""
    if not data.strip(b"\x00\t\r\n "):
        raise ConversionError(ErrorCode.EMPTY, f"{name}: the file is empty")
    if len(data) > LIMITS.input_bytes:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: {len(data)} bytes, at most {LIMITS.input_bytes} are read")
    kind = sniff(data, name, content_type)
    if kind in (Format.HTML, Format.TEXT, Format.MARKDOWN) and len(data) > LIMITS.text_bytes:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: {len(data)} bytes of text, at most {LIMITS.text_bytes}")
    # Converters are imported when first needed: a child process that reads one PDF needs no HTML parser.
    match kind:
        case Format.HTML:
            from crawler.convert.html import convert_html

            return convert_html(data, name=name, content_type=content_type, url=url, body_selectors=body_selectors)
        case Format.TEXT:
            from crawler.convert.text import convert_text

            return convert_text(data, name=name, content_type=content_type, url=url)
        case Format.MARKDOWN:
            from crawler.convert.markdown import convert_markdown

            return convert_markdown(data, name=name, content_type=content_type, url=url)
        case Format.PDF:
            from crawler.convert.pdf import convert_pdf

            return convert_pdf(data, name=name, url=url)
        case Format.DOCX:
            from crawler.convert.word import convert_docx

            return convert_docx(data, name=name, url=url)
        case Format.DOC:
            from crawler.convert.word_binary import convert_doc

            return convert_doc(data, name=name, url=url)
        case Format.XLSX | Format.XLS:
            from crawler.convert.sheet import convert_sheet

            return convert_sheet(data, name=name, url=url)
        case Format.OFD:
            from crawler.convert.ofd import convert_ofd

            return convert_ofd(data, name=name, url=url)
        case Format.ZIP:
            from crawler.convert.archive import convert_archive

            return convert_archive(data, name=name, convert=_convert_member, url=url)
        case _:
            code, advice = _ADVICE.get(kind, _ADVICE[Format.UNKNOWN])
            raise ConversionError(code, f"{name} ({kind.value}): {advice}")


def _convert_member(data: bytes, label: str) -> ConvertedDocument:
    return convert(data, name=label)
