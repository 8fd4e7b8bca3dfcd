"""What a text says about itself: title, document number, issuers, dates, term. Text and outline in, `HeadFacts` out.

Only places where a document speaks of itself are read: the lines before its first provision (title, 发文字号, 题注),
its final clause (本办法自…起施行, 有效期…) and its signature. A date or number in running text is a citation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace

from nlp.pipes.references.patterns import OWN_NAMES
from nlp.structure.dates import DATE, Act, day_of_enactment, events_of, term_of
from nlp.structure.provisions import Outline
from nlp.structure.regions import is_signature, is_signed_date
from nlp.text.calendar import parse_date
from nlp.text.numerals import parse_integer
from rules_db.model import HeadFacts, ProvisionKind, Severity, TextIssue
from rules_db.typography import comparison_key

_MOST_HEAD_LINES = 60
_LONGEST_TITLE_LINE = 100
_LONGEST_NUMBER_LINE = 1200
_TITLE_LINES = 4
_TYPES = "|".join(sorted({*OWN_NAMES, "函", "批复", "目录", "名单", "清单", "规约", "须知"}, key=len, reverse=True))
_TITLE_END = re.compile(rf"(?:{_TYPES})》?(?:（[^（）]{{1,20}}）|\([^()]{{1,20}}\)){{0,3}}$")
_TITLE_PREFIX = re.compile(
    r"(?P<issuers>[\u4e00-\u9fff、 ]{2,60}?(?:部|委员会|委|局|厅|署|院|办公室|政府|大会|总局|会)) ?关于"
)
_BRACKETED_NUMBER = re.compile(
    r"(?P<word>[\u4e00-\u9fff]{1,16}(?:（[\u4e00-\u9fff]{1,4}）)?) ?"
    r"[〔［\[（(【〈<] ?(?P<year>[0-9]{4}) ?[〕］\]）)】〉>] ?第? ?(?P<number>[0-9]{1,5}) ?号"
)
_ORDER_NUMBER = re.compile(
    r"(?P<body>[\u4e00-\u9fff、 ]{0,60}?)(?P<word>令|公告|通告|命令) ?"
    r"[（(〔\[]? ?(?:(?P<year>[0-9]{4}) ?[年〕\]）)])? ?"
    r"第 ?(?P<number>[0-9]{1,5}|[一二三四五六七八九十百〇零]{1,7}) ?号"
)
_VERSION = re.compile(r"（(?:[0-9]{4} ?年.{0,8}|试行|暂行|征求意见稿|草案.{0,8}|修订.{0,6})）")
_NUMBER_LINE = re.compile(r"[（(]?(?:[0-9]{4} ?年 ?)?第 ?[0-9一二三四五六七八九十百]+ ?号")
_LETTERHEAD = re.compile(
    r"^(?!.*关于).{0,60}(?:文件|令|公告|通告)$|^[（(]?(?:[0-9]{4} ?年 ?)?第 ?[0-9]{1,5} ?号[）)]?$"
)
_COUNTRY = re.compile(r"^中华人民共和国(?=.)")
_SIGNED_DATE = re.compile(rf"^[（(]?(?P<date>{DATE})[）)]?(?: ?印发)?$")


def read_head(
    text: str, outline: Outline, headings: Sequence[tuple[int, int]] = (), stated: HeadFacts | None = None
) -> HeadFacts:
    """Head facts as the text itself states them. `headings` are the ranges of heading blocks. `stated` gives the days
    that 自公布之日起施行 counts from when the text does not. Dates are ISO; None = not said."""
    lines = _head_lines(text, outline)
    title = _title(text, lines, headings, outline)
    number = _document_number(lines, title)
    events = events_of(lines)
    signature, signed_on = _signature(text, outline, lines)
    promulgated = day_of_enactment(events) or signed_on
    amended = max((day for day, act in events if act is Act.AMENDED), default=None)
    version = max((day for day, act in events if act is not Act.APPLIES), default=signed_on)
    known = stated or HeadFacts()
    first_day = known.promulgated_on or promulgated or known.published_on
    if amended is not None and promulgated is not None and amended > promulgated:
        first_day = None
    lines_of_body = outline.regions.lines[: outline.regions.end_of_body]
    effective, expires = term_of(text, lines_of_body[-1].end if lines_of_body else 0, first_day, events)
    latest = max(filter(None, (amended, known.version_date)), default=None)
    if effective is not None and latest is not None and effective < latest:
        # 本法自1995年…起施行 in a text amended since: the day of the first version, not of this one.
        effective = None
    return HeadFacts(
        title=title,
        document_number=number,
        issuers=signature or _issuers_of_title(title) or _issuers_of_number(number),
        promulgated_on=promulgated,
        effective_on=effective,
        version_date=version,
        expires_on=expires,
    )


def _head_lines(text: str, outline: Outline) -> list[str]:
    """The lines before the first provision, without the table of contents."""
    provisions = outline.provisions
    if not provisions or provisions[0].kind is not ProvisionKind.PREFACE:
        return []
    regions = outline.regions
    lines = regions.lines[:_MOST_HEAD_LINES]
    first, last = regions.contents
    return [line.text for i, line in enumerate(lines) if line.start < provisions[0].end and not first <= i < last]


def _title(text: str, lines: Sequence[str], headings: Sequence[tuple[int, int]], outline: Outline) -> str | None:
    """The first heading of the preface; else its first lines up to one that ends like a title, or, when a covering
    order has none of its own, the title of what it brings."""
    preface = outline.provisions[0] if outline.provisions else None
    if headings and preface is not None and preface.kind is ProvisionKind.PREFACE and headings[0][0] < preface.end:
        return text[slice(*headings[0])]
    title = _first_title(lines)
    cover = outline.regions.cover
    if title is None and cover:
        title = _first_title([line.text for line in outline.regions.lines[cover : cover + _TITLE_LINES]])
    return title


def _first_title(lines: Sequence[str]) -> str | None:
    candidates = [line for line in lines[: 3 * _TITLE_LINES] if not _is_furniture(line)]
    joined = ""
    for position, line in enumerate(candidates[:_TITLE_LINES]):
        if "。" in line or len(line) > _LONGEST_TITLE_LINE or line.endswith("："):
            break
        joined += line
        if _TITLE_END.search(joined) and joined.count("《") == joined.count("》"):
            below = candidates[position + 1] if position + 1 < len(candidates) else ""
            return joined + below if _VERSION.fullmatch(below) else joined
    first = candidates[0] if candidates else ""
    short = 0 < len(first) <= _LONGEST_TITLE_LINE and "。" not in first
    return first if short and not is_signature(first) else None


def _is_furniture(line: str) -> bool:
    """Letterhead, number and date lines above a title."""
    if len(line) > 2 * _LONGEST_TITLE_LINE:
        return False
    number = _BRACKETED_NUMBER.search(line) or _ORDER_NUMBER.search(line)
    if number is not None and len(line) <= len(number.group()) + 2:
        return True
    return _SIGNED_DATE.match(line) is not None or _LETTERHEAD.search(line) is not None


def _document_number(lines: Sequence[str], title: str | None) -> str | None:
    """发文字号 in the form 国办发〔2025〕7号 or 国务院令第715号, whatever the brackets were.

    A 题注 lists the order that enacted the text and those that amended it since: the last one is that of this version.
    The number of an amending decision (…令第638号《关于修改…的决定》) belongs to the decision.
    """
    found: str | None = None
    above = ""
    for line in lines:
        joined = above + line if _NUMBER_LINE.match(line) else line
        # 某部 / 公告 / 2030年第9号 may stand on lines of their own.
        letterhead = is_signature(line) or line in ("令", "公告", "通告")
        above = above + line if letterhead and not is_signed_date(line) else line
        if len(line) > _LONGEST_NUMBER_LINE or ("。" in line and len(line) > 120):
            continue
        bracketed = _BRACKETED_NUMBER.search(joined)
        cited = bracketed is not None and ("《" in joined[: bracketed.start()] and line != title)
        if bracketed is not None and not cited and len(joined) <= len(bracketed.group()) + 60:
            word = re.sub(r"^(?:根据|依据|按照|经)", "", bracketed["word"])
            return f"{word}〔{bracketed['year']}〕{int(bracketed['number'])}号"
        for order in _ORDER_NUMBER.finditer(joined):
            rest = joined[order.end() :]
            if joined[max(0, order.start() - 2) : order.start()] == "》（":
                continue
            if not rest.startswith(("《", "公布的", "发布的", " 《")):
                found = _order_number(order) or found
    return found


def _order_number(order: re.Match[str]) -> str | None:
    number = parse_integer(order["number"])
    body = re.sub(r"^.*[日月年]", "", order["body"]).strip()
    issuers = [_COUNTRY.sub("", part) for part in re.split(r"[、 ]", body) if part]
    year = f"{order['year']}年" if order["year"] else ""
    if number is None or not issuers:
        return None
    return f"{'、'.join(issuers)}{order['word']}{year}第{number}号"


def _signature(text: str, outline: Outline, head: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """Issuers and date below the text or below its covering letter. Departments that sign together stand on lines of
    their own or apart by blanks."""
    for provision in outline.provisions:
        if provision.kind is ProvisionKind.CONCLUSION:
            signature = _read_signature(text[provision.start : provision.end].split("\n"))
            if signature[1] is not None:
                return signature
    last = max((i for i, line in enumerate(head) if _SIGNED_DATE.match(line)), default=0)
    first = last
    while first > 1 and is_signature(head[first - 1]) and not is_signed_date(head[first - 1]):
        first -= 1
    # Orders are signed by a person; elsewhere a date without an organ may be anything.
    signed = first < last or (outline.regions.cover and any(line.endswith("。") for line in head[:last]))
    return _read_signature(head[first : last + 1]) if first > 0 and signed else ((), None)


def _read_signature(lines: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    issuers: list[str] = []
    for line in lines:
        found = _SIGNED_DATE.match(line)
        if found is not None:
            return tuple(dict.fromkeys(issuers)), parse_date(found["date"].replace(" ", ""))
        if is_signature(line) and not line.startswith(("附", "（")):
            issuers.extend(part for part in re.split(r"[ 、]", line) if len(part) > 1)
    return tuple(dict.fromkeys(issuers)), None


def _issuers_of_title(title: str | None) -> tuple[str, ...]:
    match = _TITLE_PREFIX.match(title) if title else None
    return tuple(part for part in re.split(r"[、 ]", match["issuers"]) if part) if match else ()


def _issuers_of_number(number: str | None) -> tuple[str, ...]:
    match = re.match(r"(?P<body>[\u4e00-\u9fff、 ]+?)(?:令|公告|通告)(?:[0-9]{4}年)?第", number) if number else None
    return tuple(part for part in re.split(r"[、 ]", match["body"]) if part) if match else ()


_COMPARED = frozenset({"document_number", "effective_on", "expires_on"})


def merge_heads(stated: HeadFacts, found: HeadFacts) -> tuple[HeadFacts, list[TextIssue]]:
    """`stated` (manifest or page) with its gaps filled from `found` (the text); a contradiction is an issue."""
    issues: list[TextIssue] = []
    changes: dict[str, object] = {}
    for field in fields(HeadFacts):
        said, read = getattr(stated, field.name), getattr(found, field.name)
        if not read or said == read:
            continue
        if not said:
            changes[field.name] = read
        elif field.name in _COMPARED and not _agree(str(said), str(read)):
            message = f"{field.name}: the source says {said!r}, the text says {read!r}; the source is kept"
            issues.append(TextIssue(Severity.WARN, "head_contradiction", message))
    return replace(stated, **changes), issues  # type: ignore[arg-type]


def _agree(said: str, read: str) -> bool:
    """Joint orders are often listed under their last issuer alone, and dates of effect by the month."""
    one, other = comparison_key(said), comparison_key(read)
    return one.endswith(other) or other.endswith(one) or one.startswith(other) or other.startswith(one)
