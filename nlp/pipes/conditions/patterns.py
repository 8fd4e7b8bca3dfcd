"""Words that open or close a condition or an exception: data only, sorted and unique."""

from __future__ import annotations

from nlp.text.lexicon import words

CASE_ENDINGS: tuple[str, ...] = words(
    """
    之前 之后 之日起 以前 以后 前 后 外 届满 必要时 情况下 情形下 时 期满 期间 的 的外 起 过程中 除外
    """
)
"""A clause before the cue that ends so says when the norm applies."""

CASE_OPENINGS: tuple[str, ...] = words(
    """
    一旦 凡 因 在 如 如果 对 对于 属于 当 必要时 未经 根据 由于 经 自 若 遇 遇有 除 需要
    """
)
"""A clause before the cue that starts so says when, where or to what the norm applies."""

EXCEPTION_OPENINGS: tuple[str, ...] = words("不过 但 但是")
"""A proviso (但书) after the cue starts so."""

EXCEPTION_ENDINGS: tuple[str, ...] = words("不受此限 不在此限 从其约定 从其规定 依照其规定 另有约定的 另有规定的 除外")
"""A clause after the cue with one of these takes something out of the norm."""
