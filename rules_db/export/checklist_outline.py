"""A checklist as a document to read: sections with items, the same for every format of running text.

In: the plain value that `guiji checklist --format json` prints. Out: `Section`s of plain text, not yet escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules_db.export.checklist_words import (
    bare,
    changed,
    consequences,
    consequences_and_claims,
    ended,
    keeping,
    left,
    local,
    marks,
    modality,
    news,
    term,
    tier,
    trace,
)
from rules_db.mapping.lines import limit_text


@dataclass(frozen=True, slots=True)
class Item:
    """A point of a section: what is said, what marks it (suspect, suspended, new), what is told below it by label, and
    where it was read (address, first digits of the digest, command that shows it)."""

    text: str
    marks: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    source: tuple[str, str, str] | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, items."""

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[Item, ...]


def outline(found: Mapping[str, Any]) -> Iterator[Section]:
    """What ended, the checks in their order, what may follow, what the province settled, what is not here."""
    if found.get("ended"):
        yield Section("No longer on the list 已终止", (), tuple(Item(ended(line)) for line in found["ended"]))
    for check in found["checks"]:
        yield _check(check, found["as_of"])
    for heading, told in (
        ("What may follow 不符合的后果", consequences(found)),
        ("What the province seems to settle 地方细化", [local(filling) for filling in found["local"]]),
        ("Checks that don't concern this site 不适用", [left(check) for check in found.get("left_out", ())]),
    ):
        if told:
            yield Section(heading, (), tuple(map(Item, told)))


def _check(check: Mapping[str, Any], as_of: str) -> Section:
    paragraphs = (
        f"{check['objective']} {check['objective_zh']}",
        f"Tier: {tier(check)}. Owner: {check['owner_role']} {check['owner_role_zh']}. Why here: {check['because']}.",
    )
    items = [_line(line, as_of) for line in check["lines"]]
    if not any(line["direct"] for line in check["lines"]):
        items.append(Item(bare(check)))
    items += [Item(told) for told in consequences_and_claims(check)]
    items += [
        Item(f"also {other['place']} (by {', '.join(other['items'])}): see {other['control']}")
        for other in check["see"]
    ]
    items += [
        Item(f"{term('evidence')}: {item['id']} {item['title']} {item['title_zh']} ({keeping(item)})")
        for item in check["evidence"]
    ]
    items += [
        Item(f"{term('hardware')}: {item['id']} {item['title']} {item['title_zh']}") for item in check["hardware"]
    ]
    items += [
        Item(f"binds others ({line['bearer'] or 'named in its text'}): {line['place']}", command=trace(line))
        for line in check["others"]
    ]
    return Section(f"{check['control']} {check['title']} {check['title_zh']}", paragraphs, tuple(items))


def _line(line: Mapping[str, Any], as_of: str) -> Item:
    by = "" if line["direct"] else f" by {', '.join(line['items'])}"
    details = (
        ("note", "; ".join(line["notes"])),
        ("limit", limit_text(line)),
        ("since", line["valid_from"] or "unknown 未知"),
        ("changed", changed(line, as_of)),
        ("before", news(line) if line.get("news") == "changed" else ""),
        ("bearer", line["bearer"]),
    )
    source = line["source"] or {"url": "", "sha256": ""}
    return Item(
        f"{line['place']} ({modality(line)}; {line['tier']}{by}): {line['statement']}",
        (*marks(line), *([line["news"]] if line.get("news") else [])),
        tuple((term(name), text) for name, text in details if text),
        (source["url"], source["sha256"][:12], trace(line)) if source["url"] else None,
    )
