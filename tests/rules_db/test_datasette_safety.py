"""What readers can't do: write, stall, download, frame, run formulas; and the headers that say so."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import socket
import sqlite3
import time
from pathlib import Path

import pytest
from served import Site, published

from rules_db.connection import DataFolder, StoreError
from rules_db.datasette_plugins.headers import FIXED
from rules_db.datasette_plugins.spreadsheet_guard import CsvGuard, guarded
from rules_db.pages import searching
from rules_db.serve import build_datasette, require_free

LINK = re.compile(r'(?:href|src|action)="(/[^"]*|http://localhost[^"]*)"|"[a-z_]*url": "(http[^"]*)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return published(tmp_path_factory.mktemp("safety"), hostile=True)


@pytest.fixture(scope="module")
def site(folder: DataFolder) -> Site:
    return Site(folder.public_db)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=备案",
        "/rule/none",
        "/rules",
        "/rules/provision.json",
        "/rules/provision.csv",
        "/static/guiji.css",
        "/-/static/app.css",
        "/rules/nosuchtable",
        "/rules/change_feed.atom",
        "/robots.txt",
        "/language/zh",
    ],
)
def test_every_response_has_the_headers_once(site: Site, path: str) -> None:
    response = site.get(path)
    for name, value in FIXED.items():
        assert response.headers.get_list(name.decode()) == [value.decode()]
    policy = response.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "script-src 'self';" in policy[0] and "unsafe-eval" not in policy[0]
    assert "style-src 'self';" in policy[0] and "frame-ancestors 'none'" in policy[0]


def test_own_pages_allow_no_inline_style_at_all(site: Site) -> None:
    assert "unsafe-inline" not in site.get("/search").headers["content-security-policy"]


def test_robots_are_kept_out(site: Site) -> None:
    assert "Disallow: /" in site.get("/robots.txt").text


def test_the_file_can_not_be_downloaded(site: Site) -> None:
    assert site.get("/rules.db").status_code == 403


@pytest.mark.parametrize(
    "sql",
    [
        "delete from rule",
        "insert into rule select * from rule",
        "select 1; delete from rule",
        "with x as (select 1) delete from rule",
        "attach 'x.db' as x",
        "vacuum into 'x.db'",
        "pragma writable_schema = on",
        "pragma journal_mode = delete",
        "select load_extension('x')",
        "select writefile('x', 'y')",
        "create table x (y)",
        "update about set value = 'x'",
    ],
)
def test_statements_that_write_or_reach_out_are_refused(site: Site, folder: DataFolder, sql: str) -> None:
    before = hashlib.sha256(folder.public_db.read_bytes()).hexdigest()
    assert site.get("/rules.json", params={"sql": sql}).status_code in (400, 403)
    assert hashlib.sha256(folder.public_db.read_bytes()).hexdigest() == before
    assert site.get("/rules/rule.json").status_code == 200


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
        "select count(*) from provision a, provision b, provision c, provision d, provision e, provision f, evidence g",
    ],
)
def test_a_runaway_query_is_stopped(site: Site, sql: str) -> None:
    begun = time.monotonic()
    response = site.get("/rules.json", params={"sql": sql})
    assert response.status_code == 400
    assert time.monotonic() - begun < 15
    assert site.get("/rules/rule.json").status_code == 200


@pytest.mark.parametrize(
    "page", ["databases", "databases.json", "threads.json", "permissions", "allow-debug", "patterns"]
)
def test_pages_for_developers_are_closed(site: Site, page: str) -> None:
    assert site.get(f"/-/{page}").status_code == 404


def test_no_page_tells_where_the_file_lies(site: Site, folder: DataFolder) -> None:
    for path in (
        "/",
        "/about",
        "/rules.json",
        "/-/settings.json",
        "/-/metadata.json",
        "/-/plugins.json",
        "/-/versions.json",
    ):
        assert str(folder.root) not in site.get(path).text, path


def test_a_page_that_takes_too_long_is_stopped(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(connection: sqlite3.Connection, *_arguments: object) -> object:
        return connection.execute(
            "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
        ).fetchone()

    monkeypatch.setattr(searching, "search_page", endless)
    response = site.get("/search?q=备案")
    assert response.status_code == 503
    assert "Narrow the search" in response.text
    monkeypatch.undo()
    assert site.get("/search?q=备案").status_code == 200


def test_own_queries_can_be_switched_off(folder: DataFolder) -> None:
    site = Site(folder.public_db, allow_sql=False)
    assert site.get("/rules.json?sql=select+1").status_code == 403
    assert site.get("/rules/search.json?q=备案&_shape=array").status_code == 200


def test_pages_work_below_a_base_address(folder: DataFolder) -> None:
    site = Site(folder.public_db, base_url="/guiji/")
    text = site.get("/search?q=备案").text
    assert 'href="/guiji/static/guiji.css"' in text and 'action="/guiji/search"' in text
    assert "unsafe-inline" not in site.get("/search").headers["content-security-policy"]


@pytest.mark.parametrize("passed_on", [True, False])
def test_no_link_leaves_the_base_address_or_names_it_twice(folder: DataFolder, *, passed_on: bool) -> None:
    """Whether the proxy passes the path on or strips it; every kind of page, Datasette's own with all facets."""
    site = Site(folder.public_db, base_url="/guiji/")
    tables = [table["name"] for table in site.rows("/rules.json")["tables"] if not table["hidden"]]
    paths = ["/", "/search?q=备案", "/changes", "/as-of", "/diff", "/coverage", "/gaps", "/sources", "/rules"]
    paths += [f"/rules/{table}" for table in tables] + [f"/rules/{table}.json?_facet_size=1" for table in tables]
    paths += ["/rules/provision?_facet=label&_facet_size=1&_size=1", "/rules/rule?_sort=label", "/rules?sql=select+1"]
    seen = 0
    for path in paths:
        raw = f"http://localhost{'/guiji' if passed_on else ''}{path}"
        text = site.raw(raw).text
        for link in re.findall(
            r'(?:href|src|action)="(/[^"]*|http://localhost[^"]*)"|"[a-z_]*url": "(http[^"]*)"', text
        ):
            address = next(filter(None, link)).removeprefix("http://localhost")
            if address.startswith("http"):
                continue  # a source of the sample
            seen += 1
            assert address.startswith("/guiji/") and not address.startswith("/guiji/guiji"), (path, address)
    assert seen > 1000


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝x", "'＝x"),
        ("－x", "'－x"),
        ("-5", "-5"),
        ("+5.25", "+5.25"),
        ("-1e-3", "-1e-3"),
        ("备案=是", "备案=是"),
        ("", ""),
    ],
)
def test_cells_that_would_run_are_disarmed(cell: str, safe: str) -> None:
    assert guarded(cell) == safe


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_guard_works_on_pieces_of_any_size(size: int) -> None:
    rows = [["a", "b"], ["=1+1", 'he said "=x"'], ["多行\r\n=y", "@备案"], ["-5", ""], ["end", "－1"]]
    source = io.StringIO()
    csv.writer(source).writerows(rows)
    data = source.getvalue().encode()
    guard = CsvGuard()
    out = b"".join(guard.feed(data[i : i + size]) for i in range(0, len(data), size)) + guard.feed(b"", last=True)
    expected = [["a", "b"], ["'=1+1", 'he said "=x"'], ["多行\r\n=y", "'@备案"], ["-5", ""], ["end", "'－1"]]
    assert list(csv.reader(io.StringIO(out.decode(), newline=""))) == expected


