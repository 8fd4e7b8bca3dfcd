"""What a text says about itself: title, document number, issuers, dates, term. Text and outline in, `HeadFacts` out.

Only places where a document speaks of itself are read: the lines before its first provision (title, 发文字号, 题注),
its final clause (本办法自…起施行, 有效期…) and its signature. A date or number in running text is a citation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta

from nlp.pipes.references.patterns import OWN_NAMES
from nlp.structure.provisions import Outline
from nlp.structure.regions import is_signature, is_signed_date
from nlp.text.calendar import DateSpan, find_dates, parse_date
from nlp.text.normalise import comparison_key
from nlp.text.numerals import parse_integer
from rules_db.model import HeadFacts, ProvisionKind, Severity, TextIssue

_MOST_HEAD_LINES = 60
_LONGEST_TITLE_LINE = 100
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
_NUMBER_LINE = re.compile(r"[（(]?(?:[0-9]{4} ?年 ?)?第 ?[0-9一二三四五六七八九十百]+ ?号")
_LETTERHEAD = re.compile(
    r"^(?!.*关于).{2,60}(?:文件|令|公告|通告)$|^[（(]?(?:[0-9]{4} ?年 ?)?第 ?[0-9]{1,5} ?号[）)]?$"
)
_COUNTRY = re.compile(r"^中华人民共和国(?=.)")
_ENACTED = re.compile(r"公布|发布|颁布|印发")
_ADOPTED = re.compile(r"通过|批准")
_AMENDED = re.compile(r"修订|修正|修改")
_APPLIES = re.compile(r"施行|实施|生效|执行")
_SELF = "|".join(sorted(OWN_NAMES, key=len, reverse=True))
_DATE = (
    r"[0-9〇零○一二三四五六七八九十]{2,4} ?年 ?[0-9一二三四五六七八九十]{1,3} ?月 ?[0-9一二三四五六七八九十]{1,3} ?日"
)
_EFFECTIVE = re.compile(
    rf"(?:本|上述|以上)(?:{_SELF})(?:（[^（）]{{0,20}}）)?，?(?:将|应)?(?:自|从|由|于|在) ?(?:(?P<date>{_DATE})"
    r"|[\u4e00-\u9fff]{0,8}(?P<event>公布|发布|印发|颁布|通过|下发|签发|批准)(?:之日|后)(?:起)?(?:满|第)?(?:(?P<days>[0-9一二三四五六七八九十百]{1,5})[日天](?P<after>后|之后)?)?)"
    r" ?(?:零时|[0-9]{1,2}时)?(?:起|开始)?，?(?:正式)?(?:施行|实施|执行|生效|起效|试行)"
)
_TERM = re.compile(
    rf"(?:有效期|试行期|执行期|实施期)限?(?:为|是)?，?(?:(?:自.{{0,20}}?)?(?:至|到|截止到|截至) ?(?P<until>{_DATE})"
    r"|(?:自.{0,16}?起)?(?P<amount>[0-9一二两三四五六七八九十]{1,3}) ?个?(?P<unit>年|月))"
)
_SIGNED_DATE = re.compile(rf"^[（(]?(?P<date>{_DATE})[）)]?(?: ?印发)?$")
_ORGAN_LINE = re.compile(r"^[\u4e00-\u9fff（） 、]{2,80}$")


def read_head(
    text: str, outline: Outline, headings: Sequence[tuple[int, int]] = (), stated: HeadFacts | None = None
) -> HeadFacts:
    """Head facts as the text itself states them. `headings` are the ranges of heading blocks. `stated` gives the days
    that 自公布之日起施行 counts from when the text does not. Dates are ISO; None = not said."""
    lines = _head_lines(text, outline)
    title = _title(text, lines, headings, outline)
    number = _document_number(lines, title)
    events = _events(lines)
    signature, signed_on = _signature(text, outline, lines)
    promulgated = _promulgated(events) or signed_on
    amended = max((event.iso for event, kind in events if kind == "amended"), default=None)
    version = max((event.iso for event, kind in events if kind != "applies"), default=signed_on)
    known = stated or HeadFacts()
    first_day = known.promulgated_on or promulgated or known.published_on
    if amended is not None and promulgated is not None and amended > promulgated:
        first_day = None
    effective, expires = _term(text, outline, first_day, events)
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
    if headings and (not outline.provisions or headings[0][0] < outline.provisions[0].end):
        start, end = headings[0]
        if outline.provisions[0].kind is ProvisionKind.PREFACE:
            return text[start:end]
    candidates = [line for line in lines if not _is_furniture(line)] or list(lines)
    joined = ""
    for line in candidates[:_TITLE_LINES]:
        if "。" in line or len(line) > _LONGEST_TITLE_LINE or line.endswith("："):
            break
        joined += line
        if _TITLE_END.search(joined) and joined.count("《") == joined.count("》"):
            return joined
    first = candidates[0] if candidates else ""
    return first if 0 < len(first) <= _LONGEST_TITLE_LINE and "。" not in first else None


def _is_furniture(line: str) -> bool:
    """Letterhead, number and date lines above a title."""
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
    before = ""
    for line in lines:
        joined = before + line if _NUMBER_LINE.match(line) else line
        before = line
        if "。" in line and len(line) > 120:
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


def _events(lines: Sequence[str]) -> list[tuple[DateSpan, str]]:
    """Dates of the 题注 with what happened on them: adopted, enacted, amended, applies."""
    events: list[tuple[DateSpan, str]] = []
    for line in lines:
        if len(line) > 1200 or (("。" in line or "；" in line) and not line.startswith(("（", "("))):
            continue
        dates = [found for found in find_dates(line) if len(found.iso) == 10]
        amending = line.startswith(("根据", "（根据"))
        for position, found in enumerate(dates):
            stop = dates[position + 1].start if position + 1 < len(dates) else len(line)
            before = line[max(0, found.start - 2) : found.start]
            kind = _kind_of_event(line[found.end : stop], amending or before == "根据")
            amending = amending or before == "根据"
            if kind:
                events.append((found, kind))
    return events


def _kind_of_event(words: str, amending: bool) -> str:
    if _AMENDED.search(words) or (amending and _ADOPTED.search(words)):
        return "amended"
    enacted, applies = _ENACTED.search(words), _APPLIES.search(words)
    if applies and (enacted is None or applies.start() < enacted.start()):
        return "applies"
    if enacted:
        return "enacted"
    return "adopted" if _ADOPTED.search(words) else ""


def _promulgated(events: Sequence[tuple[DateSpan, str]]) -> str | None:
    """The day of enactment; without one, the last act of adoption before any amendment (通过, then 批准)."""
    first_acts: list[str] = []
    for event, kind in events:
        if kind == "amended":
            break
        if kind == "enacted":
            return event.iso
        if kind == "adopted":
            first_acts.append(event.iso)
    return max(first_acts, default=None)


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
    return _read_signature(head[first : last + 1]) if 0 < first < last else ((), None)


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


def _term(
    text: str, outline: Outline, first_day: str | None, events: Sequence[tuple[DateSpan, str]]
) -> tuple[str | None, str | None]:
    """Day of effect and day of expiry, from the last final clause of the body."""
    body_end = outline.regions.lines[outline.regions.end_of_body - 1].end if outline.regions.lines else 0
    effective: str | None = None
    clause_end = 0
    for match in _EFFECTIVE.finditer(text, 0, body_end):
        said = parse_date(match["date"].replace(" ", "")) if match["date"] else _counted(first_day, match)
        effective, clause_end = said or effective, match.end()
    if effective is None:
        effective = next((event.iso for event, kind in events if kind == "applies"), None)
    if not clause_end:
        return effective, None
    stop = text.find("\n", clause_end)
    term = _TERM.search(text, max(0, clause_end - 120), min(body_end, clause_end + 120, stop if stop > 0 else body_end))
    if term is None:
        return effective, None
    if term["until"]:
        return effective, parse_date(term["until"].replace(" ", ""))
    amount = parse_integer(term["amount"])
    if amount is None or effective is None or len(effective) != 10:
        return effective, None
    return effective, _later(effective, amount * (12 if term["unit"] == "年" else 1))


def _counted(first_day: str | None, match: re.Match[str]) -> str | None:
    """自公布之日起施行, 自公布之日起30日后施行: the day after N days have run (民法典 art. 201: the first day does not
    count)."""
    if first_day is None or len(first_day) != 10:
        return None
    days = parse_integer(match["days"]) if match["days"] else 0
    if days is None:
        return None
    return (date.fromisoformat(first_day) + timedelta(days=days + (1 if match["after"] else 0))).isoformat()


def _later(first: str, months: int) -> str | None:
    """The last day of a term of `months` that begins on `first`: the day before the same day later."""
    day = date.fromisoformat(first)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year - 1:
        return None
    for last in (day.day, 30, 29, 28):
        try:
            return (date(year, month + 1, last) - timedelta(days=1)).isoformat()
        except ValueError:
            continue
    return None


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
