"""A notice and the files beside it as one text: which file belongs to the notice, which is an instrument of its own.

Pure: converted page and converted files in, `Composed` out. A file that carries the title of a named rule and numbered
text (附件：…管理办法) is an instrument of its own, known by that title ever after. Any other file is part of the
notice: it follows the page as an attachment (附件1), or is the text itself where the page holds none. A file that
repeats what the page says is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules_db.fingerprint import comparison_key, fingerprint
from rules_db.instruments import is_named_rule, title_key
from rules_db.model import Block, BlockKind, ConvertedDocument

MOST_CHARACTERS = 400_000
"""Of all files of a notice together; lists of ten thousand firms are kept as bytes and named in an issue."""

_SUFFIX = re.compile(r"\.(?:7z|docx?|et|ofd|pdf|pptx?|rar|rtf|txt|wps|xlsx?|zip)$", re.IGNORECASE)
_LABEL = re.compile(
    r"^[《\s]*(?P<label>附\s?(?:件|表|录)\s?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})?)\s?[：:、.．\s]*"
)
_ORDINAL = re.compile(r"^(?P<number>[0-9]{1,2})\s?[、.．]\s?(?![0-9])")
_DRAFT = re.compile(r"[（(][^（）()]{0,10}(?:征求意见稿|送审稿|草案)[^（）()]{0,8}[）)]$")
_NUMBERED = re.compile(r"\s*(?:第\s?[一1]\s?[条章]|[一1]\s?[、.．]|[（(]一[）)])")
_SENTENCE = re.compile(r"[。；]")
_STRONG = re.compile(r"(?:办法|条例|规定|规则|细则)(?:[（(](?:试行|暂行)[）)])?$")
_SHORTEST_UNQUOTED = 10
_LONG_LINE = 20
_LINES_COMPARED = 5
_TITLE_LINES = 4


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that a page links to and that was converted; `name` is the link's label."""

    name: str
    url: str
    sha256: str
    document: ConvertedDocument


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes and wording of one part of a text."""

    sha256: str
    wording: str

    def matches(self, other: Part) -> bool:
        """Same bytes (whatever a converter made of them), or the same words."""
        return self.sha256 == other.sha256 or self.wording == other.wording


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text was put together from: its page and the files in it."""

    page: Part
    files: tuple[Part, ...] = ()

    def covers(self, other: Parts) -> bool:
        """Whether all of `other` is in this one, so that the difference can only be files that came later."""
        return self.page.matches(other.page) and all(
            any(mine.matches(theirs) for mine in self.files) for theirs in other.files
        )

    def dump(self) -> str:
        """JSON text, read by `load_parts`."""
        return json.dumps([[part.sha256, part.wording] for part in (self.page, *self.files)])


def load_parts(text: str) -> Parts | None:
    """Parts as kept with a manifestation; None for one recorded before they were kept."""
    if not text:
        return None
    page, *files = (Part(*pair) for pair in json.loads(text))
    return Parts(page, tuple(files))


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that is an instrument of its own."""

    title: str
    file: HeldFile


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of a notice, what it was put together from, the files that are instruments of their own, and the names
    of files left out for their size."""

    document: ConvertedDocument
    parts: Parts
    own: tuple[OwnFile, ...] = ()
    too_long: tuple[str, ...] = ()


def wording_of(document: ConvertedDocument) -> str:
    """Fingerprint of a document's words, free of typography."""
    return fingerprint(comparison_key(document.text))


def compose(sha256: str, page: ConvertedDocument, files: Sequence[HeldFile]) -> Composed:
    """Put a page and its files together. The files come in page order; the page's head facts stay, gaps filled."""
    own: list[OwnFile] = []
    rest: list[HeldFile] = []
    for file in files:
        if _repeats(page, file.document):
            continue
        title = own_title(page.head.title or "", file)
        if title is not None:
            own.append(OwnFile(title, file))
        else:
            rest.append(file)
    blocks, room = list(page.blocks), MOST_CHARACTERS
    used: list[HeldFile] = []
    too_long: list[str] = []
    head = page.head
    for file in rest:
        room -= len(file.document.text)
        if room < 0:
            too_long.append(file.name)
            continue
        if not used and (_holds_no_text(page) or _is_whole_notice(page, file)):
            blocks = list(file.document.blocks)
            head = replace(head, document_number=head.document_number or file.document.head.document_number)
        else:
            blocks += _as_attachment(file, len(used) + 1, alone=len(rest) == 1)
        used.append(file)
    links = {comparison_key(file.name) for file in used}
    blocks = [block for block in blocks if comparison_key(block.text) not in links or block not in page.blocks]
    parts = Parts(Part(sha256, wording_of(page)), tuple(Part(file.sha256, wording_of(file.document)) for file in used))
    return Composed(replace(page, blocks=tuple(blocks), head=head), parts, tuple(own), tuple(too_long))


