"""Find the element of a page that holds the document: the source's own selectors, then the containers of the known
content systems, then the densest block.

In: a parsed page and optional selectors (CSS, or XPath where they begin with `/` or `./`). Out: one or more container
elements in document order and how they were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.convert.furniture import DROPPED_TAGS, PAGE_PART_TAGS
from crawler.convert.html_blocks import BLOCK_TAGS, hidden

# Body containers of the content systems met on government sites, most specific first; id with #, class with a dot,
# a bare word is an element name. The last group are words that other page parts use too: the longest match is taken.
CONTAINERS: Final = (
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".TRS_Editor",
    "#UCAP-CONTENT",
    "ucapcontent",
    "#zoomcon",
    "#con_con",
    ".bfr_article_content",
    ".article_zoom",
    "#zoom",
    "#Zoom",
    ".zoom",
    "#ivs_content",
    ".Article_content",
    ".zfwjwzcontent",
    ".easysite-news-peruse",
    ".Three_xilan_07",
    ".gknbxq_detail",
    ".gxt-xilan-content",
    ".tys-main",
    ".tys-main-zt",
    ".details-main",
    ".message-box",
    ".article_component",
    ".wrapper_detail_text",
    ".content_body_box",
    ".neiright_JPZ_GK_CP",
    ".TRS_PreAppend",
    ".ccontent",
    ".cont_T",
    ".zwxl-content",
    ".art-con",
    ".article-content",
    ".article_content",
    ".xxgk_con",
    ".article_con",
    ".news_content",
    ".wzcon",
    ".show-content",
    "#article",
    "#content",
    ".article",
    ".content",
    "article",
    "main",
)
_RANK: Final = {name: rank for rank, name in enumerate(CONTAINERS)}
_GENERIC_FROM: Final = _RANK["#article"]
_NAMED = etree.XPath("//*[@id or @class or self::ucapcontent or self::article or self::main]")
_TEXT = etree.XPath("string-length(normalize-space(string()))")
_HAS_FILE = etree.XPath("boolean(.//a[@href] | .//iframe[@src])")

_MATCHES = 64  # elements looked at; a page with more containers than this is built to tire us
_SHORT_BODY = 40  # characters: below this a named container may be an empty shell
_LONG_BLOCK = 300  # characters of running text elsewhere that prove it is one
_SHARE = 0.6  # of the longest named container, which a more specific one must reach
_SLACK = 160  # or it misses no more characters than title, date and share bar have,
_LEAST = 0.3  # but it holds this share in any case
_GENERIC_SHARE = 0.3  # of the densest block's words, which a container of a common name must reach
_DESCEND = 0.7  # share of its parent's own words a child must hold to be looked into


def select(root: etree._Element, selectors: Sequence[str]) -> list[etree._Element]:
    """Elements of the first selector that matches any text or file link. Raises ValueError on a bad selector."""
    for selector in selectors:
        found = _outermost(_compiled(selector)(root))
        filled = [element for element in found if _size(element) or _HAS_FILE(element)]
        if filled:
            return filled
    return []


def find_body(root: etree._Element, selectors: Sequence[str] = ()) -> tuple[list[etree._Element], str]:
    """Container elements of the document and `selector`, `container`, `density` or `page` for how they were found."""
    chosen = select(root, selectors)
    if chosen:
        return chosen, "selector"
    named = _named(root)
    specific = _best_specific([match for match in named if match[0] < _GENERIC_FROM])
    if specific and sum(_size(element) for element in specific) >= _SHORT_BODY:
        return specific, "container"
    dense, size = densest(root)
    if specific and size < _LONG_BLOCK:
        return specific, "container"
    generic = [match for match in named if match[0] >= _GENERIC_FROM and match[2]]
    if generic and not specific:
        element = max(generic, key=lambda match: match[2])[1]
        if _own_words(element) >= _GENERIC_SHARE * size:
            return [element], "container"
    return [dense], "page" if dense.tag in ("body", "html") else "density"


def densest(root: etree._Element) -> tuple[etree._Element, int]:
    """The smallest block that holds most of the words outside links, and how many characters those are."""
    words = _words(root)
    node, size = root, words.get(root, 0)
    while True:
        child = max(
            (inner for inner in node if inner.tag in BLOCK_TAGS and inner in words),
            key=lambda inner: words[inner],
            default=None,
        )
        if child is None or words[child] < _DESCEND * size or child.tag in ("p", "li"):
            return _whole(node), size
        node, size = child, words[child]


def _whole(node: etree._Element) -> etree._Element:
    """What a part of a table stands in: rows without their table are no table any more."""
    while node.tag in ("table", "tbody", "tfoot", "thead", "tr") and (parent := node.getparent()) is not None:
        node = parent
    return node


def _words(root: etree._Element) -> dict[etree._Element, int]:
    """Characters outside links under each block element, in one pass; page parts and hidden elements left out."""
    result: dict[etree._Element, int] = {}
    open_counts: list[int] = []
    links = 0
    skipped: etree._Element | None = None
    steps = etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
        tag = element.tag
        if event == "start":
            if element is not root and (tag in DROPPED_TAGS or tag in PAGE_PART_TAGS or hidden(element)):
                skipped = element
                steps.skip_subtree()
                continue
            links += tag == "a"
            open_counts.append(0 if links or not element.text else len(element.text.strip()))
            continue
        if element is skipped:
            skipped = None
        else:
            links -= tag == "a"
            count = open_counts.pop()
            if tag in BLOCK_TAGS or element is root:
                result[element] = count
            if open_counts:
                open_counts[-1] += count
        if open_counts and element.tail and not links:
            open_counts[-1] += len(element.tail.strip())
    return result


def _size(element: etree._Element) -> float:
    result = _TEXT(element)
    return result if isinstance(result, float) else 0.0


def _own_words(element: etree._Element) -> int:
    return _words(element).get(element, 0)


def _named(root: etree._Element) -> list[tuple[int, etree._Element, float]]:
    """Known containers as (rank, element, characters)."""
    found: list[tuple[int, etree._Element, float]] = []
    for element in _elements(_NAMED(root)):
        rank = _rank(element.tag, element.get("id"), element.get("class"))
        if rank is not None:
            found.append((rank, element, _size(element)))
            if len(found) == _MATCHES:
                break
    return found


@lru_cache(maxsize=4096)
def _rank(tag: str, identifier: str | None, classes: str | None) -> int | None:
    names = [tag, f"#{identifier.strip()}" if identifier else "", *(f".{word}" for word in (classes or "").split())]
    return min((_RANK[name] for name in names if name in _RANK), default=None)


def _best_specific(matches: list[tuple[int, etree._Element, float]]) -> list[etree._Element]:
    """All outermost elements of the most specific name that holds (nearly) all the words of the longest match."""
    if not matches:
        return []
    _, longest, most = max(matches, key=lambda match: match[2])
    for rank in sorted({rank for rank, _, _ in matches}):
        outer = _outermost([element for r, element, _ in matches if r == rank])
        size = sum(_size(element) for element in outer)
        enough = size >= min(_SHARE * most, max(_LEAST * most, most - _SLACK)) or size >= _SHARE * _own_words(longest)
        filled = [element for element in outer if _size(element) or _HAS_FILE(element)]
        if filled and enough:
            return filled
    return []


def _outermost(elements: object) -> list[etree._Element]:
    kept: list[etree._Element] = []
    for element in _elements(elements)[:_MATCHES]:
        if not any(ancestor in kept for ancestor in element.iterancestors()):
            kept.append(element)
    return kept


def _elements(result: object) -> list[etree._Element]:
    if not isinstance(result, Iterable):
        raise ValueError("a body selector must select elements")
    return [item for item in result if isinstance(item, etree._Element)]


@lru_cache(maxsize=512)
def _compiled(selector: str) -> etree.XPath:
    try:
        if selector.startswith(("/", "./", "(")):
            return etree.XPath(selector)
        return CSSSelector(selector, translator="html")
    except (etree.XPathError, SyntaxError) as error:
        raise ValueError(f"body selector {selector!r}: {error}") from error
