"""How many requests a day: sources that share a host share one budget, since it is the host that bears them.

Pure: sources of a registry in, a `Budget` for each out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.registry import Source


@dataclass(frozen=True, slots=True)
class Budget:
    """`requests` in 24 hours for all `sources` together, the largest number that one of them states."""

    sources: tuple[str, ...]
    requests: int

    @property
    def name(self) -> str:
        return self.sources[0]


def budgets(sources: Sequence[Source]) -> dict[str, Budget]:
    """The budget of each source, by id; sources are of one budget when a chain of common hosts joins them."""
    groups: list[tuple[set[str], list[Source]]] = []
    for source in sources:
        hosts, members = set(source.allowed_hosts), [source]
        apart = []
        for group in groups:
            if group[0] & hosts:
                hosts |= group[0]
                members = [*group[1], *members]
            else:
                apart.append(group)
        groups = [*apart, (hosts, members)]
    found = {}
    for _, members in groups:
        budget = Budget(tuple(source.id for source in members), max(source.max_requests for source in members))
        found.update(dict.fromkeys(budget.sources, budget))
    return found
