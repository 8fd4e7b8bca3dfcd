"""The values a comparison consists of: links between provisions, hunks of wording, typed changes, the whole.

Everything is frozen and free of offsets into documents: a comparison can be stored, rendered and sent as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules_db.model import Continuity, Direction, Modality, ProvisionText, Quantity


@dataclass(frozen=True, slots=True)
class Link:
    """What became of which provisions. `old` and `new` are eIds in document order and empty for an added or deleted
    provision; several eIds on one side are a split or a merger. `similarity` is 0..1, that of the best pair, with
    terms that were replaced throughout read in their new form. `needs_review` asks a person to look: a weak
    continuation, or a deletion that resembles an addition."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    old_labels: tuple[str, ...]
    new_labels: tuple[str, ...]
    continuity: Continuity
    similarity: float
    reason: str
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """An old and a new provision that resemble each other too little to be called a continuation."""

    old: str
    new: str
    old_label: str
    new_label: str
    similarity: float


class HunkKind(StrEnum):
    """What a difference in wording amounts to. Only `wording` is a change that a reader must weigh."""

    EQUAL = "equal"
    WORDING = "wording"
    TYPOGRAPHY = "typography"
    PUNCTUATION = "punctuation"
    REFERENCE = "reference"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of old text and what stands in its place; equal hunks have the same text on both sides. The `old`
    sides of all hunks joined are the old text, the `new` sides the new text, to the character."""

    kind: HunkKind
    old: str
    new: str

    @property
    def cosmetic(self) -> bool:
        return self.kind not in (HunkKind.EQUAL, HunkKind.WORDING)


@dataclass(frozen=True, slots=True)
class TermSwap:
    """One term replaced by another throughout the instrument: shown once, not at every place. `before` and `after` are
    the words that surround it at every place: 环境保护 becomes 生态环境, always followed by 主管部门."""

    old: str
    new: str
    count: int
    provisions: tuple[str, ...]
    before: str = ""
    after: str = ""

    @property
    def old_term(self) -> str:
        return self.before + self.old + self.after

    @property
    def new_term(self) -> str:
        return self.before + self.new + self.after


@dataclass(frozen=True, slots=True)
class ThresholdChange:
    """A quantity before and after. A provision label is empty when that side has no such provision."""

    old_label: str
    new_label: str
    old: Quantity | None
    new: Quantity | None
    direction: Direction
    reason: str


@dataclass(frozen=True, slots=True)
class NormText:
    """A norm as the diff sees it: its deontic force and the words for it, who is bound (empty = nobody named), what
    is to be done. `start` is the cue's position in the text of its provision."""

    modality: Modality
    cue: str
    bearer: str = ""
    action: str = ""
    start: int = 0


class NormField(StrEnum):
    MODALITY = "modality"
    BEARER = "bearer"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class NormChange:
    """A norm whose force or bearer changed, or which came or went within a provision that continues. `direction` is
    None where neither side is the stricter one."""

    old_label: str
    new_label: str
    what: NormField
    old: NormText | None
    new: NormText | None
    direction: Direction | None = None


class ScopeEffect(StrEnum):
    """Whether more or less falls under the text than before; added and removed: a sentence that came or went whole, of
    which the words alone can't tell."""

    WIDENED = "widened"
    NARROWED = "narrowed"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """A sentence that says what the text applies to, or does not, before and after; empty where there is none."""

    old_label: str
    new_label: str
    old: str
    new: str
    effect: ScopeEffect


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the comparison: a link, the provisions on both sides, and how the wording differs."""

    link: Link
    old: tuple[ProvisionText, ...]
    new: tuple[ProvisionText, ...]
    hunks: tuple[Hunk, ...]

    @property
    def hunks_differ(self) -> bool:
        return any(hunk.kind is not HunkKind.EQUAL for hunk in self.hunks)

    @property
    def substantive(self) -> bool:
        return any(hunk.kind is HunkKind.WORDING for hunk in self.hunks)

    @property
    def cosmetic(self) -> bool:
        """True when the text differs, but in nothing that a reader must weigh."""
        return not self.substantive and any(hunk.cosmetic for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class InstrumentDiff:
    """The comparison of two expressions. Every old and every new provision is in at least one entry."""

    entries: tuple[Entry, ...]
    thresholds: tuple[ThresholdChange, ...] = ()
    norms: tuple[NormChange, ...] = ()
    terms: tuple[TermSwap, ...] = ()
    possible: tuple[PossibleMatch, ...] = ()
    instrument: str = ""
    old_date: str = ""
    new_date: str = ""
    scope: tuple[ScopeChange, ...] = ()
