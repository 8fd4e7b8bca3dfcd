"""What an answer is: the page that was asked for, or something a site shows instead of it.

Pure: status, headers, bytes and addresses in, `Assessment` out. Challenges, captchas and logins are recognised so that
the source can be reported as blocked; nothing here or elsewhere solves them. Words that also occur in rules (验证码,
登录) count only on pages with little text of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from crawler.charset import UndecidedError, decode
from crawler.urls import identity, suffix_of
from rules_db.model import Outcome

# Status codes by which protection systems answer; what they mean is said to the maintainer.
_STATUS: Final = {
    401: (Outcome.BLOCKED, "login required"),
    403: (Outcome.BLOCKED, "access refused"),
    407: (Outcome.BLOCKED, "proxy login required"),
    412: (Outcome.CHALLENGE, "script challenge (412)"),
    418: (Outcome.BLOCKED, "refused as a robot"),
    451: (Outcome.BLOCKED, "refused for legal reasons"),
    493: (Outcome.CHALLENGE, "script challenge (493)"),
    521: (Outcome.CHALLENGE, "script challenge (521)"),
}

# Marks in the markup of script challenges; they never occur in a document.
_SCRIPT_MARKS: Final = (
    "$_ts",
    "/_Incapsula_Resource",
    "__jsl_clearance",
    "_cf_chl_opt",
    "acw_sc__v2",
    "aliyun_waf",
    "cdn-cgi/challenge-platform",
    "geetest_",
    "window._waf_",
)

# Words on short pages: (word, outcome, what it means).
_SHORT_PAGE_WORDS: Final = (
    ("安全验证", Outcome.CHALLENGE, "security check"),
    ("拖动滑块", Outcome.CHALLENGE, "slider captcha"),
    ("访问频繁", Outcome.BLOCKED, "too many requests"),
    ("访问被拦截", Outcome.BLOCKED, "block page"),
    ("访问过于频繁", Outcome.BLOCKED, "too many requests"),
    ("请求被拒绝", Outcome.BLOCKED, "block page"),
    ("请输入验证码", Outcome.CHALLENGE, "captcha"),
    ("您的访问", Outcome.BLOCKED, "block page"),
    ("您的请求", Outcome.BLOCKED, "block page"),
    ("滑动验证", Outcome.CHALLENGE, "slider captcha"),
)
_MAINTENANCE: Final = (
    "功能升级中",
    "暂停服务",
    "服务不可用",
    "正在维护",
    "系统升级",
    "系统维护",
    "网站维护",
    "网站升级",
)
_NOT_THERE: Final = (
    "文件不存在",
    "网页不存在",
    "该文章已被删除",
    "该信息已删除",
    "该页面不存在",
    "页面不存在",
    "页面找不到",
    "找不到该页面",
)

_SHORT_PAGE: Final = 400
_EMPTY_PAGE: Final = 20
_SAMPLE: Final = 300_000
_HIDDEN_TAGS: Final = ("noscript", "script", "style")
_TAG: Final = re.compile(r"<[^<>]{0,3000}>")
_PASSWORD: Final = re.compile(r"""type\s*=\s*["']?password""", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+|&nbsp;")
_BINARY_MAGIC: Final = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")
_ARCHIVED: Final = frozenset(
    {"7z", "doc", "docx", "et", "ofd", "pdf", "ppt", "pptx", "rar", "wps", "xls", "xlsx", "zip"}
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """FETCHED = the thing itself; anything else carries the reason."""

    outcome: Outcome
    reason: str = ""

    @property
    def usable(self) -> bool:
        return self.outcome is Outcome.FETCHED


def assess(
    status: int, body: bytes, *, requested: str, final: str, role: str, content_type: str | None = None
) -> Assessment:
    """Judge one answer. `role` is list, detail or attachment; `final` is the address after redirects."""
    if status in _STATUS:
        outcome, meaning = _STATUS[status]
        return Assessment(outcome, meaning)
    if status in (404, 410):
        return Assessment(Outcome.GONE, f"HTTP {status}")
    if status != 200:
        shown = _short_page(_visible(_markup(body, content_type))) if body else None
        if status in (202, 429) or (shown and shown.outcome is not Outcome.ERROR):
            return shown or Assessment(Outcome.BLOCKED, f"HTTP {status}")
        return Assessment(Outcome.ERROR, f"HTTP {status}")
    if not body.strip():
        return Assessment(Outcome.ERROR, "empty answer")
    if body[:8].startswith(_BINARY_MAGIC):
        return Assessment(Outcome.FETCHED)
    if role == "detail" and _went_home(requested, final):
        return Assessment(Outcome.GONE, f"redirected to the home page {final}")
    markup = _markup(body, content_type)
    assessment = _assess_markup(markup, role)
    if assessment.usable and role == "attachment" and suffix_of(requested) in _ARCHIVED and _is_html(markup):
        return Assessment(Outcome.BLOCKED, f"a web page in place of a .{suffix_of(requested)} file")
    return assessment


def _assess_markup(markup: str, role: str) -> Assessment:
    text = _visible(markup)
    for mark in _SCRIPT_MARKS:
        if mark in markup and len(text) < _SHORT_PAGE:
            return Assessment(Outcome.CHALLENGE, f"script challenge ({mark})")
    if not _is_html(markup):
        return Assessment(Outcome.FETCHED)
    if _PASSWORD.search(markup) and len(text) < _SHORT_PAGE:
        return Assessment(Outcome.BLOCKED, "login form")
    shown = _short_page(text)
    if shown is not None:
        return shown
    if "document.cookie" in markup and len(text) < _EMPTY_PAGE:
        return Assessment(Outcome.CHALLENGE, "script that sets a cookie and reloads")
    if role == "detail" and len(text) < _EMPTY_PAGE and "<iframe" not in markup and "href=" not in markup:
        return Assessment(Outcome.ERROR, "page without text")
    return Assessment(Outcome.FETCHED)


def _short_page(text: str) -> Assessment | None:
    """What a page with little text says it is, if it is not the thing asked for."""
    if len(text) >= _SHORT_PAGE:
        return None
    for word, outcome, meaning in _SHORT_PAGE_WORDS:
        if word in text:
            return Assessment(outcome, f"{meaning} ({word})")
    for word in _MAINTENANCE:
        if word in text:
            return Assessment(Outcome.ERROR, f"maintenance page ({word})")
    for word in _NOT_THERE:
        if word in text:
            return Assessment(Outcome.GONE, f"page says it is gone ({word})")
    return None


def _markup(body: bytes, content_type: str | None) -> str:
    try:
        return decode(body[:_SAMPLE], content_type).text
    except UndecidedError:
        return body[:_SAMPLE].decode("latin-1")  # ASCII marks can still be seen; the text itself is judged later


def _visible(markup: str) -> str:
    """Text a reader sees, without spaces. Scripts are cut by searching, not by a pattern: linear on hostile markup."""
    for tag in _HIDDEN_TAGS:
        markup = _cut(markup, f"<{tag}", f"</{tag}")
    return _SPACE.sub("", _TAG.sub(" ", markup))


def _cut(markup: str, opening: str, closing: str) -> str:
    lowered = markup.lower()
    if len(lowered) != len(markup):  # a few letters change length in lower case; offsets would be wrong
        lowered = markup
    kept: list[str] = []
    position = 0
    while (start := lowered.find(opening, position)) >= 0:
        kept.append(markup[position:start])
        end = lowered.find(closing, start)
        if end < 0:
            return " ".join(kept)
        position = end + len(closing)
    return " ".join([*kept, markup[position:]])


def _is_html(markup: str) -> bool:
    start = markup[:2000].lstrip("\ufeff \t\r\n").lower()
    return start.startswith(("<!doctype html", "<html")) or "<html" in start or "<body" in start


def _went_home(requested: str, final: str) -> bool:
    """A document address that ends at the site's front page."""
    if identity(requested) == identity(final):
        return False
    return urlsplit(final).path.rstrip("/") in ("", "/index.html", "/index.shtml", "/index.htm")
