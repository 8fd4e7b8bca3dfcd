"""Build small office files of the real structure in memory: PDF, DOCX, XLSX, OFD, OLE Word, zip."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'

TextAt = tuple[float, float, float, str]  # x, y from the top, size, text


def zipped(members: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with the given members in order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def pdf(pages: Sequence[Sequence[TextAt]], *, encrypted: bool = False, unicode_map: bool = True) -> bytes:
    """A PDF with one CID font whose codes are UTF-16; `unicode_map=False` leaves out what makes text of them."""
    objects: list[bytes] = []

    def add(body: str | bytes) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    def stream(data: bytes) -> bytes:
        packed = zlib.compress(data)
        return b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream"

    add("<</Type/Catalog/Pages 2 0 R>>")
    add("")  # pages, filled in below
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"".join(
            b"1 beginbfrange <%02X00> <%02XFF> <%02X00> endbfrange\n" % (high, high, high) for high in range(256)
        )
        + b"endcmap end end"
    )
    unicode_stream = add(stream(cmap))
    descendant = add(
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/Song"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor 5 0 R>>"
    )
    add(
        "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200"
        "/CapHeight 700/StemV 80>>"
    )
    mapping = f"/ToUnicode {unicode_stream} 0 R" if unicode_map else ""
    font = add(
        f"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]{mapping}>>"
    )
    kids = []
    for page in pages:
        content = b"".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n" % (size, x, 842 - y, text.encode("utf-16-be").hex().encode())
            for x, y, size, text in page
        )
        body = add(stream(content))
        kids.append(
            add(
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {body} 0 R"
                f"/Resources<</Font<</F1 {font} 0 R>>>>>>"
            )
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    extra = ""
    if encrypted:
        lock = add(f"<</Filter/Standard/V 1/R 2/P -44/O<{'5a' * 32}>/U<{'a5' * 32}>>>")
        extra = f"/Encrypt {lock} 0 R/ID[<{'00' * 16}><{'00' * 16}>]"
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + item + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R{extra}>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


def docx(body: str, *, numbering: str = "", styles: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """A DOCX with the given WordprocessingML inside w:body."""
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": rels,
        "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
    }
    if numbering:
        members["word/numbering.xml"] = f"<w:numbering {W}>{numbering}</w:numbering>"
    if styles:
        members["word/styles.xml"] = f"<w:styles {W}>{styles}</w:styles>"
    return zipped({**members, **(extra or {})})


def p(text: str, properties: str = "") -> str:
    """A Word paragraph with one run."""
    inner = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{inner}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def ofd(pages: Sequence[Sequence[TextAt]], *, content: str | None = None) -> bytes:
    """An OFD document; positions in millimetres. `content` replaces the content of every page."""
    members = {
        "OFD.xml": f"<ofd:OFD {OFD} Version='1.0'><ofd:DocBody><ofd:DocInfo><ofd:Title>文档</ofd:Title></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:Pages>"
        + "".join(f"<ofd:Page ID='{n}' BaseLoc='Pages/Page_{n}/Content.xml'/>" for n in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
    }
    for n, page in enumerate(pages):
        objects = "".join(
            f"<ofd:TextObject ID='{i}' Boundary='{x} {y} 200 10' Font='1' Size='{size}'>"
            f"<ofd:TextCode X='0' Y='{size}' DeltaX='g {len(text) - 1} {size}'>{escape(text)}</ofd:TextCode>"
            "</ofd:TextObject>"
            for i, (x, y, size, text) in enumerate(page)
        )
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
            f"<ofd:Page {OFD}><ofd:Content><ofd:Layer>{content or objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return zipped(members)


def xlsx(sheets: Mapping[str, Iterable[Sequence[str | float]]], *, hidden: Sequence[str] = ()) -> bytes:
    """A workbook with inline strings."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{rel}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{n}" state="{"hidden" if name in hidden else "visible"}" r:id="r{n}"/>'
            for n, name in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        + "</Relationships>",
    }
    for n, rows in enumerate(sheets.values(), start=1):
        lines = []
        for r, row in enumerate(rows, start=1):
            cells = []
            for c, value in enumerate(row):
                where = f"{chr(65 + c)}{r}"
                if isinstance(value, str):
                    cells.append(f'<c r="{where}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else "")
                else:
                    cells.append(f'<c r="{where}"><v>{value}</v></c>')
            lines.append(f'<row r="{r}">{"".join(cells)}</row>')
        members[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
        )
    return zipped(members)


def doc(text: str, *, flags: int = 0, version: int = 0x00C1, compressed: str = "") -> bytes:
    """A Word 97 file with its text in one UTF-16 piece, and another one-byte piece where `compressed` is given."""
    fib = bytearray(1024)
    struct.pack_into("<HH", fib, 0, 0xA5EC, version)
    struct.pack_into("<H", fib, 0x0A, flags)
    wide, narrow = text.encode("utf-16-le"), compressed.encode("cp1252")
    place = len(fib)
    main = bytes(fib) + wide + narrow
    bounds = [0, len(wide) // 2]
    places = [place]
    if narrow:
        bounds.append(bounds[-1] + len(narrow))
        places.append((place + len(wide)) * 2 | 0x40000000)
    plc = struct.pack(f"<{len(bounds)}I", *bounds) + b"".join(struct.pack("<HIH", 0, at, 0) for at in places)
    clx = b"\x01\x02\x00\x00\x00" + b"\x02" + struct.pack("<I", len(plc)) + plc
    header = bytearray(main)
    struct.pack_into("<I", header, 0x4C, bounds[-1])
    struct.pack_into("<II", header, 0x1A2, 0, len(clx))
    return ole({"WordDocument": bytes(header), "1Table" if flags & 0x0200 else "0Table": clx})


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file; every stream is padded past the size where the mini stream would be used."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    bodies = [data.ljust(max(4096, -(-len(data) // sector) * sector), b"\0") for data in streams.values()]
    starts, fat = [], [0xFFFFFFFD, end]  # sector 0: the table itself, sector 1: the directory
    for body in bodies:
        first = len(fat)
        starts.append(first)
        count = len(body) // sector
        fat.extend([*range(first + 1, first + count), end])
    if len(fat) > 128:
        raise ValueError("too big for one allocation sector")
    fat.extend([free] * (128 - len(fat)))

    def entry(name: str, kind: int, start: int, size: int, right: int, child: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, free, right, child)
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    names = list(streams)
    entries = [entry("Root Entry", 5, end, 0, free, 1)]
    for index, name in enumerate(names):
        right = index + 2 if index + 1 < len(names) else free
        entries.append(entry(name, 2, starts[index], len(bodies[index]), right, free))
    directory = b"".join(entries).ljust(sector, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header += struct.pack("<108I", *[free] * 108)
    return header + struct.pack("<128I", *fat) + directory + b"".join(bodies)
