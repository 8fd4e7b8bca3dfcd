"""Decide the character encoding of a page or text file from its bytes.

In: raw bytes and, as hints only, the HTTP Content-Type. Out: text, the charset that was read and how sure that is, or
`UndecidedError`. Declarations are hints because they are often wrong on government sites (a page that says gb2312 but
is UTF-8, a server that says ISO-8859-1 for everything); the bytes themselves are tested first. A wrong reading of
Chinese bytes gives rare characters, so the share of frequent ones tells a right reading from mojibake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crawler.han_frequency import COMMON_SIMPLIFIED, COMMON_TRADITIONAL

_PUNCTUATION: Final = "　、。，；：？！“”‘’（）《》〈〉「」『』【】〔〕—…·％０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩"
_EXPECTED: Final = frozenset(COMMON_SIMPLIFIED + COMMON_TRADITIONAL + _PUNCTUATION)

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

# Declared label → codec that reads a superset of it. Labels not listed are no hint at all.
_LABELS: Final = {
    "ascii": "windows-1252",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "ms936": "gb18030",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "windows-1252",
    "utf-16": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "windows-1252": "windows-1252",
    "windows-936": "gb18030",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
}

_NAMES: Final = {"big5hkscs": "big5"}

# GB 18030-2022 moved these characters from the private use area; the codec still has the older table.
_GB18030_2022: Final = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
)

_SCAN = 8192  # bytes searched for a declaration; templates put long comments before it
_SCORED = 400_000  # characters looked through for
_SAMPLE = 1500  # so many non-ASCII ones, which are scored
_ASCII = bytes(range(128))
_META = re.compile(rb"<meta\b[^<>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml\b[^<>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.-]{2,40})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_ISOLATED = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_PLAUSIBLE = 0.42  # share of expected characters; regulations score .80 to .95, lists of names above .45
_IMPLAUSIBLE = 0.25  # mojibake scores below .2
_MARGIN = 0.15  # by which the better of two readings must win
# Codec that Chinese text is often misread with, and what it really was.
_MISREADINGS: Final = (
    ("gb18030", "utf-8"),
    ("latin-1", "gb18030"),
    ("latin-1", "utf-8"),
    ("windows-1252", "gb18030"),
    ("windows-1252", "utf-8"),
)
_CUT_REASONS = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
_SHORT = 10  # non-ASCII characters below which chance can look like Chinese
_SHORT_MARGIN = 0.6
_DAMAGE = 1000  # at most one broken sequence in so many non-ASCII characters is read over, and reported


class UndecidedError(ValueError):
    """No reading of the bytes is credible; the message says how each one scored."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`charset` is the encoding the bytes were read as (a superset of what was declared). `confidence` is in 0..1.
    `warnings` names what was odd: a false declaration, a cut last character, replaced bytes."""

    text: str
    charset: str
    confidence: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    codec: str
    score: float
    non_ascii: int
    broken: int
    cut: bool


def declared_charset(data: bytes, content_type: str | None = None) -> tuple[str | None, str | None]:
    """Codecs named by the HTTP header and by the document's own head, None where absent or unknown."""
    header = _HEADER.search(content_type) if content_type else None
    inside = _XML.search(data[:_SCAN]) or _META.search(data[:_SCAN])
    return (
        _LABELS.get(header.group(1).lower()) if header else None,
        _LABELS.get(inside.group(1).decode("ascii").lower()) if inside else None,
    )


def han_score(text: str) -> float:
    """Share of a text's non-ASCII characters (a sample of them) that are frequent in Chinese official prose."""
    sample = _sample(text)
    return sum(map(_EXPECTED.__contains__, sample)) / len(sample) if sample else 1.0


def _sample(text: str) -> str:
    """The first non-ASCII characters of a text."""
    head = text[:_SCORED].encode("utf-8", "ignore").translate(None, _ASCII)
    return head[: 3 * _SAMPLE].decode("utf-8", "ignore")


