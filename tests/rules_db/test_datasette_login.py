"""A server with users: nobody reads without a password, no route is forgotten, and hashes stay hidden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from datasette_auth_passwords.utils import hash_password
from served import Site, published

from rules_db.connection import DataFolder
from rules_db.datasette_plugins import closed_pages, feed, pages
from rules_db.users import UsersError, users_metadata

PASSWORD = "a long pass phrase 42"  # noqa: S105 (of this test alone)
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return published(tmp_path_factory.mktemp("login"))


@pytest.fixture(scope="module")
def users(folder: DataFolder) -> Path:
    path = folder.root / "users.yml"
    path.write_text(f"- id: chen\n  password_hash: {hash_password(PASSWORD, iterations=10_000)}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def site(folder: DataFolder, users: Path) -> Site:
    return Site(folder.public_db, users=users)


def log_in(site: Site, password: str) -> dict[str, str]:
    form = site.get("/-/login")
    token = re.search(r'name="csrftoken" value="([^"]+)"', form.text)
    assert token
    cookies = {"ds_csrftoken": form.cookies["ds_csrftoken"]}
    data = {"username": "chen", "password": password, "csrftoken": token[1]}
    answer = site.post("/-/login", data=data, cookies=cookies)
    return dict(answer.cookies) if answer.status_code == 302 else {}


@pytest.mark.parametrize(
    "path",
    [
        "/", "/search?q=备案", "/instrument/x", "/rule/x", "/diff", "/as-of", "/changes",
        "/coverage", "/catalogue", "/gaps", "/claims", "/provinces", "/timeline", "/calendar.ics",
        "/sources", "/about", "/rules", "/rules/rule", "/rules/rule.json", "/rules/rule.csv",
        "/rules/change_feed.atom", "/rules/search.json?q=备案", "/rules.json?sql=select+1",
        "/-/plugins.json", "/-/settings",
    ],
)  # fmt: skip
def test_nothing_is_shown_to_strangers(site: Site, path: str) -> None:
    as_program = site.get(path)
    assert as_program.status_code == 401
    assert as_program.headers["www-authenticate"].startswith("Basic ")
    as_person = site.get(path, headers=HTML)
    assert as_person.status_code in (302, 401)
    assert "备案" not in as_person.text
    assert as_person.headers["content-security-policy"]


def test_each_route_of_ours_is_among_those_asked_above() -> None:
    asked = {mark.split("/")[1].split("?")[0] for mark in test_nothing_is_shown_to_strangers.pytestmark[0].args[1]}
    for address, _view in pages.register_routes():
        first = re.match(r"\^/([a-z-]*)", address)
        assert first
        assert first[1] in asked | {"calendar", "language"}, address
    assert feed and closed_pages  # their routes are Datasette's own or answer 404


def test_the_right_password_lets_in_and_a_wrong_one_does_not(site: Site) -> None:
    assert log_in(site, "wrong") == {}
    cookies = log_in(site, PASSWORD)
    home = site.get("/", cookies=cookies, headers=HTML)
    assert home.status_code == 200
    assert "/-/logout" in home.text
    assert site.get("/rules/rule.json", cookies=cookies).status_code == 200
    assert site.get("/-/logout", cookies=cookies).status_code == 200
    assert site.get("/", cookies={"ds_actor": "forged"}, headers=HTML).status_code == 302


def test_programs_may_send_the_password_with_each_request(site: Site) -> None:
    assert site.get("/calendar.ics", auth=("chen", PASSWORD)).status_code == 200
    assert site.get("/calendar.ics", auth=("chen", "wrong")).status_code == 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic 6ZmIOng=", "Bearer x", "Basic Y2hlbg=="])
def test_malformed_credentials_name_nobody(site: Site, header: str) -> None:
    assert site.get("/rules/rule.json", headers={"authorization": header}).status_code == 401


def test_hashes_are_shown_to_nobody(site: Site, users: Path) -> None:
    cookies = log_in(site, PASSWORD)
    secret = users.read_text(encoding="utf-8").rsplit("$", 1)[1].strip()
    for path in ("/-/plugins.json", "/-/settings.json", "/about", "/-/login", "/-/actor.json", "/rules.json",
                 "/rules/rule.json?_extra=metadata", "/rules/rule", "/.json"):  # fmt: skip
        assert secret not in site.get(path, cookies=cookies).text, path
    for page in ("metadata", "metadata.json", "password-tool"):
        assert site.get(f"/-/{page}", cookies=cookies).status_code == 404


def test_without_users_there_is_no_login(folder: DataFolder) -> None:
    site = Site(folder.public_db)
    assert site.get("/").status_code == 200
    assert {site.get(f"/-/{page}").status_code for page in ("login", "logout", "password-tool")} == {404}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: chen\n  password_hash: plain\n", "password_hash"),
        ("- id: 陈\n  password_hash: x\n", "id"),
        ("[]\n", "the file"),
        ("- id: a\n  id: b\n", "not readable"),
        ("{", "not readable"),
        ("chen: {password_hash: plain}\n", "does not fit type array"),
        ("- {id: chen, password_hash: plain\n", "not readable"),
    ],
)
def test_a_bad_file_is_refused_with_its_fault(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "users.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsersError, match=told) as raised:
        users_metadata(path)
    assert "plain" not in str(raised.value), "a password or its hash is repeated nowhere"


def test_one_person_has_one_entry(tmp_path: Path, users: Path) -> None:
    path = tmp_path / "users.yml"
    path.write_text(users.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(UsersError, match="chen stands twice"):
        users_metadata(path)
