"""What a page says about its document outside the text: meta tags, the index table of public-disclosure pages, links.

In: the parsed page, its body containers and blocks. Out: `HeadFacts`. Labels and their variants are data. Every value
is checked for its shape (a date, a number, a short name) before it counts: a table of other documents has the same
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from lxml import etree

from crawler.convert.attachments import attachments, related_links
from crawler.convert.blocks import clean
from crawler.convert.facts import find_document_number, iso_date, number_line, without_number
from rules_db.model import Block, HeadFacts

# Index label → field. White space inside labels (索 引 号) is ignored when they are looked up.
LABELS: Final = {
    "主题分类": "",
    "信息名称": "title",
    "信息索引号": "index_number",
    "信息分类": "",
    "公开日期": "published_on",
    "公开索引号": "index_number",
    "公开责任部门": "issuers",
    "公文种类": "instrument_type",
    "公文标题": "title",
    "制发机关": "issuers",
    "印发日期": "promulgated_on",
    "发文单位": "issuers",
    "发文字号": "document_number",
    "发文文号": "document_number",
    "发文日期": "promulgated_on",
    "发文机关": "issuers",
    "发文机构": "issuers",
    "发布文号": "document_number",
    "发布日期": "published_on",
    "发布时间": "published_on",
    "发布机构": "issuers",
    "发布机关": "issuers",
    "名称": "title",
    "实施日期": "effective_on",
    "成文日期": "promulgated_on",
    "效力状态": "validity",
    "文件名称": "title",
    "文件标题": "title",
    "文件编号": "document_number",
    "文号": "document_number",
    "文种": "instrument_type",
    "施行日期": "effective_on",
    "时效": "validity",
    "时效性": "validity",
    "是否有效": "validity",
    "有效性": "validity",
    "标题": "title",
    "生成日期": "promulgated_on",
    "生效日期": "effective_on",
    "索引号": "index_number",
    "组配分类": "",
    "统一编号": "",
}

_GAP: Final = "[ \t\u3000\xa0]*"
_LABEL: Final = "|".join(_GAP.join(label) for label in sorted(LABELS, key=len, reverse=True))
_LABEL_CELL: Final = re.compile(f"[【\\[]?({_LABEL})[】\\]]?{_GAP}[:：]?{_GAP}")
_LABEL_INSIDE: Final = re.compile(f"(?:^|(?<=[\\s|;；]))({_LABEL}){_GAP}[:：]")
_BLANK = re.compile("[ \t\r\n\u3000\xa0]+")
_ORGAN: Final = re.compile(
    r"[\u4e00-\u9fff]{0,40}(?:部|委|委员会|局|厅|办公厅|办公室|政府|署|院|法院|人大常委会|银行|中心)"
)
_SITE_TAIL: Final = re.compile(r"\s*[-_|—－]+\s*[^-_|—－]{2,30}$")
_LABEL_HOLDERS: Final = ("b", "dd", "div", "dt", "em", "font", "h5", "label", "li", "p", "span", "strong", "td", "th")
_PUBLISH_TAG = etree.XPath("string(//publishtime)")
_HEADLINE = etree.XPath(
    "//*[@id='con_title' or @id='zoomtitl' or @id='ti' or contains(concat(' ', @class, ' '), ' con-title ') "
    "or contains(concat(' ', @class, ' '), ' detailTitle ')]"
)
_CELLS: Final = ("dd", "div", "dt", "li", "p", "td", "th")
_GROUPS = ("table", "ul", "ol", "dl")
_GROUP_CHARS = 4000  # an index table is small; a bigger group is the page's layout
_FIELD_CHARS = 300
_LEVELS_ABOVE = 3
_HOLDERS_ABOVE = 60
_PUBLISHED: Final = re.compile(r"(?:发布|发表|公开)(?:时间|日期)\s*[:：]")


def page_facts(
    root: etree._Element,
    url: str | None,
    containers: Sequence[etree._Element],
    blocks: Sequence[Block],
    scripted: Mapping[str, str],
) -> HeadFacts:
    """Head facts of a page; a fact that is not stated stays None. `scripted` are index fields that stood in a script.
    `PubDate` is when the site published the page, so it gives `published_on` and never a date of the law."""
    meta = meta_tags(root)
    index = index_facts(root)
    for field, value in scripted.items():
        if field not in index and (checked := _checked(field, value)):
            index[field] = checked
    title = meta.get("articletitle") or _headline(root) or index.get("title") or _page_title(root, meta.get("sitename"))
    number = index.get("document_number") or find_document_number(title, blocks) or _number_above(containers)
    return HeadFacts(
        title=without_number(title),
        document_number=number,
        issuers=_issuers(index.get("issuers"), meta),
        instrument_type=index.get("instrument_type"),
        promulgated_on=index.get("promulgated_on"),
        published_on=_published(index, meta, root),
        effective_on=index.get("effective_on"),
        validity=index.get("validity"),
        index_number=index.get("index_number"),
        url=url,
        attachments=attachments(root, containers, url),
        links=related_links(root, containers, url),
    )


def meta_tags(root: etree._Element) -> dict[str, str]:
    """Named meta tags with their names in lower case; empty values are left out, the first of a name counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property")
        content = clean(element.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), content[:_FIELD_CHARS])
    return found