def own_title(page_title: str, file: HeldFile) -> str | None:
    """The title of a named rule that the file carries, in its text or its name; None when it is part of the notice.
    A title that the notice's own doesn't quote must be long and of a strong form: 申报指南 is the name of many."""
    if not any(_NUMBERED.match(block.text) for block in file.document.blocks):
        return None
    candidates = [file.document.head.title or "", *_first_lines(file.document), file.name]
    for candidate in candidates:
        title = plain_title(candidate)
        if title_key(title) == title_key(page_title):
            return None
        bare = _DRAFT.sub("", title)
        quoted = len(bare) >= 5 and comparison_key(bare) in comparison_key(page_title)
        specific = len(bare) >= _SHORTEST_UNQUOTED and _STRONG.search(bare) is not None
        if len(title) <= 100 and is_named_rule(bare) and (quoted or specific):
            return title
    return None


def plain_title(text: str) -> str:
    """A title or link label without 附件1：, 《》 and the suffix of a file."""
    title = _SUFFIX.sub("", text.strip())
    title = _ORDINAL.sub("", _LABEL.sub("", title)).strip()
    return title.strip("《》 \u3000")


def _first_lines(document: ConvertedDocument) -> list[str]:
    """The lines a title may stand on: up to the first numbered one, without 附件1."""
    lines = []
    for block in document.blocks[: _TITLE_LINES + 1]:
        if block.kind is BlockKind.TABLE or _NUMBERED.match(block.text):
            break
        if plain_title(block.text):
            lines.append(block.text)
    return lines[:_TITLE_LINES]


def _holds_no_text(page: ConvertedDocument) -> bool:
    """A page of title and links: not one sentence."""
    return not any(
        _SENTENCE.search(block.text) for block in page.blocks if block.kind is not BlockKind.TABLE
    ) and not any(block.kind is BlockKind.TABLE and len(block.rows) > 1 for block in page.blocks)


def _is_whole_notice(page: ConvertedDocument, file: HeldFile) -> bool:
    """Whether the file is the notice as issued and the page only announces it: the same title, and more text."""
    title = title_key(page.head.title or "")
    named = title and any(title_key(plain_title(line)) == title for line in (file.document.head.title or "", file.name))
    return bool(named) and len(file.document.text) > len(page.text)


def _repeats(page: ConvertedDocument, file: ConvertedDocument) -> bool:
    """Whether the longest lines of the file all stand on the page."""
    lines = sorted((block.text for block in file.blocks if block.kind is not BlockKind.TABLE), key=len)
    longest = [comparison_key(line) for line in lines[-_LINES_COMPARED:] if len(line) >= _LONG_LINE]
    words = comparison_key(page.text)
    return bool(longest) and all(line in words for line in longest)


def _as_attachment(file: HeldFile, position: int, *, alone: bool) -> list[Block]:
    """The file's blocks below a line that opens an attachment, and its title."""
    blocks = list(file.document.blocks)
    label, title = _label_of(file.name), plain_title(file.name)
    while blocks and blocks[0].kind is not BlockKind.TABLE and not plain_title(blocks[0].text):
        label = label or _label_of(blocks[0].text)  # 附件1 on a line of its own
        blocks = blocks[1:]
    if blocks and blocks[0].kind is not BlockKind.TABLE and (found := _LABEL.match(blocks[0].text)):
        label = label or _label_of(blocks[0].text)
        blocks = [replace(blocks[0], text=blocks[0].text[found.end() :]), *blocks[1:]]
    printed = next((line for line in _first_lines(replace(file.document, blocks=tuple(blocks)))), "")
    opening = [Block(BlockKind.HEADING, label or ("附件" if alone else f"附件{position}"))]
    if title and title != "附件" and comparison_key(title) != comparison_key(printed) and not _is_title(printed):
        opening.append(Block(BlockKind.HEADING, title))
    return [*opening, *blocks]


def _is_title(line: str) -> bool:
    return bool(line) and len(line) <= 60 and not _SENTENCE.search(line) and not line.endswith(("：", ":", "，"))


def _label_of(text: str) -> str:
    found = _LABEL.match(text.strip())
    if found:
        return "附件" + (found["number"] or "")
    ordinal = _ORDINAL.match(text.strip())
    return f"附件{ordinal['number']}" if ordinal else ""
