"""Units of measure as data: every spelling, its canonical name, its dimension, its scale to the others of it.

`CANONICAL` and `AS_WRITTEN` are the tables people edit; `UNITS` maps each spelling to its `Unit`, `lookup` finds the
longest spelling at a position of a text. A unit that the annotation scheme does not name keeps its spelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """What a unit measures; comparators such as 前 or 外 make sense with some dimensions only."""

    AGE = "age"
    AREA = "area"
    COUNT = "count"
    LENGTH = "length"
    MASS = "mass"
    MONEY = "money"
    PHYSICAL = "physical"
    RATIO = "ratio"
    TEMPERATURE = "temperature"
    TIME = "time"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Unit:
    """`bare`: whether a quantity without any comparator word bounds a norm by itself (二年, 五千元) or may be mere
    counting (三个). `scale` converts within `family`; units of different families never convert (a month has no fixed
    number of days, a working day no fixed length)."""

    name: str
    dimension: Dimension
    bare: bool
    family: str = ""
    scale: Decimal = Decimal(1)


_D = Dimension

# canonical name, dimension, bare, family of exact conversion, scale within it, spellings
CANONICAL: tuple[tuple[str, Dimension, bool, str, str, str], ...] = (
    ("CNY", _D.MONEY, True, "", "1", "元 元人民币 元钱 圆 块钱"),
    ("age", _D.AGE, True, "", "1", "周岁 岁"),
    ("celsius", _D.TEMPERATURE, True, "", "1", "℃ °C ºC ˚C 摄氏度"),
    ("dB", _D.PHYSICAL, True, "", "1", "dB dB(A) dB（A） dBA 分贝 分贝(A) 分贝（A）"),
    ("day", _D.TIME, True, "day", "1", "日 天 整天 自然日 日历日 日历天 自然天 个自然日 个日历日 个日历天 个自然天 d"),
    ("hour", _D.TIME, True, "second", "3600", "小时 个小时 钟头 个钟头 h"),
    ("kg", _D.MASS, True, "mass", "1", "公斤 千克 kg KG Kg ㎏"),
    ("km", _D.LENGTH, True, "length", "1000", "公里 千米 km Km KM ㎞"),
    ("m", _D.LENGTH, True, "length", "1", "米 公尺 m"),
    ("m2", _D.AREA, True, "area", "1", "平方米 平米 m2 m² ㎡"),
    ("m3", _D.VOLUME, True, "volume", "1", "立方米 立方 m3 m³ ㎥"),
    ("minute", _D.TIME, True, "second", "60", "分钟 min"),
    ("month", _D.TIME, True, "month", "1", "个月 个自然月"),
    ("percent", _D.RATIO, True, "ratio", "1", "% ％ ﹪ %RH %LEL 个百分点 百分点"),
    ("person", _D.COUNT, False, "", "1", "人 名 个人 人口"),
    ("second", _D.TIME, True, "second", "1", "秒 秒钟 s"),
    ("t", _D.MASS, True, "mass", "1000", "吨 公吨 t"),
    ("times", _D.RATIO, True, "ratio", "100", "倍"),
    ("week", _D.TIME, True, "day", "7", "周 星期 个星期 礼拜 个礼拜"),
    ("working_day", _D.TIME, True, "", "1", "工作日 个工作日 工作天 个工作天 交易日 个交易日"),
    ("year", _D.TIME, True, "month", "12", "年 周年 个年度 整年"),
    ("字", _D.COUNT, False, "", "1", "字 个字"),
    ("季度", _D.TIME, True, "", "1", "季度 个季度"),
    ("学年", _D.TIME, True, "", "1", "学年 个学年"),
    ("学时", _D.COUNT, True, "", "1", "学时 个学时"),
    ("学期", _D.TIME, True, "", "1", "学期 个学期"),
    ("次/day", _D.COUNT, True, "", "1", "次/日 次/天 次/d"),
    ("次/month", _D.COUNT, True, "", "1", "次/月"),
    ("次/week", _D.COUNT, True, "", "1", "次/周"),
    ("次/year", _D.COUNT, True, "", "1", "次/年 次/a"),
    ("流量", _D.PHYSICAL, True, "", "1", "流量 个流量"),
    ("课时", _D.COUNT, True, "", "1", "课时 个课时"),
)

# Spellings that are their own canonical name, by dimension; `bare` as above.
AS_WRITTEN: tuple[tuple[Dimension, bool, str], ...] = (
    (_D.AREA, True, "公顷 亩 平方公里 平方千米 平方厘米 平方毫米 km² km2 hm² hm2 cm² cm2 mm² mm2"),
    (_D.COUNT, False, "个 份 次 辆 台 套 件 种 项 条 家 户 处 间 层 张 枚 座 只 头 匹 株 棵 艘 架 部 页 册 组 批 批次"),
    (_D.COUNT, False, "位 人次 床 车次 班次 户次 学分 分 期 轮 遍 点 门 所 片 块 支 瓶 箱 袋 包 桶 节 列 字节 像素 帧"),
    (_D.COUNT, False, "票 孔 颗 粒 羽 尾 穴 格 档 盏 根 段 幅 幢 栋 单元 车道 泊位 台次 辆次 起 宗 届 方 代"),
    (_D.COUNT, False, "具 副 把 罐 盘 盒 枝 架次 例 笔 本 眼"),
    (_D.LENGTH, True, "厘米 毫米 微米 纳米 分米 海里 华里 英里 英寸 cm mm μm um nm"),
    (_D.LENGTH, False, "里 尺 寸"),
    (_D.MASS, True, "克 毫克 微克 斤 市斤 总吨 总吨位 吨位 净吨 载重吨 g mg μg"),
    (_D.MASS, False, "担"),
    (_D.MONEY, True, "美元 港元 欧元 日元 港币"),
    (_D.MONEY, False, "角"),
    (_D.RATIO, True, "‰ ppm ppb"),
    (_D.RATIO, False, "成"),
    (_D.TIME, True, "毫秒 微秒 ms μs 月龄"),
    (_D.VOLUME, True, "升 毫升 立方厘米 立方毫米 L mL ml cm³ cm3 dm³"),
    (_D.PHYSICAL, False, "度 瓦 伏 安 帕 赫"),
    (_D.PHYSICAL, True, "千瓦时 兆瓦时 瓦时 千瓦 兆瓦 度电 千伏安 马力 kWh kW·h W·h MWh GWh Wh kW MW GW W kVA kV·A"),
    (_D.PHYSICAL, True, "千伏 毫伏 伏特 安培 毫安 安时 毫安时 V kV mV A mA kA Ah A·h mAh"),
    (_D.PHYSICAL, True, "欧姆 兆欧 千欧 毫欧 Ω kΩ MΩ mΩ"),
    (_D.PHYSICAL, True, "毫帕 百帕 千帕 兆帕 Pa hPa kPa MPa mPa·s bar 牛顿 N·m kN 焦耳 千焦 兆焦 kJ MJ"),
    (_D.PHYSICAL, True, "赫兹 千赫 千赫兹 兆赫 兆赫兹 Hz kHz MHz GHz"),
    (
        _D.PHYSICAL,
        True,
        "吨标准煤 吨标煤 千克标准煤 kgce tce 蒸吨 立方米每秒 rpm r/min S/m mS/cm μS/cm lp/mm Bq/g Bq/kg Bq/L",
    ),
    (_D.PHYSICAL, True, "勒克斯 lx lux lm cd 流明 坎德拉 dpi fps bps kbps Mbps Gbps bit"),
    (_D.PHYSICAL, True, "KB MB GB TB 兆 比特 Ω·m Ω·cm"),
    (_D.PHYSICAL, True, "贝可 mSv Sv Gy 毫希沃特 微希沃特 μT mT"),
)


def _table() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for dimension, bare, spellings in AS_WRITTEN:
        for spelling in spellings.split():
            table[spelling] = Unit(spelling, dimension, bare)
    for name, dimension, bare, family, scale, spellings in CANONICAL:
        for spelling in spellings.split():
            table[spelling] = Unit(name, dimension, bare, family, Decimal(scale))
    return table


UNITS: dict[str, Unit] = _table()

_BY_FIRST: dict[str, tuple[str, ...]] = {
    first: tuple(sorted((s for s in UNITS if s[0] == first), key=lambda s: (-len(s), s)))
    for first in {spelling[0] for spelling in UNITS}
}


# What may stand under the stroke besides a unit: mg/Nm³, 升/人.
_DENOMINATORS = ("Nm³", "Nm3", "标准立方米", "人", "户", "台", "辆", "次", "d", "a", "min", "单体")


def lookup(text: str, position: int) -> tuple[str, Unit] | None:
    """The longest spelling of a unit that starts at `position` and its unit, or None. A Latin spelling must not run on
    into more letters: the m of `max` is no metre. A quotient of units (kWh/t, 升/人) is a unit as written."""
    spelling = _longest(text, position)
    if spelling is None:
        return None
    end = position + len(spelling)
    if text[end : end + 1] in ("/", "／"):
        below = _longest(text, end + 1) or next((d for d in _DENOMINATORS if text.startswith(d, end + 1)), None)
        if below is not None:
            quotient = text[position : end + 1 + len(below)]
            return quotient, UNITS.get(quotient) or Unit(quotient, _D.PHYSICAL, True)
    return spelling, UNITS[spelling]


def _longest(text: str, position: int) -> str | None:
    for spelling in _BY_FIRST.get(text[position : position + 1], ()):
        if text.startswith(spelling, position):
            end = position + len(spelling)
            if not (_is_latin(spelling[-1]) and _runs_on(text[end : end + 1])):
                return spelling
    return None


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _runs_on(following: str) -> bool:
    return _is_latin(following) or following in ("²", "³", "·")
