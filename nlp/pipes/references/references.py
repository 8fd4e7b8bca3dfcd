"""Citations in a text (第五条第二款, 前款, 本条例第三条第（一）项, 《…》第八条): text in, `Citation` values out.

Finding and resolving are apart: a `Citation` says what the words say (which instrument, which numbers, relative to
what); `nlp.structure.resolve` turns it into an eId of the document. Offsets are those of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from nlp.pipes.references.patterns import (
    CITING_VERBS,
    COORDINATORS,
    LEVELS,
    NUMERALS,
    OWN_NAMES,
    RANGES,
    UNQUOTED_ENDINGS,
)
from nlp.text.lexicon import scan
from nlp.text.numerals import parse_integer
from rules_db.model import Reference, Span

Path = tuple[int | None, ...]
"""Number per level (编章节条款项目); None where the citation says nothing."""

NOWHERE: Path = (None,) * len(LEVELS)


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited provision or instrument.

    `instrument` is a title without 《》, or None for the text's own instrument. `relative` is 前 or 本 with its unit
    (前款, 本条), `count` how many units 前两款 means. `sub` is the N of 第X条之N. `range_end` says that this citation
    closes a range that the one before it opens (第五条至第八条). `explicit` means that the text names its own
    instrument (本办法第五条).
    """

    span: Span
    instrument: str | None
    path: Path
    sub: int = 0
    relative: str = ""
    count: int = 1
    range_end: bool = False
    explicit: bool = False


_NUMBER = f"[{NUMERALS}]{{1,9}}"
_ONE = f"(?:{_NUMBER}|（ ?{_NUMBER} ?）|\\( ?{_NUMBER} ?\\))"
_JOIN = "(?:、|以及|和|与|或者|或|及|至|到)"
_OWN = "|".join(sorted(OWN_NAMES, key=len, reverse=True))
_TOKEN = re.compile(
    r"《(?P<title>(?:[^《》\n]|《[^《》\n]{0,80}》){1,120})》"
    rf"|本(?P<own>{_OWN})(?![律学人院官])"
    r"|(?P<relative>(?<![提以目此之先])前 ?(?P<count>[两一二三四五六七八九十])?(?P<unit>[条款项])"
    r"|本(?P<here>[编章节条款项])(?![例目]))"
    rf"|第 ?(?P<numbers>{_ONE}(?:{_JOIN}{_ONE}){{0,30}}) ?(?P<level>[{''.join(LEVELS)}])"
    r"(?:之(?P<sub>[一二三四五六七八九十]{1,3}))?"
)
_TOKEN_STARTS = re.compile("[《本前第]")
_SINGLE = re.compile(rf"[（(]? ?({_NUMBER}) ?[）)]?")
_AFTER_TITLE = re.compile(r'(?:（[^（）\n]{0,80}）|[”"]?）)? ?(?:中|的)? ?$')
_COORDINATOR = re.compile(rf" ?(?:{'|'.join(sorted(COORDINATORS, key=len, reverse=True))}|[—～~-]) ?$")
_UNQUOTED = re.compile(rf"(?P<title>[\u4e00-\u9fff]{{1,30}}?(?:{'|'.join(UNQUOTED_ENDINGS)}))$")
_LEAD = re.compile(rf"^.*(?:{'|'.join(sorted(CITING_VERBS, key=len, reverse=True))})(?=[\u4e00-\u9fff]{{2}})")
_HAN_TAIL = re.compile(r"[\u4e00-\u9fff]*\Z")
_GENERIC = frozenset(
    {"法", "本法", "该法", "条例", "规定", "办法", "有关规定", "法律", "法规", "前述规定", "该条例", "该办法"}
)
_LONGEST_GAP = 90
_LONGEST_SENTENCE = 400
_SENTENCE_BREAK = re.compile(r"[。\n]")
_ARTICLE = LEVELS.index("条")


@lru_cache(maxsize=4096)
def _number(text: str) -> int | None:
    return parse_integer(text)


@dataclass(slots=True)
class _Chain:
    """A citation that is being read: the tokens so far belong together without a gap."""

    start: int
    end: int
    instrument: str | None = None
    explicit: bool = False
    relative: str = ""
    count: int = 1
    path: Path = NOWHERE
    sub: int = 0
    numbers: tuple[tuple[int, int, int], ...] = ()
    level: int = -1
    range_end: bool = False
    joined: bool = False


def find_citations(text: str) -> list[Citation]:
    """All citations of `text` in order. 第一、二款 gives one citation per number; a title alone gives one with an empty
    path. Time is linear in the length of `text`."""
    found: list[Citation] = []
    chain: _Chain | None = None
    whole: _Chain | None = None
    for match in scan(_TOKEN_STARTS, _TOKEN, text):
        link = "" if chain is None else _link(text, chain, match)
        if chain is not None and link == "attached" and _extend(chain, text, match):
            continue
        if chain is not None:
            found.extend(_citations(chain, text))
            if chain.path[_ARTICLE] is not None or chain.relative:
                whole = chain
        before = chain if chain is not None and link in ("joined", "range") else None
        if before is None and whole is not None and _goes_on(text, whole, match):
            before = whole
        chain = _begin(text, match, before, link)
    if chain is not None:
        found.extend(_citations(chain, text))
    return found


def find_references(text: str) -> list[Reference]:
    """The citations of `text` as references without target: only the whole document can say where they lead."""
    return [Reference(citation.span, citation.instrument, None) for citation in find_citations(text)]


