"""The case that flagging is for: a national notice leaves something open, a province settles it later.

From two files to the message: the gap is filled, the texts are linked, second-life sites of that province (and nobody
else) must act, the mapped link is suspect, the checklist shows it, and each recipient hears of it exactly once.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import cli
from rules_db.connection import DataFolder, open_store
from rules_db.flags import ACTION, TO_KNOW, list_flags
from rules_db.mapping.applicability import Profile, local_fillings
from rules_db.mapping.coverage import list_links
from rules_db.mapping.parties import read_parties
from rules_db.notify.channels import Channel, Sent
from rules_db.notify.deliver import notify
from rules_db.watch.matching import kind_for
from rules_db.watch.profiles import Recipient, Watched
from rules_db.watch.subjects import subjects_since

NATIONAL = "关于开展示例废旧动力电池联合执法专项行动的通知"
PROVINCIAL = f"广东省贯彻落实《{NATIONAL}》实施细则（示例）"
FIRST, REVIEW, SECOND, THIRD = (
    "2026-05-06T22:10:00Z",
    "2026-05-20",
    "2026-06-10T22:10:00Z",
    "2026-06-11T22:10:00Z",
)
NOTICE = """# {title}

示联〔2026〕9号

一、检查点应当配备编码识读设备，核对动力电池编码。

二、梯次利用企业和再生利用企业应当及时响应、处置平台告警。

三、各地应当报送进展。
"""
RULES = """# {title}

第一条　根据《{notice}》，制定本细则。

第二条　梯次利用企业收到平台告警后，应当在15分钟内响应，在24小时内完成处置。

第三条　本细则自2026年7月1日起施行。
"""


def told(recipient: str, **fields: Any) -> Recipient:
    return Recipient(recipient, (f"{recipient}_mail",), (Watched(recipient, recipient, recipient, **fields),))


RECIPIENTS = (
    told("gd_second_life", provinces=("440000",), activities=frozenset({"second_life"})),
    told("gd_vehicles", provinces=("440000",), activities=frozenset({"vehicle_making"})),
    told("hunan", provinces=("430000",), activities=frozenset({"second_life"})),
    told("searcher", search="平台告警 15分钟"),
)


class Box(Channel):
    """A channel that keeps what it is given."""

    def __init__(self, name: str, box: list[tuple[str, str, str]]) -> None:
        self.name, self.box, self.limit = name, box, 30_000

    def send(self, title: str, body: str) -> Sent:
        self.box.append((self.name, title, body))
        return Sent()


class Country:
    """The store after both texts came, and what was sent on the way."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, DataFolder(root / "data")
        self.box: list[tuple[str, str, str]] = []

    def ingest(self, name: str, text: str, when: str, **facts: str) -> dict[str, Any]:
        (self.root / name).write_text(text, encoding="utf-8")
        columns = ["path", "title", "version_date", "document_number", "instrument_type", "jurisdiction"]
        manifest = self.root / f"{name}.csv"
        manifest.write_text(",".join(columns) + "\n" + ",".join([name, *facts.values()]) + "\n", encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cli, "now", lambda: when)
            arguments = ["ingest", str(self.root / name), "--manifest", str(manifest), "--format", "json"]
            result = CliRunner().invoke(cli.main, [*arguments, "--data", str(self.folder.root)])
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def tell(self, when: str) -> list[tuple[str, str, str]]:
        before = len(self.box)
        notify(self.folder, RECIPIENTS, {}, now=when, open_named=lambda name, _addresses: Box(name, self.box))
        return self.box[before:]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    made = Country(tmp_path_factory.mktemp("case"))
    facts = {"date": "2026-05-06", "number": "示联〔2026〕9号", "type": "notice", "place": "100000"}
    made.ingest("notice.md", NOTICE.format(title=NATIONAL), FIRST, title=NATIONAL, **facts)
    review(made.folder)
    return made


