"""PDF files to blocks, from the text layer.

In: bytes. Out: a `ConvertedDocument` whose blocks carry their page. Pages are read line by line with pdfium; joining
lines to paragraphs and taking off page numbers and running heads is crawler/convert/pdf_layout.py. A file without a
text layer is a scan and ends in `no_text`: nothing is guessed from pictures.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from crawler.charset import han_score
from crawler.convert.blocks import bounded, clean
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.facts import find_document_number, title_of
from crawler.convert.limits import LIMITS
from crawler.convert.pdf_layout import CELL_GAP, Cell, Line, paragraphs
from rules_db.model import ConvertedDocument, HeadFacts

_MIN_CHARS: Final = 20  # fewer in the whole file: a scan with a stamp or a page number on it
_MAX_LOST: Final = 0.3  # share of characters without a known code above which the text layer is no text
_MIN_HAN_SCORE: Final = 0.15
_INNER_SPACE: Final = re.compile(r"(?<=\S)\s+(?=\S)")
_GAPS_MEASURED: Final = 12
_GAP: Final = re.compile("(?<=[\u3400-\u9fff、，。；：（）]) (?=[\u3400-\u9fff、，。；：（）])")
# Some fonts map Han to look-alike radicals (⼀ for 一); that is an artefact of the file, so it is undone here.
_RADICALS: Final = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | str.maketrans(
    "⺟⺠⻁⻄⻅⻉⻋⻓⻔⻘⻚⻛⻜⻢⻥⻦⻨⻩⻬⻮⻰⻳", "母民虎西见贝车长门青页风飞马鱼鸟麦黄齐齿龙龟"
)


def convert_pdf(data: bytes, *, name: str, url: str | None = None) -> ConvertedDocument:
    """Raises `ConversionError`: encrypted, unreadable, too_large, no_text. pdfium is not safe in several threads of one
    process; the sandbox gives each file its own."""
    document = _open(data, name)
    try:
        count = len(document)
        if count > LIMITS.pages:
            raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: {count} pages, at most {LIMITS.pages} are read")
        pages = [list(_lines(document, number, name)) for number in range(count)]
    finally:
        document.close()
    text = "".join(line.text for page in pages for line in page)
    _check_text(text, count, name)
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page]
    warnings = [f"pages without a text layer: {', '.join(empty[:20])}"] if empty else []
    blocks = bounded(paragraphs(pages), name)
    title = title_of(blocks)
    head = HeadFacts(title=title, document_number=find_document_number(title, blocks), url=url)
    return ConvertedDocument(blocks, head, "application/pdf", None, tuple(warnings))


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = pdfium_c.FPDF_GetLastError()
        if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise ConversionError(
                ErrorCode.ENCRYPTED, f"{name}: the PDF needs a password; save it without one"
            ) from error
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: not a readable PDF ({error}); fetch it again") from error


def _lines(document: pdfium.PdfDocument, number: int, name: str) -> Iterator[Line]:
    """Lines of one page with the position of their ends in points."""
    try:
        page = document[number]
    except pdfium.PdfiumError as error:
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: page {number + 1} is damaged ({error})") from error
    try:
        textpage = page.get_textpage()
        try:
            yield from _page_lines(textpage, number + 1)
        finally:
            textpage.close()
    finally:
        page.close()


def _page_lines(textpage: pdfium.PdfTextPage, number: int) -> Iterator[Line]:
    raw = textpage.get_text_range()
    wide = not raw.isascii() and max(raw) >= "\U00010000"

    def unit(index: int) -> int:  # pdfium counts UTF-16 units
        return len(raw[:index].encode("utf-16-le")) // 2 if wide else index

    start = 0
    for part in raw.splitlines(keepends=True):
        body = part.rstrip()
        text = _without_gaps(clean(body.translate(_RADICALS)))
        if text:
            first = start + len(body) - len(body.lstrip())
            size = float(pdfium_c.FPDFText_GetFontSize(textpage.raw, unit(first)))
            gaps = [
                gap
                for gap in islice(_INNER_SPACE.finditer(body), _GAPS_MEASURED)
                if _box(textpage, unit(start + gap.end()))[0] - _box(textpage, unit(start + gap.start() - 1))[1]
                > CELL_GAP * size
            ]
            left, right = _box(textpage, unit(first))[0], _box(textpage, unit(start + len(body) - 1))[1]
            edges = [first - start, *(edge for gap in gaps for edge in gap.span()), len(body)]
            cells = tuple(
                Cell(
                    _without_gaps(clean(body[begin:end].translate(_RADICALS))),
                    _box(textpage, unit(start + begin))[0],
                    _box(textpage, unit(start + end - 1))[1],
                )
                for begin, end in zip(edges[::2], edges[1::2], strict=True)
            )
            yield Line(text, left, right, size, number, bool(gaps), cells, _base(textpage, unit(first)))
        start += len(part)


def _without_gaps(line: str) -> str:
    """A line without the spaces that justified type puts between most of its characters; other spaces stay."""
    gaps = len(_GAP.findall(line))
    return _GAP.sub("", line) if gaps >= 3 and gaps * 5 >= len(line) else line


def _box(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    found = pdfium_c.FPDFText_GetCharBox(textpage.raw, index, left, right, bottom, top)
    return (left.value, right.value) if found else (0.0, 0.0)


def _base(textpage: pdfium.PdfTextPage, index: int) -> float:
    """Height of a character's base line above the page's lower edge."""
    x, y = ctypes.c_double(), ctypes.c_double()
    return y.value if pdfium_c.FPDFText_GetCharOrigin(textpage.raw, index, x, y) else 0.0


def _check_text(text: str, pages: int, name: str) -> None:
    """Raises `no_text` for scans and for text layers that are not text."""
    if len(text) < _MIN_CHARS or len(text) < 3 * pages:
        raise ConversionError(ErrorCode.NO_TEXT, f"{name}: a scan without a text layer; it needs reading (OCR) first")
    lost = sum(character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn") for character in text)
    if lost > _MAX_LOST * len(text):
        raise ConversionError(
            ErrorCode.NO_TEXT, f"{name}: the fonts don't say which characters they draw; it needs OCR"
        )
    wide = sum(character >= "\u2e80" for character in text)
    if wide > 200 and han_score(text) < _MIN_HAN_SCORE:
        raise ConversionError(ErrorCode.NO_TEXT, f"{name}: the text layer is garbled; it needs OCR or another copy")
