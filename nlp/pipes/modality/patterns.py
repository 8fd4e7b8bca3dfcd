"""Deontic cues, the look-alikes that hide them, and the words that decide their scope: data only.

Every table is sorted and unique. Words are matched on characters, longest first, left to right, so a look-alike that
holds a cue swallows it.
"""

from __future__ import annotations

from nlp.text.lexicon import words
from rules_db.model import Modality

CUES: dict[Modality, tuple[str, ...]] = {
    Modality.OBLIGATION: ("务必", "务须", "只能", "应", "应当", "应该", "必须", "有义务", "要", "需", "需要", "须"),
    Modality.PROHIBITION: (
        "不准",
        "不可以",
        "不应",
        "不应当",
        "不应该",
        "不得",
        "不能",
        "不要",
        "不许",
        "严禁",
        "禁止",
    ),
    Modality.PERMISSION: ("可", "可以", "才可", "方可", "方能", "有权"),
    Modality.RECOMMENDATION: ("不宜", "倡导", "宜", "引导", "推动", "提倡", "支持", "鼓励"),
}

PSEUDO_CUES: dict[str, tuple[str, ...]] = {
    "不准": words("不准予 不准确 计量不准"),
    "不能": words("不能够满足 不能犯"),
    "不许": words("不许可"),
    "倡导": words("倡导书 倡导者"),
    "可": words(
        """
        不可 两可 可乘 可交易 可以说 可供 可信 可充电 可兼容 可再生 可分割 可分离 可分配 可利用性 可利用无居民
        可利用水 可利用率 可利用的 可利用资源 可利用量 可动用 可卡因 可及 可取 可变 可口 可否 可吸入 可售 可喜
        可回收 可回溯 可堆肥 可复制、 可复制可 可复制的 可存续 可废弃 可开采 可得利益 可得性 可循环 可忽略 可怕
        可怜 可惜 可感知 可执行 可扩展 可承受 可折叠 可拆卸 可持续 可捕 可控 可推广 可操作 可支配 可替代 可查核
        可核实 可核查 可歌可泣 可比 可测量 可渗透 可溯源 可溶 可燃 可爱 可生化 可用性 可用水 可用的 可用能量 可疑
        可知 可研 可移动 可穿戴 可编程 可编辑 可耕 可耻 可能 可自由兑换 可行 可见 可观 可视 可计量 可识别 可读
        可调节 可谓 可货币 可贵 可转换 可达性 可追溯 可逆 可选择性 可采储量 可采区 可采期 可重复 可降解 可靠
        可预期 可预见 可食用 可验证 宁可 尚可 无可 认可 许可 适可而止
        """
    ),
    "宜": words(
        """
        不合时宜 不失时宜 为宜 事宜 便宜 合宜 因地制宜 因时制宜 宜业 宜乔 宜人 宜兴 宜养 宜农 宜商 宜存 宜学
        宜宾 宜居 宜建 宜昌 宜春 宜机 宜林 宜水 宜渔 宜游 宜湿 宜灌 宜牧 宜用 宜老 宜耕 宜草 宜荒 宜阳 权宜 适宜
        """
    ),
    "应": words(
        """
        供应 供应当地 反应 反应当地 呼应 响应 响应当地 回应 因应 对应 对应当事 应交款 应交电费 应交税 应交费
        应付检查 应付款 应付职工 应付账款 应休年 应休未休 应保尽保 应到人数 应到代表 应到会 应到社员 应力
        应发行股份 应变处置 应变措施 应变机制 应变能力 应变计划 应尽义务 应尽的 应届 应征 应征入伍 应征公民
        应征增值税 应征契税 应征对象 应征消费税 应征税 应征者 应征青年 应得份额 应得利益 应得报酬 应得收入
        应得权益 应得的 应急 应接尽接 应援 应收尽收 应收款 应收账款 应收费 应景 应有尽有 应有权益 应有的 应检尽检
        应治尽治 应激 应用 应知应会 应知悉 应知或者 应知道 应税 应答 应约 应纳税 应缴数额 应缴未缴 应缴款 应缴税
        应缴费 应聘 应补偿额 应诉 应试人员 应试教育 应试者 应负经济责任等 应负责任的 应运 应选人 应选代表 应选名额
        应选委员 应邀 应领 感应 效应 相应 答应 适应 适应当代 适应当前 适应当地 适应当时 顺应
        """
    ),
    "引导": words(
        """
        引导人员 引导作用 引导员 引导基金 引导带 引导性 引导政策 引导服务 引导机制 引导标志 引导标识 引导犬
        引导目录 引导盲犬 引导资金 引导车 投资引导 政策引导
        """
    ),
    "得": words("不得不 不得已 不得而知"),
    "推动": words("推动作用 推动力 推动器"),
    "支持": words(
        """
        信贷支持 技术支持 支持体系 支持力度 支持性 支持措施 支持政策 支持方式 支持服务 支持材料 支持条件 支持率
        支持系统 支持者 支持计划 支持证据 支持资金 政策支持 智力支持 经费支持 财政支持 资金支持 金融支持
        """
    ),
    "有权": words(
        """
        享有权 共有权 具有权 占有权 固有权 所有权 拥有权 持有权 有权利 有权力 有权单位 有权威 有权属 有权机关
        有权机构 有权益 有权部门 有权限 没有权
        """
    ),
    "禁止": words(
        """
        禁止事项 禁止令 禁止养殖区 禁止准入 禁止区 禁止吸烟标志 禁止吸烟标识 禁止和限制目录 禁止和限制类
        禁止建设区 禁止开发区 禁止开采区 禁止性 禁止或者限制类 禁止标志 禁止标识 禁止燃放区 禁止目录 禁止类
        禁止行为 禁止通行标志 禁止鸣喇叭标志
        """
    ),
    "要": words(
        """
        、要、 、要等 为了要 主要 只要 如要 将要 必要 想要 所要实现 所要解决 所要证明 所要达到 扼要 提要 摘要
        显要 机要交通 机要人员 机要室 机要工作 机要文件 机要通信 机要部门 概要 次要条件 次要矛盾 次要责任 简要 索要 紧要
        纪要 纲要 若要 要么 要义 要件 要价 要冲 要务 要地 要塞 要害 要挟 要旨 要是 要案 要求 要点 要犯 要素 要约
        要账 要道 要闻 要领 重要 首要
        """
    ),
    "需": words(
        """
        不需 亟需 供需 内需 军需 军需品 凡需 刚需 只需 因需 外需 如需 必需 急需 所需 按需 无需 民需 特需 确需
        若需 需方 需氧 需水 需求 需用 需量
        """
    ),
    "需要": words(
        """
        不需要 业务需要 保护需要 公共利益需要 发展需要 因需要 如需要 安全需要 实际需要 工作需要 建设需要 必需要
        所需要 按照需要 无需要 有需要 根据需要 特殊需要 生产需要 生活需要 的需要 确实需要 确需要 管理需要
        紧急需要 若需要 视需要 认为需要 防治需要 需要、 需要为 需要和 需要时
        """
    ),
    "须": words("必须品 无须 毋须 胡须 莫须有 须知"),
    "鼓励": words("物质鼓励 精神鼓励 鼓励性 鼓励措施 鼓励政策 鼓励机制 鼓励目录 鼓励类"),
}
"""Look-alikes by the cue they hide."""