def review(folder: DataFolder) -> None:
    """A person links the duty to respond to the control for alerts, and accepts it as it reads now."""
    store = open_store(folder, read_only=True)
    row = store.execute("SELECT fingerprint FROM rule_version WHERE statement LIKE '%平台告警%'").fetchone()
    link = {
        "id": "L950",
        "rule": {"instrument": NATIONAL, "provision": "二、", "contains": "平台告警"},
        "target": {"control": "C19"},
        "relationship": "intersects",
        "rationale": "The notice asks for a prompt answer and sets no time.",
        "tier": "official",
        "stamp": row["fingerprint"],
        "reviewed_by": "Example reviewer",
        "reviewed_on": REVIEW,
    }
    place = folder.root / "catalogue" / "links"
    place.mkdir(parents=True)
    (place / "own.yml").write_text(yaml.safe_dump([link], allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="module")
def first(country: Country) -> list[tuple[str, str, str]]:
    """What was told on the day of the notice."""
    return country.tell(FIRST)


@pytest.fixture(scope="module")
def second(country: Country, first: list[tuple[str, str, str]]) -> dict[str, Any]:
    facts = {"date": "2026-06-10", "number": "示粤〔2026〕3号", "type": "normative_document", "place": "440000"}
    text = RULES.format(title=PROVINCIAL, notice=NATIONAL)
    return country.ingest("rules.md", text, SECOND, title=PROVINCIAL, **facts)


@pytest.fixture(scope="module")
def store(country: Country, second: dict[str, Any]) -> sqlite3.Connection:
    return open_store(country.folder, read_only=True)


def test_the_gap_is_filled_by_the_article_that_sets_the_time(store: sqlite3.Connection) -> None:
    rows = store.execute(
        "SELECT f.gap_id, f.eid, f.reason, i.title FROM gap_filling f JOIN instrument i ON i.id = f.instrument_id"
    ).fetchall()
    assert [(row["gap_id"], row["eid"], row["title"]) for row in rows] == [("G04", "art_2", PROVINCIAL)]
    assert "15分钟内" in rows[0]["reason"]


def test_it_is_linked_to_the_national_notice(store: sqlite3.Connection) -> None:
    row = store.execute(
        """SELECT e.kind, i.title FROM effect e JOIN instrument i ON i.id = e.target_instrument_id
           WHERE e.affecting_expression_id IN (SELECT id FROM expression WHERE version_date = '2026-06-10')"""
    ).fetchone()
    assert (row["kind"], row["title"]) == ("implements", NATIONAL)


def test_it_is_action_for_second_life_sites_of_that_province_only(country: Country, store: sqlite3.Connection) -> None:
    (flag,) = list_flags(store, since=SECOND)
    assert flag["kind"] == ACTION
    public = open_store_public(country)
    (subject,) = subjects_since(store, public, SECOND)
    parties = read_parties()
    kinds = {r.id: kind_for(replace(r.watches[0], search=""), subject, parties) for r in RECIPIENTS[:3]}
    assert kinds == {"gd_second_life": ACTION, "gd_vehicles": TO_KNOW, "hunan": None}
    city = Watched("sz", "sz", "sz", provinces=("440300",), activities=frozenset({"second_life"}))
    assert kind_for(city, subject, parties) == ACTION  # the province's rules hold in its cities


def test_the_mapped_link_turns_suspect_and_says_why(store: sqlite3.Connection, second: dict[str, Any]) -> None:
    assert second["links_turned_suspect"] == ["L950"]
    (link,) = list_links(store, "2026-07-01", "suspect")
    assert (link["id"], link["suspect_since"]) == ("L950", SECOND)
    assert PROVINCIAL in link["because"][0]
    assert "15分钟内" in link["because"][0]


def test_it_is_in_the_checklist_of_a_matching_profile_alone(store: sqlite3.Connection) -> None:
    def shown(place: str) -> list[str]:
        return [
            row["gap"] for row in local_fillings(store, Profile("site", place, frozenset({"second_life"}), frozenset()))
        ]

    assert (shown("440000"), shown("440300"), shown("430000")) == (["G04"], ["G04"], [])


def test_each_recipient_hears_of_it_exactly_once(
    country: Country, first: list[tuple[str, str, str]], second: dict[str, Any]
) -> None:
    assert {name for name, _title, body in first if NATIONAL in body} == {
        "gd_second_life_mail",
        "gd_vehicles_mail",
        "hunan_mail",
    }
    sent = country.tell(SECOND)
    titles = {name: title for name, title, _body in sent}
    assert titles == {
        "gd_second_life_mail": "规迹 2026-06-11：1 项需采取行动",
        "gd_vehicles_mail": "规迹 2026-06-11：1 项须知悉",
        "searcher_mail": "规迹 2026-06-11：1 项需采取行动",
    }
    body = next(body for name, _title, body in sent if name == "gd_second_life_mail")
    assert "可能补充空白“告警响应时限”" in body
    assert f"《{NATIONAL}》" in body
    assert "2026-07-01 起施行" in body
    assert NATIONAL not in [line.split("（")[0] for line in body.splitlines()]  # told weeks ago
    assert country.tell(SECOND) == []
    assert country.tell(THIRD) == []


def test_a_review_of_a_later_day_settles_the_link(country: Country, store: sqlite3.Connection) -> None:
    file = country.folder.root / "catalogue" / "links" / "own.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(REVIEW, "2026-06-12"), encoding="utf-8")
    facts = {"date": "2026-06-12", "number": "", "type": "notice", "place": "100000"}
    text = "# 关于无关事项的通知\n\n各单位应当按时报送材料。\n"
    country.ingest("other.md", text, "2026-06-12T22:10:00Z", title="关于无关事项的通知", **facts)
    assert list_links(store, "2026-07-01", "suspect") == []
    assert [link["id"] for link in list_links(store, "2026-07-01", "accepted")] == ["L950"]


def open_store_public(country: Country) -> sqlite3.Connection:
    from rules_db.connection import connect

    return connect(country.folder.public_db, read_only=True)
