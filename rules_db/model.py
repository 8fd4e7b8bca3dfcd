"""Shared vocabulary of the three packages: the frozen values passed between stages, with their closed vocabularies.

Standard library only, so that crawler and nlp may import it without dragging in the store. Offsets are always
half-open character ranges [start, end) into the *normalised* text of one document, unless a docstring says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from rules_db.vocabulary import AmendmentKind as AmendmentKind
from rules_db.vocabulary import BlockKind as BlockKind
from rules_db.vocabulary import ChangeKind as ChangeKind
from rules_db.vocabulary import Comparator as Comparator
from rules_db.vocabulary import Continuity as Continuity
from rules_db.vocabulary import Direction as Direction
from rules_db.vocabulary import EffectKind as EffectKind
from rules_db.vocabulary import InstrumentStatus as InstrumentStatus
from rules_db.vocabulary import MappingStatus as MappingStatus
from rules_db.vocabulary import Modality as Modality
from rules_db.vocabulary import Outcome as Outcome
from rules_db.vocabulary import ProvisionKind as ProvisionKind
from rules_db.vocabulary import Relationship as Relationship
from rules_db.vocabulary import Severity as Severity
from rules_db.vocabulary import Tier as Tier
from rules_db.vocabulary import Verdict as Verdict


@dataclass(frozen=True, slots=True)
class Block:
    """One text block of a converted document. A table keeps its cells in `rows`; its `text` is rows joined by newlines
    and cells by tabs. `page` counts from 1 and is None where the format has no pages."""

    kind: BlockKind
    text: str
    page: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentRef:
    """A file that a page links to; `name` is a label only and never a path."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """What the page, the file or the manifest says about the document. Dates are ISO `YYYY-MM-DD`; None = not said.
    `links` lead to pages of other documents, under the names that this one gives them."""

    title: str | None = None
    document_number: str | None = None
    issuers: tuple[str, ...] = ()
    instrument_type: str | None = None
    jurisdiction: str | None = None
    promulgated_on: str | None = None
    published_on: str | None = None
    effective_on: str | None = None
    version_date: str | None = None
    validity: str | None = None
    index_number: str | None = None
    url: str | None = None
    tier: Tier | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    expires_on: str | None = None
    links: tuple[AttachmentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvertedDocument:
    """Text blocks and head facts out of one snapshot. The source text is the block texts joined by a newline."""

    blocks: tuple[Block, ...]
    head: HeadFacts
    media_type: str
    charset: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters and the pattern that found it."""

    start: int
    end: int
    text: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Provision:
    """A node of the outline. `[start, end)` is the node's *own* text (marker, heading, lead, separators up to the first
    child); own texts of all provisions in `order` tile the normalised text without gap or overlap. `tree_end` is where
    the subtree ends. `eid` follows Akoma Ntoso (`art_24__para_2__point_7`, `lvl_1__lvl_2`); chapters don't prefix
    articles. `label` is the marker as printed (第二十四条, （七）), empty for an unmarked 款."""

    eid: str
    kind: ProvisionKind
    label: str
    heading: str
    parent: str | None
    order: int
    start: int
    end: int
    tree_end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation of a provision or instrument. `target` is an eId of the same document, or None; `instrument` the cited
    title without 《》, or None for the document itself."""

    span: Span
    instrument: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A quantity that bounds a norm. `unit` is from gold GUIDELINES' table (`CNY`, `day`, `working_day`, `percent`, …).
    `parameter` says what is measured, `base` what a percentage or multiple is taken of, `trigger` from when a time
    limit runs. Empty text = not found."""

    span: Span
    comparator: Comparator
    value: Decimal
    value_max: Decimal | None
    unit: str
    parameter: str = ""
    base: str = ""
    trigger: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Norm:
    """One normative statement: a deontic cue that governs a main clause, and its parts. `clause` is the whole
    statement; `bearer` is None when the text names no party."""

    modality: Modality
    cue: Span
    clause: Span
    bearer: Span | None = None
    action: str = ""
    condition: str = ""
    exception: str = ""
    deadline: str = ""
    consequence: str = ""
    confidence: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """`term` 是指 `meaning`: kept apart from norms."""

    term: Span
    meaning: Span


@dataclass(frozen=True, slots=True)
class TextEffect:
    """What a text does to another instrument, as read from its words: target title without 《》, its number if said,
    the address that its page links the name to."""

    kind: EffectKind
    span: Span
    target_title: str
    target_number: str | None = None
    target_label: str | None = None
    effective_on: str | None = None
    target_url: str | None = None


@dataclass(frozen=True, slots=True)
class AmendingOperation:
    """One instruction of an amending text. `targets` are full labels in the numbering before the amendment
    (第三条第一款; a range as 第十条至第十二条), empty for the whole text; of an insertion, what it goes into or, when
    `after`, what it follows. `becomes` are labels in the numbering afterwards. `old` and `new` are quoted words or
    text, lines kept."""

    kind: AmendmentKind
    span: Span
    targets: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    old: str = ""
    new: str = ""
    instrument: str | None = None
    after: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class Commencement:
    """A provision that applies from another day than its text (第十条自…起施行): its eId, the day (ISO), the words."""

    eid: str
    effective_on: str
    span: Span


@dataclass(frozen=True, slots=True)
class TextIssue:
    """Something a person should see about one document; `code` is from a closed list per stage."""

    severity: Severity
    code: str
    message: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything nlp reads out of one document. `text` is the normalised text; `source_offsets[i]` is the offset in the
    source text of normalised character i, with one more entry for the end."""

    text: str
    source_offsets: tuple[int, ...]
    head: HeadFacts
    provisions: tuple[Provision, ...]
    norms: tuple[Norm, ...]
    thresholds: tuple[Threshold, ...]
    references: tuple[Reference, ...] = ()
    definitions: tuple[Definition, ...] = ()
    effects: tuple[TextEffect, ...] = ()
    issues: tuple[TextIssue, ...] = ()
    pipeline_version: str = ""
    operations: tuple[AmendingOperation, ...] = ()
    commencements: tuple[Commencement, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """A row of the issue ledger: what a maintainer must see."""

    severity: Severity
    stage: str
    code: str
    message: str
    subject: str = ""
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProvisionText:
    """A provision as the diff sees it: its eId, label, normalised text of the whole subtree and its chapter label."""

    eid: str
    label: str
    text: str
    container: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A threshold as the diff sees it, free of offsets. `start` is its position in the provision's text."""

    text: str
    comparator: Comparator
    value: float
    value_max: float | None
    unit: str
    parameter: str = ""
    base: str = ""
    trigger: str = ""
    modality: Modality | None = None
    start: int = field(default=0, compare=False)
