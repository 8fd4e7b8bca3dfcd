"""The sample portal's two days through whole daily runs, with a real mail server and a real webhook at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apprise
import pytest
from receivers import MailReceiver, WebReceiver, mail_receiver, web_receiver

import cli
from crawler.sample import NOW, serve, write_sources
from rules_db import publish as publishing
from rules_db.connection import DataFolder
from rules_db.gate import GateFinding

PROFILE = """
site: https://rules.example.com
watches: [{id: all, name: everything, name_zh: 全部, topics: [battery_recycling]}]
recipients:
  - {id: desk, watches: [all], channels: [desk_mail, chat], at_least: know}
  - {id: urgent, watches: [all], channels: [urgent_mail], at_least: action, language: en, form: single}
  - {id: ops, role: maintainer, channels: [ops_mail], language: en}
"""
TWO_HOURS_LATER, NEXT_DAY = "2026-05-27T03:00:00Z", "2026-05-28T01:00:00Z"


class Office:
    """A data folder with a profile, a mail server, and a web server that stands for a chat."""

    def __init__(self, root: Path, mail: MailReceiver, web: WebReceiver) -> None:
        self.root, self.mail, self.web = root, mail, web
        self.folder = DataFolder(root / "data").create()
        (self.folder.root / "watch").mkdir()
        (self.folder.root / "watch" / "team.yml").write_text(PROFILE, encoding="utf-8")
        self.addresses: dict[str, str] | None = None

    def daily(self, day: int, when: str = "") -> dict[str, Any]:
        with serve(day, self.addresses) as self.addresses:
            registry = write_sources(self.root / "sources", self.addresses)
            return cli.daily(self.folder, registry, loopback=True, when=when or NOW[day])

    def mails(self, name: str) -> list[tuple[str, str]]:
        """Subject and body of what came for one address since it was asked last."""
        mine = [m for m in self.mail.got if m["to"] == f"{name}@example.com"]
        self.mail.got = [m for m in self.mail.got if m not in mine]
        return [(str(m["subject"]), m.get_content().replace("\r\n", "\n")) for m in mine]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with mail_receiver() as mail, web_receiver() as web:
        for name in ("desk", "urgent", "ops"):
            address = f"mailto://127.0.0.1:{mail.port}/?from=guiji@example.com&to={name}@example.com"
            monkeypatch.setenv(f"GUIJI_CHANNEL_{name.upper()}_MAIL", address)
        monkeypatch.setenv("GUIJI_CHANNEL_CHAT", f"json://127.0.0.1:{web.port}/hook")
        monkeypatch.delenv("GUIJI_WATCH", raising=False)
        monkeypatch.setattr(apprise.NotifyBase, "request_rate_per_sec", 0)
        yield Office(tmp_path, mail, web)


def test_two_days_are_told_once_by_mail_and_chat(office: Office) -> None:
    office.daily(1)
    office.mails("desk"), office.mails("urgent"), office.web.got.clear()
    office.web.answers = [(503, {})] * 9
    report = office.daily(2)
    assert report["exit_code"] == 2, "a channel that fails makes the run degraded"
    ((subject, body),) = office.mails("desk")
    assert "需采取行动" in subject
    assert "详情：https://rules.example.com/instrument/" in body
    assert "可能补充空白" in body
    urgent = office.mails("urgent")
    assert urgent
    assert all(subject.startswith("Guiji [Action required] ") for subject, _body in urgent)
    office.web.answers, office.web.got = [], []
    office.daily(2, TWO_HOURS_LATER)
    assert [got["title"] for _host, _path, got in office.web.got] == [subject]
    assert office.mails("desk") == office.mails("urgent") == []
    office.web.got = []
    office.daily(2, NEXT_DAY)
    assert office.web.got == office.mails("desk") == office.mails("urgent") == []


def test_what_the_gate_holds_back_is_told_to_maintainers_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.daily(1)
    for name in ("desk", "urgent", "ops"):
        office.mails(name)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "check", lambda _store: [GateFinding("planted", "a fault for this test")])
        assert office.daily(2)["exit_code"] == 3
    assert office.mails("desk") == office.mails("urgent") == []
    ((subject, body),) = office.mails("ops")
    assert "in trouble" in subject
    assert "planted: a fault for this test" in body
    office.daily(2, NEXT_DAY)
    assert "需采取行动" in office.mails("desk")[0][0]
    ((subject, _body),) = office.mails("ops")
    assert "1 well again" in subject
