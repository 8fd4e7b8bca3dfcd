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
    ("多于", GT, LE),
    ("够", None, LT),
    ("大于", GT, LE),
    ("小于", LT, GE),
    ("少于", LT, GE),
    ("早于", LT, GE),
    ("晚于", GT, LE),
    ("满", GE, LT),
    ("短于", LT, GE),
    ("超", GT, LE),
    ("超出", GT, LE),
    ("超过", GT, LE),
    ("足", None, LT),
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
OR_EQUAL: tuple[str, ...] = ("或等于", "或者等于", "等于")

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
    ("至迟", LE),
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
COPULAS: tuple[str, ...] = ("为", "可", "可为", "可以", "可以延长", "可延长", "应为", "应当为", "是")

# Word behind the quantity, what it says, and the dimensions it makes sense with (None: all).
_TIME = frozenset({Dimension.TIME})
_AGED = frozenset({Dimension.TIME, Dimension.AGE})
_AGE = frozenset({Dimension.AGE})  # 二十二周岁以前: up to that age
_PLACE = frozenset({Dimension.LENGTH})
AFTER: tuple[tuple[str, Comparator, frozenset[Dimension] | None], ...] = (
    ("为限", LE, None),
    ("之内", LE, None),
    ("之前", GE, _TIME),
    ("之前", LE, _AGE),
    ("之后", GT, _AGED),
    ("之外", GT, _PLACE),
    ("以上", GE, None),
    ("以下", LE, None),
    ("以内", LE, None),
    ("以前", GE, _TIME),
    ("以前", LE, _AGE),
    ("以后", GT, _AGED),
    ("以外", GT, _PLACE),
    ("内", LE, None),
    ("前", GE, _TIME),
    ("前", LE, _AGE),
    ("区域内", LE, _PLACE),
    ("半径内", LE, _PLACE),
    ("及以上", GE, None),
    ("及以下", LE, None),
    ("及其以上", GE, None),
    ("后", GT, _AGED),
    ("地域范围内", LE, _PLACE),
    ("外", GT, _PLACE),
    ("或以上", GE, None),
    ("或以下", LE, None),
    ("或者以上", GE, None),
    ("时间内", LE, _TIME),
    ("期限内", LE, _TIME),
    ("的区域内", LE, _PLACE),
    ("的可视范围内", LE, _PLACE),
    ("的时间内", LE, _TIME),
    ("的期限内", LE, _TIME),
    ("的范围内", LE, None),
    ("范围以内", LE, None),
    ("范围内", LE, None),
)

# What turns 内 behind a counted thing into the start of another word: 一个内设机构. (三十日内部署 is a time limit.)
COUNT_LOOKALIKES: tuple[str, ...] = ("内外", "内容", "内河", "内蒙", "内设", "内部", "外商", "外国", "外资")

# What closes a range that 以上 opens.
CLOSING: tuple[str, ...] = ("之内", "以下", "以内", "内")

