"""The legal register of one site as Markdown and HTML, and its cells for the office formats: a line for each wording.

In: the plain value that `guiji checklist --format json` prints. Out: text. Law text is data in every cell: it can't
become a formula, markup or script; the HTML is one inert file without anything to load.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from rules_db.mapping.lines import limit_text

COLUMNS = (
    "control", "check", "检查项", "rule", "place", "modality", "bearer", "limit", "evidence", "hardware", "owner",
    "tier", "since", "mark", "news", "what changed", "source", "sha256", "trace",
)  # fmt: skip
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:120rem}table{border-collapse:collapse}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;vertical-align:top;text-align:left}th{background:#eee}"
    ".suspect,.news{background:#fff3cd}code{overflow-wrap:anywhere;font-size:.85em}"
)


def table_lines(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Cells in the order of COLUMNS, check by check: what binds the site, what binds others, what is told elsewhere."""
    for check in found["checks"]:
        head = (check["control"], check["title"], check["title_zh"])
        evidence, hardware = item_names(check["evidence"]), item_names(check["hardware"])
        for line, mark in [(line, _mark(line)) for line in check["lines"]] + [
            (line, "binds others") for line in check["others"]
        ]:
            source = line["source"] or {"url": "", "sha256": ""}
            yield (
                *head, line["statement"], line["place"], line["modality"], line["bearer"], limit_text(line), evidence,
                hardware, check["owner_role"], line["tier"], line["valid_from"] or "unknown", mark, news(line),
                changed(line, found["as_of"]), source["url"], source["sha256"], trace(line),
            )  # fmt: skip
        for other in check["see"]:
            yield (*head, "", other["place"], "", "", "", evidence, hardware, check["owner_role"], "", "",
                   f"see {other['control']}", "", "", "", "", trace(other))  # fmt: skip
        if not check["lines"] and not check["see"]:
            yield (*head, "", "", "", "", "", evidence, hardware, check["owner_role"], check["tier"], "",
                   "no rule in force linked", "", "", check["source"], "", "")  # fmt: skip


def item_names(items: Any) -> str:
    """Ids and titles of evidence or devices in one cell."""
    return "; ".join(f"{item['id']} {item['title']}" for item in items)


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
    return f"law: {item['retention_legal'] or 'none found'}; suggested: {item['retention_suggested']}"


def ended(line: Mapping[str, str]) -> str:
    """A line that was on the list and is no more."""
    return f"{line['control']} {line['place']}: {line['statement']}"


def checklist_markdown(found: Mapping[str, Any]) -> str:
    """A heading a check, a list item a wording."""
    out = [f"# {_md(title_of(found))}\n\n"]
    out += [f"{_md(told)}\n" for told in summary(found)]
    if found.get("ended"):
        out.append("\n## No longer on the list 已终止\n\n")
        out += [f"- {_md(ended(line))}\n" for line in found["ended"]]
    for check in found["checks"]:
        out.append(f"\n## {check['control']} {_md(check['title'])} {_md(check['title_zh'])}\n")
        out.append(f"\n{_md(check['objective'])} Tier: {check['tier']}. Owner: {_md(check['owner_role'])}.\n\n")
        for line in check["lines"]:
            out += _md_line(line, found["as_of"])
        if not check["lines"] and not check["see"]:
            out.append(f"- no rule in force is linked; rests on {_md(check['source'])}\n")
        out += [f"- also {_md(other['place'])} (by {', '.join(other['items'])}): see {other['control']}\n"
                for other in check["see"]]  # fmt: skip
        out += [f"- evidence: {item['id']} {_md(item['title'])} {_md(item['title_zh'])} ({_md(keeping(item))})\n"
                for item in check["evidence"]]  # fmt: skip
        out += [
            f"- hardware: {item['id']} {_md(item['title'])} {_md(item['title_zh'])}\n" for item in check["hardware"]
        ]
        for line in check["others"]:
            whom = line["bearer"] or "named in its text"
            out.append(f"- binds others ({_md(whom)}): {_md(line['place'])}, `{trace(line)}`\n")
    if found["local"]:
        out.append("\n## What the province seems to settle 地方细化\n\n")
        out += [f"- {_md(local(filling))}\n" for filling in found["local"]]
    return "".join(out)


def _md_line(line: Mapping[str, Any], as_of: str) -> Iterator[str]:
    mark = "**suspect** " if line["status"] == "suspect" else ""
    mark += f"**{line['news']}** " if line.get("news") else ""
    yield f"- {mark}{_md(line['place'])} ({line['modality']}, {line['tier']}): {_md(line['statement'])}\n"
    source = line["source"] or {"url": "", "sha256": ""}
    for name, text in (
        ("limit", limit_text(line)), ("since", line["valid_from"] or "unknown"), ("changed", changed(line, as_of)),
        ("before", news(line) if line.get("news") == "changed" else ""), ("bearer", line["bearer"]),
    ):  # fmt: skip
        if text:
            yield f"  - {name}: {_md(text)}\n"
    if source["url"]:
        # an address in angle brackets is copied as it is
        shown = f"<{source['url']}>" if _WEB.fullmatch(source["url"]) else _md(source["url"])
        yield f"  - source: {shown} sha256 {source['sha256'][:12]}, `{trace(line)}`\n"


def checklist_html(found: Mapping[str, Any]) -> str:
    """One file, no script, nothing to load; a policy in its head forbids both."""
    title = escape(title_of(found))
    out = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
    ]
    out += [f"<p>{_text(told)}</p>\n" for told in summary(found)]
    if found.get("ended"):
        out.append("<h2>No longer on the list 已终止</h2>\n")
        out.append(_items(ended(line) for line in found["ended"]))
    out.append("<table><thead><tr>")
    out += [f"<th>{escape(name)}</th>" for name in COLUMNS]
    out.append("</tr></thead>\n<tbody>\n")
    for line in table_lines(found):
        cells = dict(zip(COLUMNS, line, strict=True))
        kind = "suspect" if cells["mark"] == "suspect" else "news" if cells["news"] else ""
        out.append(f'<tr class="{kind}">' if kind else "<tr>")
        for name, cell in cells.items():
            shown = _link(cell) if name == "source" else _code(cell) if name in ("sha256", "trace") else _text(cell)
            out.append(f"<td>{shown}</td>")
        out.append("</tr>\n")
    out.append("</tbody></table>\n<h2>How long evidence is kept 留存期限</h2>\n")
    out.append(_items(f"{item['id']} {item['title']} {item['title_zh']}: {keeping(item)}" for item in evidence(found)))
    if found["local"]:
        out.append("<h2>What the province seems to settle 地方细化</h2>\n")
        out.append(_items(local(filling) for filling in found["local"]))
    out.append("</body></html>\n")
    return "".join(out)


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


_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s<>\\`]+")


def _mark(line: Mapping[str, Any]) -> str:
    return "suspect" if line["status"] == "suspect" else ""


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(plain(text).split()))


def _text(cell: str) -> str:
    return escape(plain(cell)).replace("\n", "<br>")


def _items(texts: Iterator[str]) -> str:
    return "<ul>" + "".join(f"<li>{_text(text)}</li>\n" for text in texts) + "</ul>\n"


def _code(cell: str) -> str:
    return f"<code>{escape(plain(cell))}</code>" if cell else ""


def _link(cell: str) -> str:
    """An address as a link where it is one of the web; a file's path or a citation stays text."""
    shown = _text(cell)
    if _WEB.fullmatch(cell):
        return f'<a href="{escape(plain(cell), quote=True)}" rel="noreferrer nofollow">{shown}</a>'
    return shown
