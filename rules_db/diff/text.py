"""How the wording of one provision became that of another, in hunks a person can read.

In: two texts. Out: hunks whose old sides joined are the old text and whose new sides joined are the new text. Numbers,
references, Latin words and deontic words are atoms: 30日 to 20日 shows 30 and 20, never 3 and 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import fast_diff_match_patch
from rapidfuzz import process
from rapidfuzz.distance import Indel

from rules_db.diff.canonical import HAN_NUMERAL, PUNCTUATION, REFERENCE, fold
from rules_db.diff.result import Hunk, HunkKind

ATOMS = (
    "不低于", "不少于", "不得", "不超过", "不高于", "严禁", "之内", "以上", "以下", "以内", "低于", "可以", "小时",
    "少于", "工作日", "应当", "必须", "方可", "禁止", "自然日", "至少", "超过", "高于",
)  # fmt: skip
"""Words that bear the force or the measure of a rule; a change shows them whole."""

_TOKEN = re.compile(
    rf"{REFERENCE.pattern}|[百千万]分之[{HAN_NUMERAL}亿点]+|\d+(?:[.,]\d+)*|[{HAN_NUMERAL}亿]+"
    rf"|[A-Za-z]+|{'|'.join(sorted(ATOMS, key=len, reverse=True))}|.",
    re.DOTALL,
)
_NUMBER = re.compile(rf"[\d{HAN_NUMERAL}亿]")
_FIRST_CODE, _LAST_CODE = 0xF0000, 0x10FFFD
_TIME_LIMIT = 5.0
_LINES_FIRST = 4000
_SHORT_BRIDGE = 2
_UNRELATED = 0.25
_SLIDE = 200
_MOST_SENTENCE_PAIRS = 10_000
_SAME_SENTENCE = 0.6
_LIKENESS = Indel.normalized_similarity
_STOP, _PAUSE = frozenset("。；;\n"), frozenset("，、：,:）)")


def tokens(text: str) -> list[str]:
    """The atoms of a text; joined they are the text."""
    return _TOKEN.findall(text)


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """Hunks of kind EQUAL, WORDING and (where only width or brackets differ) TYPOGRAPHY, none empty on both sides.

    Sentences that continue each other are found first and compared within, so that a new sentence is one insertion.
    Two texts that share hardly anything become one replacement: a mosaic of chance agreements reads worse than both
    texts whole.
    """
    if old == new:
        return (Hunk(HunkKind.EQUAL, old, new),) if old else ()
    before, after = tokens(old), tokens(new)
    pieces: list[Piece] = []
    for left, right in _blocks([_key(word) for word in before], [_key(word) for word in after]):
        pieces.extend(_pieces(left, right))
    pieces = _merged(pieces)
    shared = sum(len("".join(left)) for left, right in pieces if left == right)
    if shared < _UNRELATED * min(len(old), len(new)):
        return (Hunk(HunkKind.WORDING, old, new),)
    return tuple(_printed(_slid(_bridged(pieces)), before, after))


@lru_cache(maxsize=20_000)
def _key(word: str) -> str:
    """What an atom counts as in the comparison: its folded form, so that （ and ( are no difference."""
    return fold(word) or word


def _printed(pieces: Sequence[Piece], before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    """The pieces in the texts' own words; stretches that agree but are printed differently come on their own."""
    i = j = 0
    for left, right in pieces:
        old_words, new_words = before[i : i + len(left)], after[j : j + len(right)]
        i, j = i + len(left), j + len(right)
        if left != right:
            yield Hunk(HunkKind.WORDING, "".join(old_words), "".join(new_words))
            continue
        for alike, run in groupby(zip(old_words, new_words, strict=True), key=lambda pair: pair[0] == pair[1]):
            pairs = list(run)
            kind = HunkKind.EQUAL if alike else HunkKind.TYPOGRAPHY
            yield Hunk(kind, "".join(old for old, _ in pairs), "".join(new for _, new in pairs))


def _blocks(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """Cut both texts at the sentences that continue each other; what lies between stays together."""
    left, right = _sentences(before), _sentences(after)
    if not 1 < len(left) * len(right) <= _MOST_SENTENCE_PAIRS:
        return [(list(before), list(after))]
    blocks: list[Piece] = []
    i = j = 0
    for row, column in [*_anchored(left, right), (len(left), len(right))]:
        gap = ([word for part in left[i:row] for word in part], [word for part in right[j:column] for word in part])
        if gap != ([], []):
            blocks.append(gap)
        if row < len(left):
            blocks.append((left[row], right[column]))
        i, j = row + 1, column + 1
    return blocks


def _sentences(words: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        parts[-1].append(word)
        if word in _STOP:
            parts.append([])
    return [part for part in parts if part]


def _anchored(left: Sequence[list[str]], right: Sequence[list[str]]) -> list[tuple[int, int]]:
    """Sentence pairs in order on both sides with the greatest total likeness (longest common subsequence, weighted)."""
    likeness = process.cdist(["".join(part) for part in left], ["".join(part) for part in right], scorer=_LIKENESS)
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            score = float(likeness[i][j])
            joined = best[i + 1][j + 1] + score if score >= _SAME_SENTENCE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], joined)
    pairs = []
    i = j = 0
    while i < len(left) and j < len(right):
        score = float(likeness[i][j])
        if score >= _SAME_SENTENCE and best[i][j] == best[i + 1][j + 1] + score:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def apply(old: str, changes: Sequence[Hunk]) -> str:
    """The new text, after checking that the hunks fit the old one. Raises ValueError where they don't."""
    position = 0
    for number, hunk in enumerate(changes, 1):
        if not old.startswith(hunk.old, position):
            raise ValueError(f"hunk {number} expects {hunk.old[:20]!r} at character {position}; these are other texts")
        position += len(hunk.old)
    if position != len(old):
        raise ValueError(f"hunks end at character {position} of {len(old)}; these are other texts")
    return "".join(hunk.new for hunk in changes)


Piece = tuple[list[str], list[str]]
"""Old tokens and new tokens of one stretch; the same list on both sides where nothing changed."""


def _pieces(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """Diff with every atom standing for one code point, so that no atom (and no character) is ever cut."""
    code_of: dict[str, str] = {}

    def encode(words: Sequence[str]) -> str:
        return "".join(_code(word, code_of) for word in words)

    old_codes, new_codes = encode(before), encode(after)
    operations = fast_diff_match_patch.diff(
        old_codes,
        new_codes,
        timelimit=_TIME_LIMIT,
        checklines=max(len(old_codes), len(new_codes)) > _LINES_FIRST,
        cleanup="Semantic",
        counts_only=True,
    )
    pieces: list[Piece] = []
    i = j = 0
    for changed, run in groupby(operations, key=lambda operation: operation[0] != "="):
        left: list[str] = []
        right: list[str] = []
        for operation, length in run:
            if operation != "+":
                left.extend(before[i : i + length])
                i += length
            if operation != "-":
                right.extend(after[j : j + length])
                j += length
        if changed and left == right:
            changed = False
        pieces.append((left, right))
    return _merged(pieces)


def _code(word: str, code_of: dict[str, str]) -> str:
    """A character stands for itself, a longer atom for a private code point, as does a character from that range."""
    if len(word) == 1 and not _FIRST_CODE <= ord(word) <= _LAST_CODE:
        return word
    if word not in code_of:
        code = _FIRST_CODE + len(code_of)
        if code > _LAST_CODE:
            raise ValueError(
                f"more than {_LAST_CODE - _FIRST_CODE} different numbers and words in two texts to compare"
            )
        code_of[word] = chr(code)
    return code_of[word]


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbours of the same kind, drop empty pieces."""
    merged: list[Piece] = []
    for left, right in pieces:
        if not left and not right:
            continue
        if merged and (merged[-1][0] == merged[-1][1]) == (left == right):
            merged[-1] = (merged[-1][0] + left, merged[-1][1] + right)
        else:
            merged.append((left, right))
    return merged


def _bridged(pieces: Sequence[Piece]) -> list[Piece]:
    """Let a change swallow an agreement of one or two characters between two changes of the same phrase: 环境保护 to
    生态环境 reads better whole than as an insertion before and a deletion after 环境."""
    result: list[Piece] = []
    for index, (left, right) in enumerate(pieces):
        swallowed = (
            left == right
            and 0 < index < len(pieces) - 1
            and len(left) <= _SHORT_BRIDGE
            and all(_bridges(word) for word in left)
            and _inside_phrase(pieces[index - 1], pieces[index + 1])
        )
        continues = result and left != right and result[-1][0] != result[-1][1]
        if swallowed or continues:
            result[-1] = (result[-1][0] + left, result[-1][1] + right)
        else:
            result.append((left, right))
    return _merged(result)


def _bridges(word: str) -> bool:
    """Numbers, atoms, punctuation and breaks hold a change apart; plain characters may be swallowed."""
    return len(word) == 1 and word not in PUNCTUATION and not word.isspace() and not _NUMBER.match(word)


def _inside_phrase(before: Piece, after: Piece) -> bool:
    """No punctuation in either neighbour on the side that touches the agreement."""
    touching = [side[-1] for side in before if side] + [side[0] for side in after if side]
    return not any(word in PUNCTUATION or word.isspace() for word in touching)


def _slid(pieces: Sequence[Piece]) -> list[Piece]:
    """Slide a pure insertion or deletion along equal text to where a sentence or a phrase ends."""
    result = list(pieces)
    for index in range(1, len(result) - 1):
        left, right = result[index]
        if bool(left) == bool(right):
            continue
        before, after = result[index - 1][0], result[index + 1][0]
        stretch, length = [*before, *(left or right), *after], len(left or right)
        place = _best_place(stretch, len(before), length)
        head, moving, tail = stretch[:place], stretch[place : place + length], stretch[place + length :]
        result[index - 1] = (head, head)
        result[index] = (moving, []) if left else ([], moving)
        result[index + 1] = (tail, tail)
    return _merged(result)


def _best_place(stretch: Sequence[str], start: int, length: int) -> int:
    """The start of the window that reads best among those that leave the same text when cut out."""
    low = high = start
    while low > 0 and start - low < _SLIDE and stretch[low - 1] == stretch[low - 1 + length]:
        low -= 1
    while high + length < len(stretch) and high - start < _SLIDE and stretch[high] == stretch[high + length]:
        high += 1
    return max(range(low, high + 1), key=lambda place: (_fit(stretch, place, length), -abs(place - start)))


def _fit(stretch: Sequence[str], place: int, length: int) -> int:
    """3 for a window of whole sentences, 2 for whole phrases, 1 for a phrase that brings its own pause along."""
    previous = stretch[place - 1] if place else "\n"
    last = stretch[place + length - 1]
    if previous in _STOP and last in _STOP:
        return 3
    if previous in _STOP | _PAUSE and last in _STOP | _PAUSE:
        return 2
    following = stretch[place + length] if place + length < len(stretch) else "\n"
    return 1 if stretch[place] in _PAUSE and following in _STOP | _PAUSE else 0
