"""No request leaves for a place it should not: schemes, hosts, ports and, at the end, resolved addresses.

Two layers. `GuardMiddleware` looks at every request (also those that redirects and robots.txt make): http or https,
host and port listed by the source, no address literals. `PublicOnlyResolver` looks at what names resolve to and refuses
addresses that are not public; Scrapy connects to the very address it returned and caches it, so a name that resolves
elsewhere on a second look-up gains nothing. Loopback is reachable only when the crawl was started for it (demo, tests).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any, Final

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler.urls import RefusedUrlError, is_allowed, normalise
from rules_db.model import Outcome

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

HOSTS_KEY: Final = "allowed_hosts"
# Public by the registry, private in effect: shared address space, and ranges that carry an IPv4 address inside.
_EMBEDDING: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(IgnoreRequest):
    """A request that is not made; `outcome` and `reason` go into the ledger."""

    def __init__(self, reason: str, outcome: Outcome = Outcome.ERROR) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome


class Stopped(Refused):
    """A request that is not made because its source is over for this run: nothing was asked, so nothing is filed."""


def literal_address(host: str) -> IpAddress | None:
    """The address a host text denotes by itself (dotted, decimal, octal, hexadecimal, IPv6), None for a name."""
    text = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        pass
    if not text or text[0] not in "0123456789":
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeEncodeError):
        return None


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the public internet, also when it hides inside an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and any(address in network for network in _EMBEDDING):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


class PublicOnlyResolver(CachingThreadedResolver):
    """Scrapy's resolver, minus private, loopback, link-local and other non-public addresses."""

    def __init__(self, reactor: Any, cache_size: int, timeout: float, allow_loopback: bool) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_loopback = allow_loopback

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> PublicOnlyResolver:
        return cls(
            reactor,
            crawler.settings.getint("DNSCACHE_SIZE"),
            crawler.settings.getfloat("DNS_TIMEOUT"),
            crawler.settings.getbool("GUIJI_ALLOW_LOOPBACK"),
        )

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        parsed = ipaddress.ip_address(address)
        if is_public(parsed) or (self.allow_loopback and parsed.is_loopback):
            return address
        raise DNSLookupError(f"{name} resolves to {address}, which is not a public address; refused")


class GuardMiddleware:
    """First of the downloader middlewares: what it refuses never reaches robots, pacing or the network."""

    def __init__(self, allow_loopback: bool) -> None:
        self.allow_loopback = allow_loopback

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        return cls(crawler.settings.getbool("GUIJI_ALLOW_LOOPBACK"))

    def process_request(self, request: Request) -> None:
        """Raise Refused for an address outside the source's hosts or outside the public internet."""
        allowed: tuple[str, ...] = request.meta.get(HOSTS_KEY, ())
        try:
            normalise(request.url)
        except RefusedUrlError as error:
            raise Refused(str(error)) from error
        if not is_allowed(request.url, allowed):
            raise Refused(f"{request.url} is outside the hosts of its source ({', '.join(allowed) or 'none'})")
        host = request.url.split("/", 3)[2].rsplit("@", 1)[-1]
        literal = literal_address(host.rsplit(":", 1)[0] if not host.endswith("]") else host)
        if literal is not None and not (self.allow_loopback and literal.is_loopback):
            raise Refused(f"{request.url} names an address instead of a host")
