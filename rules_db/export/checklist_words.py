"""What a checklist says: its cells, in the order of columns, and its sentences, English with the Chinese term beside.

In: the plain value that `guiji checklist --format json` prints. Out: text, not yet escaped for any format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rules_db.mapping.lines import limit_text
from rules_db.pages.language import translator

COLUMNS = (
    "control", "check", "检查项", "rule", "place", "modality", "bearer", "limit", "evidence", "hardware", "owner",
    "tier", "since", "mark", "news", "what changed", "source", "sha256", "trace",
)  # fmt: skip
# The Chinese term beside the English one, for labels and heads of columns.
TERMS = {
    "bearer": "主体", "before": "变更前", "changed": "变化", "claimed": "文章所称", "control": "编号",
    "evidence": "证据", "hardware": "设备", "if not kept": "不符合的后果", "limit": "限值期限", "mark": "标记",
    "modality": "规范类型", "news": "新变动", "note": "注意", "owner": "责任部门", "place": "出处", "rule": "规定",
    "sha256": "摘要", "since": "施行日期", "source": "来源", "tier": "来源层级", "trace": "查证命令",
    "what changed": "变化", "why": "适用原因",
}  # fmt: skip
_ZH = translator("zh")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def table_lines(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Cells in the order of COLUMNS, check by check: what binds the site, what binds others, what is told elsewhere."""
    for check in found["checks"]:
        head = (check["control"], check["title"], check["title_zh"])
        evidence, hardware = item_names(check["evidence"]), item_names(check["hardware"])
        owner = " ".join(filter(None, (check["owner_role"], check["owner_role_zh"])))
        for line, mark in [(line, _mark(line)) for line in check["lines"]] + [
            (line, "binds others") for line in check["others"]
        ]:
            source = line["source"] or {"url": "", "sha256": ""}
            yield (
                *head, line["statement"], line["place"], modality(line), line["bearer"], limit_text(line), evidence,
                hardware, owner, line["tier"], line["valid_from"] or "unknown 未知", mark, news(line),
                "; ".join(filter(None, (*line["notes"], changed(line, found["as_of"])))), source["url"],
                source["sha256"], trace(line),
            )  # fmt: skip
        for other in check["see"]:
            yield (*head, "", other["place"], "", "", "", evidence, hardware, owner, "", "",
                   f"see {other['control']}", "", "", "", "", trace(other))  # fmt: skip
        if not check["lines"] and not check["see"]:
            yield (*head, "", "", "", "", "", evidence, hardware, owner, check["tier"], "",
                   "no rule in force linked 无关联规定", "", "", check["source"], "", "")  # fmt: skip


def item_names(items: Any) -> str:
    """Ids and titles of evidence or devices in one cell."""
    return "; ".join(f"{item['id']} {item['title']} {item['title_zh']}" for item in items)


def term(name: str) -> str:
    """A label in English, with the Chinese term beside it where there is one."""
    return f"{name} {TERMS[name]}" if name in TERMS else name


def modality(line: Mapping[str, Any]) -> str:
    """The modalities of a line in English and Chinese."""
    return ", ".join(f"{word} {_ZH(f'modality.{word}')}" for word in line["modality"].split(", "))


def tier(entry: Mapping[str, Any]) -> str:
    """The provenance tier of an entry in English and Chinese."""
    return f"{entry['tier']} {_ZH('tier.' + entry['tier'])}"


def trace(line: Mapping[str, Any]) -> str:
    """The command that shows where a line was read, character by character."""
    return f"guiji explain {line['rule']}"


def news(line: Mapping[str, Any]) -> str:
    """What moved since the run or day compared with; empty when nothing did or nothing was compared."""
    if line.get("news") != "changed":
        return str(line.get("news", ""))
    return "changed: " + "; ".join(f"{name} was {was or '(none)'}" for name, was in line["was"].items())


def changed(line: Mapping[str, Any], as_of: str) -> str:
    """The typed changes of a rule: what moved and since when; what is to come is said to come."""
    told = []
    for change in line["changes"] or ():
        day = change["valid_on"] or ""
        when = f"from {day}" if day > as_of else f"since {day}" if day else "day unknown"
        told.append(f"{change['summary']} ({when})")
    if line["status"] == "suspect" and not told:
        told.append("worded otherwise than when it was reviewed")
    return "; ".join(told)


