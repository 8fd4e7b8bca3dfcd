"""Does a document belong to what is watched? In: title, text, the topics of topics.yml. Out: topics met, with words.

Pure: no store, no clock. A watched word inside a masked phrase is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

TOPICS = Path(__file__).parent / "topics.yml"
_WORDS_NEEDED = 2
_CUT = "\ufffc"  # stands where a masked phrase stood, so that its neighbours don't join


@dataclass(frozen=True, slots=True)
class Topic:
    """One field that is watched; see topics.yml for what the word lists mean."""

    id: str
    name: str
    title: tuple[str, ...]
    core: tuple[str, ...]
    context: tuple[str, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """The topics, what is masked before looking, and the weights of grounds."""

    topics: tuple[Topic, ...]
    mask: tuple[str, ...]
    weights: Mapping[str, float]
    news_share: float


@dataclass(frozen=True, slots=True)
class TopicHit:
    """A topic that a document belongs to: by its title alone, or by several words; the words found."""

    topic: Topic
    by_title: bool
    words: tuple[str, ...]


def load_watch(path: Path = TOPICS) -> Watch:
    """Read topics.yml. Raises KeyError or TypeError where a field is missing or unknown."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    topics = [
        Topic(
            topic["id"],
            f"{topic['name']} ({topic['name_zh']})",
            *(tuple(topic[key]) for key in ("title", "core", "context", "elsewhere")),
        )
        for topic in raw["topics"]
    ]
    longest_first = sorted(raw["mask"], key=len, reverse=True)
    return Watch(tuple(topics), tuple(longest_first), raw["weights"], raw["news_share"])


def topics_of(title: str, text: str, watch: Watch) -> list[TopicHit]:
    """The topics that a document belongs to, in the order of the file; none means not relevant."""
    title, text = _masked(title, watch), _masked(text, watch)
    hits = []
    for topic in watch.topics:
        strong = tuple(word for word in topic.title if word in title)
        if strong:
            hits.append(TopicHit(topic, True, strong))
            continue
        if any(word in title for word in topic.elsewhere):
            continue
        core = _distinct(topic.core, title, text)
        words = core + _distinct(topic.context, title, text)
        if core and len(words) >= _WORDS_NEEDED:
            hits.append(TopicHit(topic, False, words))
    return hits


def _distinct(words: tuple[str, ...], title: str, text: str) -> tuple[str, ...]:
    """Words present, without those that only stand inside a longer one found: 锂电池 within 废锂电池 is one finding."""
    found = [word for word in words if word in title or word in text]
    return tuple(word for word in found if not any(word != other and word in other for other in found))


def _masked(text: str, watch: Watch) -> str:
    for phrase in watch.mask:
        text = text.replace(phrase, _CUT)
    return text