@pytest.mark.parametrize("extra", ["", "&_dl=1", "&_stream=1"])
def test_csv_over_http_is_disarmed(site: Site, extra: str) -> None:
    sql = "select '=HYPERLINK(''x'')' as a, -5 as b"
    response = site.get(f"/rules.csv?sql={sql}{extra}")
    assert response.status_code == 200
    assert list(csv.reader(io.StringIO(response.text)))[1] == ["'=HYPERLINK('x')", "-5"]


def test_a_streamed_table_arrives_whole(site: Site) -> None:
    rows = list(csv.reader(io.StringIO(site.get("/rules/provision.csv?_stream=1").text)))
    assert len(rows) == 1 + len(site.rows("/rules/provision.json?_shape=array&_size=max"))


def test_nothing_published_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run 'guiji publish' first"):
        build_datasette(tmp_path / "rules.db")


def test_a_copy_of_another_version_is_not_served(tmp_path: Path) -> None:
    copy = published(tmp_path).public_db
    with sqlite3.connect(copy) as connection:
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(StoreError, match="another version"):
        build_datasette(copy)


def test_a_taken_port_is_a_clear_error() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(StoreError, match=rf"can't listen on 127.0.0.1:{port} .*another port"):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_can_not_be_is_a_clear_error(port: int) -> None:
    with pytest.raises(StoreError, match="choose another port"):
        require_free("127.0.0.1", port)
