"""Closed vocabularies that the three packages share; the store keeps their values as text.

Standard library only. docs/glossary.md has each value with its Chinese term. Import them from rules_db.model, which
passes them on beside the values that carry them.
"""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """Deontic force of a norm, after LegalRuleML, with 处罚 kept as a kind of its own."""

    OBLIGATION = "obligation"
    PROHIBITION = "prohibition"
    PERMISSION = "permission"
    RECOMMENDATION = "recommendation"
    PENALTY = "penalty"


class Comparator(StrEnum):
    """How a quantity bounds: 以上/以下/以内/届满 include the number, 超过/不满/以外 exclude it (民法典 art. 1259)."""

    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    EQ = "eq"
    RANGE = "range"


class Tier(StrEnum):
    """Provenance tier of a fact: where it comes from, never how much we like it."""

    OFFICIAL = "official"
    REPOST = "repost"
    PRESS = "press"
    CLAIM = "claim"
    PRACTICE = "practice"


class InstrumentStatus(StrEnum):
    """Validity status of an expression of an instrument (时效性)."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    PARTLY_REPEALED = "partly_repealed"
    REPEALED = "repealed"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class ProvisionKind(StrEnum):
    """编 part, 章 chapter, 节 section, 条 article, 款 paragraph, 项 item, 目 subitem; level = 一、（一）of a notice."""

    PREFACE = "preface"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    LEVEL = "level"
    CONCLUSION = "conclusion"
    ATTACHMENT = "attachment"
    TABLE = "table"


class Continuity(StrEnum):
    """What became of a provision from one expression to the next."""

    SAME = "same"
    AMENDED = "amended"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    ADDED = "added"
    DELETED = "deleted"


class Direction(StrEnum):
    """Direction of a threshold change, from the regulated party's side."""

    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class ChangeKind(StrEnum):
    """Kinds of change. From `renumbered` on none is a change of law: those stay with the maintainers."""

    INSTRUMENT_NEW = "instrument_new"
    DRAFT_NEW = "draft_new"
    PROVISION_ADDED = "provision_added"
    PROVISION_DELETED = "provision_deleted"
    PROVISION_AMENDED = "provision_amended"
    THRESHOLD_TIGHTENED = "threshold_tightened"
    THRESHOLD_LOOSENED = "threshold_loosened"
    THRESHOLD_CHANGED = "threshold_changed"
    MODALITY_CHANGED = "modality_changed"
    BEARER_CHANGED = "bearer_changed"
    SCOPE_CHANGED = "scope_changed"
    DATES_CHANGED = "dates_changed"
    STATUS_CHANGED = "status_changed"
    GAP_FILLED = "gap_filled"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    FURNITURE = "furniture"
    SITE_BROKEN = "site_broken"
    BLOCKED = "blocked"
    STALE = "stale"
    RECOVERED = "recovered"
    EXTRACTION_REVISED = "extraction_revised"


class Relationship(StrEnum):
    """Set relationship of a mapping (NIST IR 8477)."""

    EQUAL = "equal"
    SUBSET = "subset"
    SUPERSET = "superset"
    INTERSECTS = "intersects"
    NONE = "none"


class MappingStatus(StrEnum):
    """State of a link; suspect = the rule moved since its review, unresolved = the store holds no such rule."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUSPECT = "suspect"
    UNRESOLVED = "unresolved"


class Outcome(StrEnum):
    """What one fetch of one URL ended in."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    BLOCKED = "blocked"
    CHALLENGE = "challenge"
    GONE = "gone"
    ROBOTS = "robots"
    ERROR = "error"


class Verdict(StrEnum):
    """Health of one source in one run. Waiting = not asked: it is outside the hours at which the source is read."""

    OK = "ok"
    QUIET = "quiet"
    STALE = "stale"
    DEGRADED = "degraded"
    BROKEN = "broken"
    BLOCKED = "blocked"
    WAITING = "waiting"


class Severity(StrEnum):
    """warn = someone should look; error = this document is not recorded; abort = this source is not published."""

    WARN = "warn"
    ERROR = "error"
    ABORT = "abort"


class BlockKind(StrEnum):
    """What a converter saw: a heading, running text, or a table with its cells."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"


class EffectKind(StrEnum):
    """What a text does to another (效力影响) or how the two belong together; probably_means: the target is guessed."""

    AMENDS = "amends"
    REPEALS = "repeals"
    REPLACES = "replaces"
    IMPLEMENTS = "implements"
    SUSPENDS = "suspends"
    FINALISES = "finalises"
    FORWARDS = "forwards"
    PROBABLY_MEANS = "probably_means"
    ISSUES = "issues"
    INTERPRETS = "interprets"
    ANNOUNCES = "announces"
    DRAFTS = "drafts"


class AmendmentKind(StrEnum):
    """What an amending instruction does: a provision reworded, words in it replaced (removed, when the new words are
    empty), a provision deleted, inserted, renumbered or given another heading, the whole renamed, the numbering
    adjusted (条文顺序作相应调整); unread = an instruction that no pattern reads."""

    REVISE = "revise"
    REPLACE_WORDS = "replace_words"
    DELETE = "delete"
    INSERT = "insert"
    RENUMBER = "renumber"
    HEADING = "heading"
    RENAME = "rename"
    ADJUST = "adjust"
    UNREAD = "unread"
