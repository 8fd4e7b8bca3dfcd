"""The comparator tables compiled for looking around a quantity: what stands before it, behind it, or apart from it.

In: a text and the offsets of a quantity. Out: which word bounds it, how, and where the span then starts or ends. Looks
to the left stay inside a window of fixed length. A `Lexicon` is made from tables: a test can leave an entry out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules_db.model import Comparator

from . import patterns
from .units import Dimension, Unit

_BLANKS = (" ", "\t", "\u3000", "\u00a0")
# 30 日 内: behind a blank only words that open no new sentence part.
_AFTER_BLANK = ("之内", "以上", "以下", "以内", "内", "及以上", "及以下")
_WINDOW = 34
_INCLUSIVE = {Comparator.GT: Comparator.GE, Comparator.LT: Comparator.LE}
_EXCLUSIVE = {inclusive: exclusive for exclusive, inclusive in _INCLUSIVE.items()}
# （含三年） and （不含） between or behind comparator words settle whether the number itself belongs.
_INCLUDING = re.compile(
    r"[（(](?:均?(?P<yes>含|包含|包括)|均?(?P<no>不含|不包含|不包括))(?:本数)?[^（）()\n。；，]{0,10}[）)]"
)
# 一个车位（每个车位按二十平方米计）以上: an aside between the quantity and its comparator.
_ASIDE = re.compile(r"[（(][^（）()\n]{1,24}[）)](?=及?以[上下内])")
_STOPS = r"，。；：、！？\n\r（）()《》,;:!?\"”“‘’"


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparator word found beside a quantity: the words, what they say, the outer edge of the span."""

    word: str
    comparator: Comparator
    edge: int


def skip_blanks_back(text: str, position: int) -> int:
    """`position` moved left over at most three blanks, as stand between words and Arabic digits."""
    stop = position
    while stop > 0 and stop > position - 3 and text[stop - 1] in _BLANKS:
        stop -= 1
    return stop


def skip_blank(text: str, position: int) -> int:
    """`position` moved right over one blank."""
    return position + 1 if text[position : position + 1] in _BLANKS else position


