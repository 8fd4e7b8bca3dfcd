"""Read zip packages (docx, xlsx, ofd, zip) and their XML within bounds.

In: bytes of a package. Out: member bytes and parsed XML. Sizes are checked twice: as the directory declares them
before anything is unpacked, and as they come while unpacking, since the directory may lie. XML with a DTD is refused:
no office format needs one, and external entities and entity bombs live there.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from lxml import etree

from crawler.convert.errors import ConversionError, ErrorCode
from crawler.convert.limits import LIMITS

_DTD: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_RATIO_FROM: Final = 1 << 20  # members below this size may be packed as tightly as they like
_LOCAL_HEADER: Final = 30


@dataclass(frozen=True, slots=True)
class Package:
    """An open, checked package. `name` is for messages."""

    archive: zipfile.ZipFile
    name: str

    def names(self) -> list[str]:
        return [info.filename for info in self.archive.infolist() if not info.is_dir()]

    def has(self, member: str) -> bool:
        return member in self.archive.NameToInfo

    def read(self, member: str) -> bytes:
        """Raises `unreadable` when the member is absent or damaged, `too_large` when it unpacks beyond the limit."""
        try:
            with self.archive.open(member) as stream:
                data = stream.read(LIMITS.zip_member_bytes + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            OSError,
            UnicodeDecodeError,
        ) as error:
            raise ConversionError(ErrorCode.UNREADABLE, f"{self.name}: {member}: {error}; fetch it again") from error
        except RuntimeError as error:  # what zipfile raises for a member with a password
            raise ConversionError(ErrorCode.ENCRYPTED, f"{self.name}: {member} needs a password") from error
        if len(data) > LIMITS.zip_member_bytes:
            raise ConversionError(ErrorCode.TOO_LARGE, f"{self.name}: {member} unpacks to over {len(data)} bytes")
        return data

    def xml(self, member: str) -> etree._Element:
        """Root of an XML member. Raises `unreadable` for bad XML and for any DTD."""
        return parse_xml(self.read(member), f"{self.name}: {member}")


def open_package(data: bytes, name: str) -> Package:
    """Open and check a zip. Raises `unreadable`, `encrypted` or `too_large`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ConversionError(ErrorCode.UNREADABLE, f"{name}: not a readable zip package ({error})") from error
    infos = archive.infolist()
    if len(infos) > LIMITS.zip_entries:
        raise ConversionError(
            ErrorCode.TOO_LARGE, f"{name}: {len(infos)} members, at most {LIMITS.zip_entries} are read"
        )
    if sum(info.file_size for info in infos) > LIMITS.zip_total_bytes:
        raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: unpacks to more than {LIMITS.zip_total_bytes} bytes")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.flag_bits & 0x1:
            raise ConversionError(ErrorCode.ENCRYPTED, f"{name}: {info.filename} needs a password")
        if info.file_size > _RATIO_FROM and info.file_size > LIMITS.zip_ratio * max(1, info.compress_size):
            raise ConversionError(ErrorCode.TOO_LARGE, f"{name}: {info.filename} is packed like a bomb")
        if info.header_offset < end:
            raise ConversionError(ErrorCode.UNREADABLE, f"{name}: members overlap, as in a zip bomb")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
    return Package(archive, name)


def parse_xml(data: bytes, where: str) -> etree._Element:
    """Parse XML without DTD, entities or network. Raises `unreadable`."""
    if _DTD.search(data) or _DTD.search(data.replace(b"\x00", b"")):
        raise ConversionError(ErrorCode.UNREADABLE, f"{where}: contains a DTD, which is refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ConversionError(ErrorCode.UNREADABLE, f"{where}: bad XML ({error})") from error
    if root is None:
        raise ConversionError(ErrorCode.UNREADABLE, f"{where}: no XML content")
    return root


def local(element: etree._Element) -> str:
    """Tag or attribute holder name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str | None:
    """An attribute by local name, whatever its namespace (transitional and strict OOXML differ)."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element
