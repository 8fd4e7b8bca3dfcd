"""What surrounds a document on a government page and is not part of it: data, and two functions that apply it.

In: class and id words of an element, or one line of text. Out: whether it is furniture. Lines are matched whole, and
only short ones, so that a sentence of law can never match.
"""

from __future__ import annotations

import re
from typing import Final

# Elements that never carry the document's words.
_DROPPED_TAGS_WORDS: Final = (
    "applet area audio base button canvas datalist embed frame frameset head input link map math meta "
    "noframes noscript object option script select style svg template textarea title video"
)
DROPPED_TAGS: Final = frozenset(_DROPPED_TAGS_WORDS.split())

# Page parts outside the body container; looked at only where no container is known.
PAGE_PART_TAGS: Final = frozenset(("aside", "footer", "header", "nav"))

# Words of class and id attributes (split at anything but letters, lower case).
_FURNITURE_WORDS_WORDS: Final = (
    "bdshare bdsharebuttonbox bread breadcrumb breadcrumbs bshare closewin crumb crumbs dangqian dayin "
    "ewm fenxiang fontsize fontsizer jiathis pagenav pager pagination prevnext print printer qrcode "
    "readcount share sharebox sharebutton shares socialshare toolbar viewcount weizhi xgwd xgyd"
)
FURNITURE_WORDS: Final = frozenset(_FURNITURE_WORDS_WORDS.split())

# An element with a furniture word is dropped only below this many characters: `<div id="print">` may be the body.
FURNITURE_ELEMENT_CHARS: Final = 160

_LINE_CHARS = 90

_LINES = (
    r"[【\[（(]?(?:打印|打印本页|打印此页|关闭|关闭窗口|关闭本页|收藏|加入收藏|我要纠错|返回顶部|返回列表|返回)[】\])）]?",
    r"(?:[【\[]?(?:字体|字号|大|中|小|打印(?:本页|此页)?|关闭(?:本页|窗口)?|加入收藏|收藏(?:本页)?|分享|复制链接|返回顶部|纠错)"
    r"[】\]]?[\s|｜:：/]*){2,}",
    r"打印(?:日期|时间)[:：]\s*[\d年月日\-/.: ]{4,20}",
    r"(?:分享到?|扫一扫.{0,20}|微信扫.{0,20}|用微信.{0,20}|分享至.{0,20})[:：]?",
    r"(?:浏览|点击|阅读|访问)(?:次数|数|量|率)?[:：]\s*\d*\s*次?",
    r"(?:责任)?编辑[:：]\s*\S{0,12}",
    r"(?:信息|文章|稿件)?来源[:：]\s*\S{0,30}(?:\s*(?:发布|发表)?(?:时间|日期)[:：]\s*[\d年月日\-/.: ]{8,20})?",
    r"(?:发布|发表|更新|公开)(?:时间|日期)[:：]\s*[\d年月日\-/.: ]{8,20}(?:\s*(?:信息)?来源[:：]\s*\S{0,30})?",
    r"(?:上|下)一(?:篇|条|页)[:：]?.{0,60}",
    r"(?:您?(?:当前|现在|所在)(?:的)?位置|当前位置|您的位置)(?:是|在)?[:：].{0,80}",
    r"(?:首页|网站首页)\s*(?:[>＞»/\\]\s*\S{1,20}\s*){1,6}",
    r"(?:相关(?:链接|阅读|文档|信息|新闻|解读)|延伸阅读|附件下载|网站地图|版权所有.{0,60})[:：]?",
    r"(?:主办|承办)单位[:：].{0,40}|(?:网站标识码|政府网站标识码)[:：]?\s*\w{0,12}|.{0,4}ICP备\s*\d{6,10}号.{0,6}",
)
_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _LINES))
_WORD = re.compile(r"[a-z]+")


def furniture_attributes(names: str) -> bool:
    """Whether the joined class and id of an element contain a furniture word."""
    return not FURNITURE_WORDS.isdisjoint(_WORD.findall(names.lower()))


def furniture_line(text: str) -> bool:
    """Whether a whole line is page furniture (print and share bars, counters, breadcrumbs, editor's line)."""
    return len(text) <= _LINE_CHARS and _LINE.fullmatch(text.strip()) is not None
