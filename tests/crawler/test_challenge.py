"""Telling the page that was asked for from what a site shows instead."""

from __future__ import annotations

import time

import pytest

from crawler.challenge import assess
from crawler.dates import date_in_text, date_in_url
from rules_db.model import Outcome

URL = "http://a.gov.cn/zw/202605/t20260501_1.html"


def look(body: str | bytes, status: int = 200, role: str = "detail", final: str = URL, url: str = URL) -> Outcome:
    raw = body.encode() if isinstance(body, str) else body
    return assess(status, raw, requested=url, final=final, role=role).outcome


LAW = (
    "<html><body>"
    + "第三条 企业应当在系统维护前通知用户，提供验证码登录方式，您的访问记录应当保存。" * 20
    + "</body></html>"
)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (LAW, 200, Outcome.FETCHED),
        ("<html><body>" + "正文。" * 50 + "</body></html>", 200, Outcome.FETCHED),
        (LAW.replace("<body>", "<body><form><input type=password></form>"), 200, Outcome.FETCHED),
        ("<html><script>var $_ts={}</script><body></body></html>", 200, Outcome.CHALLENGE),
        ("<html><script>document.cookie='a=1';location.reload()</script></html>", 200, Outcome.CHALLENGE),
        ("<html><body>请完成下方滑动验证后继续</body></html>", 200, Outcome.CHALLENGE),
        ("<html><body>对不起，请求被拒绝。编号 123</body></html>", 200, Outcome.BLOCKED),
        ("<html><body><form><input type='password'></form></body></html>", 200, Outcome.BLOCKED),
        ("<html><body>网站维护中</body></html>", 200, Outcome.ERROR),
        ("<html><body>该信息已删除</body></html>", 200, Outcome.GONE),
        ("<html><head><title>无</title></head><body></body></html>", 200, Outcome.ERROR),
        ("", 200, Outcome.ERROR),
        ("", 404, Outcome.GONE),
        ("", 410, Outcome.GONE),
        ("", 403, Outcome.BLOCKED),
        ("", 412, Outcome.CHALLENGE),
        ("", 521, Outcome.CHALLENGE),
        ("", 429, Outcome.BLOCKED),
        ("oops", 502, Outcome.ERROR),
        ("<html><body>访问过于频繁</body></html>", 503, Outcome.BLOCKED),
        ("partial", 206, Outcome.ERROR),
    ],
)
def test_what_an_answer_is(body, status, expected):
    assert look(body, status) is expected


def test_gbk_block_pages_are_read_too():
    assert look("<html><body>您的访问过于频繁，请稍后再试，谢谢合作</body></html>".encode("gbk")) is Outcome.BLOCKED


def test_ending_at_the_home_page_is_gone():
    assert look(LAW, final="http://a.gov.cn/") is Outcome.GONE
    assert look(LAW, final="http://a.gov.cn/index.html") is Outcome.GONE
    assert look(LAW, final="http://a.gov.cn/zw/202605/t20260501_2.html") is Outcome.FETCHED


def test_files_and_pages_in_their_place():
    pdf = "http://a.gov.cn/zw/W020260501.pdf"
    assert look(b"%PDF-1.7 ...", role="attachment", url=pdf, final=pdf) is Outcome.FETCHED
    assert look(LAW, role="attachment", url=pdf, final=pdf) is Outcome.BLOCKED
    assert (
        look("第一条 纯文本", role="attachment", url="http://a.gov.cn/x.txt", final="http://a.gov.cn/x.txt")
        is Outcome.FETCHED
    )


@pytest.mark.parametrize(
    "piece",
    ["<script>", "<", "<div ", "<style", "&nbsp;", "</script>", "<script></script>", "<!--", '<input type="', "\x00"],
)
def test_hostile_markup_takes_linear_time(piece):
    def seconds(size: int) -> float:
        body = ("<html>" + piece * (size // len(piece))).encode()
        started = time.perf_counter()
        assess(200, body, requested=URL, final=URL, role="detail")
        return time.perf_counter() - started

    seconds(10_000)
    small, large = min(seconds(70_000) for _ in range(3)), min(seconds(280_000) for _ in range(3))
    assert large < 0.05 + 12 * small


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[2026-05-01]", "2026-05-01"),
        ("2026年5月1日", "2026-05-01"),
        ("2026.05.01 10:20", "2026-05-01"),
        ("发布：2026/5/1", "2026-05-01"),
        ("20260501", "2026-05-01"),
        ("2026-13-40", None),
        ("电话 12026-05-011", None),
        ("第2026号", None),
        ("", None),
    ],
)
def test_dates_in_rows(text, expected):
    assert date_in_text(text) == expected


def test_dates_without_year_are_the_latest_past_ones():
    from datetime import date

    assert date_in_text("05-20", date(2026, 6, 1)) == "2026-05-20"
    assert date_in_text("12-20", date(2026, 6, 1)) == "2025-12-20"
    assert date_in_text("05-20") is None
    assert date_in_text("02-29", date(2026, 6, 1)) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a/zw/202605/t20260501_12.html", "2026-05-01"),
        ("http://a/art/2026/5/1/art_12_34.html", "2026-05-01"),
        ("http://a/c/2026-05-01/77.shtml", "2026-05-01"),
        ("http://a/col/2026050109350910674/index.html", "2026-05-01"),
        ("http://a/col/20260501/" + "0" * 32 + ".html", "2026-05-01"),
        ("http://a/zw/202605/c00_123.shtml", None),
        ("http://a/art/2026/art_" + "0" * 32 + ".html", None),
        ("http://a/content/post_20260501.html", None),
        ("http://a/zw/202605/t20269901_12.html", None),
    ],
)
def test_dates_in_addresses(url, expected):
    assert date_in_url(url) == expected
