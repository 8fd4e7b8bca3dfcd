"""The legal register of one site as Markdown and HTML.

In: the plain value that `guiji checklist --format json` prints. Out: text. Law text is data: it can't become markup or
script; the HTML is one inert file without anything to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from rules_db.export.checklist_words import (
    COLUMNS,
    bare,
    changed,
    consequences,
    consequences_and_claims,
    ended,
    evidence,
    keeping,
    left,
    local,
    modality,
    news,
    plain,
    summary,
    table_lines,
    term,
    tier,
    title_of,
    trace,
)
from rules_db.mapping.lines import limit_text

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:120rem}table{border-collapse:collapse}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;vertical-align:top;text-align:left}th{background:#eee}"
    ".suspect,.news{background:#fff3cd}code{overflow-wrap:anywhere;font-size:.85em}"
)
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
_WEB = re.compile(r"https?://[^\s<>\\`]+")


def checklist_markdown(found: Mapping[str, Any]) -> str:
    """A heading a check, a list item a wording."""
    out = [f"# {_md(title_of(found))}\n\n"]
    out += [f"{_md(told)}\n" for told in summary(found)]
    if found.get("ended"):
        out.append("\n## No longer on the list 已终止\n\n")
        out += [f"- {_md(ended(line))}\n" for line in found["ended"]]
    for check in found["checks"]:
        out.append(f"\n## {check['control']} {_md(check['title'])} {_md(check['title_zh'])}\n")
        out.append(f"\n{_md(check['objective'])} {_md(check['objective_zh'])}\n\n")
        out.append(
            f"Tier: {tier(check)}. Owner: {_md(check['owner_role'])} "
            f"{_md(check['owner_role_zh'])}. Why here: {_md(check['because'])}.\n\n"
        )
        for line in check["lines"]:
            out += _md_line(line, found["as_of"])
        if not any(line["direct"] for line in check["lines"]):
            out.append(f"- {_md(bare(check))}\n")
        out += [f"- {_md(told)}\n" for told in consequences_and_claims(check)]
        out += [f"- also {_md(other['place'])} (by {', '.join(other['items'])}): see {other['control']}\n"
                for other in check["see"]]  # fmt: skip
        out += [f"- {term('evidence')}: {item['id']} {_md(item['title'])} {_md(item['title_zh'])} "
                f"({_md(keeping(item))})\n" for item in check["evidence"]]  # fmt: skip
        out += [
            f"- {term('hardware')}: {item['id']} {_md(item['title'])} {_md(item['title_zh'])}\n"
            for item in check["hardware"]
        ]
        for line in check["others"]:
            whom = line["bearer"] or "named in its text"
            out.append(f"- binds others ({_md(whom)}): {_md(line['place'])}, `{trace(line)}`\n")
    if found["checks"]:
        out.append("\n## What may follow 不符合的后果\n\n")
        out += [f"- {_md(told)}\n" for told in consequences(found)]
    if found["local"]:
        out.append("\n## What the province seems to settle 地方细化\n\n")
        out += [f"- {_md(local(filling))}\n" for filling in found["local"]]
    if found.get("left_out"):
        out.append("\n## Checks that don't concern this site 不适用\n\n")
        out += [f"- {_md(left(check))}\n" for check in found["left_out"]]
    return "".join(out)


def _md_line(line: Mapping[str, Any], as_of: str) -> Iterator[str]:
    mark = "**suspect** " if line["status"] == "suspect" else ""
    mark += "**suspended 暂停施行** " if line["suspended"] else ""
    mark += f"**{line['news']}** " if line.get("news") else ""
    by = "" if line["direct"] else f" by {', '.join(line['items'])}"
    yield f"- {mark}{_md(line['place'])} ({modality(line)}; {line['tier']}{by}): {_md(line['statement'])}\n"
    source = line["source"] or {"url": "", "sha256": ""}
    for name, text in (
        ("note", "; ".join(line["notes"])), ("limit", limit_text(line)),
        ("since", line["valid_from"] or "unknown 未知"), ("changed", changed(line, as_of)),
        ("before", news(line) if line.get("news") == "changed" else ""), ("bearer", line["bearer"]),
    ):  # fmt: skip
        if text:
            yield f"  - {term(name)}: {_md(text)}\n"
    if source["url"]:
        # an address in angle brackets or backticks is copied as it is
        shown = f"<{source['url']}>" if _WEB.fullmatch(source["url"]) else f"`{plain(source['url']).replace('`', '')}`"
        yield f"  - {term('source')}: {shown} sha256 {source['sha256'][:12]}, `{trace(line)}`\n"


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
    out += [f"<th>{escape(term(name))}</th>" for name in COLUMNS]
    out.append("</tr></thead>\n<tbody>\n")
    for line in table_lines(found):
        cells = dict(zip(COLUMNS, line, strict=True))
        kind = "suspect" if cells["mark"].startswith("suspect") else "news" if cells["news"] else ""
        out.append(f'<tr class="{kind}">' if kind else "<tr>")
        for name, cell in cells.items():
            shown = _link(cell) if name == "source" else _code(cell) if name in ("sha256", "trace") else _text(cell)
            out.append(f"<td>{shown}</td>")
        out.append("</tr>\n")
    out.append("</tbody></table>\n<h2>What may follow, and what is claimed 后果与文章所称</h2>\n")
    out.append(_items(f"{c['control']} {told}" for c in found["checks"] for told in consequences_and_claims(c)))
    out.append(_items(iter(consequences(found))))
    out.append("<h2>How long evidence is kept 留存期限</h2>\n")
    out.append(_items(f"{item['id']} {item['title']} {item['title_zh']}: {keeping(item)}" for item in evidence(found)))
    if found["local"]:
        out.append("<h2>What the province seems to settle 地方细化</h2>\n")
        out.append(_items(local(filling) for filling in found["local"]))
    if found.get("left_out"):
        out.append("<h2>Checks that don't concern this site 不适用</h2>\n")
        out.append(_items(left(check) for check in found["left_out"]))
    out.append("</body></html>\n")
    return "".join(out)


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
