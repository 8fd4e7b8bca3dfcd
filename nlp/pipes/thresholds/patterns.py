"""Comparator words and look-alikes as data: what makes a quantity a bound, and what only resembles one.

Words before the quantity (`COMPARING` with `NEGATIONS`, `PLAIN`) and behind it (`AFTER`); 民法典 art. 1259 decides what
is inclusive: 以上, 以下, 以内, 届满 include the number, 超过, 不满, 以外 do not. Tables are sorted and without doubles.
"""

from __future__ import annotations

from rules_db.model import Comparator

from .units import Dimension

GE, GT, LE, LT, EQ = Comparator.GE, Comparator.GT, Comparator.LE, Comparator.LT, Comparator.EQ

# A comparing word, what it says, and what it says after a negation. None: bounds nothing in that form.
COMPARING: tuple[tuple[str, Comparator | None, Comparator | None], ...] = (
    ("低于", LT, GE),
    ("到", None, LT),
    ("够", None, LT),
    ("多于", GT, LE),
    ("大于", GT, LE),
    ("小于", LT, GE),
    ("少于", LT, GE),
    ("早于", LT, GE),
    ("晚于", GT, LE),
    ("满", GE, LT),
    ("短于", LT, GE),
    ("足", None, LT),
    ("超", GT, LE),
    ("超出", GT, LE),
    ("超过", GT, LE),
    ("超过了", GT, LE),
    ("达", GE, LT),
    ("达到", GE, LT),
    ("迟于", GT, LE),
    ("逾", GT, LE),
    ("长于", GT, LE),
    ("高于", GT, LE),
)

NEGATIONS: tuple[str, ...] = (
    "不", "不准", "不可", "不可以", "不宜", "不应", "不应当", "不得", "不能", "不许", "严禁", "尚未", "未", "未能",
    "没有", "禁止", "达不",
)  # fmt: skip

# What makes 大于, 超过, 低于 … inclusive when it stands between the word and the quantity.
OR_EQUAL: tuple[str, ...] = ("等于", "或等于", "或者等于")

# Words that bound as they are.
PLAIN: tuple[tuple[str, Comparator], ...] = (
    ("<", LT),
    ("<=", LE),
    ("=", EQ),
    (">", GT),
    (">=", GE),
    ("≤", LE),
    ("≥", GE),
    ("≦", LE),
    ("≧", GE),
    ("⩽", LE),
    ("⩾", GE),
    ("不足", LT),
    ("年满", GE),
    ("提前", GE),
    ("最低", GE),
    ("最多", LE),
    ("最大", LE),
    ("最小", GE),
    ("最少", GE),
    ("最晚", LE),
    ("最短", GE),
    ("最迟", LE),
    ("最长", LE),
    ("最高", LE),
    ("等于", EQ),
    ("至多", LE),
    ("至少", GE),
    ("起码", GE),
    ("逾期", GT),
    ("高达", GE),
    ("＜", LT),
    ("＝", EQ),
    ("＞", GT),
)

# Words that belong to the span when they stand right before another comparator: 最长不超过, 至少提前.
LEADS: tuple[str, ...] = (
    "提前", "最低", "最多", "最大", "最小", "最少", "最晚", "最短", "最迟", "最长", "最高", "至多", "至少",
)  # fmt: skip

# A comparator may stand apart from its number: 至少保存三年. What may come between is bounded in characters; these
# words say what a person does with a quantity and need no more than that.
FAR_REACHING: tuple[str, ...] = ("最多", "最少", "至多", "至少", "起码")

# These accept a copula or a modal between themselves and the number only: 最长为五年, 最迟应当在…
COPULAS: tuple[str, ...] = ("为", "可", "可为", "可以", "可达", "可延长", "可以延长", "是", "应为", "应当为")

# Word behind the quantity, what it says, and the dimensions it makes sense with (None: all).
_TIME = frozenset({Dimension.TIME, Dimension.AGE})
_PLACE = frozenset({Dimension.LENGTH})
AFTER: tuple[tuple[str, Comparator, frozenset[Dimension] | None], ...] = (
    ("之内", LE, None),
    ("之前", GE, _TIME),
    ("之后", GT, _TIME),
    ("之外", GT, _PLACE),
    ("以上", GE, None),
    ("以下", LE, None),
    ("以内", LE, None),
    ("以前", GE, _TIME),
    ("以后", GT, _TIME),
    ("以外", GT, _PLACE),
    ("内", LE, None),
    ("前", GE, _TIME),
    ("及以上", GE, None),
    ("及以下", LE, None),
    ("及其以上", GE, None),
    ("后", GT, _TIME),
    ("外", GT, _PLACE),
    ("或以上", GE, None),
    ("或以下", LE, None),
    ("或者以上", GE, None),
    ("时间内", LE, _TIME),
    ("期限内", LE, _TIME),
    ("的时间内", LE, _TIME),
    ("的期限内", LE, _TIME),
    ("的范围内", LE, None),
    ("范围以内", LE, None),
    ("范围内", LE, None),
)

# What turns 内 behind a counted thing into the start of another word: 一个内设机构. (三十日内部署 is a time limit.)
COUNT_LOOKALIKES: tuple[str, ...] = ("内容", "内设", "内部", "内蒙", "内外", "内河", "外国", "外商", "外资")

