"""An entry of the register as a file for the stages: a short Chinese text in our own words, and the facts told with it.

Rendering to a file rather than past the stages makes the register one more source: the same converter, reader, diff and
gate see it, and a newer converter or pipeline re-reads it like any other document. Pure: entries in, `File` values out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules_db.instruments import title_key
from rules_db.register.entries import Entry
from rules_db.stages import File

SOURCE_ID = "register"
NOTICE = "本文为规迹按公开资料转述，非官方文本；条文的准确内容以发布机关公布的原文为准。"
_UNPLACED = "条号未见的规定"
_NUMERALS = "一二三四五六七八九"
_TIERS = {"official": "官方", "repost": "转载", "press": "报刊", "claim": "未经核实"}
_CONFIDENCE = {"high": "高", "medium": "中", "low": "低"}
_FACTS = (
    "title",
    "document_number",
    "issuers",
    "jurisdiction",
    "instrument_type",
    "promulgated_on",
    "published_on",
    "effective_on",
    "expires_on",
    "tier",
)
# In the text as well, so that a corrected date is a corrected text.
_DATES = {"promulgated_on": "公布", "published_on": "登载", "effective_on": "施行", "expires_on": "期满"}
_VALIDITY = {"suspended": "暂停施行", "unknown": "效力不明"}


def render(entry: Entry, entries: Mapping[str, Entry]) -> File:
    """The entry as a file. Its text changes only when the entry does; `entries` tells the titles of relations."""
    return File(f"register/{entry['id']}.txt", (_text(entry, entries) + "\n").encode(), _facts(entry, entries))


def _facts(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, object]:
    """Head facts, and what only the register knows: its id, confidence, further sources, and the effects it states."""
    facts: dict[str, object] = {key: entry[key] for key in _FACTS if entry.get(key)}
    if "status" in entry:
        facts["validity"] = _VALIDITY[entry["status"]]
    facts["url"] = _address(entry)
    facts["register_id"] = entry["id"]
    facts["confidence"] = entry["confidence"]
    facts["sources"] = list(entry["sources"])
    if "revision" in entry:
        facts["revision"] = entry["revision"]
    if "also_called" in entry:
        facts["also_called"] = [title_key(name) for name in entry["also_called"]]
    facts["effects"] = [_effect(relation, entries[relation["target"]]) for relation in entry.get("relations", ())]
    return facts


def _address(entry: Entry) -> str:
    """Where a reader can check the entry. The fragment keeps entries apart that rest on one page, and from that page
    itself, should it be fetched one day."""
    return f"{entry['sources'][0]}#register:{entry['id']}" if entry["sources"] else f"register:{entry['id']}"


def _effect(relation: Mapping[str, str], target: Entry) -> dict[str, str]:
    effect = {"kind": relation["kind"], "target_title": target["title"]}
    if "document_number" in target:
        effect["target_number"] = target["document_number"]
    if "part" in relation:
        effect["target_label"] = relation["part"]
    if "from" in relation:
        effect["effective_on"] = relation["from"]
    return effect


def _text(entry: Entry, entries: Mapping[str, Entry]) -> str:
    lines = [NOTICE, _summary(entry)]
    lines += [_relation(relation, entries[relation["target"]]) for relation in entry.get("relations", ())]
    if "note" in entry:
        lines.append(f"说明：{entry['note']}")
    lines += entry.get("statements", ())
    rules = entry.get("rules", ())
    placed = [rule for rule in rules if "article" in rule]
    loose = [rule for rule in rules if "article" not in rule]
    lines += [f"{rule['article']} {_rule(entry, rule)}" for rule in placed]
    if placed and loose:
        # an attachment of its own: a number of ours next to real ones would pretend to be an article
        lines += ["附件", _UNPLACED]
    lines += [f"{_numeral(n)}、{_rule(entry, rule)}" for n, rule in enumerate(loose, 1)]
    return "\n".join(lines)


def _summary(entry: Entry) -> str:
    """One sentence of bare facts; the only sentence of an entry without rules."""
    parts = list(_summary_parts(entry))
    return f"本文按照登记资料记载：{'，'.join(parts)}。"


def _summary_parts(entry: Entry) -> Iterator[str]:
    if entry["issuers"]:
        yield f"发布机关{'、'.join(entry['issuers'])}"
    if "document_number" in entry:
        yield f"编号{entry['document_number']}"
    for key, words in _DATES.items():
        if key in entry:
            yield f"{words}{_day(entry[key])}"
    if "status" in entry:
        yield _VALIDITY[entry["status"]]
    yield f"资料来源{_TIERS[entry['tier']]}"
    yield f"可信度{_CONFIDENCE[entry['confidence']]}"


def _relation(relation: Mapping[str, str], target: Entry) -> str:
    title = f"《{target['title']}》"
    number = f"（{target['document_number']}）" if "document_number" in target else ""
    day = _day(relation["from"]) if "from" in relation else ""
    match relation["kind"]:
        case "repeals" if "part" in relation:
            return f"自{day}起，废止{title}中“{relation['part']}”条款。"
        case "repeals":
            return f"自{day}起，{title}{number}废止。"
        case "replaces":
            return f"自{day}起，代替{title}{number}。"
        case "finalises":
            return f"征求意见阶段的文本：{title}。"
        case "amends":
            return f"自{day}起，修改{title}{number}。"
        case "suspends":
            return f"暂停实施{title}{number}。"
        case "probably_means":
            return f"所指可能是：{title}{number}；二者分别登记，不作合并。"
        case _:
            return f"与{title}{number}有关：落实其要求。"


def _rule(entry: Entry, rule: Mapping[str, str]) -> str:
    """The rule, with its own grade where that is weaker than the entry's."""
    if (rule["tier"] == "claim" and entry["tier"] != "claim") or rule["confidence"] == "low":
        return f"{rule['text']}\n〔来源{_TIERS[rule['tier']]}，可信度{_CONFIDENCE[rule['confidence']]}〕"
    return rule["text"]


def _day(day: str) -> str:
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def _numeral(n: int) -> str:
    """1 → 一, 12 → 十二, 25 → 二十五 (below 100)."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return head + (_NUMERALS[ones - 1] if ones else "")
