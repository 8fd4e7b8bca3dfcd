"""Data of the reference pipe: how Chinese law names provisions and instruments."""

from __future__ import annotations

NUMERALS = "〇零一二三四五六七八九十百千两0-9"

LEVELS = ("编", "章", "节", "条", "款", "项", "目")
"""Units of a citation from the outside in (立法法 art. 65)."""

COORDINATORS = (
    "、",
    "与",
    "以及",
    "到",
    "及",
    "和",
    "或",
    "或者",
    "至",
    "，",
)
RANGES = frozenset({"到", "至", "—", "-", "~", "～"})

OWN_NAMES = (
    "公告",
    "决定",
    "决议",
    "准则",
    "办法",
    "命令",
    "守则",
    "实施办法",
    "实施意见",
    "实施方案",
    "实施细则",
    "导则",
    "意见",
    "指南",
    "指引",
    "方案",
    "暂行办法",
    "暂行规定",
    "条例",
    "标准",
    "法",
    "法典",
    "章程",
    "细则",
    "规划",
    "规则",
    "规定",
    "规程",
    "规范",
    "规范条件",
    "解释",
    "通则",
    "通告",
    "通知",
)
"""本…: how an instrument names itself."""

UNQUOTED_ENDINGS = (
    "办法",
    "实施条例",
    "实施细则",
    "条例",
    "法",
    "法典",
    "规定",
)
"""Endings of a title cited without 《》 (刑法第二百八十条)."""

CITING_VERBS = (
    "不符合",
    "与",
    "以及",
    "依",
    "依据",
    "依照",
    "参照",
    "及",
    "和",
    "在",
    "对",
    "属于",
    "或者",
    "执行",
    "按",
    "按照",
    "按现行",
    "有",
    "根据",
    "比照",
    "由",
    "符合",
    "违反",
    "适用",
    "遵守",
)
"""Words before an unquoted title that are no part of it."""
