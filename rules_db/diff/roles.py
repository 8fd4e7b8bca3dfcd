"""What part a quantity plays in its sentence.

In: a quantity and the text it stands in. Out: its setting, with a role such as penalty, deadline or retention. Only the
words of the sentence (and, for a list item, of the lead before the list) are looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rules_db.diff.units import dimension, is_time
from rules_db.model import Comparator, Quantity


class Role(StrEnum):
    """case: the quantity says which cases a rule is for. ban: how long or how far around something is forbidden.
    notice: how early something must be done. band: a range whose two ends bind. plain: none of the others."""

    CASE = "case"
    PENALTY = "penalty"
    RETENTION = "retention"
    VALIDITY = "validity"
    BAN = "ban"
    NOTICE = "notice"
    FREQUENCY = "frequency"
    EXTENSION = "extension"
    DEADLINE = "deadline"
    FLOOR = "floor"
    CEILING = "ceiling"
    BAND = "band"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Setting:
    """A quantity in its sentence. `consequence` is what the rule attaches to the case: the rest of the sentence, or
    what the lead of the list says (有下列情形之一的，应当…：)."""

    before: str
    after: str
    consequence: str
    role: Role


_REACH = 400
_LEAD_REACH = 3000

_CLAUSE_CUT = re.compile(r"[，,：:]")
_STOPS = "。；;\n"
_STOP = re.compile(f"[{_STOPS}]")

_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、])")
_CASE_LEAD = re.compile(r"下列[^，。；：:\n]{0,16}的[，,]([^。；\n]{0,80}[：:])[^：:]{0,2000}$")
_REQUIREMENT_LEAD = re.compile(r"(?:具备|符合|满足)下列[^，。；：:\n]{0,12}[：:][^：:]{0,2000}$")

_CASE = re.compile(r"^[^，。；;\n]{0,24}的(?:[，；;。：:、）)]|$)")
_MODIFIER = re.compile(r"^[^，。；、\n]{0,12}的(?!罚款|比例|标准|期限|罚金)[^，。；、的\n]")
_REQUIRED = re.compile(r"应当|必须|须|不得|经|由|至少")
_FINE_NEXT = re.compile(r"^(?:的)?[^，。；;\n]{0,6}(?:罚款|罚金|拘留)")
_SANCTION_AFTER = re.compile(r"^[^，。；;\n]{0,16}(?:罚款|罚金|拘留|徒刑|拘役|滞纳金|执业活动|赔偿金)")
_SANCTION_BEFORE = re.compile(r"(?:罚款|罚金|处以?|暂停|停止|拘留|加收|加处|徒刑|加倍)[^，。；;\n]{0,24}$")
_TIME_SANCTION = re.compile(r"(?:暂停|停业整顿|拘留|徒刑)[^，。；;\n]{0,8}$")
_RETENTION = re.compile(r"保存|留存|保管|存储|备查|存档|备份|归档")
_VALIDITY = re.compile(r"有效期|任期|聘期|使用期限|使用年限")
_FORBIDDEN_AFTER = re.compile(r"^[^。；;\n]{0,40}?(?:不得|不予|不再|禁止|不受理|限制)")
# 应当在30日内报送，不得漏报: the limit is the duty's, whatever is forbidden after it.
_DUTY_BEFORE = re.compile(r"应当|必须")
_ADVANCE = re.compile(r"提前[^，。；;\n]{0,6}$|前$")
_CAPPED = re.compile(r"不得?超过|最长")
_EXTENSION = re.compile(r"延长[^，。；;\n]{0,8}$")
_LIMIT_NOUN = re.compile(r"期限|时限|限期|之日起|时间")

_BY_COMPARATOR = {
    Comparator.GE: Role.FLOOR,
    Comparator.GT: Role.FLOOR,
    Comparator.LE: Role.CEILING,
    Comparator.LT: Role.CEILING,
    Comparator.RANGE: Role.BAND,
    Comparator.EQ: Role.PLAIN,
}


def setting(text: str, quantity: Quantity) -> Setting:
    """The setting of a quantity. `quantity.start` refers to `text`; where its words are not there, the first place that
    has them is taken. At most 400 characters on either side are read, however long the sentence."""
    start = quantity.start
    if not text.startswith(quantity.text, start):
        start = max(text.find(quantity.text), 0)
    end = start + len(quantity.text)
    reach = max(0, start - _REACH)
    opening = max(reach, *(text.rfind(mark, reach, start) + 1 for mark in _STOPS))
    following = _STOP.search(text, end, end + _REACH)
    before, after = text[opening:start], text[end : following.end() if following else end + _REACH]
    consequence, required, listed = after, False, False
    if "罚" not in after and _ITEM.match(before):
        lead_reach = max(0, opening - _LEAD_REACH)
        if lead := _CASE_LEAD.search(text, lead_reach, opening):
            consequence, listed = lead.group(1), True
        required = bool(_REQUIREMENT_LEAD.search(text, lead_reach, opening))
    part = Role.CASE if listed else _role(quantity, before, after, required)
    return Setting(before, after, consequence, part)


def _role(quantity: Quantity, before: str, after: str, required: bool) -> Role:
    clause = _CLAUSE_CUT.split(before)[-1]
    time = is_time(quantity.unit)
    if _CASE.match(after) and not _FINE_NEXT.match(after):
        return Role.CASE
    if _SANCTION_AFTER.match(after) or (_TIME_SANCTION if time else _SANCTION_BEFORE).search(clause):
        return Role.PENALTY
    modifies = bool(_MODIFIER.match(after)) and not required and not _REQUIRED.search(clause)
    if time:
        return _time_role(quantity, before, after, modifies)
    if modifies and quantity.comparator is not Comparator.EQ:
        return Role.CASE
    if dimension(quantity.unit) == "length" and not _open_ended(quantity) and _FORBIDDEN_AFTER.match(after):
        return Role.BAN
    if "/" in quantity.unit and quantity.comparator not in (Comparator.LE, Comparator.LT):
        return Role.FREQUENCY
    return _BY_COMPARATOR[quantity.comparator]


def _time_role(quantity: Quantity, before: str, after: str, modifies: bool) -> Role:
    clause = _CLAUSE_CUT.split(before)[-1]
    if _RETENTION.search(f"{before[-30:]}|{quantity.text}|{after[:8]}"):
        return Role.RETENTION
    if _VALIDITY.search(f"{before[-12:]}|{after[:6]}"):
        return Role.VALIDITY
    forbidden = _FORBIDDEN_AFTER.match(after) and not _DUTY_BEFORE.search(before)
    if "不" not in quantity.text and not _open_ended(quantity) and forbidden:
        return Role.BAN
    if _ADVANCE.search(clause) or quantity.text.endswith("前") or quantity.text.startswith("提前"):
        return Role.NOTICE
    if _EXTENSION.search(clause) and not is_capped(quantity):
        return Role.EXTENSION
    if _open_ended(quantity):
        return Role.CASE if modifies else Role.FLOOR
    if quantity.comparator in (Comparator.LE, Comparator.LT):
        return Role.DEADLINE
    if quantity.comparator is Comparator.EQ and _LIMIT_NOUN.search(before[-16:]):
        return Role.DEADLINE
    return _BY_COMPARATOR[quantity.comparator]


def is_capped(quantity: Quantity) -> bool:
    """True when the words of the quantity itself forbid more (不得超过, 最长)."""
    return bool(_CAPPED.search(quantity.text))


def _open_ended(quantity: Quantity) -> bool:
    return quantity.comparator in (Comparator.GE, Comparator.GT)
