"""Who a rule speaks to: enterprises or offices, and which kind of enterprise, by words kept as data.

In: the bearer of a rule, as printed. Out: yes or no. The words stand in parties.yml.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Parties:
    """Words of bearers: of enterprises, of offices, and of single kinds of enterprise by activity."""

    enterprise: tuple[str, ...]
    authority: tuple[str, ...]
    activities: dict[str, tuple[str, ...]]

    def is_enterprise(self, bearer: str) -> bool:
        """Whether a named bearer is, or may be, an enterprise; an empty bearer is nobody we can name."""
        if any(word in bearer for word in self.enterprise):
            return True
        return bool(bearer) and not any(word in bearer for word in self.authority)

    def binds(self, bearer: str, activities: Set[str]) -> bool:
        """Whether a rule may bind a site: its bearer names no kind of enterprise, or one that the site is."""
        named = {activity for activity, words in self.activities.items() if any(word in bearer for word in words)}
        if named:
            return bool(named & activities)
        return not bearer or self.is_enterprise(bearer)


def read_parties() -> Parties:
    """The words of parties.yml."""
    raw = yaml.safe_load(Path(__file__).with_name("parties.yml").read_text(encoding="utf-8"))
    activities = {key: tuple(words) for key, words in raw["activities"].items()}
    return Parties(tuple(raw["enterprise"]), tuple(raw["authority"]), activities)