# What follows a unit and makes it part of another word (人民, 年级), separated by spaces. What a verb or noun after a
# real quantity may begin with (五日报送, 三名村民) must stay out.
NOT_BEFORE: dict[str, str] = {
    "A": "级",
    "个": "体户 体工 体经 别 性化 案 税 股 私",
    "人": "民 大 员 才 均 类 次 帮 文 机 防 力",
    "件": "数",
    "伏": "法 汛",
    "位": "置 于 数 阶 移",
    "倍": "增 受 频",
    "元": "素 旦 件 化 器 宇 气 大都 年 锂 电池 材料 正极 聚合 前驱 体系",
    "兆": "头",
    "克": "服 扣 隆 制",
    "公里": "数 处",
    "分": "之 别 类 级 管 工 局 配 包 期 支 公 开 歧 为 立 离 解 析 布 散 摊 担 享 流 段 明 贝 区 子 院 店 行",
    "列": "入 车 支 为 举 席",
    "包": "括 装 含 庇 裹",
    "升": "级 学 降 温 高 旗",
    "只": "能 要 有 限 是 得 读 准 可",
    "台": "湾 账 帐 风 胞 地区 商 资",
    "名": "称 单 义 录 牌 誉 额 次 胜",
    "周": "边 围 转 岁 期 长 知 末 密",
    "块": "状",
    "处": "理 罚 分 置 于 以罚 以警 级 长",
    "天": "然 津 气 窗 桥 线 文 空 井 府 山",
    "头": "部 等",
    "套": "取 印 种",
    "孔": "径",
    "字": "号",
    "安": "全 装 排 置 徽",
    "家": "庭 禽 畜 园 万户 标准",
    "寸": "土",
    "尺": "寸 度",
    "层": "次 级 面",
    "届": "满 时 全国 人大",
    "帕": "金",
    "年": "级 一遇 代 期贷 期国 期定 底 末 初 终 鉴 来 以来 一度 规划 计划 行动 轻 薪 产 月 制义务教育 义务教育 华",
    "度": "假 量 过",
    "座": "谈 落",
    "成": "立 本 为 年 员 果 品 效 分 绩 人 都 交 功 套 熟 就 片 长",
    "户": "籍 口 型",
    "所": "有 得 属 称 述 需 列 致 规定",
    "批": "准 复 发 评 量",
    "担": "保 任 负",
    "支": "持 付 出 部 队 行 撑 流 线",
    "斤": "斤",
    "方": "面 式 案 可 法 便 向 针 能",
    "日": "常 本 元 游 历 照 用 均 志 光 化 杂",
    "星期": "一 二 三 四 五 六 日 天",
    "期": "限 间 满 末 货 权 刊 届",
    "条": "例 件 款 文 约 规 第 、 至 和 或",
    "枚": "举",
    "架": "构 空 线",
    "根": "据 本",
    "格": "式",
    "档": "案",
    "次": "性 氯 元",
    "段": "落",
    "点": "位 多 钟 源 对点 检 击 评 名 火 状 面",
    "片": "区 面",
    "瓦": "斯 房 解",
    "票": "据 价 否决",
    "种": "类 植 子 畜 苗 养 群 业 质 粮 禽 源",
    "穴": "位",
    "立方": "体",
    "米": "饭 制 粉 线",
    "组": "织 长 建 合",
    "节": "约 能 假 日",
    "角": "色 度 落 逐 洲",
    "赫": "然",
    "起": "草 诉 重 施 算 点 降 讫 止 价 步",
    "轮": "换 胎 候 流 船 廓 车 岗",
    "部": "门 分 队 委 级 署 法",
    "里": "程 面 弄 头",
    "门": "类 前 诊 店 市 楼 峡",
    "间": "距 断 作",
    "页": "码",
    "项": "目 下 规定",
}

# Before 伍 these make another word: 入伍人数.
NO_FIVE = "入退队"

# What stands before a numeral and makes it a name or a place in a row.
NAMING_BEFORE = "第初号#＃№"

# Words that make a bare quantity an estimate or a description of size.
APPROXIMATE: tuple[str, ...] = (
    "全长", "共约", "大约", "将近", "总长", "总面积", "接近", "海拔", "约", "约为", "约有", "约计", "近", "面积",
    "面积为",
)  # fmt: skip

# Before a bare count, by its unit: what makes it a number that must be kept to and no mere article.
BARE_COUNTS: dict[str, tuple[str, ...]] = {
    "person": (
        "主任", "主任委员", "主席", "会长", "只有", "各确定", "各自确定", "增加", "增选", "秘书", "秘书长", "组织员",
        "组长", "设", "设置", "选举", "配备",
    ),
    "份": ("一式", "存", "执"),
    "次": ("只能约定", "展期", "延期", "延续", "延长", "累计", "经", "续期", "订立", "连续"),
}  # fmt: skip

