"""Where requests may not go: other hosts, other schemes, addresses inside. Each with a control that may."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat
from pathlib import Path

import pytest
from recording import RecordingServer, Reply, document, rows, write_source
from scrapy import Request
from test_crawl import sightings, site

from crawler.guard import HOSTS_KEY, GuardMiddleware, PublicOnlyResolver, Refused, is_public, literal_address
from crawler.urls import RefusedUrlError, host_of, identity, is_allowed, normalise, suffix_of
from rules_db.model import Outcome, Verdict

TEXT = "关于动力电池溯源的通知，企业应当在30日内报送溯源信息。"
DETAIL = "/tzgg/202605/t20260510_0.html"
INSIDE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:0001::1",
    "64:ff9b::7f00:1",
    "ff02::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "114.114.114.114", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses_are(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "127.1", "[::1]", "127.0.0.1."]
)
def test_address_literals_in_every_spelling(host):
    assert literal_address(host) is not None
    with pytest.raises(Refused):
        refuse(f"http://{host}/secret", host.strip("."))


@pytest.mark.parametrize("host", ["gxt.henan.gov.cn", "12306.cn", "a.1.cn"])
def test_names_are_no_literals(host):
    assert literal_address(host) is None


def refuse(url: str, *allowed: str, loopback: bool = False) -> None:
    GuardMiddleware(loopback).process_request(Request(url, meta={HOSTS_KEY: allowed}))


@pytest.mark.parametrize(
    "url",
    [
        "http://other.gov.cn/x",
        "http://a.gov.cn:8080/x",
        "http://a.gov.cn.evil.example/x",
        "http://sub.a.gov.cn/x",
        "http://user@a.gov.cn/x",
        "http://a.gov.cn@evil.example/x",
        "file:///etc/passwd",
        "ftp://a.gov.cn/x",
        "data:text/html,x",
    ],
)
def test_only_listed_hosts_by_http(url):
    refuse("http://a.gov.cn/x", "a.gov.cn")
    refuse("https://a.gov.cn/x", "a.gov.cn")
    with pytest.raises(Refused):
        refuse(url, "a.gov.cn")


def test_loopback_only_when_asked_for():
    with pytest.raises(Refused):
        refuse("http://127.0.0.1:80/x", "127.0.0.1")
    refuse("http://127.0.0.1:8123/x", "127.0.0.1:8123", loopback=True)
    with pytest.raises(Refused):
        refuse("http://127.0.0.1:8124/x", "127.0.0.1:8123", loopback=True)
    with pytest.raises(Refused):
        refuse("http://10.0.0.1/x", "10.0.0.1", loopback=True)


def test_a_name_that_resolves_inside_is_refused_and_loopback_passes_when_allowed():
    from twisted.internet.error import DNSLookupError

    for allow, address, passes in ((False, "127.0.0.1", False), (True, "127.0.0.1", True), (True, "10.0.0.1", False)):
        resolver = PublicOnlyResolver.__new__(PublicOnlyResolver)
        resolver.allow_loopback = allow
        if passes:
            assert resolver._checked(address, "x.gov.cn") == address
        else:
            with pytest.raises(DNSLookupError, match="not a public address"):
                resolver._checked(address, "x.gov.cn")


def test_a_name_that_resolves_elsewhere_on_a_second_look_gains_nothing(monkeypatch):
    """The first answer is kept; an answer that was forgotten is asked for and judged again."""
    from scrapy.resolver import dnscache
    from twisted.internet import defer
    from twisted.internet.base import ThreadedResolver
    from twisted.internet.error import DNSLookupError

    answers = iter(["1.1.1.1", "127.0.0.1"])
    monkeypatch.setattr(ThreadedResolver, "getHostByName", lambda self, name, timeout=(): defer.succeed(next(answers)))
    monkeypatch.setattr(dnscache, "limit", 10)
    resolver = PublicOnlyResolver.__new__(PublicOnlyResolver)
    resolver.allow_loopback, resolver.timeout = False, 1.0
    got: list[object] = []
    for _ in range(2):
        resolver.getHostByName("rebinding.gov.cn").addBoth(got.append)
    assert got == ["1.1.1.1", "1.1.1.1"]
    dnscache.clear()
    resolver.getHostByName("rebinding.gov.cn").addBoth(got.append)
    assert isinstance(got[-1].value, DNSLookupError)  # type: ignore[attr-defined]
    dnscache.clear()


LINKS = [
    "http://{secret}/page/202605/t20260501_1.html",
    "//{secret}/page/202605/t20260501_2.html",
    "http://localhost:{port}/page/202605/t20260501_3.html",
    "http://2130706433:{port}/page/202605/t20260501_4.html",
    "http://0x7f.1:{port}/page/202605/t20260501_5.html",
    "http://[::1]:{port}/page/202605/t20260501_6.html",
    "http://[::ffff:127.0.0.1]:{port}/page/202605/t20260501_7.html",
    "http://{netloc}@{secret}/page/202605/t20260501_8.html",
    "http:\\\\{secret}\\page\\202605\\t20260501_9.html",
    "file:///etc/202605/t20260501_1.html",
]


WAYS = ("attachments", "base", "links", "meta refresh", "redirect", "robots")


def test_no_page_can_send_the_crawler_elsewhere(tmp_path, make_server, crawled):
    """Each way on a site of its own; all point at one server, which is never asked for anything."""
    secret = make_server()
    secret.otherwise = lambda path, count: Reply(document("秘密内容，不应被读取，无论如何也不应当被读取。"))
    sites = {way: make_server() for way in WAYS}
    for number, (way, server) in enumerate(sites.items()):
        site(server)
        lure(way, server, secret)
        write_source(tmp_path / "sources", f"site-{number}", server.url)
    crawled()
    assert secret.hits == []
    for way, server in sites.items():
        if way == "robots":
            assert [path for path in server.paths() if path != "/robots.txt"] == []
        else:
            assert DETAIL in server.paths(), "the crawl itself worked"


def lure(way: str, server: RecordingServer, secret: RecordingServer) -> None:
    """Make a site point at the secret server in one way."""
    links = [
        link.format(secret=secret.netloc, port=secret.netloc.split(":")[1], netloc=server.netloc) for link in LINKS
    ]
    if way == "links":
        listed = [(link, f"关于第{n}事项的通知", "2026-05-01") for n, link in enumerate([*links, f".{DETAIL[5:]}"])]
        server.pages["/tzgg/"] = Reply(rows(listed))
    elif way == "redirect":
        server.pages[DETAIL] = Reply("", 302, {"Location": f"{secret.url}/page"})
    elif way == "meta refresh":
        refresh = f'<meta http-equiv="refresh" content="0; url={secret.url}/page">'
        server.pages[DETAIL] = Reply(document(TEXT).replace("<head>", f"<head>{refresh}"))
    elif way == "base":
        based = document(TEXT, '<a href="W020260510000000009.pdf">附件</a>')
        server.pages[DETAIL] = Reply(based.replace("<head>", f'<head><base href="{secret.url}/">'))
    elif way == "attachments":
        files = "".join(f'<a href="{link.replace(".html", ".pdf")}">附件</a>' for link in links)
        server.pages[DETAIL] = Reply(document(TEXT, files))
    else:
        server.pages["/robots.txt"] = Reply("", 302, {"Location": f"{secret.url}/robots.txt"})


def test_control_the_same_server_is_reached_when_listed(tmp_path, server, second_server, crawled):
    site(server)
    second_server.pages["/page/202605/t20260501_1.html"] = Reply(
        document("关于动力电池溯源的通知，企业应当报送溯源信息。")
    )
    url = f"{second_server.url}/page/202605/t20260501_1.html"
    server.pages["/tzgg/"] = Reply(rows([(url, "关于动力电池溯源的通知", "2026-05-01")]))
    write_source(tmp_path / "sources", "a", server.url, allowed_hosts=[server.netloc, second_server.netloc])
    crawled()
    assert second_server.paths() == ["/robots.txt", "/page/202605/t20260501_1.html"]


def test_without_permission_loopback_itself_is_refused(tmp_path, server, crawled):
    site(server)
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled(allow_loopback=False, fast=False)
    assert verdict.verdict is not Verdict.OK
    assert server.hits == []
    (row,) = sightings(tmp_path / "data")
    assert row["outcome"] == Outcome.ERROR
    assert "names an address" in row["error"]


def test_a_listed_name_that_resolves_inside_is_not_reached(tmp_path, server, crawled):
    site(server)
    url = server.url.replace("127.0.0.1", "localhost")
    write_source(tmp_path / "sources", "a", url)
    (verdict,) = crawled(allow_loopback=False, fast=False)
    assert (verdict.verdict, server.hits) == (Verdict.BROKEN, [])
    (control,) = crawled(now="2026-06-02T01:00:00Z")
    assert control.verdict is Verdict.OK
    assert "/tzgg/" in server.paths()


def test_certificates_are_checked(tmp_path, server, crawled):
    """A site whose certificate nobody vouches for is not read; without TLS the same pages are."""
    import ssl

    site(server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    url = f"https://localhost:{server.netloc.split(':')[1]}"
    write_source(tmp_path / "sources", "a", url)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.BROKEN
    assert "robots.txt unreachable" in verdict.reason
    assert server.hits == []


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Certificate and key for localhost, signed by nobody."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def test_a_proxy_in_the_environment_is_ignored(tmp_path, server, second_server, crawled, monkeypatch):
    site(server, count=1)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, second_server.url)
    write_source(tmp_path / "sources", "a", server.url)
    (verdict,) = crawled()
    assert verdict.verdict is Verdict.OK
    assert second_server.hits == []


@contextmanager
def raw_site(body: Iterable[bytes], pause: float) -> Iterator[str]:
    """A server without robots.txt whose every page is `body`, sent piece by piece without a length."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if b"robots.txt" in connection.recv(4000):
                connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
            for piece in body:
                if stop.wait(pause):
                    return
                connection.sendall(piece)

    def accept() -> None:
        with suppress(OSError):
            while not stop.is_set():
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    listener.close()


