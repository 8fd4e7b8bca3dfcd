"""The rough parts of a document, line by line: head, table of contents, body, closing lines, attachments.

Text in, `Regions` out. Which line opens which provision is none of its business; it only says where to look for what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rules_db.typography import comparison_key


@dataclass(frozen=True, slots=True)
class Line:
    """One line at [start, end) of the normalised text, its newline excluded."""

    start: int
    end: int
    text: str
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment that starts at line `first`, its content at line `body`; `label` is 附件1 as printed, `title` what
    it is called, in the line of the label or in one of its own."""

    first: int
    body: int
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Regions:
    """Line numbers: `contents` is the range of a table of contents (empty at 0 without one), the closing lines of the
    body start at `closing` (where the body ends, without any), and what stands before line `cover` is the covering
    letter of the body (0 without one)."""

    lines: tuple[Line, ...]
    contents: tuple[int, int]
    closing: int
    attachments: tuple[Attachment, ...]
    cover: int = 0

    @property
    def end_of_body(self) -> int:
        return self.attachments[0].first if self.attachments else len(self.lines)


def lines_of(text: str, tables: Sequence[tuple[int, int]] = ()) -> tuple[Line, ...]:
    """The lines of `text`; those that lie in one of the ascending ranges `tables` are marked."""
    lines: list[Line] = []
    at = table = 0
    for line in text.split("\n"):
        end = at + len(line)
        while table < len(tables) and tables[table][1] <= at:
            table += 1
        in_table = table < len(tables) and tables[table][0] <= at < tables[table][1]
        lines.append(Line(at, end, line, in_table))
        at = end + 1
    return tuple(lines)


_CONTENTS = re.compile(r"目 ?[录次]$")
_CONTAINER = re.compile(r"第 ?[一二三四五六七八九十百0-9]{1,5} ?(?P<unit>[编章节])")
_CONTAINER_INSIDE = re.compile(r"第 ?[一二三四五六七八九十百0-9]{1,5} ?章")
_ARTICLE_LINE = re.compile(r"第 ?[一二三四五六七八九十百0-9]{1,5} ?条")
_FIRST_LINES = 200
_PAGE_NUMBER = re.compile(r"[ .…·．—-]*[0-9（(）)]{0,6}$")
_LONGEST_CONTENTS = 400
_LONGEST_ENTRY = 60

