"""Data of the structure package: the words by which a text acts on other instruments."""

from __future__ import annotations

REPEALING = (
    "一并废止",
    "不再执行",
    "不再适用",
    "予以废止",
    "停止执行",
    "停止施行",
    "决定废止",
    "即行失效",
    "即行废止",
    "同时失效",
    "同时废止",
    "均予废止",
    "宣布失效",
    "宣布废止",
    "现予废止",
    "相应废止",
    "自行废止",
    "起失效",
    "起废止",
)
"""Ends of a clause that repeals what it names: 《…》同时废止."""

REPEALING_BEFORE = (
    "予以废止",
    "决定废止",
    "宣布废止",
    "废止《",
    "废止下列",
    "废止以下",
    "现决定废止",
    "现废止",
)
"""Openings of a clause that repeals what comes after: 废止《…》."""

GROUNDS = (
    "为了实施",
    "为了落实",
    "为了贯彻",
    "为了贯彻实施",
    "为了贯彻落实",
    "为全面贯彻落实",
    "为实施",
    "为执行",
    "为深入贯彻落实",
    "为落实",
    "为认真贯彻落实",
    "为贯彻",
    "为贯彻实施",
    "为贯彻落实",
    "为进一步贯彻落实",
    "依据",
    "依照",
    "按照",
    "根据",
    "遵照",
)
"""Words before the instrument that a text is based on."""

ENACTING = (
    "作出如下",
    "作出本",
    "作如下",
    "公告如下",
    "制定了",
    "制定以下",
    "制定实施",
    "制定本",
    "制订了",
    "制订本",
    "提出以下",
    "提出如下",
    "特制定",
    "特制订",
    "现印发",
    "编制了",
    "编制本",
    "通告如下",
    "通知如下",
)
"""Words that make a sentence with a ground a statement of legal basis."""

REPLACING = (
    "代替",
    "取代",
    "替代",
    "替换",
)
SUSPENDING = (
    "中止实施",
    "停止实施",
    "暂停实施",
    "暂停执行",
    "暂停施行",
    "暂停适用",
    "暂时停止实施",
    "暂时调整实施",
    "暂时调整适用",
    "暂缓实施",
    "暂缓执行",
)
