"""The legal register of one site as Markdown and HTML.

In: the plain value that `guiji checklist --format json` prints. Out: text. Law text is data: it can't become markup or
script; the HTML is one inert file without anything to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from rules_db.export.checklist_outline import Item, outline
from rules_db.export.checklist_words import plain, summary, term, title_of

_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;margin:1.5rem auto;padding:0 1rem;max-width:62rem}"
    "h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #999}li{margin:.35rem 0}"
    "li,dd,code,a{overflow-wrap:anywhere}dl{margin:.2rem 0 .6rem;font-size:.92em}dt{float:left;clear:left;color:#555}"
    "dd{margin:0 0 0 9rem}.marked{background:#fff3cd}code{font-size:.9em}nav{columns:20rem;font-size:.92em}"
    "@media(max-width:40rem){dt{float:none}dd{margin:0 0 .2rem 1rem}}@media print{h2,li{break-inside:avoid}}"
)
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
_WEB = re.compile(r"https?://[^\s<>\\`]+")


def checklist_markdown(found: Mapping[str, Any]) -> str:
    """A heading a check, a list item a wording."""
    out = [f"# {_md(title_of(found))}\n\n", *(f"{_md(told)}\n" for told in summary(found))]
    for section in outline(found):
        out.append(f"\n## {_md(section.heading)}\n\n")
        out += [f"{_md(paragraph)}\n\n" for paragraph in section.paragraphs]
        out += [line for item in section.items for line in _md_item(item)]
    return "".join(out)


def _md_item(item: Item) -> Iterator[str]:
    command = f", `{item.command}`" if item.command else ""
    yield f"- {''.join(f'**{_md(mark)}** ' for mark in item.marks)}{_md(item.text)}{command}\n"
    for label, text in item.details:
        yield f"  - {label}: {_md(text)}\n"
    if item.source is not None:
        address, digest, command = item.source
        # an address in angle brackets or backticks is copied as it is
        shown = f"<{address}>" if _WEB.fullmatch(address) else f"`{plain(address).replace('`', '')}`"
        yield f"  - {term('source')}: {shown} sha256 {digest}, `{command}`\n"


def checklist_html(found: Mapping[str, Any]) -> str:
    """One file, no script, nothing to load; a policy in its head forbids both."""
    title = escape(title_of(found))
    sections = list(outline(found))
    out = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
    ]
    out += [f"<p>{_text(told)}</p>\n" for told in summary(found)]
    out.append("<nav><ul>\n")
    out += [f'<li><a href="#s{n}">{_text(section.heading)}</a></li>\n' for n, section in enumerate(sections)]
    out.append("</ul></nav>\n")
    for n, section in enumerate(sections):
        out.append(f'<section id="s{n}"><h2>{_text(section.heading)}</h2>\n')
        out += [f"<p>{_text(paragraph)}</p>\n" for paragraph in section.paragraphs]
        out += ["<ul>\n", *(_html_item(item) for item in section.items), "</ul></section>\n"]
    out.append("</body></html>\n")
    return "".join(out)


def _html_item(item: Item) -> str:
    marks = "".join(f"<strong>{_text(mark)}</strong> " for mark in item.marks)
    told = [(escape(label), _text(text)) for label, text in item.details]
    if item.source is not None:
        address, digest, command = item.source
        told.append((escape(term("source")), f"{_link(address)} sha256 <code>{escape(digest)}</code>"))
        told.append((escape(term("trace")), f"<code>{escape(command)}</code>"))
    below = "".join(f"<dt>{label}</dt><dd>{text}</dd>\n" for label, text in told)
    command = f", <code>{escape(item.command)}</code>" if item.command else ""
    return (
        f"<li{' class=marked' if item.marks else ''}>{marks}{_text(item.text)}{command}"
        f"{f'<dl>{below}</dl>' if below else ''}</li>\n"
    )


def _md(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(plain(text).split()))


def _text(text: str) -> str:
    return escape(plain(text)).replace("\n", "<br>")


def _link(address: str) -> str:
    """An address as a link where it is one of the web; a file's path stays text."""
    shown = _text(address)
    if _WEB.fullmatch(address):
        return f'<a href="{escape(plain(address), quote=True)}" rel="noreferrer nofollow">{shown}</a>'
    return f"<code>{shown}</code>"
