"""What goes wrong with sites: each fault of the script as the answer that a site in that trouble gives.

Pure: site and request in, answer out. A fault speaks for the whole site or for its lists alone; None = answer as usual.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from country_sites import State, healthy, is_list, page

from benchmarks.loopback import JSON, Answer, Asked

_CHALLENGE: Final = b"<html><head><script>$_ts=window['$_ts'];$_ts.cd='qqqq';</script></head><body></body></html>"
_CAPTCHA: Final = "<html><body><p>请输入验证码后继续访问</p><input></body></html>".encode()
_LOGIN: Final = (
    "<html><head><title>统一身份认证</title></head><body><form action='/login'>用户名<input name='u'>"
    "密码<input type='password'></form></body></html>"
).encode()
_MAINTENANCE: Final = "<html><body><p>系统维护中，请稍后访问。</p></body></html>".encode()

# For every request of the site.
SITE_FAULTS: Final[Mapping[str, Answer]] = {
    "captcha with status 200": Answer(_CAPTCHA),
    "connection reset": Answer(cut=True),
    "login page": Answer(_LOGIN),
    "maintenance page": Answer(_MAINTENANCE),
    "script challenge 412": Answer(_CHALLENGE, status=412),
    "script challenge with status 200": Answer(_CHALLENGE),
    "status 403": Answer(b"Forbidden", status=403),
    "status 410": Answer(b"Gone", status=410),
    "status 503": Answer(b"busy", status=503),
    "timeout": Answer(hang=30),
}


def _no_rows(state: State, asked: Asked) -> Answer:
    """The list in its usual dress, without one row."""
    empty = State(state.source_id, state.name, state.platform)
    return healthy(empty, asked) or page(state, "")


def _half(state: State, asked: Asked) -> Answer | None:
    kept = State(state.source_id, state.name, state.platform, state.rows[: len(state.rows) // 2], state.pages)
    return healthy(kept, asked)


def _redesigned(state: State, asked: Asked) -> Answer | None:
    """The class that the row selector names is gone; the links are as they were."""
    dressed = State(state.source_id, state.name, state.platform, state.rows, state.pages, wrapper="news-2026")
    return healthy(dressed, asked)


def _looping(state: State, asked: Asked) -> Answer | None:
    """Every screen is the first one."""
    if asked.path.startswith("/zw/index_") or asked.path.startswith("/zw/list_"):
        asked = Asked("/zw/" if asked.path.startswith("/zw/index_") else "/zw/list.shtml", {})
    return healthy(state, asked)


def _json_error(state: State, asked: Asked) -> Answer | None:
    """The call that holds the rows reports failure; the page that names the call is as it was."""
    if asked.path in ("/zw/index.html", "/gkmlpt/index"):
        return healthy(state, asked)
    return Answer(json.dumps({"success": False, "code": "500"}).encode(), JSON)


LIST_FAULTS: Final[Mapping[str, Callable[[State, Asked], Answer | None]]] = {
    "empty body": lambda state, asked: Answer(b"<html><body></body></html>"),
    "half the rows": _half,
    "home page instead": lambda state, asked: (
        page(state, "<p>欢迎访问</p>" + "本站提供政务服务。" * 60)
        if asked.path == "/"
        else Answer(status=302, location="/")
    ),
    "json error": _json_error,
    "list without rows": _no_rows,
    "pager loops": _looping,
    "rows by script": lambda state, asked: page(state, '<div id="app"></div><script src="/app.js"></script>'),
    "selector gone": _redesigned,
}


def answer(state: State, asked: Asked) -> Answer | None:
    """What the site answers now."""
    if asked.path == "/robots.txt":
        return Answer(b"", status=500) if state.trouble == "robots 500" else None
    if state.trouble in SITE_FAULTS:
        return SITE_FAULTS[state.trouble]
    if state.trouble in LIST_FAULTS and is_list(state, asked):
        return LIST_FAULTS[state.trouble](state, asked)
    return healthy(state, asked)