def decode(data: bytes, content_type: str | None = None) -> Decoded:
    """Read `data` as text. Raises `UndecidedError` rather than return a reading that is probably mojibake."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _decode_marked(data[len(bom) :], codec)
    header, inside = declared_charset(data, content_type)
    if data.isascii():
        return _decode_ascii(data)
    if wide := _wide_codec(data):
        return _accept(_read(data, wide), 0.95, "alternating zero bytes")
    utf8 = _read(data, "utf-8")
    if not utf8.broken and utf8.score >= _IMPLAUSIBLE:
        return _accept(utf8, 1.0 if utf8.non_ascii > 8 else 0.9, *_contradiction("utf-8", header, inside))
    chinese = sorted((_read(data, codec) for codec in ("gb18030", "big5hkscs")), key=_rank, reverse=True)
    best = chinese[0]
    if not utf8.broken and not utf8.cut:
        if _credible(best) and not best.broken and best.score > utf8.score + 0.3:
            return _accept(best, 0.8, *_contradiction(best.codec, header, inside))
        _refuse_double_encoding(utf8)
        return _accept(utf8, 0.9, *_contradiction("utf-8", header, inside))
    if _damage_tolerable(utf8) and utf8.score >= best.score:
        return _accept(utf8, 0.9, *_contradiction("utf-8", header, inside))
    return _choose_legacy(data, utf8, chinese, header, inside)


def _choose_legacy(
    data: bytes, utf8: _Reading, chinese: list[_Reading], header: str | None, inside: str | None
) -> Decoded:
    best, other = chinese
    hints = [codec for codec in (inside, header) if codec]
    notes = _contradiction(best.codec, header, inside)
    if _damage_tolerable(best):
        margin = _MARGIN if best.non_ascii >= _SHORT else _SHORT_MARGIN
        if _credible(best) and best.score >= other.score + margin:
            return _accept(best, min(1.0, 0.6 + best.score / 2 - (0.1 if notes else 0)), *notes)
        # Few or rare characters: the declaration decides between readings that are both possible.
        for reading in chinese:
            enough = reading.score >= _IMPLAUSIBLE or _four_byte_share(reading) > 0.2
            if reading.codec in hints and not reading.broken and enough and reading.score >= other.score - _MARGIN:
                return _accept(reading, 0.7, *_contradiction(reading.codec, header, inside))
    if "windows-1252" in hints and _looks_latin(data):
        return _accept(_read(data, "windows-1252"), 0.6)
    for codec in ("utf-16-le", "utf-16-be"):  # without a mark, and without the zero bytes of ASCII
        wide = _read(data, codec)
        if not wide.broken and _credible(wide):
            return _accept(wide, 0.8)
    tried = "; ".join(
        f"{_NAMES.get(r.codec, r.codec)}: {r.score:.0%} frequent characters, {r.broken} broken"
        for r in (utf8, *chinese)
    )
    raise UndecidedError(f"cannot decide the character encoding ({tried}); save the file as UTF-8 and ingest it again")


def _read(data: bytes, codec: str) -> _Reading:
    cut = False
    broken = 0
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if error.reason in _CUT_REASONS and len(data) - error.start <= 3:
            text, cut = data[: error.start].decode(codec), True
        else:
            text = data.decode(codec, "replace")
            broken = text.count("\ufffd")
    if codec == "gb18030":
        text = text.translate(_GB18030_2022)
    return _Reading(text, codec, han_score(text), len(text) - len(text.encode("ascii", "ignore")), broken, cut)


def _rank(reading: _Reading) -> float:
    return reading.score - reading.broken / max(1, reading.non_ascii)


def _credible(reading: _Reading) -> bool:
    return reading.score >= _PLAUSIBLE and _HAN.search(reading.text) is not None


def _damage_tolerable(reading: _Reading) -> bool:
    allowed = reading.non_ascii // _DAMAGE or (1 if reading.non_ascii >= 200 else 0)
    return reading.broken <= allowed


def _four_byte_share(reading: _Reading) -> float:
    """Share of characters that GB 18030 writes in four bytes: a structure that chance does not produce."""
    if reading.codec != "gb18030":
        return 0.0
    sample = _sample(reading.text)
    return sum(len(c.encode("gb18030", "replace")) == 4 for c in sample) / max(1, len(sample))


def _decode_marked(data: bytes, codec: str) -> Decoded:
    reading = _read(data, codec)
    if not _damage_tolerable(reading):
        raise UndecidedError(f"the byte order mark says {codec} but {reading.broken} sequences are not; fetch it again")
    return _accept(reading, 1.0)


def _decode_ascii(data: bytes) -> Decoded:
    if b"\x1b$" in data:
        raise UndecidedError("ISO-2022 escape sequences found; save the file as UTF-8 and ingest it again")
    return Decoded(data.decode("ascii"), "utf-8", 1.0)


def _wide_codec(data: bytes) -> str | None:
    """UTF-16 without a mark shows in its ASCII part: zero bytes at one parity only."""
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 50) or min(even, odd) * 20 > max(even, odd):
        return None
    codec = "utf-16-be" if even > odd else "utf-16-le"
    reading = _read(data, codec)
    return codec if not reading.broken and reading.score >= _PLAUSIBLE else None


def _looks_latin(data: bytes) -> bool:
    """Accented letters of a western language: single high bytes between ASCII letters, and few of them."""
    high = sum(byte >= 0x80 for byte in data)
    isolated = len(_ISOLATED.findall(data))
    return high * 6 <= len(data) and isolated * 10 >= high * 9


def _refuse_double_encoding(reading: _Reading) -> None:
    """Valid UTF-8 can hold text that was misread before it was saved: refuse it, since repair would be a guess."""
    text = reading.text
    if text.count("锟斤拷") > 1 or text.count("\ufffd") * 20 > max(20, reading.non_ascii):
        raise UndecidedError(
            "the text was damaged before it was saved (replacement characters); fetch the original again"
        )
    if reading.non_ascii < 8 or reading.score >= _IMPLAUSIBLE:
        return
    sample = _sample(text)
    for codec, original in _MISREADINGS:
        undone = sample.encode(codec, "ignore").decode(original, "ignore")
        if len(undone) * 4 >= len(sample) and len(undone) >= 4 and han_score(undone) >= _PLAUSIBLE:
            raise UndecidedError(
                f"the text was misread as {codec} before it was saved as UTF-8; fetch the original again"
            )


def _contradiction(codec: str, header: str | None, inside: str | None) -> tuple[str, ...]:
    """Warnings for declarations that the bytes disprove."""
    name = _NAMES.get(codec, codec)
    hints = (("HTTP header", header), ("document", inside))
    return tuple(
        f"{where} says {_NAMES.get(hint, hint)} but the bytes are {name}"
        for where, hint in hints
        if hint is not None and hint != codec
    )


def _accept(reading: _Reading, confidence: float, *warnings: str) -> Decoded:
    notes = list(warnings)
    if reading.cut:
        notes.append("the last character is cut off")
    if reading.broken:
        notes.append(f"{reading.broken} broken byte sequences replaced")
        confidence -= 0.1
    return Decoded(reading.text, _NAMES.get(reading.codec, reading.codec), round(confidence, 2), tuple(notes))
