"""Identity of wording: a short digest of parts, and the comparison key that they are made of.

>>> fingerprint(comparison_key("３０日内（节假日除外）")) == fingerprint(comparison_key("30 日内(节假日除外)"))
True
"""

from __future__ import annotations

import hashlib

from rules_db.typography import comparison_key

__all__ = ["comparison_key", "fingerprint"]


def fingerprint(*parts: str | None) -> str:
    """First 16 hex digits of SHA-256 over the parts; None and the empty string are different parts."""
    joined = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]
