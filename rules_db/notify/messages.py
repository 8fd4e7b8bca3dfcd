"""Messages in words: events to plain text in Chinese or English. Pure: no store, no clock, no network.

Plain text on purpose: titles come from crawled pages, and in plain text a hostile one is only odd to read. A channel
has a limit in octets of UTF-8; events that don't fit go to a following message, so that none is cut in the middle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from rules_db.iri import NATIONAL
from rules_db.notify.events import Event, TextEvent, TroubleEvent
from rules_db.pages.sentences import told
from rules_db.projection.jurisdictions import describe
from rules_db.workdays import china_day

# A digest names at most so many texts or troubles; the rest is counted. Above it single messages become a digest.
MOST_NAMED = 25
MOST_SINGLE = 10
_SENTENCES = 3
_LONGEST_TITLE, _LONGEST_SENTENCE, _LONGEST_ADDRESS = 120, 160, 300
_KINDS = {"action required": "action", "to know": "know", "news": "news"}
_KIND_ORDER, _STATE_ORDER = ("action", "know", "news"), ("new", "still", "over")
# Control characters, line breaks and bidirectional overrides of crawled text.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Message:
    """One message and the keys of the events that it tells."""

    title: str
    body: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """How one recipient's message through one channel looks. `limit`: octets of title and body together; `now`: ISO
    UTC; `gaps`: Chinese names of gaps by English ones; `repeated`: sent before perhaps; `failing_since`: ISO UTC."""

    language: str
    now: str
    limit: int
    site: str = ""
    single: bool = False
    gaps: Mapping[str, str] | None = None
    repeated: bool = False
    failing_since: str | None = None


def compose(events: Sequence[Event], frame: Frame) -> list[Message]:
    """Messages for events of one sort, in their order; every event is in exactly one of them."""
    if not events:
        return []
    if frame.single and len(events) <= MOST_SINGLE:
        return [message for event in events for message in _pack([event], frame, _single_title(event, frame))]
    return _pack(events, frame, "")


def _pack(events: Sequence[Event], frame: Frame, title: str) -> list[Message]:
    """Fill messages one after the other; the last one counts what is not named."""
    named, unnamed = list(events[:MOST_NAMED]), events[MOST_NAMED:]
    messages: list[Message] = []
    held: list[Event] = []
    for event in named:
        if held and _size(_message([*held, event], (), frame, title)) > frame.limit:
            messages.append(_message(held, (), frame, title))
            held = []
        held.append(event)
    last = _message(held, unnamed, frame, title)
    if unnamed and len(held) > 1 and _size(last) > frame.limit:
        messages.append(_message(held[:-1], (), frame, title))
        last = _message(held[-1:], unnamed, frame, title)
    return [_cut(message, frame.limit) for message in (*messages, last)]


def _message(events: Sequence[Event], unnamed: Sequence[Event], frame: Frame, title: str) -> Message:
    w = words(frame.language)
    lines = [w("repeat")] if frame.repeated else []
    if frame.failing_since:
        lines.append(w("delayed", day=china_day(frame.failing_since)))
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(_group(event), []).append(event)
    headed = not title
    for group in sorted(groups, key=_place):
        if headed:
            prefix = "kind" if group in _KIND_ORDER else "state"
            lines += ["", w("heading", kind=w(f"{prefix}_{group}"), n=len(groups[group]))]
        for number, event in enumerate(groups[group], 1):
            lines += ["", *_item(event, frame, f"{number}. " if headed else "")]
    if unnamed:
        address = f"{frame.site}/changes" if frame.site else w("more_flags")
        lines += ["", w("more", n=len(unnamed), address=address)]
    if any(isinstance(event, TextEvent) for event in events):
        lines += ["", w("foot")]
    keys = tuple(event.key for event in (*events, *unnamed))
    return Message(title or _title((*events, *unnamed), frame), "\n".join(lines).strip(), keys)


def _title(events: Sequence[Event], frame: Frame) -> str:
    w = words(frame.language)
    counts = Counter(_group(event) for event in events)
    told_counts = w("joint").join(w(f"count_{group}", n=counts[group]) for group in sorted(counts, key=_place))
    key = "title_texts" if isinstance(events[0], TextEvent) else "title_troubles"
    return w(key, day=china_day(frame.now), counts=told_counts)


def _single_title(event: Event, frame: Frame) -> str:
    w = words(frame.language)
    if isinstance(event, TextEvent):
        return w("title_single", kind=w(f"kind_{_group(event)}"), title=_plain(event.subject.title, _LONGEST_TITLE))
    return w("title_single", kind=w(f"state_{event.state}"), title=_plain(event.name, _LONGEST_TITLE))


def _item(event: Event, frame: Frame, number: str) -> list[str]:
    return _trouble(event, frame, number) if isinstance(event, TroubleEvent) else _text(event, frame, number)


def _text(event: TextEvent, frame: Frame, number: str) -> list[str]:
    w, subject = words(frame.language), event.subject
    title = _plain(subject.title, _LONGEST_TITLE)
    if subject.number:
        title = w("number", title=title, number=_plain(subject.number, 60))
    place = describe(subject.jurisdiction)
    facts = [place.name if frame.language == "zh" else place.name_en]
    if subject.instrument_id:
        facts.append(w("effective", day=subject.effective_on) if subject.effective_on else w("no_date"))
    names = [watch.name_zh if frame.language == "zh" else watch.name for watch in event.watches]
    facts.append(w("for", watches=w("list_joint").join(names)))
    lines = [number + title, w("why", sentences=_why(event, frame)), w("fact_joint").join(facts)]
    if frame.site and subject.instrument_id:
        lines.append(
            w("page", address=f"{frame.site}/instrument/{subject.instrument_id}?version={subject.expression_id}")
        )
    if subject.url and subject.url.lower().startswith(("http://", "https://")):
        lines.append(w("source", address=_plain(subject.url, _LONGEST_ADDRESS)))
    return lines


def _why(event: TextEvent, frame: Frame) -> str:
    """One sentence of the weightiest grounds; that a provincial text is provincial stands beside it anyway."""
    w, subject = words(frame.language), event.subject
    grounds = [s for s in subject.sentences if subject.jurisdiction == NATIONAL or not s.startswith("Provincial ")]
    names = frame.gaps if frame.language == "zh" else None  # the store's sentences have the English ones
    chosen = [told(sentence, frame.language, names).text for sentence in grounds[:_SENTENCES]]
    if not chosen:
        chosen = sorted(subject.searches)
    return w("sentence_joint").join(_plain(s, _LONGEST_SENTENCE).rstrip(".。") for s in chosen) + w("sentence_end")


def _trouble(event: TroubleEvent, frame: Frame, number: str) -> list[str]:
    w = words(frame.language)
    facts = w("fact_joint").join((event.code, w("since", day=china_day(event.since))))
    return [number + _plain(event.name, _LONGEST_TITLE), facts, _plain(event.message, _LONGEST_ADDRESS)]


def _group(event: Event) -> str:
    return event.state if isinstance(event, TroubleEvent) else _KINDS[event.kind]


def _place(group: str) -> int:
    return (*_KIND_ORDER, *_STATE_ORDER).index(group)


def _plain(text: str, longest: int) -> str:
    flat = " ".join(_UNFIT.sub(" ", text).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def _size(message: Message) -> int:
    return len(message.title.encode()) + len(message.body.encode()) + 2


def _cut(message: Message, limit: int) -> Message:
    """A single event longer than the channel takes loses its end, never the title."""
    room = limit - len(message.title.encode()) - 2
    body = message.body.encode()
    if len(body) <= room:
        return message
    return Message(message.title, body[: max(0, room - 3)].decode("utf-8", "ignore") + "…", message.events)


def words(language: str) -> Callable[..., str]:
    """`w("more", n=3)` → words of words.yml."""
    table = _words()

    def fill(key: str, **values: object) -> str:
        frame = table[key][language]
        return frame.format(**values) if values else frame

    return fill


@cache
def _words() -> dict[str, dict[str, str]]:
    loaded = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    for key, both in loaded.items():
        if set(both) != {"en", "zh"}:
            raise ValueError(f"words.yml: {key} needs exactly the languages en and zh")
    return dict(loaded)
