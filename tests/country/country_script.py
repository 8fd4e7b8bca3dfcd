"""The script of the simulated country: `events.yml` read, the sites it starts with, and what each event does to them.

In: the bundled registry (ids, names, families, jurisdictions) and the script. Out: states by source that the servers
answer from, and a registry folder that points at the servers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from country_faults import LIST_FAULTS, SITE_FAULTS
from country_sites import COLUMN, Attached, Document, State

from crawler.registry import BUNDLED, Source, load_sources


def _read(name: str) -> dict[str, Any]:
    script: dict[str, Any] = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return script


SCRIPT: Final = _read("events.yml")
DAYS: Final = tuple(sorted(SCRIPT["days"]))
# The ten days and twenty more, with mishaps of the machine that the crawl runs on.
MONTH: Final[dict[int, dict[str, Any]]] = SCRIPT["days"] | _read("month.yml")["days"]
_OFF_TOPIC: Final = ("关于食堂设备采购结果的公告", "关于公开招聘工作人员的公告", "机关开展消防演练")


def when(day: int) -> str:
    """When a day's crawl runs, ISO UTC."""
    return f"{date(2026, 5, 10) + timedelta(days=day)}T01:00:00Z"


def start(only: Collection[str] = ()) -> dict[str, State]:
    """The country on its first day: each source of the registry with two relevant documents and three others. `only`
    keeps these sources."""
    made = {source.id: _site(number, source) for number, source in enumerate(load_sources(BUNDLED))}
    return {id_: state for id_, state in made.items() if not only or id_ in only}


def rule_title(name: str) -> str:
    """Title of a site's named rule."""
    return f"{name}动力电池综合利用企业信息报送管理办法（示例）"


def notice_title(name: str) -> str:
    """Title of a site's notice."""
    return f"{name}关于开展废旧动力电池台账核对工作的通知（示例）"


def _site(number: int, source: Source) -> State:
    name = source.name
    state = State(source.id, name, source.platform)
    notice = Document(
        notice_title(name),
        "2026-05-09",
        f"示核〔2026〕{100 + number}号",
        name,
        2,
        (
            f"第一条　综合利用企业应当在{10 + number % 7}日内核对废旧动力电池台账，并向所在地主管部门报告核对结果。",
            "第二条　交接单（含电子单据）应当加盖公章，不得涂改或者销毁。",
            "第三条　逾期不报告核对结果的，由所在地主管部门责令改正。",
        ),
    )
    rule = Document(
        rule_title(name),
        "2026-04-23",
        f"示规〔2026〕{300 + number}号",
        name,
        1,
        (
            "第一条　为规范动力电池综合利用企业信息报送，制定本办法。",
            "第二条　综合利用企业应当在收到废旧动力电池之日起30日内报送来源信息。",
            f"第三条　综合利用企业的镍钴锰综合回收率不得低于{90 + number % 8}%。",
            "第四条　任何单位不得将废旧动力电池交由未登记的企业拆解。",
            f"第五条　违反本办法第四条规定的，处1万元以上{3 + number % 5}万元以下罚款。",
        ),
    )
    others = [
        Document(title, f"2026-05-{8 - place:02d}", "", name, 10 + place, ("内容略。",))
        for place, title in enumerate(_OFF_TOPIC)
    ]
    state.rows = [notice, *others, rule]
    state.pages = {document.number_on_site: document for document in state.rows}
    return state


def apply(states: dict[str, State], day: int) -> None:
    """Bring the country to a day: troubles of yesterday that the script doesn't repeat are over, events happen."""
    play(states, day, MONTH[day])


def play(states: dict[str, State], day: int, plan: dict[str, Any]) -> None:
    """A day's troubles and events on the sites."""
    for state in states.values():
        state.day = day
        state.trouble = ""
    for fault, sources in plan.get("trouble", {}).items():
        if fault not in {*SITE_FAULTS, *LIST_FAULTS, "robots 500"}:
            raise ValueError(f"day {day}: no fault is called {fault!r}")
        for source in sources:
            states[source].trouble = fault
    for event in plan.get("events", ()):
        _EVENTS[event["do"]](states, event)


def _publish(states: dict[str, State], event: dict[str, Any]) -> None:
    state = states[event["source"]]
    document = Document(
        event["title"].format(name=state.name),
        event["published"],
        event["number"],
        state.name,
        event["on_site"],
        tuple(event["text"]),
        files=tuple(
            Attached(file["name"], tuple(file["lines"]), tuple(tuple(row) for row in file.get("table", ())))
            for file in event.get("files", ())
        ),
    )
    _put(state, document)


