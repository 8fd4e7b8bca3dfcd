"""Data of the definition pipe: words that define."""

from __future__ import annotations

DEFINING_WORDS = (
    "指的是",
    "是指",
    "系指",
)
"""Words that define wherever they stand between a term and its meaning."""

NOT_DEFINING = (
    "使",
    "向",
    "定",
    "导",
    "挥",
    "数",
    "明",
    "标",
    "派",
    "示",
    "纹",
)
"""是指定…, 是指导…: characters that make another word of 指, where neither 所称 nor a comma sets the term off."""

LEADS = (
    "中",
    "中的",
    "其中",
    "其中，",
    "所指的",
    "所称",
    "所称的",
)
"""What stands before the term that is defined (本办法所称…)."""

BY_NAMES = (
    "也称",
    "亦称",
    "以下简称",
    "即",
    "又称",
    "简称",
)
"""Words that add another name to a term (…，也称…，是指)."""
