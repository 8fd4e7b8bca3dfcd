"""The whole comparison of two expressions: the one call that the rest of the program makes.

In: provisions, quantities and norms of both expressions, as plain values. Out: an InstrumentDiff. Pure: no store, no
clock, no language model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rules_db.diff.align import EidPair, alignment
from rules_db.diff.canonical import body, body_offset, fold
from rules_db.diff.kinds import classify
from rules_db.diff.meaning import compare_norms, whole_provision_norms
from rules_db.diff.result import Entry, InstrumentDiff, Link, NormChange, NormText, TermSwap, ThresholdChange
from rules_db.diff.scope import compare_scope
from rules_db.diff.terms import term_swaps
from rules_db.diff.text import hunks
from rules_db.diff.values import Placed, compare_quantities, whole_provision
from rules_db.model import Direction, ProvisionText, Quantity

QuantitiesByEid = Mapping[str, Sequence[Quantity]]
NormsByEid = Mapping[str, Sequence[NormText]]


def diff_expressions(
    old_provisions: Sequence[ProvisionText],
    new_provisions: Sequence[ProvisionText],
    old_quantities: QuantitiesByEid | None = None,
    new_quantities: QuantitiesByEid | None = None,
    old_norms: NormsByEid | None = None,
    new_norms: NormsByEid | None = None,
    *,
    instrument: str = "",
    old_date: str = "",
    new_date: str = "",
    given: Collection[EidPair] | None = None,
) -> InstrumentDiff:
    """Compare two expressions of one instrument.

    Provisions come in document order with unique eIds; quantities and norms are keyed by eId, their `start` counts in
    `ProvisionText.text`. Dates are ISO and only carried along. `given` are the pairs of provisions where a person has
    reviewed them: nothing is aligned then.
    Raises ValueError on a repeated eId.
    """
    aligned = alignment(old_provisions, new_provisions, given)
    old_by_eid = {provision.eid: provision for provision in old_provisions}
    new_by_eid = {provision.eid: provision for provision in new_provisions}
    entries = [
        _entry(link, tuple(old_by_eid[eid] for eid in link.old), tuple(new_by_eid[eid] for eid in link.new))
        for link in aligned.links
    ]
    successors = {
        fold(link.old_labels[0]): fold(link.new_labels[0])
        for link in aligned.links
        if len(link.old) == 1 and len(link.new) == 1
    }
    entries = [replace(entry, hunks=classify(entry.hunks, successors)) for entry in entries]
    terms = term_swaps(entries)
    swapped = frozenset((swap.old, swap.new) for swap in terms)
    entries = [replace(entry, hunks=classify(entry.hunks, successors, swapped)) for entry in entries]
    thresholds: list[ThresholdChange] = []
    norms: list[NormChange] = []
    told_old: set[str] = set()
    told_new: set[str] = set()
    for entry in entries:
        thresholds.extend(_thresholds(entry, old_quantities or {}, new_quantities or {}, told_old, told_new))
        norms.extend(_norms(entry, old_norms or {}, new_norms or {}, told_old, told_new, terms))
        told_old.update(entry.link.old)
        told_new.update(entry.link.new)
    return InstrumentDiff(
        tuple(entries),
        tuple(thresholds),
        tuple(norms),
        terms,
        aligned.possible,
        instrument,
        old_date,
        new_date,
        tuple(compare_scope(entries, terms)),
    )


def joined(provisions: Sequence[ProvisionText]) -> str:
    """The text of one side of an entry: bodies without labels, one after the other."""
    return "\n".join(body(provision.text, provision.label) for provision in provisions)


def _entry(link: Link, old: tuple[ProvisionText, ...], new: tuple[ProvisionText, ...]) -> Entry:
    return Entry(link, old, new, hunks(joined(old), joined(new)))


def _thresholds(
    entry: Entry, old: QuantitiesByEid, new: QuantitiesByEid, told_old: set[str], told_new: set[str]
) -> list[ThresholdChange]:
    """Changes of one entry. A provision that an earlier entry dealt with keeps silent: where a split and a merger meet
    its quantities were compared there."""
    left = _placed(entry.old, old, told_old)
    right = _placed(entry.new, new, told_new)
    if not entry.new:
        return whole_provision(left, Direction.REMOVED)
    if not entry.old:
        return whole_provision(right, Direction.ADDED)
    partner = [_best_label(provision, entry.new) for provision in entry.old]
    origin = [_best_label(provision, entry.old) for provision in entry.new]
    return compare_quantities(left, right, entry.hunks, partner, origin)


def _placed(provisions: Sequence[ProvisionText], quantities: QuantitiesByEid, told: set[str]) -> list[Placed]:
    placed = []
    offset = 0
    for side, provision in enumerate(provisions):
        cut = body_offset(provision.text, provision.label)
        if provision.eid not in told:
            for quantity in quantities.get(provision.eid, ()):
                position = offset + max(0, quantity.start - cut)
                placed.append(Placed(quantity, side, provision.label, provision.text, position))
        offset += len(provision.text) - cut + 1
    return placed


def _best_label(provision: ProvisionText, others: Sequence[ProvisionText]) -> str:
    """Label of the provision among `others` that shares most wording with this one."""
    if len(others) == 1:
        return others[0].label
    pairs = set(zip(provision.text, provision.text[1:], strict=False))
    shares = [len(pairs & set(zip(other.text, other.text[1:], strict=False))) for other in others]
    return others[shares.index(max(shares))].label


def _norms(
    entry: Entry,
    old: NormsByEid,
    new: NormsByEid,
    told_old: set[str],
    told_new: set[str],
    swaps: Sequence[TermSwap],
) -> list[NormChange]:
    left = [
        (provision.label, norm)
        for provision in entry.old
        if provision.eid not in told_old
        for norm in old.get(provision.eid, ())
    ]
    right = [
        (provision.label, norm)
        for provision in entry.new
        if provision.eid not in told_new
        for norm in new.get(provision.eid, ())
    ]
    if not entry.old or not entry.new:
        return whole_provision_norms(left, right)
    partner = {provision.label: _best_label(provision, entry.new) for provision in entry.old}
    origin = {provision.label: _best_label(provision, entry.old) for provision in entry.new}
    return compare_norms(left, right, partner, origin, swaps)
