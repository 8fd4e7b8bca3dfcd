"""Names of jurisdictions by their six-digit code (GB/T 2260); 100000 is the state itself.

Besides the provinces there are the cities that publish rules of their own accord in this sector: the five cities with
independent planning status and the provincial capitals. Any other code is named by the province it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    code: str
    name: str
    name_en: str
    level: str


_PROVINCES = {
    "110000": ("北京", "Beijing"),
    "120000": ("天津", "Tianjin"),
    "130000": ("河北", "Hebei"),
    "140000": ("山西", "Shanxi"),
    "150000": ("内蒙古", "Inner Mongolia"),
    "210000": ("辽宁", "Liaoning"),
    "220000": ("吉林", "Jilin"),
    "230000": ("黑龙江", "Heilongjiang"),
    "310000": ("上海", "Shanghai"),
    "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"),
    "340000": ("安徽", "Anhui"),
    "350000": ("福建", "Fujian"),
    "360000": ("江西", "Jiangxi"),
    "370000": ("山东", "Shandong"),
    "410000": ("河南", "Henan"),
    "420000": ("湖北", "Hubei"),
    "430000": ("湖南", "Hunan"),
    "440000": ("广东", "Guangdong"),
    "450000": ("广西", "Guangxi"),
    "460000": ("海南", "Hainan"),
    "500000": ("重庆", "Chongqing"),
    "510000": ("四川", "Sichuan"),
    "520000": ("贵州", "Guizhou"),
    "530000": ("云南", "Yunnan"),
    "540000": ("西藏", "Tibet"),
    "610000": ("陕西", "Shaanxi"),
    "620000": ("甘肃", "Gansu"),
    "630000": ("青海", "Qinghai"),
    "640000": ("宁夏", "Ningxia"),
    "650000": ("新疆", "Xinjiang"),
    "710000": ("台湾", "Taiwan"),
    "810000": ("香港", "Hong Kong"),
    "820000": ("澳门", "Macao"),
}
_CITIES = {
    "130100": ("石家庄", "Shijiazhuang"),
    "210100": ("沈阳", "Shenyang"),
    "210200": ("大连", "Dalian"),
    "220100": ("长春", "Changchun"),
    "230100": ("哈尔滨", "Harbin"),
    "320100": ("南京", "Nanjing"),
    "330100": ("杭州", "Hangzhou"),
    "330200": ("宁波", "Ningbo"),
    "340100": ("合肥", "Hefei"),
    "350200": ("厦门", "Xiamen"),
    "370100": ("济南", "Jinan"),
    "370200": ("青岛", "Qingdao"),
    "410100": ("郑州", "Zhengzhou"),
    "420100": ("武汉", "Wuhan"),
    "430100": ("长沙", "Changsha"),
    "440100": ("广州", "Guangzhou"),
    "440300": ("深圳", "Shenzhen"),
    "510100": ("成都", "Chengdu"),
    "610100": ("西安", "Xi'an"),
}
# Codes that GB/T 2260 leaves free, used by the sample portal for provinces that don't exist.
_SAMPLE = {"980000": ("示例东江", "Sample Dongjiang"), "990000": ("示例西岭", "Sample Xiling")}
# Likewise free: law from abroad that the register names.
_ABROAD = {"970000": ("境外（欧盟）", "Abroad (European Union)")}
_STATE = Jurisdiction("100000", "全国", "National", "national")


def provinces() -> tuple[Jurisdiction, ...]:
    """All province-level jurisdictions, in the order of their codes."""
    return tuple(Jurisdiction(code, *names, "province") for code, names in _PROVINCES.items())


def describe(code: str) -> Jurisdiction:
    """Names and level of any code; an unknown one keeps its digits beside the province it lies in."""
    if code in ("100000", "000000", ""):
        return Jurisdiction(code or "100000", _STATE.name, _STATE.name_en, _STATE.level)
    if code in _PROVINCES:
        return Jurisdiction(code, *_PROVINCES[code], "province")
    if code in _CITIES:
        return Jurisdiction(code, *_CITIES[code], "city")
    if code in _SAMPLE:
        return Jurisdiction(code, *_SAMPLE[code], "province")
    if code in _ABROAD:
        return Jurisdiction(code, *_ABROAD[code], "abroad")
    province = _PROVINCES.get(f"{code[:2]}0000")
    if province:
        return Jurisdiction(code, f"{province[0]} {code}", f"{province[1]} {code}", "city")
    return Jurisdiction(code, code, code, "unknown")
