"""Whether a published text has what a decision says: computed beside published text, operation by operation.

In: a `Computed` text and the articles of the published text. Out: a verdict per operation, with both texts where they
differ, and the articles that differ though no operation touches them. Pure. Punctuation, width and spaces never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from rules_db.amending.apply import Applied, Computed, OperationOutcome
from rules_db.amending.labels import parse_label
from rules_db.amending.outline import paragraphs
from rules_db.diff.canonical import bare, body
from rules_db.model import AmendingOperation, AmendmentKind, ProvisionText

# A renumbered article is confirmed by standing at its new number, also when another operation reworded it: at
# least this alike (0-100).
_SAME_ARTICLE = 50


class CheckState(StrEnum):
    """CONFIRMED: the published text has it. DIFFERS: it has something else. NOT_APPLIED: it could not be carried out.
    UNCHECKED: carried out, and no published text is held."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    NOT_APPLIED = "not_applied"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class CheckedOperation:
    """`computed` and `published` are both texts at `label` where they differ; `reason` says why nothing was applied."""

    operation: AmendingOperation
    state: CheckState
    label: str = ""
    computed: str = ""
    published: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Verdicts in the order of the operations; `unexplained` are labels of published articles that differ from the
    computed text though no operation touches them, and of articles on one side only."""

    operations: tuple[CheckedOperation, ...]
    unexplained: tuple[str, ...] = ()


def check(computed: Computed, published: Sequence[ProvisionText] | None) -> Check:
    """Compare. Without a published text every operation that was carried out is unchecked."""
    if published is None:
        return Check(tuple(_unchecked(outcome) for outcome in computed.outcomes))
    theirs = {
        provision.label: body(provision.text, provision.label)
        for provision in published
        if (address := parse_label(provision.label)) is not None and address.article and not address.unit
    }
    ours = {provision.label: provision.text for provision in computed.provisions}
    headings = {bare(step) for provision in published for step in provision.container.split(" / ")}
    verdicts = tuple(_verdict(outcome, ours, theirs, headings) for outcome in computed.outcomes)
    touched = {applied.label for outcome in computed.outcomes for applied in outcome.touched}
    differing = [
        label
        for label in dict.fromkeys((*ours, *theirs))
        if label not in touched and bare(ours.get(label, "")) != bare(theirs.get(label, ""))
    ]
    return Check(verdicts, tuple(differing))


def _unchecked(outcome: OperationOutcome) -> CheckedOperation:
    state = CheckState.NOT_APPLIED if outcome.reason else CheckState.UNCHECKED
    label = outcome.touched[0].label if outcome.touched else ""
    return CheckedOperation(outcome.operation, state, label, reason=outcome.reason)


def _verdict(
    outcome: OperationOutcome, ours: dict[str, str], theirs: dict[str, str], headings: set[str]
) -> CheckedOperation:
    operation = outcome.operation
    if outcome.reason:
        return CheckedOperation(operation, CheckState.NOT_APPLIED, reason=outcome.reason)
    if operation.kind is AmendmentKind.ADJUST:
        if list(ours) == list(theirs):
            return CheckedOperation(operation, CheckState.CONFIRMED)
        return CheckedOperation(
            operation, CheckState.DIFFERS, "", f"{len(ours)} articles", f"{len(theirs)} articles, or others"
        )
    if operation.kind is AmendmentKind.HEADING:
        stands = any(heading.endswith(bare(operation.new)) for heading in headings)
        state = CheckState.CONFIRMED if stands else CheckState.DIFFERS
        return CheckedOperation(operation, state, "、".join(operation.targets), operation.new)
    if operation.kind is AmendmentKind.RENAME:
        return CheckedOperation(operation, CheckState.UNCHECKED, "", operation.new)
    for applied in outcome.touched:
        if not _stands(operation, applied, theirs):
            return CheckedOperation(
                operation, CheckState.DIFFERS, applied.label, applied.text, theirs.get(applied.label, "")
            )
    label = outcome.touched[0].label if outcome.touched else ""
    return CheckedOperation(operation, CheckState.CONFIRMED, label)


def _stands(operation: AmendingOperation, applied: Applied, theirs: dict[str, str]) -> bool:
    there = theirs.get(applied.label, "")
    if operation.kind is AmendmentKind.RENUMBER and applied.whole:
        return bool(there) and fuzz.ratio(bare(applied.text), bare(there)) >= _SAME_ARTICLE
    if not applied.text:
        gone = bare(applied.before)
        return gone not in ({bare(text) for text in theirs.values()} if applied.whole else _parts(there))
    if applied.whole:
        return bare(applied.text) == bare(there)
    return bare(applied.text) in _parts(there)


def _parts(text: str) -> set[str]:
    """款 and 项 of an article, folded."""

    def walk() -> Iterable[str]:
        for paragraph in paragraphs(text, fresh=False):
            yield paragraph.text
            yield from (item.text for item in paragraph.children)

    return {bare(part) for part in walk()}
