"""Units of measure as data: every spelling, its canonical name, its dimension, its scale to the others of it.

`UNIT_ROWS` is the table people edit; `lookup` finds the longest spelling at a position. A unit that the annotation
scheme does not name canonically keeps the spelling of the text (`AS_WRITTEN`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """What a unit measures; comparators such as 前 or 外 make sense with some of them only."""

    TIME = "time"
    MONEY = "money"
    RATIO = "ratio"
    AGE = "age"
    COUNT = "count"
    LENGTH = "length"
    AREA = "area"
    VOLUME = "volume"
    MASS = "mass"
    TEMPERATURE = "temperature"
    SOUND = "sound"
    PHYSICAL = "physical"


@dataclass(frozen=True, slots=True)
class Unit:
    """`bare` tells whether a quantity without any comparator word bounds a norm by itself (二年, 五千元) or may be mere
    counting (三个). `scale` converts to the base of the dimension's exact family, None where there is none (a month
    has no fixed number of days)."""

    name: str
    dimension: Dimension
    bare: bool
    family: str = ""
    scale: Decimal | None = None


_T, _C, _P = Dimension.TIME, Dimension.COUNT, Dimension.PHYSICAL

# canonical name, dimension, bare, family of exact conversion, scale within it, spellings
UNIT_ROWS: tuple[tuple[str, Dimension, bool, str, str, str], ...] = (
    ("CNY", Dimension.MONEY, True, "", "", "元 元人民币 元钱 圆 块钱"),
    ("age", Dimension.AGE, True, "", "", "周岁 岁"),
    ("celsius", Dimension.TEMPERATURE, True, "", "", "℃ °C 摄氏度 °c"),
    ("dB", Dimension.SOUND, True, "", "", "dB dB(A) dB（A） dBA 分贝 分贝(A) 分贝（A）"),
    ("day", _T, True, "day", "1", "日 天 自然日 日历日 日历天 自然天 个自然日 个日历日 个日历天 个自然天"),
    ("hour", _T, True, "second", "3600", "小时 个小时 h 钟头 个钟头"),
    ("kg", Dimension.MASS, True, "mass", "1", "kg 公斤 千克 KG Kg ㎏"),
    ("km", Dimension.LENGTH, True, "length", "1000", "km 公里 千米 Km KM ㎞"),
    ("m", Dimension.LENGTH, True, "length", "1", "m 米 公尺"),
    ("m2", Dimension.AREA, True, "area", "1", "平方米 m2 m² ㎡ 平米 平方公尺"),
    ("m3", Dimension.VOLUME, True, "volume", "1", "立方米 m3 m³ 立方 方量 ㎥"),
    ("minute", _T, True, "second", "60", "分钟 min"),
    ("month", _T, True, "month", "1", "个月 个自然月"),
    ("percent", Dimension.RATIO, True, "", "", "% ％ 个百分点 百分点 ﹪"),
    ("person", _C, False, "", "", "人 名 个人"),
    ("second", _T, True, "second", "1", "秒 秒钟 s"),
    ("t", Dimension.MASS, True, "mass", "1000", "吨 t 公吨"),
    ("times", Dimension.RATIO, True, "", "", "倍"),
    ("week", _T, True, "day", "7", "周 星期 个星期 个礼拜 礼拜"),
    ("working_day", _T, True, "", "", "个工作日 工作日 工作天 个工作天 个交易日 交易日"),
    ("year", _T, True, "month", "12", "年 周年 个年度 整年"),
)

# Spellings that are their own canonical name, by dimension; `bare` as above.
AS_WRITTEN: tuple[tuple[Dimension, bool, str], ...] = (
    (Dimension.AREA, True, "公顷 亩 平方公里 平方千米 平方厘米 平方毫米 km² km2 hm² cm² mm²"),
    (Dimension.COUNT, False, "个 份 次 辆 台 套 件 种 项 条 家 户 处 间 层 张 枚 座 只 头 匹 株 棵 艘 架 部 页 本 册 级 组 批 批次"),
    (Dimension.COUNT, False, "位 人次 床 车次 班 班次 户次 课时 学时 学分 分 期 轮 遍 点 门 所 片 块 支 瓶 箱 袋 包 桶 节 列 字 字节 像素 帧 倍频程"),
    (Dimension.COUNT, False, "票 孔 颗 粒 羽 尾 穴 格 档 盏 根 段 幅 幢 栋 单元 车道 泊位 个车位 个床位 个班 个学时 个小区 流量 个流量 万像素 只次 台次 辆次 例 起 宗 笔 名次 股 度 届 任"),
    (Dimension.LENGTH, True, "厘米 毫米 微米 纳米 分米 cm mm μm um nm 海里 里 华里 英里 寸 英寸 尺"),
    (Dimension.MASS, True, "克 毫克 微克 g mg μg 斤 市斤 担 载重吨 总吨 总吨位 吨位 净吨"),
    (Dimension.MONEY, True, "美元 港元 欧元 日元 港币 角"),
    (Dimension.TIME, True, "毫秒 ms 微秒 μs 学期 个学期 学年 个学年 季度 个季度 个月龄 月龄 昼夜"),
    (Dimension.RATIO, True, "‰ ppm ppb 成"),
    (Dimension.VOLUME, True, "升 毫升 L mL ml 立方厘米 立方毫米 cm³ dm³ 蒸吨"),
    (_P, True, "kWh kW·h 千瓦时 兆瓦时 MWh GWh Wh 瓦时 kW 千瓦 兆瓦 MW GW W 瓦 万千瓦 kVA kV·A 千伏安 马力 匹马力"),
    (_P, True, "V kV mV 伏 千伏 毫伏 伏特 A mA kA Ah mAh 安 安培 毫安 安时 Ω kΩ MΩ mΩ Ω/V 欧 欧姆 兆欧 千欧 毫欧"),
    (_P, True, "Pa kPa MPa hPa bar 帕 千帕 兆帕 N kN 牛 牛顿 N·m kN/m² kN/m2 J kJ MJ 焦耳 千焦 兆焦 Hz kHz MHz GHz 赫兹 千赫 兆赫 赫"),
    (_P, True, "Wh/kg Wh/L W/kg kWh/kg kWh/t kWh/吨 mg/m³ mg/m3 mg/Nm³ μg/m³ μg/m3 g/m³ g/m3 mg/L μg/L g/L mg/kg g/kg g/t kg/t mg/m2 mg/(m2·h)"),
    (_P, True, "毫克/立方米 毫克/升 微克/立方米 克/升 毫克/千克 毫克/标准立方米 千瓦时/吨 吨/年 吨/日 吨/小时 立方米/小时 立方米/秒 m³/h m3/h m³/d m³/s m³/t m3/t t/a t/d t/h 吨标准煤 吨标煤 万吨标准煤"),
    (_P, True, "m/s km/h 公里/小时 千米/小时 米/秒 ℃/min °C/min ℃/h r/min rpm lx lux 勒克斯 lm cd cd/m² 流明 坎德拉 dpi fps bps kbps Mbps Gbps KB MB GB TB 兆 比特 bit lp/mm"),
    (_P, True, "S/m mS/cm μS/cm Ω·m Ω·cm mm/s mm/年 mm/a Bq/g Bq/kg Bq/L Bq/cm² 贝可 贝可/克 μSv/h mSv mSv/a Sv 毫希沃特 Gy K kg/m³ kg/m3 t/m³ g/cm³ 立方米/吨 元/吨 %RH %LEL pH"),
)  # fmt: skip


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for dimension, bare, spellings in AS_WRITTEN:
        for spelling in spellings.split():
            table[spelling] = Unit(spelling, dimension, bare)
    for name, dimension, bare, family, scale, spellings in UNIT_ROWS:
        for spelling in spellings.split():
            table[spelling] = Unit(name, dimension, bare, family, Decimal(scale) if scale else None)
    return table


UNITS: dict[str, Unit] = _table()

_BY_FIRST: dict[str, tuple[str, ...]] = {
    first: tuple(sorted((s for s in UNITS if s[0] == first), key=lambda s: (-len(s), s)))
    for first in {spelling[0] for spelling in UNITS}
}
FIRST_CHARACTERS: frozenset[str] = frozenset(_BY_FIRST)


def lookup(text: str, position: int) -> str | None:
    """The longest spelling of a unit that starts at `position`, or None. A Latin spelling must not run on into more
    letters: the m of `max` is no metre."""
    for spelling in _BY_FIRST.get(text[position : position + 1], ()):
        if text.startswith(spelling, position):
            end = position + len(spelling)
            if _is_latin(spelling[-1]) and _is_latin(text[end : end + 1]):
                continue
            return spelling
    return None


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
