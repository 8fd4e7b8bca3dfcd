"""What the words around a threshold say: what is measured, what a ratio is taken of, from when a time limit runs.

In: a text and the offsets of a found threshold. Out: substrings of the text, empty where it doesn't say. Windows are
bounded and end at the clause; a phrase is given only when it has a form the tables know, so silence is common and meant.
"""

from __future__ import annotations

import re

_WINDOW = 48
_STOPS = "，。；：！？\n\r,;:!?"
_CLAUSE = re.compile(rf"[^{_STOPS}]*$")

# 自…之日起, 从…起: the event a time limit runs from.
_FROM = re.compile(
    rf"(?P<event>(?:自|从)[^{_STOPS}]{{1,44}}?(?:之日|当日|次日|之次日|之时|日|时)?起)(?:计算|算)?的?(?:连续)?(?:，)?$"
)
# 收到…后, 事故发生后, 届满前: the event without 自.
_EVENT = re.compile(
    r"(?:^|应当|必须|可以|不得|应|须|在|于|其)(?P<event>[^，。；：、！？\n\r,;应必须]{2,30}?(?:之后|以后|之前|以前|后|前|之日|的))$"
)
# The quantity is itself before or after an event: 会议召开的十五日前, 有效期届满三十日前.
_AT = re.compile(
    r"(?:^|应当|必须|可以|不得|应|须|在|于|其)(?P<event>[^，。；：、！？\n\r,;应必须]{2,30}?(?:届满|期满|召开|举行|开始|终止|之日|到期|施行|生效|前|后))的?$"
)

# Heads of noun phrases that name something measurable.
_HEADS = (
    "年龄 比例 比率 比重 浓度 标准 期限 期间 时间 时限 年限 有效期 期 时长 周期 任期 数量 数额 金额 总额 限额 额度 额 量 人数 总数 次数 数 "
    "率 度 温度 湿度 高度 宽度 深度 厚度 长度 速度 时速 面积 距离 间距 半径 直径 容量 重量 体积 资本 资金 资产 价格 价值 费用 费 工资 "
    "收入 所得 损失 利率 税率 里程 流量 功率 电压 电流 压力 能量 含量 水平 层数 成员 人员 余额 范围 误差 级 分辨率 响应 亮度 像素 车速 "
    "保存 留存 存储 贮存 保留 延迟 能力 可用性 SOC SOH 荷电状态 健康状态 贮存期 保存期 保质期"
).split()
_HEAD = re.compile(rf"(?P<phrase>[^{_STOPS}（）()《》“”]*?(?:{'|'.join(sorted(set(_HEADS), key=len, reverse=True))}))$")
_LINKS = re.compile(
    r"(?:一般|原则上|应当|应该|应|均|必须|须|可以|可|为|是|控制|保持|在|都|也|宜|要|还|仍|合计|累计|共计|总计|分别|至|到|只能|均应)+$"
)
_LEADING = re.compile(
    r"^.*(?:应当|必须|不得|可以|以及|或者|并且|对于|其中|但是|但|且|其|该|将|对|使|和|与|及|处|按|经|具有|具备|配备|保证|确保)"
)
_AFTER_MONEY = re.compile(
    r"(?:的)?(?:数额|金额)?(?P<noun>罚款|罚金|滞纳金|违约金|赔偿金|补助|补贴|奖励|奖金|保证金|注册资本)"
)
_BASE = re.compile(
    r"(?:处以|并处|处|按照|按|加收|加处|支付|缴纳|提取|占|超过|低于|高于|相当于|不足|达到|为|以|收取|补足|给予)?"
    r"(?P<base>[^，。；：、！？\n\r,;:（）()处]{2,24}?)的?$"
)
_SHARE = re.compile(rf"占(?P<base>[^{_STOPS}、]{{1,20}}?)的?(?:比例|比重|比率|比)")


def trigger(text: str, start: int, floor: int = 0) -> tuple[int, int] | None:
    """Offsets of the event that a time limit whose span starts at `start` runs from or up to, or None."""
    base = max(floor, start - _WINDOW)
    window = text[base:start]
    for expression in (_FROM, _EVENT, _AT):
        found = expression.search(window)
        if found:
            return base + found.start("event"), base + found.end("event")
    return None


def parameter(text: str, start: int, end: int) -> str:
    """What is measured: the noun behind a sum of money (罚款), else the noun phrase before the comparator (保存期限)."""
    behind = _AFTER_MONEY.match(text, end)
    if behind:
        return behind["noun"]
    clause = _CLAUSE.search(text[max(0, start - _WINDOW) : start])
    phrase = _LINKS.sub("", clause.group()) if clause else ""
    found = _HEAD.search(phrase[-30:])
    if found is None:
        return ""
    noun = _LEADING.sub("", found["phrase"])
    if len(noun) > 14 and "的" in noun[:-1]:
        noun = noun[noun.rindex("的", 0, len(noun) - 1) + 1 :]
    return noun.lstrip("的")


def base_of_ratio(text: str, start: int) -> str:
    """What a percentage or multiple right at `start` is taken of: 违法所得 in 处违法所得一倍; or 占X的比例."""
    clause = _CLAUSE.search(text[max(0, start - _WINDOW) : start])
    words = clause.group() if clause else ""
    share = _SHARE.search(words)
    if share:
        return share["base"]
    verb = max((words.rfind(mark) + len(mark) for mark in _VERBS if mark in words), default=0)
    found = _BASE.search(words[verb:])
    return found["base"].strip() if found and verb else ""


_VERBS = ("处以", "并处", "处", "按照", "按", "加收", "加处", "支付", "缴纳", "提取", "占", "超过", "低于", "高于", "相当于", "不足", "达到", "收取", "补足", "给予")  # fmt: skip