# What closes a range that 以上 opens.
CLOSING: tuple[str, ...] = ("之内", "以下", "以内", "内")

# What follows a unit and makes it part of another word: 人民, 次日, 年度.
NOT_BEFORE: dict[str, str] = {
    "A": "级",
    "个": "人 体 别 性 案 税 股 私",
    "人": "民 大 员 工 才 口 身 格 均 数 事 体 防 类 力 物 行 道 士 次 机 文 居",
    "件": "数",
    "位": "置 于 数 阶 移",
    "倍": "增 受 频",
    "元": "素 旦 件 化 器 首 老 宇 月 气 代 大都 年",
    "克": "服 扣 隆 制",
    "兆": "头",
    "公里": "数 处",
    "分": "之 别 类 级 管 工 局 配 包 期 支 公 开 歧 为 立 离 解 析 布 散 摊 担 享 流 段 明 必要 重要 贝 区 子 院 店 行",
    "列": "入 车 支 为 举 席",
    "包": "括 装 含 庇 裹",
    "升": "级 学 降 温 高 旗",
    "口": "岸",
    "名": "称 单 义 录 牌 誉 额 次 胜 木 城 镇 村 优",
    "周": "边 围 转 岁 期 长 知 末 密",
    "起": "草 诉 重 施 算 点 降 讫 止 价 步",
    "块": "状",
    "天": "然 津 气 窗 桥 线 文 空 井 府 山",
    "头": "部 等",
    "字": "号",
    "孔": "径",
    "家": "庭 属 长 具 禽 畜 园 政 万户 标准",
    "寸": "土",
    "尺": "寸 度",
    "层": "次 级 面",
    "届": "满 时 全国 人大",
    "年": "级 代 检 底 末 初 报 终 鉴 来 一度 规划 计划 行动 审 画 轻 薪 产 月 级 制义务教育 华",
    "度": "假 量 过",
    "座": "谈 落",
    "成": "立 本 为 年 员 果 品 效 分 绩 人 都 交 功 套 熟 就 片 长",
    "户": "籍 外 口 主 型 内 室 用",
    "所": "有 在 得 属 称 述 需 列 致 规定",
    "批": "准 复 发 次 评 量",
    "担": "保 任 负",
    "支": "持 付 出 部 队 行 撑 流 线",
    "斤": "斤",
    "日": "常 报 本 元 游 历 照 用 均 志 期 光 化 杂",
    "星期": "一 二 三 四 五 六 日 天",
    "期": "限 间 满 末 货 权 刊 届",
    "本": "法 条 级 市 省",
    "条": "例 件 款 文 约 规 第 、 至 和 或",
    "架": "构 设 空 线",
    "枚": "举",
    "根": "据 本",
    "格": "式",
    "档": "案",
    "次": "日 年 月 生 要 性 序 品 高 新 官 氯",
    "段": "落",
    "点": "位 多 钟 源 对点 检 击 评 名 火 状 面",
    "片": "区 面",
    "瓦": "斯 房 解",
    "盏": "灯饰",
    "票": "据 价 否决",
    "种": "类 植 子 畜 苗 养 群 业 质 粮 禽 源",
    "穴": "位",
    "立方": "体",
    "米": "饭 制 粉",
    "组": "织 成 长 建 合",
    "角": "色 度 落 逐 洲",
    "轮": "换 胎 候 流 船 廓 车 岗",
    "部": "门 分 队 委 级 署 法",
    "里": "程 面 弄 头",
    "门": "类 前 诊 店 市 楼 峡",
    "间": "接 隔 距 断 作",
    "项": "目 下 规定",
    "页": "码",
    "颗": "粒",
    "处": "理 罚 分 置 于 以 所 方 级 长 室 在",
    "只": "能 要 有 限 是 得 读 准 可",
    "台": "湾 账 帐 风 胞 地区 商 资",
    "套": "用 取 期 印 种 装 管",
    "安": "全 装 排 置 徽",
    "赫": "然",
    "伏": "法 汛",
    "帕": "金",
}

# What stands before a numeral and makes it a name or a place in a row.
NAMING_BEFORE = "第初号#＃№"

# Words that make a bare quantity an estimate or a description of size.
APPROXIMATE: tuple[str, ...] = (
    "共约",
    "接近",
    "约",
    "约为",
    "约有",
    "约计",
    "近",
    "大约",
    "将近",
    "全长",
    "总长",
    "总面积",
    "面积",
    "面积为",
    "海拔",
)

# Before a bare `一` and a unit of time: the last year, the same day, the first month are no quantity.
RELATIVE_BEFORE = "上下同每任哪后头首末本当另逐某这那"

# Periods of a frequency: period of the unit, times per period.
PERIODS: dict[str, tuple[str, int]] = {
    "个季度": ("year", 4),
    "个学期": ("学期", 1),
    "个月": ("month", 1),
    "个工作日": ("working_day", 1),
    "分钟": ("minute", 1),
    "半年": ("year", 2),
    "周": ("week", 1),
    "天": ("day", 1),
    "季": ("year", 4),
    "季度": ("year", 4),
    "学年": ("学年", 1),
    "学期": ("学期", 1),
    "小时": ("hour", 1),
    "年": ("year", 1),
    "年度": ("year", 1),
    "日": ("day", 1),
    "星期": ("week", 1),
    "月": ("month", 1),
    "月度": ("month", 1),
    "班": ("班", 1),
}
