"""Claims about the law that no official source bears out, each with our verdict and its ground.

In: claims.yml beside this module. Out: frozen `Claim`s in order of number. A claim is never evidence of a rule.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

import yaml

from rules_db.connection import StoreError

BUNDLED_CLAIMS = Path(__file__).with_name("claims.yml")


class ClaimVerdict(StrEnum):
    """What holds of a claim, from the best to the worst."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    PLAUSIBLE = "plausible"
    PRACTICE = "practice"
    UNVERIFIABLE = "unverifiable"
    IMPLAUSIBLE = "implausible"
    MISLEADING = "misleading"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Claim:
    """`n` is its number in docs/mapping.md; `ground` says why the verdict is what it is. English and Chinese."""

    n: int
    claim: str
    claim_zh: str
    verdict: ClaimVerdict
    ground: str
    ground_zh: str


def read_claims(path: Path = BUNDLED_CLAIMS) -> tuple[Claim, ...]:
    """Raises StoreError naming file and entry when a field is missing, unknown or empty, or a number is used twice."""
    names = {field.name for field in fields(Claim)}
    claims: dict[int, Claim] = {}
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ():
        where = f"{path.name}: claim {entry.get('n')}"
        if set(entry) != names or not all(entry.values()):
            raise StoreError(f"{where}: needs exactly the fields {', '.join(sorted(names))}, none of them empty")
        if entry["n"] in claims:
            raise StoreError(f"{where}: the number is used twice")
        try:
            verdict = ClaimVerdict(entry["verdict"])
        except ValueError as error:
            raise StoreError(f"{where}: {error}; use one of {', '.join(ClaimVerdict)}") from error
        claims[entry["n"]] = Claim(**{**entry, "verdict": verdict})
    return tuple(claim for _n, claim in sorted(claims.items()))