def _put(state: State, document: Document) -> None:
    state.rows.insert(0, document)
    state.pages[document.number_on_site] = document


def _edit(states: dict[str, State], event: dict[str, Any]) -> None:
    """Other words at the same address, in the page or in a file beside it."""
    state = states[event["source"]]
    old = state.pages[event["on_site"]]

    def edited(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(line.replace(event["from"], event["to"]) for line in lines)

    files = tuple(Attached(file.name, edited(file.lines), tuple(map(edited, file.rows))) for file in old.files)
    new = replace(old, text=edited(old.text), files=files)
    if new == old:
        raise ValueError(f"{state.source_id}: {event['from']!r} is not in document {event['on_site']}")
    _replace(state, old, new)


def _move(states: dict[str, State], event: dict[str, Any]) -> None:
    """The same page at another address; the old one is gone."""
    state = states[event["source"]]
    old = state.pages.pop(event["on_site"])
    moved = replace(old, number_on_site=event["to"])
    state.rows[state.rows.index(old)] = moved
    state.pages[event["to"]] = moved


def _repost(states: dict[str, State], event: dict[str, Any]) -> None:
    """A document of another site, word by word, published later."""
    original = states[event["of"]].pages[event["on_site"]]
    copy = replace(original, published=event["published"], number_on_site=event["to"])
    _put(states[event["source"]], copy)


def _withdraw(states: dict[str, State], event: dict[str, Any]) -> None:
    """Off the list and off the site."""
    state = states[event["source"]]
    state.rows.remove(state.pages.pop(event["on_site"]))


def _unlist(states: dict[str, State], event: dict[str, Any]) -> None:
    """Off the list, while the page stays."""
    state = states[event["source"]]
    state.rows.remove(state.pages[event["on_site"]])


def _relist(states: dict[str, State], event: dict[str, Any]) -> None:
    state = states[event["source"]]
    state.rows.insert(0, state.pages[event["on_site"]])


def _noise(states: dict[str, State], event: dict[str, Any]) -> None:
    """Cosmetic changes of every document of the sites."""
    for source in event["sources"]:
        state = states[source]
        for old in list(state.pages.values()):
            _replace(state, old, replace(old, noise=frozenset(event["kinds"])))


def _reorder(states: dict[str, State], event: dict[str, Any]) -> None:
    for source in event["sources"]:
        states[source].rows.reverse()


def _repage(states: dict[str, State], event: dict[str, Any]) -> None:
    """Other lengths of screens, so that every row changes its place."""
    for source in event["sources"]:
        states[source].screen = event["rows"]


def _replace(state: State, old: Document, new: Document) -> None:
    state.rows = [new if row is old else row for row in state.rows]
    state.pages[new.number_on_site] = new


_EVENTS: Final = {
    "edit": _edit,
    "move": _move,
    "noise": _noise,
    "publish": _publish,
    "relist": _relist,
    "reorder": _reorder,
    "repage": _repage,
    "repost": _repost,
    "unlist": _unlist,
    "withdraw": _withdraw,
}


def write_registry(folder: Path, states: dict[str, State], addresses: dict[str, str]) -> Path:
    """A registry of the country: jurisdiction, level and names of the bundled one, addresses on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_defaults.yml").write_bytes((BUNDLED / "_defaults.yml").read_bytes())
    for source in load_sources(BUNDLED):
        if source.id not in states:
            continue
        url = addresses[source.id]
        path, settings, params = COLUMN[states[source.id].platform]
        entry = {
            "name": {"zh": source.name_zh, "en": source.name_en},
            "platform": source.platform,
            "level": source.level,
            "jurisdiction": source.jurisdiction,
            "base_url": url,
            "allowed_hosts": [url.removeprefix("http://")],
            "columns": [
                {"name": "通知公告", "url": url + path, "kind": "notice", "confidence": "live", "params": params}
            ],
            "assertions": {"min_entries": 2},
            "runbook": "A site of the simulated country; look at tests/country/events.yml.",
            "grade": source.grade,
            "confidence": {"platform": "live"},
            "status": "ok",
            **settings,
        }
        text = yaml.safe_dump(entry, allow_unicode=True, sort_keys=False)
        (folder / f"{source.id}.yml").write_text(text, encoding="utf-8")
    return folder
