"""Words of table heads as data: what a column holds, and in which direction a head bounds its cells.

Tables are sorted and without doubles; words are looked for in heads without white space.
"""

from __future__ import annotations

from rules_db.model import Comparator

GE, LE = Comparator.GE, Comparator.LE

# Heads of columns that count rows, name units, or tell how and by what a value is measured: no limits stand in them.
ORDINAL_HEADS: tuple[str, ...] = ("No.", "序号", "编号")
UNIT_HEADS: tuple[str, ...] = ("单位", "计量单位", "量纲")
ASIDE_HEADS: tuple[str, ...] = (
    "代码", "依据", "地址", "备注", "对应条款", "执行标准", "日期", "时间安排", "标准号", "检测方法", "检验方法",
    "注", "测定方法", "电话", "联系人", "联系方式", "试验方法", "说明", "附注",
)  # fmt: skip

# Heads that say that what stands below is a requirement, and nothing about what is measured.
LIMIT_HEADS: tuple[str, ...] = (
    "值", "准入值", "参数值", "参数要求", "取值", "基准值", "技术指标", "技术要求", "指标", "指标值", "指标要求",
    "控制值", "控制指标", "数值", "标准值", "标准要求", "目标值", "要求", "规定值", "量化指标", "阈值", "限值",
    "限值要求", "限定值", "限量",
)  # fmt: skip

# Words inside a head or label, and the direction in which they bound a bare number.
DIRECTIONS: tuple[tuple[str, Comparator], ...] = (
    ("上限", LE),
    ("下限", GE),
    ("允许值", LE),
    ("最低", GE),
    ("最多", LE),
    ("最大", LE),
    ("最小", GE),
    ("最少", GE),
    ("最短", GE),
    ("最长", LE),
    ("最高", LE),
    ("限值", LE),
    ("限量", LE),
)

# What fills a cell or a unit column that has nothing to say.
NOTHING: tuple[str, ...] = ("-", "--", "/", "—", "——", "―", "无", "无量纲", "－")

# What has no unit, whatever the head of its column says.
DIMENSIONLESS: tuple[str, ...] = ("PH", "PH值", "pH", "pH值")

# Words of a caption that make bare numbers below it requirements, and words that make the table a mere list.
CAPTION_CALLS: tuple[str, ...] = ("指标", "标准", "要求", "限值", "限量")
CAPTION_LISTS: tuple[str, ...] = ("一览", "名单", "汇总", "清单", "目录", "统计")
