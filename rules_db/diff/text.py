"""How the wording of one provision became that of another, in hunks a person can read.

In: two texts. Out: hunks whose old sides joined are the old text and whose new sides joined are the new text. Numbers,
references, Latin words and deontic words are atoms: 30日 to 20日 shows 30 and 20, never 3 and 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

import fast_diff_match_patch

from rules_db.diff.canonical import HAN_NUMERAL, PUNCTUATION, REFERENCE, bare, fold, mask
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
_STOP, _PAUSE = frozenset("。；;\n"), frozenset("，、：,:）)")


def tokens(text: str) -> list[str]:
    """The atoms of a text; joined they are the text."""
    return _TOKEN.findall(text)


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """Hunks of kind EQUAL and WORDING, alternating, none empty on both sides.

    Two texts that share hardly anything become one replacement: a mosaic of chance agreements reads worse than both
    texts whole.
    """
    if old == new:
        return (Hunk(HunkKind.EQUAL, old, new),) if old else ()
    before, after = tokens(old), tokens(new)
    pieces = _pieces(before, after)
    shared = sum(len("".join(left)) for left, right in pieces if left == right)
    if shared < _UNRELATED * min(len(old), len(new)):
        return (Hunk(HunkKind.WORDING, old, new),)
    pieces = _slid(_bridged(pieces))
    return tuple(
        Hunk(HunkKind.EQUAL if left == right else HunkKind.WORDING, "".join(left), "".join(right))
        for left, right in pieces
    )


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


def classify(
    changes: Sequence[Hunk], successors: Mapping[str, str], swaps: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Hunk, ...]:
    """Tell wording from furniture. `successors` maps the folded old label of an article (第十七条) to the new one;
    `swaps` holds the folded terms that were replaced throughout the instrument."""
    return tuple(
        hunk if hunk.kind is HunkKind.EQUAL else Hunk(_kind(hunk, successors, swaps), hunk.old, hunk.new)
        for hunk in changes
    )


def _kind(hunk: Hunk, successors: Mapping[str, str], swaps: frozenset[tuple[str, str]]) -> HunkKind:
    before, after = fold(hunk.old), fold(hunk.new)
    if before == after:
        return HunkKind.TYPOGRAPHY
    if bare(before) == bare(after):
        return HunkKind.PUNCTUATION
    if mask(before) == mask(after) and _follows(before, after, successors):
        return HunkKind.REFERENCE
    if (before, after) in swaps:
        return HunkKind.TERM
    return HunkKind.WORDING


def _follows(before: str, after: str, successors: Mapping[str, str]) -> bool:
    """True when every reference points to what became of its old target: the law says the same under a new number."""
    old_references, new_references = REFERENCE.findall(before), REFERENCE.findall(after)
    return all(
        source == target or successors.get(source) == target
        for source, target in zip(old_references, new_references, strict=True)
    )


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
    result = [(list(left), list(right)) for left, right in pieces]
    for index in range(1, len(result) - 1):
        left, right = result[index]
        if bool(left) == bool(right):
            continue
        before, after = result[index - 1][0], result[index + 1][0]
        moving = left or right
        best, best_score = 0, _boundary(before, moving, after)
        for step in range(1, len(before) + 1):
            if len(moving) < 1 or before[-step] != (before[len(before) - step + 1 :] + moving)[len(moving) - 1]:
                break
            shifted = (before[len(before) - step :] + moving)[: len(moving)]
            score = _boundary(
                before[: len(before) - step], shifted, (moving[-step:] if step < len(moving) else []) + after
            )
            if score > best_score:
                best, best_score = step, score
        if best and best < len(before):
            stretch = before[len(before) - best :] + moving
            shifted, rest = stretch[: len(moving)], stretch[len(moving) :]
            result[index - 1] = (before[: len(before) - best], before[: len(before) - best])
            result[index] = (shifted, []) if left else ([], shifted)
            result[index + 1] = (rest + after, rest + after)
    return _merged(result)


def _boundary(before: Sequence[str], moving: Sequence[str], after: Sequence[str]) -> int:
    """How well a hunk sits: 4 between sentences, 2 between phrases, 1 where it starts with the pause itself."""
    previous = before[-1] if before else "\n"
    last = moving[-1] if moving else ""
    if previous in _STOP and last in _STOP:
        return 4
    if previous in _STOP or previous in _PAUSE:
        return 3 if last in _PAUSE or last in _STOP else 1
    return 2 if moving and moving[0] in _PAUSE and after and after[0] in PUNCTUATION else 0
