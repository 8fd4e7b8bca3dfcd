"""Who a rule speaks to: enterprises or offices, and which kind of enterprise, by words kept as data.

In: the bearer of a rule, as printed. Out: yes or no. The words stand in parties.yml.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import yaml

_CLAUSE_END = re.compile(r"[，。；\n]")


@dataclass(frozen=True, slots=True)
class Parties:
    """Words of bearers: of enterprises, of offices, and of single kinds of enterprise by activity. `titles` names the
    activities and facts of a site in English and Chinese."""

    enterprise: tuple[str, ...]
    authority: tuple[str, ...]
    activities: dict[str, tuple[str, ...]]
    titles: dict[str, str]

    def is_enterprise(self, bearer: str) -> bool:
        """Whether a named bearer is, or may be, an enterprise; an empty bearer is nobody we can name."""
        if any(word in bearer for word in self.enterprise):
            return True
        return bool(bearer) and not any(word in bearer for word in self.authority)

    def binds(self, bearer: str, activities: Set[str], statement: str = "") -> bool:
        """Whether a rule may bind a site: its bearer names no kind of enterprise, or one that the site is. Without a
        bearer the first clause of the statement may name one, as penalties do (回收企业未…的，…)."""
        named = self._named(bearer or _CLAUSE_END.split(statement, maxsplit=1)[0])
        if named:
            return bool(named & activities)
        return not bearer or self.is_enterprise(bearer)

    def names(self, bearer: str, activities: Set[str]) -> bool:
        """Whether a bearer names a kind of enterprise that the site is: its own rules, not everybody's."""
        return bool(self._named(bearer) & activities)

    def _named(self, bearer: str) -> set[str]:
        """By the longest word at each place: 报废机动车回收企业 is no 回收企业 of batteries."""
        words = sorted(
            {word for words in self.activities.values() for word in words}, key=lambda word: (-len(word), word)
        )
        met = set(re.findall("|".join(map(re.escape, words)), bearer))
        return {activity for activity, words in self.activities.items() if met & set(words)}


def read_parties() -> Parties:
    """The words of parties.yml."""
    raw = yaml.safe_load(Path(__file__).with_name("parties.yml").read_text(encoding="utf-8"))
    activities = {key: tuple(words) for key, words in raw["activities"].items()}
    titles = {key: f"{words['en']} {words['zh']}" for key, words in raw["titles"].items()}
    return Parties(tuple(raw["enterprise"]), tuple(raw["authority"]), activities, titles)
