"""Addresses: one spelling per page, and what may be asked for at all.

Pure functions on text. `normalise` gives the address to request; `identity` the key under which two spellings of one
page meet (http/https, default port, index page, tracking parameters). The path keeps its case: some sites use capitals.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

MAX_LENGTH: Final = 2000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]+")
_INDEX: Final = re.compile(r"/(?:default|index)\.(?:html?|shtml|jsp)\Z")
_SESSION: Final = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)
# Parameters that name a visit, not a page.
_TRACKING: Final = frozenset(
    {
        "_t",
        "from",
        "isappinstalled",
        "jsessionid",
        "phpsessid",
        "sessionid",
        "share_token",
        "sid_visit",
        "spm",
        "timestamp",
    }
)
_TRACKING_PREFIX: Final = "utm_"
_SAFE: Final = "/%:=&?~+!$,;'@()*[]"


class RefusedUrlError(ValueError):
    """An address that is never requested; the message says why."""


def normalise(url: str, base: str | None = None) -> str:
    """The absolute address of a link. Raises RefusedUrlError for other schemes, credentials, backslashes, bad ports."""
    text = _CONTROL.sub("", url)
    if not text:
        raise RefusedUrlError("empty address")
    if "\\" in text:
        raise RefusedUrlError(f"backslash in address {text[:80]!r}")
    try:
        joined = urljoin(base, text) if base else text
        parts = urlsplit(joined)
        port = parts.port
    except ValueError as error:
        raise RefusedUrlError(f"unreadable address {text[:80]!r}: {error}") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise RefusedUrlError(f"scheme {scheme or '(none)'} of {text[:80]!r} is not http or https")
    if "@" in parts.netloc:
        raise RefusedUrlError(f"credentials in address {text[:80]!r}")
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise RefusedUrlError(f"no host in address {text[:80]!r}")
    if port == _DEFAULT_PORTS["https"]:  # http://host:443/ is written by some sites and means https
        scheme = "https"
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        netloc = f"{netloc}:{port}"
    path = _SESSION.sub("", quote(_collapse(parts.path), safe=_SAFE)) or "/"
    query = _without_tracking(parts.query)
    result = urlunsplit((scheme, netloc, path, quote(query, safe=_SAFE), ""))
    if len(result) > MAX_LENGTH:
        raise RefusedUrlError(f"address of {len(result)} characters ({result[:80]}…)")
    return result


def identity(url: str) -> str:
    """The key of a page: the normalised address without scheme and index file name."""
    parts = urlsplit(normalise(url))
    path = _INDEX.sub("/", parts.path)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.netloc}{path}" + (f"?{query}" if query else "")


def host_of(url: str) -> str:
    """`host`, or `host:port` when the port is not the scheme's own."""
    return urlsplit(normalise(url)).netloc


def is_allowed(url: str, allowed_hosts: tuple[str, ...]) -> bool:
    """Whether a source may be asked for this address: the very host (and port) must be listed."""
    try:
        return host_of(url) in allowed_hosts
    except RefusedUrlError:
        return False


def suffix_of(url: str) -> str:
    """File suffix in lower case without dot: of a `fileName` parameter if there is one, else of the path, else ''."""
    parts = urlsplit(url)
    names = [*(value for key, value in parse_qsl(parts.query) if key.lower() in ("filename", "fileurl")), parts.path]
    for name in names:
        tail = name.rsplit("/", 1)[-1]
        if "." in tail:
            suffix = tail.rsplit(".", 1)[-1].lower()
            if suffix.isalnum() and len(suffix) <= 5:
                return suffix
    return ""


def _collapse(path: str) -> str:
    """Resolve dot segments that urljoin leaves, and repeated slashes at the front."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if len(parts) > 1:
                parts.pop()
        elif part != ".":
            parts.append(part)
    collapsed = "/".join(parts)
    if path.endswith(("/.", "/..")):
        collapsed += "/"
    return "/" + collapsed.lstrip("/")


def _without_tracking(query: str) -> str:
    kept = [
        pair
        for pair in query.split("&")
        if pair and (name := pair.split("=", 1)[0].lower()) not in _TRACKING and not name.startswith(_TRACKING_PREFIX)
    ]
    return "&".join(kept)