def index_facts(root: etree._Element) -> dict[str, str]:
    """Fields of the page's index table, whatever it is built of (table, list, grid of divs)."""
    facts: dict[str, str] = {}
    for group in _index_groups(root):
        for label, value in _pairs(group):
            field = LABELS[_BLANK.sub("", label)]
            if field and field not in facts and (checked := _checked(field, value)):
                facts[field] = checked
    return facts


def index_rows(rows: Iterable[Sequence[str]]) -> bool:
    """Whether a table of the body is the index table: its cells alternate between known labels and values."""
    labels = 0
    for row in rows:
        for cell, after in zip(row, (*row[1:], ""), strict=True):
            if _LABEL_CELL.fullmatch(cell) and not _LABEL_CELL.fullmatch(after):
                labels += 1
    return labels >= 3


def _index_groups(root: etree._Element) -> list[etree._Element]:
    """Small groups of elements that hold at least two labels, in document order."""
    hits: dict[etree._Element, set[str]] = {}
    for element in root.iter(*_LABEL_HOLDERS):
        text = element.text
        if text is None or len(text) > _FIELD_CHARS or (match := _LABEL_CELL.match(text.strip())) is None:
            continue
        group = _group_of(element)
        if group is not None:
            hits.setdefault(group, set()).add(_BLANK.sub("", match.group(1)))
    return [group for group, labels in hits.items() if len(labels) >= 2 and _small(group)]


def _group_of(element: etree._Element | None) -> etree._Element | None:
    """The nearest table or list around a label; else the element three levels up."""
    climbed: list[etree._Element] = []
    while element is not None and len(climbed) < 6:
        if element.tag in _GROUPS:
            return element
        climbed.append(element)
        element = element.getparent()
    return climbed[min(2, len(climbed) - 1)] if climbed else None


def _small(group: etree._Element) -> bool:
    size = 0
    for text in group.itertext():
        size += len(text)
        if size > _GROUP_CHARS:
            return False
    return True


def _pairs(group: etree._Element) -> Iterator[tuple[str, str]]:
    """(label, value) of an index group. A label alone in a cell takes the next cell of the same row."""
    for cell in group.iter(*_CELLS):
        if next(cell.iterdescendants(*_CELLS), None) is not None:
            continue
        text = _spaced_text(cell)
        inside = list(_LABEL_INSIDE.finditer(text))
        if (whole := _LABEL_CELL.fullmatch(text)) is not None:
            after = cell.getnext()
            if after is not None:
                value = _spaced_text(after)
                if not _LABEL_CELL.fullmatch(value):
                    yield whole.group(1), value.lstrip(":： ")
        elif inside:
            ends = [match.start() for match in inside[1:]] + [len(text)]
            for match, end in zip(inside, ends, strict=True):
                yield match.group(1), text[match.end() : end].strip()
        elif (head := _LABEL_CELL.match(text)) is not None and text[head.end(1) : head.end(1) + 1] in ":： ":
            yield head.group(1), text[head.end() :].strip()