PSEUDO_UNLESS: dict[str, tuple[str, ...]] = {
    "不可": ("以",),
    "两可": ("以",),
    "供应": ("当",),
    "反应": ("当",),
    "可及": ("时",),
    "可取": ("回", "得", "消", "缔"),
    "可变": ("卖", "更", "现"),
    "可比": ("例", "照"),
    "可行": ("使", "政", "驶"),
    "可视": ("为", "作", "具体", "实际", "情"),
    "回应": ("当",),
    "因应": ("当",),
    "宁可": ("以",),
    "对应": ("当",),
    "尚可": ("以",),
    "应征": ("地", "得", "收", "求", "用", "缴", "询", "集"),
    "感应": ("当",),
    "效应": ("当",),
    "响应": ("当",),
    "相应": ("当",),
    "要义": ("务",),
    "要务": ("实",),
    "要地": ("方",),
    "要约": ("束", "谈"),
    "要领": ("导",),
    "许可": ("以依", "以向", "以在", "以对", "以按", "以申", "以自", "以进"),
    "认可": ("以",),
    "适应": ("当",),
    "顺应": ("当",),
}
"""A look-alike is none when one of these follows: 对应|当 is 对 and 应当, 要约|束 is 要 and 约束."""

BEFORE_DUTY_NOUN = "业义事任债公劳医商家政服税职警财"
"""Before 务 these make another word, and 必 or 须 belongs to what follows: 服务|必须."""

GOVERNORS: tuple[str, ...] = words(
    """
    不属于 于 依法对 关于 凡属 凡是 向 在 处以 对 对于 将 属于 并处 把 按照 明知 明知或者 是否 是指 知悉或者
    知道或 知道或者 视为 认为 认定为 针对 除
    """
)
"""Right before a cue these take it as their object: 对应当报废的机动车."""

NAMING_VERBS: tuple[str, ...] = words(
    """
    从事 以及 伪造 使用 依法 保护 公布 公开 其他 具备 出具 出售 出租 划定 列入 制作 办理 加工 包括 危害 及 及其
    发布 发现 取得 变更 各类 含有 国家规定 处理 安装 实施 属于 履行 开展 引进 所 执行 承担 拆除 拒绝 拟订 掌握
    排放 提交 提供 携带 擅自 支付 收购 收集 明令 有关 未取得 本办法 本条例 本法 本规定 查处 泄露 法律 法规 涉及
    生产 知悉 确定 符合 签订 篡改 经营 缴纳 规定 规章 设立 设置 载有 运输 进口 进行 违反 追缴 退还 遇有 遵守 配备
    采取 采用 销售 隐瞒
    """
)
"""Before a cue whose words end in 的 and a noun these make the whole a noun phrase: 提供应当保密的资料."""