_DATE = re.compile(
    r"[（(]?(?:[0-9]{4}|[〇零○Oo一二三四五六七八九]{4}) ?年 ?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?月 ?"
    r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?日[）)]?(?: ?印发)?$"
)
_ATTACHMENT = re.compile(
    r"(?P<label>附 ?(?:件|表|录|图|则表)? ?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})?)"
    r"(?: ?(?P<colon>[：:、.])| |$) ?(?P<title>.*)$"
)
_ATTACHMENT_ITEM = re.compile(r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2}) ?[、.]")
_ATTACHMENT_NAME = re.compile(
    r"^附 ?件 ?[：:] ?[0-9一二三四五六七八九十]{1,2} ?[、.]|^[0-9一二三四五六七八九十]{1,2} ?[、.]"
    r"|\.(?:docx?|pdf|xlsx?|wps|ofd|zip|rar|et|jpg)$",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(r"附 ?(?:件|表|录) ?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})?")
_LONGEST_LIST = 30
_CLOSING = re.compile(
    r"特此(?:通知|公告|通告|批复|函复|报告|函告|决定)"
    r"|（?(?:业务|政策|技术)?(?:联 ?系 ?(?:人|电话|方式|单位)|咨询电话|监督电话|举报电话|电 ?话|传 ?真|"
    r"电子(?:邮箱|邮件)|邮 ?(?:编|箱)|(?:通信)?地 ?址|抄 ?送|主 ?送|责任编辑|信息公开选项|公开方式)[^：，。]{0,12}[：:]"
    r"|（?(?:此件|此文)?(?:主动|依申请|不予)?公开(?:发布)?）?$|（?此件.{0,12}）?$"
    r"|.{2,40}[0-9一二三四五六七八九十] ?日 ?印发$"
)
_FINAL_CLAUSE = re.compile(
    r"(?:以?上述|本)(?:决定|决议|通知|意见|公告|通告|命令|规定|办法|方案|细则|批复|指南)(?:（.{0,12}）)?"
    r"(?:自|从|由|于).{1,30}(?:施行|实施|执行|生效|起效).{0,80}$"
)
_ORGAN = re.compile(
    r"(?:部|委|局|厅|署|院|会|司|处|所|站|中心|办公室|政府|银行|海关|公司|集团|机关|法院|主席|总理|省长|市长|部长|局长|主任)$"
)
_SIGNER = re.compile(
    r"[\u4e00-\u9fff]{0,12}(?:主席|总理|部长|主任|局长|署长|厅长|省长|市长|县长|区长|行长|院长|会长)[ ：:]{0,2}"
    r"[\u4e00-\u9fff·]{1,12}(?: [\u4e00-\u9fff])?"
)
_SENTENCE = re.compile(r"[。；！？]")
_UNFINISHED = re.compile(r"[^。；：！？.;:!?”）》)\n]$")
_SHORTEST_WRAPPED = 20


def find_regions(lines: tuple[Line, ...], cover: int = 0) -> Regions:
    """Cut a document into its parts; the body starts at line `cover`, after its covering letter. Time is linear in the
    length of the text."""
    contents = _find_contents(lines)
    first = max(contents[1], cover)
    attachments = _find_attachments(lines, first)
    unlabelled = _find_unlabelled(lines, first, attachments[0].first if attachments else len(lines))
    if unlabelled is not None:
        attachments = (unlabelled, *attachments)
    end = attachments[0].first if attachments else len(lines)
    return Regions(lines, contents, _find_closing(lines, first, end), attachments, cover)


def _entry_key(text: str) -> str:
    return comparison_key(_PAGE_NUMBER.sub("", text))


def _find_contents(lines: Sequence[Line]) -> tuple[int, int]:
    """The table of contents, from its heading (or, without one, its first entry) to the line where that entry comes
    again as a heading of the body."""
    for i, line in enumerate(lines[:_FIRST_LINES]):
        titled = _CONTENTS.match(line.text) is not None and i + 1 < len(lines)
        if not titled and _CONTAINER.match(line.text) is None:
            continue
        entry = i + 1 if titled else i
        if titled and len(_CONTAINER_INSIDE.findall(lines[entry].text)) > 1:
            return i, entry + 1
        stop = _end_of_entries(lines, entry)
        if titled or _lists_siblings(lines[entry:stop]):
            return i, _recurrence(lines, entry, stop)
        if not titled:
            break
    return 0, 0


def _end_of_entries(lines: Sequence[Line], entry: int) -> int:
    j = entry
    while j < min(len(lines), entry + _LONGEST_CONTENTS) and _is_entry(lines[j].text):
        j += 1
    return j


def _is_entry(text: str) -> bool:
    """Whether a line can be an entry of contents or the title of an attachment: short, and no sentence or article."""
    return len(text) <= _LONGEST_ENTRY and not _SENTENCE.search(text) and _ARTICLE_LINE.match(text) is None


def _lists_siblings(entries: Sequence[Line]) -> bool:
    """Whether 第二章 follows 第一章 with nothing but headings between: no body does that."""
    units = [match["unit"] for line in entries if (match := _CONTAINER.match(line.text)) is not None]
    return len(units) == len(entries) and len(units) > len(set(units))


def _recurrence(lines: Sequence[Line], entry: int, stop: int) -> int:
    """Where the first entry comes again, else where the entries end."""
    first = _entry_key(lines[entry].text)
    for j in range(entry + 1, min(len(lines), stop + 1)):
        if first and _entry_key(lines[j].text) == first:
            return j
    return stop


def is_signed_date(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return _DATE.match(text) is not None


def is_signature(text: str) -> bool:
    """Whether a line is a date, or names of organs and nothing else."""
    if len(text) > 80 or _SENTENCE.search(text) or _ATTACHMENT_ITEM.match(text):
        return False
    if _DATE.match(text):
        return True
    return len(text) <= 60 and all(_ORGAN.search(part) for part in text.split(" ") if part)


def _find_attachments(lines: Sequence[Line], first: int) -> tuple[Attachment, ...]:
    """Lines that open an attachment. A list of attachments before the signature (附件：1.…) is none."""
    found: list[Attachment] = []
    i = max(first, 1)
    while i < len(lines):
        line = lines[i]
        match = _ATTACHMENT.match(line.text) if line.text.startswith("附") and not line.in_table else None
        if match is None or len(line.text) > 120 or _SENTENCE.search(line.text):
            i += 1
            continue
        label, title = match["label"].replace(" ", ""), match["title"].strip()
        if label == "附" and not match["colon"] and title:
            # 附 则 and the like: 附 alone names an attachment only when set off by a colon or standing by itself.
            i += 1
            continue
        if not found and match["colon"]:
            skip = _end_of_list(lines, i)
            if skip > i:
                i = skip
                continue
        body = i + 1
        if not title and body < len(lines) and _is_entry(lines[body].text) and not lines[body].in_table:
            title = lines[body].text
            body += 1
        found.append(Attachment(i, body, label, title))
        i += 1
    return tuple(found)


def _end_of_list(lines: Sequence[Line], i: int) -> int:
    """The end of a list of attachments that starts at line i: the date line below it, or the end of the text when only
    names follow; i when it is no list but the thing itself."""
    names = _ATTACHMENT_NAME.search(lines[i].text) is not None
    stop = min(i + _LONGEST_LIST, len(lines))
    for j in range(i + 1, stop):
        text = lines[j].text
        if is_signed_date(text) or (names and _BARE_LABEL.fullmatch(text)):
            return j
        if _SENTENCE.search(text) or len(text) > 100 or text.startswith("附"):
            return i
        names = names and _ATTACHMENT_NAME.search(text) is not None
    return stop if names and stop == len(lines) else i


def _find_unlabelled(lines: Sequence[Line], first: int, end: int) -> Attachment | None:
    """What follows a signature in the middle of lines[first:end], with a title, is an attachment that nothing
    announces. Lines of contact and print notes below the signature still belong to it."""
    said = False
    for i in range(first, end - 1):
        text = lines[i].text
        if said and is_signed_date(text) and _signs(lines[i - 1].text):
            below = i + 1
            while below < end and (_CLOSING.match(lines[below].text) or is_signature(lines[below].text)):
                below += 1
            if below >= end:
                return None
            title = lines[below].text
            if lines[below].in_table or not _is_entry(title) or title.startswith("附"):
                return None
            return Attachment(below, below + 1, "", title)
        said = said or (text.endswith(("。", "：")) and not lines[i].in_table)
    return None


def _signs(text: str) -> bool:
    """Whether a line above a date is an organ or the person that signs an order for it."""
    return (is_signature(text) and not is_signed_date(text)) or _SIGNER.fullmatch(text) is not None


def _find_closing(lines: Sequence[Line], first: int, end: int) -> int:
    """The first of the closing lines before line `end`: signature, date, contact, list of attachments, print notes."""
    closing = end
    i = end - 1
    while i > first and not lines[i].in_table:
        text = lines[i].text
        listed = _ATTACHMENT_ITEM.match(text) is not None or text.startswith("附")
        if is_signature(text) or _CLOSING.match(text) or (text.startswith("附") and not _SENTENCE.search(text)):
            closing = i
        elif not (listed and len(text) <= 80 and not _SENTENCE.search(text)):
            break
        i -= 1
    return closing


def is_final_clause(line: Line) -> bool:
    """Whether an unmarked line is the closing formula of a notice (本通知自…起施行)."""
    return not line.in_table and (_FINAL_CLAUSE.match(line.text) is not None or "根据本决定" in line.text)


def is_unfinished(text: str) -> bool:
    """Whether a line breaks off in mid-sentence, so that the next one goes on with it. Short lines are headings, cells
    and names, and end where they end."""
    return len(text) >= _SHORTEST_WRAPPED and _UNFINISHED.search(text) is not None
