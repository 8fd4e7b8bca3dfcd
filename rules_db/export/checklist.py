"""The legal register of one site as Markdown, HTML, xlsx and docx: a line for each rule behind a check.

In: the plain value that `guiji checklist --format json` prints. Out: text or bytes. Law text is data in every cell: it
can't become a formula, markup or script; the HTML is one inert file without anything to load.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import Any

from rules_db.export.cells import write_row

COLUMNS = (
    "control", "check", "检查项", "rule", "place", "modality", "bearer", "limit", "evidence", "hardware", "tier",
    "since", "mark", "what changed", "source", "sha256",
)  # fmt: skip
_WIDTHS = (9, 28, 24, 60, 36, 12, 18, 22, 36, 28, 10, 12, 12, 36, 36, 20)
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:110rem}table{border-collapse:collapse}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;vertical-align:top;text-align:left}th{background:#eee}"
    ".suspect{background:#fff3cd}code{overflow-wrap:anywhere;font-size:.85em}"
)


def lines(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Cells in the order of COLUMNS: one line a rule, or one for a check that no rule in force is linked to."""
    for check in found["checks"]:
        head = (check["control"], check["title"], check["title_zh"])
        evidence = "; ".join(f"{item['id']} {item['title']}" for item in check["evidence"])
        hardware = "; ".join(f"{item['id']} {item['title']}" for item in check["hardware"])
        for rule in _once(check["rules"]):
            source = rule["source"] or {"url": "", "sha256": ""}
            place = f"《{rule['instrument']}》{rule['label']}"
            yield (
                *head, rule["statement"], place, rule["modality"], _bearer(rule), limit_text(rule), evidence, hardware,
                rule["tier"], rule["valid_from"] or "unknown", rule["status"], changed(rule, found["as_of"]),
                source["url"], source["sha256"],
            )  # fmt: skip
        if not check["rules"]:
            yield (*head, "", "", "", "", "", evidence, hardware, check["tier"], "", "no rule in force linked", "",
                   check["source"], "")  # fmt: skip


def limit_text(rule: Mapping[str, Any]) -> str:
    """The rule's limits as printed, each with what it measures or what starts it."""
    found = []
    for threshold in rule["thresholds"] or ():
        subject = threshold["parameter"] or threshold["trigger"]
        found.append(f"{subject} {threshold['text']}".strip())
    return "; ".join(found) or rule["deadline"]


def changed(rule: Mapping[str, Any], as_of: str) -> str:
    """The typed changes of a rule: what moved and since when; what is to come is said to come."""
    told = []
    for change in rule["changes"] or ():
        day = change["valid_on"] or ""
        when = f"from {day}" if day > as_of else f"since {day}" if day else "day unknown"
        told.append(f"{change['summary']} ({when})")
    if rule["status"] == "suspect" and not told:
        told.append("worded otherwise than when it was reviewed")
    return "; ".join(told)


def checklist_markdown(found: Mapping[str, Any]) -> str:
    """A heading a check, a list item a rule."""
    out = [f"# {_md(_title(found))}\n"]
    for check in found["checks"]:
        out.append(f"\n## {check['control']} {_md(check['title'])} {_md(check['title_zh'])}\n")
        out.append(f"\n{_md(check['objective'])} Tier: {check['tier']}.\n\n")
        for rule in check["rules"]:
            mark = "**suspect** " if rule["status"] == "suspect" else ""
            out.append(
                f"- {mark}《{_md(rule['instrument'])}》{_md(rule['label'])} ({rule['modality']}, {rule['tier']}): "
            )
            out.append(f"{_md(rule['statement'])}\n")
            source = rule["source"] or {"url": "", "sha256": ""}
            limit, moved = limit_text(rule), changed(rule, found["as_of"])
            for name, text in (
                ("limit", limit), ("since", rule["valid_from"] or "unknown"), ("changed", moved),
                ("bearer", _bearer(rule)),
                ("source", f"{source['url']} sha256 {source['sha256']}" if source["url"] else ""),
            ):  # fmt: skip
                if text:
                    out.append(f"  - {name}: {_md(text)}\n")
        if not check["rules"]:
            out.append(f"- no rule in force is linked; rests on {_md(check['source'])}\n")
        out.append(f"- evidence: {_md('; '.join(i['id'] + ' ' + i['title'] for i in check['evidence']))}\n")
        if check["hardware"]:
            out.append(f"- hardware: {_md('; '.join(i['id'] + ' ' + i['title'] for i in check['hardware']))}\n")
    if found["local"]:
        out.append("\n## What the province seems to settle\n\n")
        out += [f"- {_md(_local(filling))}\n" for filling in found["local"]]
    return "".join(out)