def test_a_site_that_sends_byte_by_byte_is_left(tmp_path, crawled):
    """The time limit covers the whole answer, not the wait for its first byte."""
    started = time.monotonic()
    with raw_site(repeat(b"."), 0.1) as url:
        write_source(tmp_path / "sources", "a", url)
        (verdict,) = crawled(timeout=2)
    assert verdict.verdict is Verdict.BROKEN
    assert "Timeout" in verdict.reason
    assert time.monotonic() - started < 40


def test_an_endless_answer_ends_at_the_size_limit(tmp_path, crawled):
    """The answer has no length and never ends; two tries of 32 MiB at most are read."""
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        while True:
            sent.append(1 << 20)
            yield b"x" * (1 << 20)

    with raw_site(pieces(), 0.0) as url:
        write_source(tmp_path / "sources", "a", url)
        (verdict,) = crawled()
    assert verdict.verdict is Verdict.BROKEN
    assert sum(sent) < 100 << 20
    assert [row["snapshot_sha256"] for row in sightings(tmp_path / "data")] == [None]


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("./t1.html", "http://A.gov.cn/zw/", "http://a.gov.cn/zw/t1.html"),
        ("HTTP://A.gov.cn:80/ZWGK/x.html#top", None, "http://a.gov.cn/ZWGK/x.html"),
        ("http://a.gov.cn:443/x", None, "https://a.gov.cn/x"),
        ("https://a.gov.cn:8443/x", None, "https://a.gov.cn:8443/x"),
        ("/a/../b/./c.html", "http://a.gov.cn/", "http://a.gov.cn/b/c.html"),
        ("x.html;jsessionid=AB12?id=3&utm_source=w&spm=1", "http://a.gov.cn/", "http://a.gov.cn/x.html?id=3"),
        (" /附件 1.pdf\n", "http://a.gov.cn/", "http://a.gov.cn/%E9%99%84%E4%BB%B61.pdf"),
        ("//b.gov.cn/x", "https://a.gov.cn/", "https://b.gov.cn/x"),
        ("../../../x", "http://a.gov.cn/", "http://a.gov.cn/x"),
        ("?page=2", "http://a.gov.cn/list?page=1", "http://a.gov.cn/list?page=2"),
    ],
)
def test_addresses_have_one_spelling(url, base, expected):
    assert normalise(url, base) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:void(0)",
        "mailto:a@b.cn",
        "file:///x",
        "http://",
        "http://u:p@a.cn/",
        "http:\\\\a.cn",
        "http://a.cn:99999/",
        "http://[::1",
        "x" * 3000,
    ],
)
def test_hopeless_addresses_are_refused(url):
    with pytest.raises(RefusedUrlError):
        normalise(url, "http://a.cn/" if url.startswith("x") else None)


def test_two_spellings_of_a_page_meet():
    assert identity("http://a.gov.cn/zw/index.html") == identity("https://a.gov.cn:443/zw/")
    assert identity("http://a.gov.cn/x?b=2&a=1") == identity("http://a.gov.cn/x?a=1&b=2")
    assert identity("http://a.gov.cn/x?id=1") != identity("http://a.gov.cn/x?id=2")
    assert identity("http://a.gov.cn/A") != identity("http://a.gov.cn/a")


def test_hosts_and_suffixes():
    assert host_of("http://A.gov.cn:8080/x") == "a.gov.cn:8080"
    assert is_allowed("https://a.gov.cn/x", ("a.gov.cn",))
    assert not is_allowed("https://a.gov.cn:8080/x", ("a.gov.cn",))
    assert suffix_of("http://a.gov.cn/x/W0202.PDF") == "pdf"
    assert suffix_of("http://a.gov.cn/download?classid=0&fileName=ab.docx") == "docx"
    assert suffix_of("http://a.gov.cn/downfile.jsp?classid=0&filename=ab.docx") == "docx"
    assert suffix_of("http://a.gov.cn/about") == ""
