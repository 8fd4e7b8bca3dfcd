"""The two languages of the pages: which one a reader wants, and the words for it.

In: what the request says. Out: "en" or "zh", and a translator over strings.yml.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("en", "zh")
COOKIE = "guiji_language"
_STRINGS = Path(__file__).with_name("strings.yml")

Translate = Callable[..., str]


@cache
def strings() -> dict[str, dict[str, str]]:
    """Key → language → words. Raises ValueError when an entry lacks a language."""
    loaded = yaml.safe_load(_STRINGS.read_text(encoding="utf-8"))
    flat: dict[str, dict[str, str]] = {}
    for section, entries in loaded.items():
        for key, words in entries.items():
            if set(words) != set(LANGUAGES):
                raise ValueError(f"{_STRINGS.name}: {section}.{key} needs exactly the languages {', '.join(LANGUAGES)}")
            flat[f"{section}.{key}"] = {language: str(words[language]) for language in LANGUAGES}
    return flat


def choose_language(asked: str | None, cookie: str | None, accepted: str | None) -> str:
    """The language asked for in the address, else the remembered one, else what the browser prefers, else English."""
    for wish in (asked, cookie):
        if wish in LANGUAGES:
            return wish
    for part in (accepted or "").lower().split(","):
        name = part.split(";")[0].strip()[:2]
        if name in LANGUAGES:
            return name
    return "en"


def translator(language: str) -> Translate:
    """`t("page.search", n=3)` → words. A vocabulary value without an entry (`t.value`-style keys such as
    "status.unheard") is shown as it is: data may know words that this catalogue doesn't."""
    table = strings()

    def translate(key: str, **values: object) -> str:
        words = table.get(key)
        if words is None:
            return key.rpartition(".")[2]
        return words[language].format(**values) if values else words[language]

    return translate