# Units of which 仅作出一份, 只允许牵引一辆 bound the number; 只能使用一个名称 has 一个 as an article.
ONLY_COUNTED: tuple[str, ...] = ("份", "次", "辆")

# Behind 两次, 三次 …: names of processes and editions. 二次, which mostly is one, counts behind the words above only.
NOT_OCCASIONS: tuple[str, ...] = (
    "产业", "会议《", "会议修", "会议批准", "会议通过", "供水", "修改", "修正", "修订", "函数", "审议稿", "方",
    "污染", "采油",
)  # fmt: skip

# Around a bare quantity: a term that is explained or replaced, no bound. 所称“三日”，是指….
QUOTED = ("“", "”")

# Before 半数: more than half.
MAJORITY = "过"

# Words that read like a bare quantity and are none.
LOOKALIKES: tuple[str, ...] = ("四周",)

# Before a bare `一` and a unit of time: the last year, the same day, the first month are no quantity.
RELATIVE_BEFORE = "上下同每任哪后头首末本当另逐某这那"

# Periods of a frequency: period of the unit, times per period.
PERIODS: dict[str, tuple[str, int]] = {
    "个季度": ("year", 4),
    "个学期": ("学期", 1),
    "个工作日": ("working_day", 1),
    "个月": ("month", 1),
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

# How the event ends that a time limit counts from or up to: 收到申请后, 有效期届满, 会议召开.
EVENT_ENDS: tuple[str, ...] = (
    "举行", "之前", "之后", "之日", "之日前", "之日后", "以前", "以后", "到期", "前", "召开", "后", "届满", "开始",
    "开工", "投产", "施行", "期满", "生效", "终止",
)  # fmt: skip

# Words between a noun and the quantity that bounds it, and words that no noun phrase runs across.
LINKS: tuple[str, ...] = (
    "一般", "不", "为", "也", "仅", "仍", "保持在", "共计", "分别", "则", "原则上", "只能", "可", "可以", "合计",
    "在", "均", "宜", "应", "应当", "应该", "必须", "总计", "控制在", "是", "最", "累计", "至", "要", "达", "还",
    "都", "须",
)  # fmt: skip
PHRASE_CUTS: tuple[str, ...] = (
    "不得", "为了", "以及", "但是", "其中", "具备", "具有", "可以", "对于", "并且", "应当", "必须", "或者",
)  # fmt: skip

# Last word of a noun phrase that names something measurable.
MEASURED: tuple[str, ...] = (
    "SOC", "SOH", "价值", "价格", "保证金", "像素", "力", "半径", "响应", "年龄", "库容", "度", "性", "成本", "所得",
    "损失", "收入", "数", "时速", "标准", "比例", "比重", "水平", "率", "电压", "电流", "电阻", "直径", "积", "空间",
    "荷电状态", "规模", "误差", "货值", "费", "费用", "资产", "资本", "资金", "距", "距离", "车速", "辐射", "量",
    "限值", "额",
)  # fmt: skip
MEASURED_COUNT: tuple[str, ...] = ("专家", "人员", "人数", "代表", "名额", "委员", "层数", "成员", "职工", "车辆")
MEASURED_TIME: tuple[str, ...] = (
    "保存", "保留", "响应", "存储", "年限", "延迟", "时", "时长", "时间", "时限", "期", "期间", "期限", "留存",
    "误差", "贮存", "间隔", "龄",
)  # fmt: skip

# Nouns of sums behind a quantity, and verbs right before what a ratio is taken of.
SUMS: tuple[str, ...] = (
    "保证金", "奖励", "奖金", "注册资本", "滞纳金", "罚款", "罚金", "补助", "补贴", "赔偿金", "违约金",
)  # fmt: skip
TAKEN_OF: tuple[str, ...] = (
    "不足", "为", "低于", "加处", "加收", "占", "处", "处以", "并处", "并处以", "按", "按照", "提取", "相当于",
    "超过", "达到", "退还", "高于",
)  # fmt: skip