class Lexicon:
    """Compiled comparator tables. Lookups are constant in time per quantity."""

    def __init__(
        self,
        comparing: Sequence[tuple[str, Comparator | None, Comparator | None]] = patterns.COMPARING,
        negations: Sequence[str] = patterns.NEGATIONS,
        or_equal: Sequence[str] = patterns.OR_EQUAL,
        plain: Sequence[tuple[str, Comparator]] = patterns.PLAIN,
        leads: Sequence[str] = patterns.LEADS,
        far_reaching: Sequence[str] = patterns.FAR_REACHING,
        copulas: Sequence[str] = patterns.COPULAS,
        after: Sequence[tuple[str, Comparator, frozenset[Dimension] | None]] = patterns.AFTER,
        closing: Sequence[str] = patterns.CLOSING,
        approximate: Sequence[str] = patterns.APPROXIMATE,
    ) -> None:
        self._before = _before_table(comparing, negations, or_equal, plain)
        self._lengths = sorted({len(word) for word in self._before}, reverse=True)
        self._endings = tuple(sorted({word[-1] for word in self._before}))
        self._leads = tuple(leads)
        self._after = sorted(after, key=lambda row: -len(row[0]))
        self._after_first = frozenset(row[0][0] for row in after)
        self._closing = tuple(sorted(closing, key=lambda word: -len(word)))
        self.approximate = tuple(approximate)
        negated = [word for word, _, comparator in comparing if comparator]
        positive = [word for word, comparator, _ in comparing if comparator and len(word) > 1]
        compared = rf"(?:(?:{_any(negations)})(?:{_any(negated)})|(?:{_any(positive)})(?:{_any(or_equal)})?)"
        wide = rf"[^{_STOPS}处罚缴前后内]"
        narrow = rf"[^{_STOPS}处罚缴前后内给奖并或及按扣收减加每]"
        per = rf"(?:每[^{_STOPS}每]{{1,6}})?"
        signs = [word for word, _ in plain if len(word) == 1]
        self._ratio_gap = re.compile(
            rf"(?P<word>{compared}|{_any([*far_reaching, *signs])})(?P<gap>(?:(?!处|加收|按日)[^{_STOPS}]){{1,20}})$"
        )
        self._short_gap = re.compile(
            rf"(?P<word>{compared})(?P<gap>{narrow}{{0,7}}{per})$|(?P<far>{_any(far_reaching)})(?P<room>{wide}{{1,8}})$"
        )
        limits = rf"(?:(?:{_any(negations)})(?:{_any(negated)})|{_any(far_reaching)})"
        self._event_gap = re.compile(rf"(?P<word>{limits})(?P<gap>[^{_STOPS}]{{2,24}}(?:后|之日起))$")
        self._occasion_gap = re.compile(rf"(?P<word>{_any(far_reaching)})(?P<gap>[^{_STOPS}]{{1,28}})$")
        superlatives = [word for word, _ in plain if word.startswith("最")]
        self._copula_gap = re.compile(rf"(?P<word>{_any(superlatives)})(?P<gap>{_any(copulas)})$")

    def before(self, text: str, start: int, floor: int) -> Bound | None:
        """The longest comparator word that ends at `start`, with the lead words before it; None when there is none.
        Nothing left of `floor` is read."""
        stop = max(floor, skip_blanks_back(text, start))
        if stop - 3 >= floor and text.startswith("人民币", stop - 3):
            stop -= 3
        if not text.endswith(self._endings, floor, stop):
            return None
        for length in self._lengths:
            edge = stop - length
            comparator = self._before.get(text[edge:stop]) if edge >= floor else None
            if comparator is None:
                continue
            word = text[edge:stop]
            for lead in self._leads:
                if text.endswith(lead, floor, edge):
                    edge -= len(lead)
                    break
            return Bound(word, comparator, edge)
        return None

    def after(self, text: str, end: int, dimension: Dimension) -> Bound | None:
        """The comparator word that starts at `end` or behind a bracket such as （含）, the edge behind the word."""
        start = end
        including = _INCLUDING.match(text, end)
        aside = including or _ASIDE.match(text, end)
        if aside:
            start = aside.end()
        elif text[start : start + 1] in _BLANKS and text.startswith(_AFTER_BLANK, start + 1):
            start += 1
        if text[start : start + 1] not in self._after_first:
            return None
        for word, comparator, dimensions in self._after:
            if text.startswith(word, start) and (dimensions is None or dimension in dimensions):
                if dimension is Dimension.COUNT and text.startswith(patterns.COUNT_LOOKALIKES, start):
                    return None
                edge = start + len(word)
                return Bound(word, self.inclusion(text, edge, including, comparator), edge)
        return None

    def inclusion(self, text: str, edge: int, including: re.Match[str] | None, comparator: Comparator) -> Comparator:
        """`comparator` as corrected by （含） or （不含） before or behind the word that ends at `edge`."""
        remark = including or _INCLUDING.match(text, edge)
        if remark is None:
            return comparator
        return (_INCLUSIVE if remark["yes"] else _EXCLUSIVE).get(comparator, comparator)

    def skip_remark(self, text: str, position: int) -> int:
        """The offset behind a bracket such as （含） at `position`, else `position`."""
        including = _INCLUDING.match(text, position)
        return including.end() if including else position

    def closing(self, text: str, position: int) -> int | None:
        """The offset behind 以下 or the like at `position` (a bracket such as （含） may precede), else None."""
        position = self.skip_remark(text, position)
        for word in self._closing:
            if text.startswith(word, position):
                return position + len(word)
        return None

    def apart(self, text: str, start: int, floor: int, unit: Unit) -> tuple[Bound, str] | None:
        """A comparator word left of the quantity with something in between (低于平均放养量60%, 至少保存三年), and what
        is in between. A ratio may name its base there, a time limit the event that it runs from (不少于期满后六个月);
        anything else reaches a few characters only."""
        dimension = unit.dimension
        base = max(floor, start - _WINDOW)
        window = text[base:start]
        found = (self._ratio_gap if dimension is Dimension.RATIO else self._short_gap).search(window)
        if found is not None and found.lastgroup == "room":
            word, gap = found["far"], found["room"]
        else:
            found = found or self._copula_gap.search(window)
            if found is None and dimension is Dimension.TIME:
                found = self._event_gap.search(window)
            elif found is None and unit.name == "次":
                found = self._occasion_gap.search(window)
            if found is None:
                return None
            word, gap = found["word"], found["gap"]
        return Bound(word, self._before[word], base + found.start()), gap


def _before_table(
    comparing: Sequence[tuple[str, Comparator | None, Comparator | None]],
    negations: Sequence[str],
    or_equal: Sequence[str],
    plain: Sequence[tuple[str, Comparator]],
) -> Mapping[str, Comparator]:
    words = dict(plain)
    for word, positive, negative in comparing:
        if positive:
            words[word] = positive
            if positive in _INCLUSIVE:
                for ending in or_equal:
                    words[word + ending] = _INCLUSIVE[positive]
        for negation in negations if negative else ():
            words[negation + word] = negative  # type: ignore[assignment]
    return words


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


DEFAULT = Lexicon()