NOT_VERBS_BEFORE_DE: tuple[str, ...] = words(
    """
    一定 不同 专业 专门 严厉 严格 书面 人民 全面 公共 其他 具体 准确 切实 合格 合法 合理 固定 国家 完善 完备 完整
    实际 客观 必要 必须 持续 明显 明确 最低 最高 有关 有利 有效 本市 本省 材料 正常 正确 清晰 独立 现行 生效 相关
    相应 真实 确实 科学 系统 自己 规范 设区 足够 适宜 适当 醒目 重大 重点 重要
    """
)
"""Two characters before 的 that are no verb: 应当采取必要的措施 commands, 应当采取的措施 names."""

ADVERBS: tuple[str, ...] = words(
    """
    一并 严密 严格 主动 主要 予以 优先 依法 依照规定 先 免费 全部 公开 共同 再 分别 加以 单独 及时 另行 各自
    同时 多次 如实 妥善 定期 并 当场 循环 必须 按时 按期 按照规定 按规定 提前 无偿 直接 相互 着重 立即 经常 给予
    统一 继续 联合 自愿 自行 自觉 进行 连续 适时 重复 重新 重点 长期 随时 集中 首先
    """
)
"""Between a cue and its verb."""

HEADLESS_TAILS: tuple[str, ...] = words(
    """
    的 的事项除外 的以外 的信息除外 的内容除外 的外 的情况除外 的情形除外 的部分除外 的除外 者除外
    """
)
"""A clause that ends so is a condition, an offence or an exception, never a main clause."""

DEFINING: tuple[str, ...] = words("即指 是指 系指")
"""After these, to the end of the sentence, a term is explained."""

LISTED_CASES: tuple[str, ...] = words("下列情况 下列情形 下列行为 下列违法行为 之一 之一的 以下情形 以下行为 是指 系指")
"""In a list lead: what follows are cases or tasks, so its items hold descriptions."""

AREA_NOUNS: tuple[str, ...] = words(
    """
    产品 区域 区间 名录 品种 地区 地带 地段 地点 场所 对象 工作 情形 措施 时段 时间 期限 标志 标识 水域 活动
    物品 目录 种类 范围 行为 设施 路段 车辆 项目
    """
)
"""Nouns that a clause-initial 禁止…的 or 可以…的 may modify as the topic of what follows: 禁止停车的路段由…划定."""

SETTING_VERBS: tuple[str, ...] = words("公布 划定 制定 发布 指定 明确 标明 确定 编制 规定 设置")
"""At the head of a clause: what is settled is where, when or for what something is allowed: 指定车辆可以停放的区域."""

COMPLEMENT_VERBS: tuple[str, ...] = words(
    """
    保证 允许 决定 发现 告知 声明 建议 承诺 提示 提醒 明确 标明 标示 注明 知道 确保 确认 约定 表明 要求 规定
    认为 证明 说明 责令 载明 通知 避免 防止
    """
)
"""Verbs whose object clause may hold a cue of its own: 告知当事人可以申请复议 has no second norm."""

VERB_CHARS_AFTER_NEED: tuple[str, ...] = words(
    """
    严格 从 使用 做好 具备 凭 切实 办理 加强 取得 向 在 征得 报 持 按 提交 提供 提前 有 每 满足 由 符合 经 认真
    达到 进一步 进行 遵守
    """
)
"""What follows 需 or 需要 where it commands."""

BEFORE_ENCOURAGING: tuple[str, ...] = words(
    """
    也 亦 优先 依法 全面 同时 均 坚持 大力 并 并且 广泛 应 持续 着力 积极 统筹 还 进一步 逐步 都 重点
    """
)
"""Adverbs between a subject and 鼓励, 支持 and the like."""

ENCOURAGERS: tuple[str, ...] = words(
    """
    全市 全民 全省 全社会 国家 州 市 我市 我省 本区 本单位 本县 本州 本市 本省 本自治区 本自治县 省 社会 自治区
    自治县 自治州
    """
)
"""Subjects of encouragement that no party suffix gives away."""

RESULT_VERBS: tuple[str, ...] = words("引导 推动")
"""In a later clause these tell a result, unless another encouragement goes before."""

WEAK_ENCOURAGEMENT: tuple[str, ...] = words("支持")
"""After a command in the same sentence these go on with the command; 鼓励 alone starts a norm of its own."""

DUTY_VERBS: tuple[str, ...] = words("履行 承担 负责")
"""A sentence with one of these before 支持 or 引导 tells a competence."""

CITING_WORDS: tuple[str, ...] = words(
    """
    以及 其他 包括 及其 发现 各类 国家规定 属于 明令 有关 本办法 本条例 本规定 涉及 符合 规定 违反
    """
)
"""The same for words that never end a subject: 法律、法规规定应当公开的…."""

NOUNS_BESIDE_ENCOURAGEMENT: tuple[str, ...] = words("作用 保护 保障 力度 协助 帮助 措施 政策 服务 监督 管理 约束 规范")
"""After 支持 or 引导, at the end of a clause, these make both nouns: 给予支持和帮助."""
