"""Definitions in a text: 本办法所称X，是指Y. Text in, `Definition` values out; offsets are those of the text given.

The meaning runs to the end of its sentence, in an item to its semicolon; when it ends in a colon, the items that follow
belong to it.
"""

from __future__ import annotations

import re

from nlp.pipes.definitions.patterns import BY_NAMES, DEFINING_WORDS, LEADS, NOT_DEFINING
from rules_db.model import Definition, Span

_WORDS = "|".join(sorted(DEFINING_WORDS, key=len, reverse=True))
_NOT = "".join(NOT_DEFINING)
_DEFINES = re.compile(
    rf"(?P<separator>[，,：:]?) ?(?:分别)?(?P<word>{_WORDS})(?P<other>(?=[{_NOT}]))?[，：:]?"
    rf"|(?P<short_separator>[，,]) ?(?P<short>指)(?![{_NOT}])"
)
_CLAUSE_BREAK = re.compile(r"[。；;！？\n]")
_LEAD = re.compile(rf"^.*?(?:{'|'.join(sorted(LEADS, key=len, reverse=True))})(?=[“\"]?[^，])")
_ITEM_MARKER = re.compile(r"^(?:[（(][^（）()]{1,4}[）)]|[0-9一二三四五六七八九十]{1,3}[、.．]) ?")
_ITEM_LINE = re.compile(r"\n(?:[（(][〇零一二三四五六七八九十百0-9]{1,4}[）)]|[0-9]{1,3}[.、．)）])[^\n]*")
_OWN = re.compile("[本条款项该]|其中|所称")
_BY_NAME = re.compile(rf"，(?:{'|'.join(sorted(BY_NAMES, key=len, reverse=True))})[^，]{{1,30}}$")
_LONGEST_TERM = 60
_QUOTES = "“”\"'‘’「」 "


def find_definitions(text: str) -> list[Definition]:
    """All definitions of `text` in order. Time is linear in the length of `text`."""
    found: list[Definition] = []
    if "指" not in text:  # every word that defines holds it
        return found
    done = 0
    for match in _DEFINES.finditer(text):
        if match.start() < done:
            continue
        term = _term(text, match, done)
        if term is None:
            continue
        meaning = _meaning(text, match.end())
        if meaning is None:
            continue
        found.append(Definition(term, meaning))
        done = meaning.end
    return found


def _term(text: str, match: re.Match[str], floor: int) -> Span | None:
    stop = match.start()
    lowest = max(floor, stop - _LONGEST_TERM - 20)
    start = lowest
    for break_match in _CLAUSE_BREAK.finditer(text, lowest, stop):
        start = break_match.end()
    if start == lowest and lowest > floor:
        return None
    marker = _ITEM_MARKER.match(text[start:stop])
    if marker:
        start += marker.end()
    clause = text[start:stop]
    lead = _LEAD.match(clause)
    set_off = lead is not None and _OWN.search(lead.group()) is not None
    if (match["short"] and lead is None) or (match["other"] is not None and not set_off and not match["separator"]):
        return None
    if lead is not None and set_off:
        start += lead.end()
        clause = text[start:stop]
    elif "，" in _BY_NAME.sub("", clause) or clause.endswith("的"):
        # A term has no clause before it: 发生事故的，是指… defines nothing.
        return None
    stripped = _BY_NAME.sub("", clause).strip(_QUOTES)
    if not stripped or len(stripped) > _LONGEST_TERM:
        return None
    start += clause.index(stripped)
    return Span(start, start + len(stripped), stripped, f"definition_{match['word'] or match['short']}")


def _meaning(text: str, start: int) -> Span | None:
    end = _CLAUSE_BREAK.search(text, start)
    stop = end.start() if end else len(text)
    if text[stop - 1 : stop] in ("：", ":") and stop >= start:
        while (item := _ITEM_LINE.match(text, stop)) is not None:
            stop = item.end()
    while start < stop and text[start] in " \n":
        start += 1
    if stop - start < 2:
        return None
    return Span(start, stop, text[start:stop], "meaning")