def _link(text: str, chain: _Chain, match: re.Match[str]) -> str:
    """How the token at `match` relates to the chain before it: attached, joined (、和), range, or not at all."""
    if match.start() - chain.end > _LONGEST_GAP:
        return ""
    gap = text[chain.end : match.start()]
    bare_title = chain.instrument is not None and chain.path == NOWHERE and not chain.relative
    if not gap or (bare_title and match["level"] and _AFTER_TITLE.match(gap)):
        return "attached"
    if _COORDINATOR.match(gap):
        return "range" if gap.strip() in RANGES else "joined"
    return ""


def _goes_on(text: str, whole: _Chain, match: re.Match[str]) -> bool:
    """违反第三十六条第一项规定的，…；违反第四项规定的: in one sentence a bare 项 or 款 is of the 条 cited before
    it when that citation went as deep."""
    if not match["level"] or LEVELS.index(match["level"]) <= _ARTICLE or LEVELS.index(match["level"]) != whole.level:
        return False
    if match.start() - whole.end > _LONGEST_SENTENCE:
        return False
    return _SENTENCE_BREAK.search(text, whole.end, match.start()) is None


def _extend(chain: _Chain, text: str, match: re.Match[str]) -> bool:
    """Add an attached token to the chain; False if it can't go deeper and so begins a chain of its own."""
    if match["title"] or match["own"]:
        return False
    if match["relative"]:
        if chain.path != NOWHERE or chain.relative or chain.instrument is not None:
            return False
        _set_relative(chain, match)
        chain.end = match.end()
        return True
    level = LEVELS.index(match["level"])
    if level <= chain.level or len(chain.numbers) > 1:
        return False
    _set_level(chain, match, level)
    return True


def _begin(text: str, match: re.Match[str], before: _Chain | None, link: str) -> _Chain:
    chain = _Chain(match.start(), match.end(), range_end=link == "range", joined=before is not None)
    if match["title"]:
        chain.instrument = match["title"].strip()
        chain.joined = False
    elif match["own"]:
        chain.explicit = True
        chain.joined = False
    elif match["relative"]:
        _set_relative(chain, match)
        if before is not None and before.relative.startswith("本") and LEVELS.index(before.relative[1]) < chain.level:
            chain.relative = before.relative
    else:
        level = LEVELS.index(match["level"])
        if before is not None and (before.path != NOWHERE or before.relative):
            chain.instrument, chain.explicit, chain.relative = before.instrument, before.explicit, before.relative
            chain.path = (*before.path[:level], *NOWHERE[level:])
            chain.sub = before.sub if level > _ARTICLE else 0
            if before.relative and LEVELS.index(before.relative[1]) >= level:
                chain.relative = ""
        elif before is None:
            _take_unquoted_title(chain, text)
        _set_level(chain, match, level)
    return chain


def _set_relative(chain: _Chain, match: re.Match[str]) -> None:
    unit = match["unit"] or match["here"]
    chain.relative = ("前" if match["unit"] else "本") + unit
    if match["count"]:
        chain.count = _number(match["count"].replace("两", "二")) or 1
    chain.level = LEVELS.index(unit)
    chain.end = match.end()


def _set_level(chain: _Chain, match: re.Match[str], level: int) -> None:
    base = match.start("numbers")
    numbers = []
    for single in _SINGLE.finditer(match["numbers"]):
        number = _number(single[1])
        if number is not None:
            numbers.append((number, base + single.start(), base + single.end()))
    if not numbers:
        return
    chain.numbers = tuple(numbers)
    chain.level = level
    chain.path = (*chain.path[:level], numbers[0][0], *NOWHERE[level + 1 :])
    if level == _ARTICLE:
        chain.sub = _number(match["sub"]) or 0 if match["sub"] else 0
    chain.end = match.end()


def _take_unquoted_title(chain: _Chain, text: str) -> None:
    """刑法第二百八十条: a title right before the first 条 that is no 《…》 and not 本法."""
    tail = _HAN_TAIL.search(text, max(0, chain.start - 34), chain.start)
    if tail is None or not tail.group():
        return
    candidate = _UNQUOTED.search(_LEAD.sub("", tail.group()))
    if candidate is None:
        return
    title = candidate["title"]
    if title in _GENERIC or "本" in title[-5:-1] or len(title) < 2:
        return
    chain.instrument = title
    chain.start -= len(title)


def _citations(chain: _Chain, text: str) -> Iterator[Citation]:
    if chain.path == NOWHERE and not chain.relative and chain.instrument is None:
        return
    pattern = "instrument" if chain.path == NOWHERE and not chain.relative else "provision"
    if chain.relative:
        pattern = "relative"
    span = Span(chain.start, chain.end, text[chain.start : chain.end], pattern)
    citation = Citation(
        span, chain.instrument, chain.path, chain.sub, chain.relative, chain.count, chain.range_end, chain.explicit
    )
    if len(chain.numbers) < 2:
        yield citation
        return
    # 第一、二款: the first span carries what comes before the list, the others only their own number.
    for position, (number, start, end) in enumerate(chain.numbers):
        begin = chain.start if position == 0 else start
        path = (*chain.path[: chain.level], number, *NOWHERE[chain.level + 1 :])
        joined_by = text[chain.numbers[position - 1][2] : start].strip() if position else ""
        yield replace(
            citation,
            span=Span(begin, end, text[begin:end], f"{pattern}_list"),
            path=path,
            range_end=joined_by in RANGES if position else chain.range_end,
        )
