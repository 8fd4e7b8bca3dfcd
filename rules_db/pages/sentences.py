"""Sentences that the store writes in English, for a page: fixed frames of sentences.yml, filled again.

In: a sentence. Out: the sentence with the language it is in; what fits no frame stays English and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from rules_db.pages.language import Translate, translator

_FRAMES = Path(__file__).with_name("sentences.yml")
_FIELD = re.compile(r"\{([a-z]+)\}")
# Fields whose word stands in strings.yml → its section there.
_SECTIONS = {"modality": "modality", "direction": "direction", "effect": "effect"}
_BRACKETED = re.compile(r"^[^()（）]*[(（]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]$")
# Frames have up to four open ends; the bound keeps the worst case of a hostile sentence small.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Told:
    """`language` is "en" or "zh"."""

    text: str
    language: str


@cache
def _frames() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    loaded = yaml.safe_load(_FRAMES.read_text(encoding="utf-8"))
    return tuple((_pattern(entry["en"]), entry["en"], entry["zh"]) for entry in loaded)


def _pattern(frame: str) -> re.Pattern[str]:
    """Every field takes as little as it can, the last one the rest; a line break ends it."""
    parts = _FIELD.split(frame)
    return re.compile("".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)) + r"\Z")


def told(sentence: str, language: str, names: Mapping[str, str] | None = None) -> Told:
    """The sentence for a page in `language`; `names` gives what that language calls gaps, by their English names, and
    jurisdictions, by code."""
    if len(sentence) > _LONGEST:
        return Told(sentence, "en")
    t = translator(language)
    for pattern, english, chinese in _frames():
        match = pattern.match(sentence)
        if match:
            fields = {name: _field(name, words, language, t, names or {}) for name, words in match.groupdict().items()}
            return Told((chinese if language == "zh" else english).format(**fields), language)
    return Told(sentence, "en")


def _field(name: str, words: str, language: str, t: Translate, names: Mapping[str, str]) -> str:
    if name == "sentence":
        return told(words, language, names).text
    if name in ("gap", "code"):
        return names.get(words, words)
    if language == "en":
        return words
    if name in _SECTIONS:
        return t(f"{_SECTIONS[name]}.{words.lower()}")
    if name == "topic":  # "English name (中文名)"
        bracketed = _BRACKETED.match(words)
        return bracketed[1] if bracketed else words
    return words
