"""Facts that the text of a document states by its form: title line, document number, dates in figures.

In: blocks or one line. Out: a value or None. Shared by all formats; free of any parser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from rules_db.model import Block, BlockKind

_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})(?!\d)")
_NUMBER: Final = (
    r"[\u4e00-\u9fff]{1,20}[\u4e00-\u9fffA-Za-z]{0,6}\s?[〔\[［（(【﹝]\s?(?:19|20)\d{2}\s?[〕\]］）)】﹞]\s?第?\s?\d{1,5}\s?号"
    r"|[\u4e00-\u9fff]{2,30}(?:令|公告)\s?[〔（(]?(?:(?:19|20)\d{2}\s?年?[〕）)]?)?\s?第\s?[\d〇零一二三四五六七八九十百]{1,6}\s?号"
)
_NUMBER_LINE: Final = re.compile(f"[（(]?({_NUMBER})[）)]?")
_NUMBER_IN_TITLE: Final = re.compile(f"[（(]({_NUMBER})[）)]\\s*$")
TITLE_END: Final = re.compile(
    r"(?:令|决定|函|公告|公示|准则|办法|名单|复函|意见|批复|报告|指南|措施|方案|条件|条例|标准|法|清单|目录|章程|纲要|细则|规则|规划|规定|规范|解释"
    r"|计划|要求|通告|通知)(?:[（(][^（）()]{1,40}[）)])?$"
)
_BLANK: Final = re.compile("[ \t\r\n\u3000\xa0]+")
_SENTENCE_END: Final = re.compile(r"[。；;，,：:！!？?]$")
_TITLE_CHARS: Final = 80
_TITLE_BLOCKS: Final = 12
_LONGEST_TITLE: Final = 120
_NUMBER_BLOCKS = 10  # blocks at the head of the text in which a line of its own may be the document number


def iso_date(text: str) -> str | None:
    """First date in `text` as YYYY-MM-DD, if the calendar has it."""
    match = _DATE.search(text)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return None


def find_document_number(title: str | None, blocks: Sequence[Block]) -> str | None:
    """A 发文字号 that stands on its own line near the head of the text, or in brackets at the end of the title."""
    for block in blocks[:_NUMBER_BLOCKS]:
        if (number := number_line(block.text)) is not None:
            return number
    match = _NUMBER_IN_TITLE.search(title) if title else None
    return _BLANK.sub("", match.group(1)) if match else None


def number_line(line: str) -> str | None:
    """The document number that a line consists of, without blanks."""
    match = _NUMBER_LINE.fullmatch(line) if len(line) <= 60 else None
    return _BLANK.sub("", match.group(1)) if match else None


def without_number(title: str | None) -> str | None:
    """A title without the document number that sites put in brackets after it."""
    return (_NUMBER_IN_TITLE.sub("", title).strip() or title) if title else None


def title_line(blocks: Sequence[Block]) -> str | None:
    """The first block when it is short and is no sentence."""
    first = blocks[0].text if blocks and blocks[0].kind is not BlockKind.TABLE else ""
    return first if first and len(first) <= _TITLE_CHARS and not _SENTENCE_END.search(first) else None


def joined_title(groups: Sequence[Sequence[str]]) -> str | None:
    """The first group of centred lines that reads as an official title when joined; a document number, and the line of
    a letterhead, are not part of it."""
    for group in groups:
        lines = [line for line in group if number_line(line) is None and not line.endswith("文件")]
        joined = "".join(lines)
        if 5 <= len(joined) <= _LONGEST_TITLE and TITLE_END.search(joined):
            return joined
    return None


def title_of(blocks: Sequence[Block]) -> str | None:
    """The heading near the top that ends like an official title, else the first heading or short first line."""
    near = [block for block in blocks[:_TITLE_BLOCKS] if len(block.text) <= _LONGEST_TITLE]
    for wanted in (BlockKind.HEADING, BlockKind.PARAGRAPH):
        for block in near:
            if block.kind is wanted and len(block.text) >= 5 and TITLE_END.search(block.text):
                return block.text
    return next((block.text for block in near[:3] if block.kind is BlockKind.HEADING), None)
