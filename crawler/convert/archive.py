"""Zip archives: their members one by one, and all of them as one document.

In: bytes. Out: `members` gives (label, bytes) for the files in it, `convert_archive` one `ConvertedDocument` with
each member under a heading. Member names are labels: nothing is written to disk and no path is built from them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import Final

from crawler.charset import UndecidedError, decode
from crawler.convert.attachments import safe_name
from crawler.convert.blocks import bounded, heading
from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.limits import LIMITS
from crawler.convert.package import open_package
from crawler.convert.sniff import Format, sniff
from rules_db.model import Block, ConvertedDocument, HeadFacts

Convert = Callable[[bytes, str], ConvertedDocument]

_UTF8_FLAG: Final = 0x800
_JUNK: Final = ("__MACOSX/", "Thumbs.db", ".DS_Store", "desktop.ini")


def members(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """(label, bytes) of each file in a zip, at most 50. Raises `encrypted`, `unreadable` or `too_large`."""
    package = open_package(data, name)
    infos = [info for info in package.archive.infolist() if not info.is_dir() and not _is_junk(info.filename)]
    if len(infos) > LIMITS.archive_members:
        raise ConversionError(
            ErrorCode.TOO_LARGE, f"{name}: {len(infos)} files, at most {LIMITS.archive_members} are read; unpack it"
        )
    for info in infos:
        yield member_label(info), package.read(info.filename)


def member_label(info: zipfile.ZipInfo) -> str:
    """A member's name as text. Chinese programs write GBK without saying so, which zipfile reads as CP437."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG and not name.isascii():
        raw = name.encode("cp437", "replace")
        try:
            name = decode(raw).text
        except UndecidedError:
            name = raw.decode("gb18030", "replace")
    return safe_name(name.replace("\\", "/"))


def convert_archive(data: bytes, *, name: str, convert: Convert, url: str | None = None) -> ConvertedDocument:
    """All readable members as one document; those that can't be read become warnings. An archive inside the archive is
    not opened. Raises the first member's error when none can be read."""
    blocks: list[Block] = []
    warnings: list[str] = []
    first: ConversionError | None = None
    title: str | None = None
    for label, content in members(data, name):
        try:
            if sniff(content, label) is Format.ZIP:
                raise ConversionError(ErrorCode.UNSUPPORTED, f"{label}: an archive inside an archive; unpack it")
            document = convert(content, label)
        except ConversionError as error:
            first = first or error
            warnings.append(str(error))
            continue
        title = title or document.head.title
        blocks.append(heading(label))
        blocks.extend(document.blocks)
        warnings.extend(f"{label}: {warning}" for warning in document.warnings)
    if not blocks:
        raise first or ConversionError(ErrorCode.EMPTY, f"{name}: the archive holds no files")
    return ConvertedDocument(
        bounded(blocks, name), HeadFacts(title=title, url=url), "application/zip", None, tuple(warnings)
    )


def _is_junk(filename: str) -> bool:
    return filename.startswith(_JUNK[0]) or filename.rsplit("/", 1)[-1] in _JUNK[1:]