def summary(found: Mapping[str, Any]) -> list[str]:
    """What the list holds, for its head: numbers by tier, what it was compared with, and what it is not."""
    lines = [line for check in found["checks"] for line in check["lines"]]
    tiers = Counter(line["tier"] for line in lines)
    by_tier = ", ".join(f"{count} {tier}" for tier, count in sorted(tiers.items()))
    bare = sum(not check["lines"] and not check["see"] for check in found["checks"])
    told = [f"{len(found['checks'])} checks; {len(lines)} lines that bind the site ({by_tier or 'none'})."]
    suspended = sum(line["suspended"] for line in lines)
    if suspended:
        told.append(f"Lines that may not apply at present (suspended 暂停施行): {suspended}.")
    if bare:
        told.append(f"{bare} checks rest on their own source, no rule in force is linked to them.")
    if found.get("compared_with"):
        moved = Counter(line["news"] for line in lines if line["news"])
        told.append(
            f"Compared with {found['compared_with']}: {moved['new']} new, {moved['changed']} changed, "
            f"{len(found['ended'])} ended."
        )
    told.append(
        "A tier says how good the copy is that was read: official, repost, press, claim, practice. "
        "No legal advice 本清单不构成法律意见."
    )
    return told


def keeping(item: Mapping[str, Any]) -> str:
    """How long an evidence item is kept: by law, and by our suggestion, never merged."""
    by_law = " ".join(filter(None, (item["retention_legal"] or "none found", item["retention_legal_zh"])))
    return (
        f"law 法定: {by_law}; suggested 建议: {item['retention_suggested']} {item['retention_suggested_zh']}".rstrip()
    )


def ended(line: Mapping[str, str]) -> str:
    """A line that was on the list and is no more."""
    return f"{line['control']} {line['place']}: {line['statement']}"


def bare(check: Mapping[str, Any]) -> str:
    """Said of a check that no rule binding the site is linked to itself."""
    if check["lines"] or check["see"]:
        return "no rule that binds this site is linked to the check itself; others come by its evidence and devices"
    linked = "no rule that binds this site is linked" if check["others"] else "no rule in force is linked"
    return f"{linked}; rests on {check['source']}"


def consequences(found: Mapping[str, Any]) -> list[str]:
    """What may follow where the checks of the list are not kept, each once, in full."""
    entries = {one["id"]: one for check in found["checks"] for one in check["consequences"]}
    return [
        f"{key} {one['title']} {one['title_zh']} ({tier(one)}; {one['source']}): {one['description']} "
        f"{one['description_zh']}"
        for key, one in sorted(entries.items())
    ]


def consequences_and_claims(check: Mapping[str, Any]) -> Iterator[str]:
    """What follows where a check is not kept, and what the press claims in its matter with our verdict and why."""
    if check["consequences"]:
        named = [f"{one['id']} {one['title']} {one['title_zh']} ({one['tier']})" for one in check["consequences"]]
        yield f"{term('if not kept')}: {'; '.join(named)}"
    for one in check["claims"]:
        yield (
            f"{term('claimed')}: {one['n']}. {one['claim']} {one['claim_zh']} Verdict: {one['verdict']} "
            f"{_ZH('claims.' + one['verdict'])}. {one['ground']} {one['ground_zh']}"
        )


def left(check: Mapping[str, str]) -> str:
    """A check that is not on the list, and why."""
    return f"{check['control']} {check['title']} {check['title_zh']}: {check['why']}"


def evidence(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each evidence item of the list once, by id."""
    items = {item["id"]: item for check in found["checks"] for item in check["evidence"]}
    return [items[key] for key in sorted(items)]


def title_of(found: Mapping[str, Any]) -> str:
    """The title of a list: site and day."""
    return f"{found['site']}: checklist on {found['as_of']}"


def local(filling: Mapping[str, Any]) -> str:
    """A gap that a text of the province seems to fill, in one line."""
    return f"{filling['gap']} {filling['title']}: {filling['reason']} (《{filling['instrument']}》)"


def plain(text: str) -> str:
    """Text without control characters and direction overrides."""
    return _CONTROL.sub("", text)


def marks(line: Mapping[str, Any]) -> list[str]:
    """What a reader must not overlook in a line."""
    return ["suspect 待复核"] * (line["status"] == "suspect") + ["suspended 暂停施行"] * bool(line["suspended"])


def _mark(line: Mapping[str, Any]) -> str:
    return "; ".join(marks(line) + ([] if line["direct"] else [f"by {', '.join(line['items'])}"]))
