"""Data of the definition pipe: words that define."""

from __future__ import annotations

DEFINING_WORDS = ("指的是", "是指", "系指")
"""Words that define wherever they stand between a term and its meaning."""

NOT_DEFINING = ("标", "派", "示", "使", "导", "定", "挥", "数", "明", "纹", "向")
"""是指定…, 是指导…: characters that make another word of 指."""

LEADS = ("所称的", "所称", "所指的", "中的", "中")
"""What stands between 本办法 and the term it defines."""
