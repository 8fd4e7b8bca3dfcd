"""Decide what kind of file some bytes are: magic bytes first, then the name's suffix, then the HTTP Content-Type.

In: bytes, a name and a content type. Out: a `Format`. A server that answers an attachment with an HTML block page, or a
`.doc` that is HTML or RTF inside, is found out here.
"""

from __future__ import annotations

import io
import re
import struct
from enum import StrEnum
from typing import Final

import olefile  # type: ignore[import-untyped]


class Format(StrEnum):
    HTML = "html"
    TEXT = "txt"
    MARKDOWN = "md"
    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    XLSX = "xlsx"
    XLS = "xls"
    OFD = "ofd"
    ZIP = "zip"
    RTF = "rtf"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    IMAGE = "image"
    PRESENTATION = "ppt"
    ODT = "odt"
    XML = "xml"
    UNKNOWN = "unknown"


_SUFFIXES: Final = {
    "csv": Format.TEXT,
    "doc": Format.DOC,
    "docm": Format.DOCX,
    "docx": Format.DOCX,
    "et": Format.XLS,
    "htm": Format.HTML,
    "html": Format.HTML,
    "jhtml": Format.HTML,
    "jsp": Format.HTML,
    "markdown": Format.MARKDOWN,
    "md": Format.MARKDOWN,
    "ofd": Format.OFD,
    "pdf": Format.PDF,
    "shtml": Format.HTML,
    "text": Format.TEXT,
    "txt": Format.TEXT,
    "wps": Format.DOC,
    "xhtml": Format.HTML,
    "xls": Format.XLS,
    "xlsm": Format.XLSX,
    "xlsx": Format.XLSX,
    "zip": Format.ZIP,
}
_TYPES: Final = {
    "application/msword": Format.DOC,
    "application/ofd": Format.OFD,
    "application/pdf": Format.PDF,
    "application/vnd.ms-excel": Format.XLS,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Format.DOCX,
    "application/xhtml+xml": Format.HTML,
    "application/zip": Format.ZIP,
    "text/html": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/plain": Format.TEXT,
}
_MAGIC: Final = (
    (b"{\\rtf", Format.RTF),
    (b"Rar!\x1a\x07", Format.RAR),
    (b"7z\xbc\xaf\x27\x1c", Format.SEVEN_ZIP),
    (b"\x89PNG\r\n", Format.IMAGE),
    (b"\xff\xd8\xff", Format.IMAGE),
    (b"GIF8", Format.IMAGE),
    (b"II*\x00", Format.IMAGE),
    (b"MM\x00*", Format.IMAGE),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: Final = (
    ("WordDocument", Format.DOC),
    ("Workbook", Format.XLS),
    ("Book", Format.XLS),
    ("PowerPoint Document", Format.PRESENTATION),
    ("EncryptedPackage", Format.DOCX),
)
_HTML = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<meta\s|<(?:div|table|p|ucapcontent)[\s>]", re.I
)
_HEAD = 4096


def sniff(data: bytes, name: str, content_type: str | None = None) -> Format:
    """The format to convert `data` as. Containers (zip, OLE) are told apart by what they hold."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith(_OLE):
        return _ole_kind(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    named = _SUFFIXES.get(name.rsplit(".", 1)[-1].lower()) if "." in name else None
    typed = _TYPES.get(content_type.split(";")[0].strip().lower()) if content_type else None
    looks_html = _HTML.search(head) is not None
    text_like = (Format.TEXT, Format.MARKDOWN)
    if named in text_like or (named is None and typed in text_like):
        return (
            Format.HTML
            if head[:15].lower().startswith((b"<!doctype html", b"<html"))
            else named or typed or Format.TEXT
        )
    if looks_html or _looks_wide_html(head):
        return Format.HTML
    if head.startswith(b"<?xml"):
        return Format.XML
    if Format.HTML in (named, typed):
        return Format.HTML
    if named is None and typed is None and _looks_text(data[:_HEAD]):
        return Format.TEXT
    return Format.UNKNOWN


def _zip_kind(data: bytes) -> Format:
    """Which package a zip is, from member names, which stand uncompressed in the local headers and the directory."""
    tail = data[-262144:]
    for marker, kind in (
        (b"word/document.xml", Format.DOCX),
        (b"xl/workbook.", Format.XLSX),
        (b"OFD.xml", Format.OFD),
        (b"ppt/presentation.xml", Format.PRESENTATION),
        (b"application/vnd.oasis.opendocument.text", Format.ODT),
    ):
        if marker in tail or marker in data[:_HEAD]:
            return kind
    return Format.ZIP


def _ole_kind(data: bytes, name: str) -> Format:
    """Which old Office file an OLE container is, from the streams at its root (embedded objects lie deeper)."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            streams = {path[0] for path in ole.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError, RecursionError, struct.error):
        streams = set()  # damaged: the name decides and the converter says what is wrong
    for stream, kind in _STREAMS:
        if stream in streams:
            return kind
    return _SUFFIXES.get(name.rsplit(".", 1)[-1].lower(), Format.UNKNOWN)


def _looks_wide_html(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) and _HTML.search(head.replace(b"\x00", b"")) is not None


def _looks_text(head: bytes) -> bool:
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return control * 50 <= len(head) or head.startswith((b"\xff\xfe", b"\xfe\xff"))
