"""Identity of text: what counts as the same wording, whatever the typesetting.

Two texts have one comparison key when they differ only in white space, width (Ａ/A), bracket shape
(〔2026〕/[2026]/（2026）), quote shape, dash shape or invisible characters. Standard library only:
every package may use it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff\x00-\x1f\x7f-\x9f]+"
)
_FOLD = str.maketrans(
    {
        **dict.fromkeys("〔［[【〖（(｛{〈﹝", "("),
        **dict.fromkeys("〕］]】〗）)｝}〉﹞", ")"),
        **dict.fromkeys("“”„‟＂«»″「」『』", '"'),
        **dict.fromkeys("‘’‚‛＇′`", "'"),
        **dict.fromkeys("—–―－‐‑‒−~～〜﹣─", "-"),
        **dict.fromkeys("·•・‧∙⋅", "·"),
    }
)


def comparison_key(text: str) -> str:
    """The wording alone: NFKC, no white space, one shape per bracket, quote and dash. Case is kept: mg is not MG."""
    folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)
    # once more: with the space of a spacing accent gone, its combining part joins the letter before it
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", folded))


def fingerprint(*parts: str | None) -> str:
    """First 16 hex digits of SHA-256 over the parts; None and the empty string are different parts."""
    joined = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]