def _spaced_text(element: etree._Element) -> str:
    return clean(" ".join(str(text) for text in element.itertext()))


def text_of(element: etree._Element) -> str:
    """All text inside an element."""
    return "".join(str(text) for text in element.itertext())


def _checked(field: str, value: str) -> str | None:
    """The value if it has the shape of its field."""
    if not value or len(value) > _FIELD_CHARS or value in ("无", "-", "—", "/", "暂无"):
        return None
    if field.endswith("_on"):
        return iso_date(value)
    if field == "document_number":
        return _BLANK.sub("", value) if "号" in value and any(map(str.isdigit, value)) and len(value) <= 60 else None
    if field == "index_number":
        return value if re.fullmatch(r"[\w/.〔〕\[\]()（） -]{4,60}", value) else None
    if field in ("validity", "instrument_type"):
        return value if len(value) <= 20 else None
    if field == "title":
        return value if len(value) >= 4 else None
    return value


def _issuers(stated: str | None, meta: dict[str, str]) -> tuple[str, ...]:
    """Issuing bodies: the index table's, else the author or source of the page when that is the name of a body."""
    for text in (stated, meta.get("author"), meta.get("contentsource")):
        names = [name for name in re.split(r"[\s、,，;；]+", text or "") if name]
        if names and all(_ORGAN.fullmatch(name) for name in names):
            return tuple(dict.fromkeys(names))
    return (stated,) if stated and len(stated) <= 60 else ()


def _published(index: dict[str, str], meta: dict[str, str], root: etree._Element) -> str | None:
    stated = (meta.get("pubdate"), str(_PUBLISH_TAG(root)), meta.get("firstpublishedtime"), meta.get("publishdate"))
    known = index.get("published_on") or next((day for text in stated if text and (day := iso_date(text))), None)
    return known or _published_line(root)


def _published_line(root: etree._Element) -> str | None:
    """The date of a line such as 发布时间：2026-01-08, which pages without meta tags print under the title."""
    for element in root.iter(*_LABEL_HOLDERS):
        if element.text and (match := _PUBLISHED.search(element.text)):
            line = "".join(text for text, _ in zip(map(str, element.itertext()), range(4), strict=False))
            if day := iso_date(line[match.start() : match.start() + 60]):
                return day
    return None


def _number_above(containers: Sequence[etree._Element]) -> str | None:
    """A document number that stands alone beside or above the body, where templates print it under the title."""
    parent = containers[0].getparent() if containers else None
    for _ in range(_LEVELS_ABOVE):
        if parent is None or parent.tag in ("body", "html"):
            return None
        for element, _ in zip(parent.iter(*_LABEL_HOLDERS), range(_HOLDERS_ABOVE), strict=False):
            if element.text and "号" in element.text and (number := number_line(clean(element.text))):
                return number
        parent = parent.getparent()
    return None


def _headline(root: etree._Element) -> str | None:
    found = _HEADLINE(root)
    elements = [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []
    for element in (*elements, *list(root.iter("h1"))[:3]):
        text = clean(text_of(element))
        if 4 <= len(text) <= _FIELD_CHARS:
            return text
    return None


def _page_title(root: etree._Element, site: str | None) -> str | None:
    element = next(root.iter("title"), None)
    text = clean(text_of(element)) if element is not None else ""
    if site and text.endswith(site):
        text = text[: -len(site)].rstrip(" -_|—－")
    else:
        text = _SITE_TAIL.sub("", text)
    return text[:_FIELD_CHARS] or None