def checklist_html(found: Mapping[str, Any]) -> str:
    """One file, no script, nothing to load; a policy in its head forbids both."""
    title = escape(_title(found))
    out = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<table><thead><tr>"
    ]
    out += [f"<th>{escape(name)}</th>" for name in COLUMNS]
    out.append("</tr></thead>\n<tbody>\n")
    for line in lines(found):
        cells = dict(zip(COLUMNS, line, strict=True))
        out.append('<tr class="suspect">' if cells["mark"] == "suspect" else "<tr>")
        for name, cell in cells.items():
            out.append(
                f"<td>{_link(cell) if name == 'source' else _code(cell) if name == 'sha256' else _text(cell)}</td>"
            )
        out.append("</tr>\n")
    out.append("</tbody></table>\n")
    if found["local"]:
        out.append("<h2>What the province seems to settle</h2>\n<ul>")
        out += [f"<li>{_text(_local(filling))}</li>" for filling in found["local"]]
        out.append("</ul>\n")
    out.append("</body></html>\n")
    return "".join(out)


def checklist_xlsx(found: Mapping[str, Any]) -> bytes:
    """A worksheet with a line a rule, and one with what the province seems to settle."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Checklist 清单"
    write_row(sheet, 1, COLUMNS)
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    for number, line in enumerate(lines(found), 2):
        write_row(sheet, number, line)
        for column in range(1, len(line) + 1):
            cell = sheet.cell(number, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if line[COLUMNS.index("mark")] == "suspect":
                cell.fill = PatternFill("solid", start_color="FFF3CD")
    sheet.freeze_panes = "D2"
    local = book.create_sheet("Province 地方")
    write_row(local, 1, ("gap", "title", "instrument", "why"))
    for number, filling in enumerate(found["local"], 2):
        write_row(local, number, (filling["gap"], filling["title"], filling["instrument"], filling["reason"]))
    return _saved(book)


def checklist_docx(found: Mapping[str, Any]) -> bytes:
    """A Word document, landscape: a heading a check, a table of its rules."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    font = document.styles["Normal"].font
    font.size, font.name = Pt(9), "Arial"
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.add_heading(_plain(_title(found)), level=1)
    columns = ("place", "modality", "rule", "limit", "tier", "since", "mark", "what changed", "source", "sha256")
    table_lines = [dict(zip(COLUMNS, line, strict=True)) for line in lines(found)]
    for check in found["checks"]:
        document.add_heading(_plain(f"{check['control']} {check['title']} {check['title_zh']}"), level=2)
        document.add_paragraph(_plain(check["objective"]))
        mine = [line for line in table_lines if line["control"] == check["control"]]
        document.add_paragraph(_plain(f"Evidence: {mine[0]['evidence']}"), style="List Bullet")
        if mine[0]["hardware"]:
            document.add_paragraph(_plain(f"Hardware: {mine[0]['hardware']}"), style="List Bullet")
        table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
        for cell, name in zip(table.rows[0].cells, columns, strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        for line in mine:
            for cell, name in zip(table.add_row().cells, columns, strict=True):
                cell.paragraphs[0].add_run(_plain(line[name]))
    for filling in found["local"]:
        document.add_paragraph(_plain(_local(filling)), style="List Bullet")
    return _saved(document)


WRITERS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    ".docx": checklist_docx,
    ".html": lambda found: checklist_html(found).encode(),
    ".md": lambda found: checklist_markdown(found).encode(),
    ".xlsx": checklist_xlsx,
}

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def _once(rules: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Each wording once, though several links lead to it; a suspect link beats an accepted one."""
    order = sorted(rules, key=lambda rule: rule["status"] != "suspect")
    seen = {rule["version"]: rule for rule in reversed(order)}
    for rule in rules:
        kept = seen.pop(rule["version"], None)
        if kept is not None:
            yield kept


def _bearer(rule: Mapping[str, Any]) -> str:
    return str(rule["bearer"]) + ("" if rule["binds_site"] else " (other parties)")


def _title(found: Mapping[str, Any]) -> str:
    return f"{found['site']}: checklist on {found['as_of']}"


def _local(filling: Mapping[str, Any]) -> str:
    return f"{filling['gap']} {filling['title']}: {filling['reason']} (《{filling['instrument']}》)"


def _plain(text: str) -> str:
    return _CONTROL.sub("", text)


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(_plain(text).split()))


def _text(cell: str) -> str:
    return escape(_plain(cell)).replace("\n", "<br>")


def _code(cell: str) -> str:
    return f"<code>{escape(_plain(cell))}</code>" if cell else ""


def _link(cell: str) -> str:
    """An address as a link where it is one of the web; a file's path or a citation stays text."""
    shown = _text(cell)
    if re.match(r"https?://", cell):
        return f'<a href="{escape(_plain(cell), quote=True)}" rel="noreferrer nofollow">{shown}</a>'
    return shown


def _saved(document: Any) -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()
