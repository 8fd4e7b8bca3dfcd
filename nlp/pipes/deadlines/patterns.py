"""Words of time limits as data: what ends a limit, what makes a date a due date, what only looks like a limit."""

from __future__ import annotations

# How a threshold ends (之内, 以前, 的期限内 …) that is a time to act within, ahead of an event, or after it.
WITHIN: tuple[str, ...] = ("内",)
AHEAD: tuple[str, ...] = ("前",)
AFTER: tuple[str, ...] = ("后",)

# Behind 三年内 these tell that it is a ban or a look-back window, not a time to act within.
NOT_TO_ACT: tuple[str, ...] = (
    "三次", "不予", "不再", "不准", "不得", "两次", "二次", "仍", "免", "再次", "又", "发生", "受到", "因", "多次",
    "无", "曾", "有", "未", "没有", "禁止", "累计", "连续",
)  # fmt: skip

# What turns a date into the last day to act.
DUE: tuple[str, ...] = ("之前", "之日前", "以前", "前", "截止", "止")

# Between a date and the word that makes it due: 2026年6月底前.
PART_OF: tuple[str, ...] = ("上旬", "下旬", "中旬", "初", "底", "末")

# What repeats a date: 每年1月31日前, 每月10日前.
EVERY: tuple[str, ...] = ("每半年", "每季度", "每学年", "每学期", "每年", "每年度")

# Parts of a year with their last day: 每年第一季度内, 下半年结束前.
PERIODS: dict[str, str] = {
    "上半年": "--06-30", "下半年": "--12-31", "第一季度": "--03-31", "第三季度": "--09-30", "第二季度": "--06-30",
    "第四季度": "--12-31",
}  # fmt: skip
WITHIN_PERIOD: tuple[str, ...] = ("之内", "内", "底之前", "底前", "末之前", "末前", "结束之前", "结束前")
YEARS: tuple[str, ...] = ("下一年", "下一年度", "当年", "当年度", "次年", "次年度", "每年", "每年度", "翌年")

# Acting without delay.
AT_ONCE: tuple[str, ...] = ("当场", "当天", "当日", "立刻", "立即")
