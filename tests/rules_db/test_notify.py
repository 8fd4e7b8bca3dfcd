"""Once per event, recipient and channel: retries, pauses, cut-off runs, troubles of sources, and the words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sample_store
from click.testing import CliRunner

from cli import main
from rules_db.connection import DataFolder, connect, open_store
from rules_db.flags import ACTION, NEWS, TO_KNOW
from rules_db.issues import raise_issue, resolve_issues
from rules_db.model import Issue, Severity
from rules_db.notify import deliver, ledger
from rules_db.notify.channels import Channel, ChannelError, Sent
from rules_db.notify.deliver import Outcome, notify
from rules_db.notify.events import REPEAT_AFTER_DAYS, TextEvent, TroubleEvent
from rules_db.notify.messages import MOST_NAMED, Frame, compose, words
from rules_db.publish import publish
from rules_db.watch.matching import Subject
from rules_db.watch.profiles import Recipient, Watched, WatchError, profile_files, read_profiles

NOW = "2026-06-01T22:10:00Z"
EVERYTHING = Watched("all", "everything", "全部")
READER = Recipient("desk", ("mail",), (EVERYTHING,), at_least="news")
MAINTAINER = Recipient("ops", ("ops_mail",), maintainer=True, language="en")
EXAMPLES = Path(__file__).parents[2] / "docs" / "watch"


class Fake(Channel):
    """A channel that fails while its name is in `down`, and stops the run where `dies` says so."""

    def __init__(self, name: str, world: World) -> None:
        self.name, self.world, self.limit = name, world, world.limit

    def send(self, title: str, body: str) -> Sent:
        self.world.tried.append(self.name)
        if self.world.dies:
            raise KeyboardInterrupt
        if self.name in self.world.down:
            return Sent("the service could not be reached")
        self.world.box.append((self.name, title, body))
        return Sent()


class World:
    """A store with flags, and what was sent."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.box: list[tuple[str, str, str]] = []
        self.tried: list[str] = []
        self.down: set[str] = set()
        self.missing: set[str] = set()
        self.dies, self.limit = False, 30_000

    def open(self, name: str, _addresses: Mapping[str, str]) -> Channel:
        if name in self.missing:
            raise ChannelError(f"channel {name} has no address")
        return Fake(name, self)

    def tell(self, *recipients: Recipient, now: str = NOW, dry_run: bool = False) -> list[Outcome]:
        self.box, self.tried = [], []
        return notify(self.folder, recipients, {}, now=now, dry_run=dry_run, open_named=self.open)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("notify") / "data"
    folder = DataFolder(root).create()
    sample_store.fill(folder)
    assert publish(folder, now=sample_store.NOW).done
    return root


@pytest.fixture
def world(filled: Path, tmp_path: Path) -> World:
    import shutil

    shutil.copytree(filled, tmp_path / "data")
    return World(DataFolder(tmp_path / "data"))


@pytest.fixture
def store(world: World) -> Iterator[sqlite3.Connection]:
    connection = open_store(world.folder)
    yield connection
    connection.close()


def later(**span: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows(folder: DataFolder) -> list[tuple[object, ...]]:
    with connect(folder.work_db, read_only=True) as store:
        return [tuple(row) for row in store.execute("SELECT * FROM delivery ORDER BY 1, 2, 3")]


# Deliveries ----------------------------------------------------------------------------------------------------------


def test_everything_is_told_once(world: World) -> None:
    (outcome,) = world.tell(READER)
    assert (outcome.state, outcome.told > 0) == ("told", True)
    assert len(world.box) == 1
    for when in (NOW, later(hours=1), later(days=40)):
        assert [o.state for o in world.tell(READER, now=when)] == ["nothing"]
        assert world.tried == []


def test_a_dry_run_writes_and_sends_nothing(world: World) -> None:
    before = world.folder.work_db.read_bytes()
    (outcome,) = world.tell(READER, dry_run=True)
    assert outcome.messages
    assert world.tried == []
    assert rows(world.folder) == []
    assert open_store(world.folder).execute("SELECT count(*) FROM subscription").fetchone()[0] == 0
    assert len(before) == len(world.folder.work_db.read_bytes())
    assert world.tell(READER)[0].messages == outcome.messages


def test_a_failing_channel_holds_no_other(world: World) -> None:
    world.down = {"mail"}
    both = replace(READER, channels=("mail", "chat"))
    other = replace(READER, id="other", channels=("other_mail",))
    states = {(o.recipient, o.channel): o.state for o in world.tell(both, other)}
    assert states == {("desk", "mail"): "failed", ("desk", "chat"): "told", ("other", "other_mail"): "told"}


def test_a_failed_message_is_tried_again_after_growing_pauses_and_told_once(world: World) -> None:
    world.down = {"mail"}
    when, pauses = NOW, []
    for _ in range(7):
        (outcome,) = world.tell(READER, now=when)
        assert outcome.state == "failed"
        assert outcome.next_try is not None
        pauses.append(datetime.fromisoformat(outcome.next_try) - datetime.fromisoformat(when))
        (waiting,) = world.tell(READER, now=when)
        assert (waiting.state, world.tried) == ("waiting", [])
        when = outcome.next_try
    assert pauses[:4] == [timedelta(minutes=m) for m in (5, 15, 45, 135)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=24)
    world.down = set()
    (outcome,) = world.tell(READER, now=when)
    assert outcome.state == "told"
    assert "迟发说明：该渠道自 2026-06-02 起发送失败" in world.box[0][2]
    assert world.tell(READER, now=later(days=30))[0].state == "nothing"


def test_a_run_cut_off_while_sending_is_told_as_a_possible_repeat(world: World) -> None:
    world.dies = True
    with pytest.raises(KeyboardInterrupt):
        world.tell(READER)
    world.dies = False
    assert world.tell(READER, now=later(hours=1))[0].state == "told"
    assert world.box[0][2].startswith(words("zh")("repeat"))
    assert world.tell(READER, now=later(hours=2))[0].state == "nothing"


def test_of_several_messages_only_those_that_failed_go_again(
    world: World, store: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.execute("UPDATE flag SET score = 1 WHERE score = 0")
    single = replace(READER, single=True)
    count = len(world.tell(single, dry_run=True)[0].messages)
    assert count > 1
    send, sent = Fake.send, []

    def second_fails(self: Fake, title: str, body: str) -> Sent:
        sent.append(title)
        return Sent("refused") if len(sent) == 2 else send(self, title, body)

    monkeypatch.setattr(Fake, "send", second_fails)
    (outcome,) = world.tell(single)
    assert (outcome.state, outcome.told) == ("failed", 1)
    first = world.box
    world.tell(single, now=later(hours=1))
    titles = [title for _name, title, _body in (*first, *world.box)]
    assert len(titles) == len(set(titles)) == count


def test_a_new_recipient_is_not_told_of_the_past(world: World) -> None:
    assert world.tell(READER, now=later(days=60))[0].state == "nothing"
    old_hand = replace(READER, id="reader_of_all", look_back_days=366)
    assert world.tell(old_hand, now=later(days=60))[0].state == "told"


def test_what_is_not_published_is_told_to_nobody(world: World) -> None:
    world.folder.public_db.unlink()
    assert world.tell(READER)[0].state == "nothing"
    assert publish(world.folder, now=NOW).done
    assert world.tell(READER)[0].state == "told"


def test_a_channel_without_address_is_a_failure_that_maintainers_hear_of(world: World) -> None:
    world.missing = {"mail"}
    first, _ops = world.tell(READER, MAINTAINER)
    assert (first.state, first.error) == ("failed", "channel mail has no address")
    _reader, ops = world.tell(READER, MAINTAINER, now=later(hours=1))
    assert ops.state == "told"
    assert "messages to desk through mail can't be delivered" in world.box[-1][2]
    world.missing = set()
    world.tell(READER, MAINTAINER, now=later(days=1))
    assert "1 well again" in world.box[-1][1]


def test_nothing_secret_is_in_store_or_copy(world: World) -> None:
    secret = "json://127.0.0.1:9/hush-hush-token"  # noqa: S105 - made up
    notify(world.folder, [READER], {"mail": secret}, now=NOW)
    publish(world.folder, now=NOW)
    for path in world.folder.root.rglob("*"):
        if path.is_file():
            assert b"hush-hush" not in path.read_bytes(), path
    public = connect(world.folder.public_db, read_only=True)
    tables = {row[0] for row in public.execute("SELECT name FROM sqlite_master")}
    assert not {"delivery", "subscription"} & tables


# Troubles of sources -------------------------------------------------------------------------------------------------


def trouble(store: sqlite3.Connection, now: str = NOW) -> None:
    issue = Issue(Severity.WARN, "crawl", "broken", "Example source: no list could be read", "s1", None)
    raise_issue(store, issue, now)


def test_a_trouble_is_told_once_repeated_on_schedule_and_its_end_told(world: World, store: sqlite3.Connection) -> None:
    store.execute("DELETE FROM issue")
    trouble(store)
    told = {}
    for day in range(31):
        trouble(store, later(days=day))
        for hour in (0, 5):
            for _name, title, _body in world.tell(MAINTAINER, now=later(days=day, hours=hour)) and world.box:
                told.setdefault(day, []).append(title.split(": ")[1])
    assert told == {0: ["1 in trouble"], **{day: ["1 still in trouble"] for day in REPEAT_AFTER_DAYS if day < 31}}
    resolve_issues(store, stage="crawl", subject="s1", now=later(days=31))
    world.tell(MAINTAINER, now=later(days=31))
    assert [title.split(": ")[1] for _name, title, _body in world.box] == ["1 well again"]
    assert world.tell(MAINTAINER, now=later(days=32))[0].state == "nothing"


def test_troubles_are_not_told_to_readers(world: World, store: sqlite3.Connection) -> None:
    trouble(store)
    world.tell(READER, MAINTAINER)
    assert {name for name, _title, body in world.box if "no list could be read" in body} == {"ops_mail"}


def test_a_trouble_that_ended_before_it_was_told_is_not_told(world: World, store: sqlite3.Connection) -> None:
    store.execute("DELETE FROM issue")
    trouble(store)
    resolve_issues(store, stage="crawl", subject="s1", now=NOW)
    assert world.tell(MAINTAINER)[0].state == "nothing"


# Words ---------------------------------------------------------------------------------------------------------------


def text(n: int, kind: str = ACTION, title: str = "示例省实施细则") -> TextEvent:
    subject = Subject(
        f"e{n}",
        f"i{n}",
        f"{title}{n}",
        "示〔2026〕3号",
        "440000",
        kind,
        5.0,
        ("Provincial guidance (440000)", "Sets 2 norms with 1 limits, e.g. 第二条 15分钟内"),
        (),
        frozenset(),
        False,
        frozenset(),
        "2026-07-01",
        "https://example.com/a",
        NOW,
    )
    return TextEvent(f"text:e{n}", subject, kind, (EVERYTHING,))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            "示例省实施细则1（示〔2026〕3号）\n原因：包含 2 条规范、1 个数值要求，例如 第二条 15分钟内。\n"
            "广东 · 2026-07-01 起施行 · 适用：全部\n详情：https://r.example/instrument/i1?version=e1\n"
            "原文：https://example.com/a\n\n由程序发现，不构成法律意见；行动前请核对原文。",
        ),
        (
            "en",
            "示例省实施细则1 (示〔2026〕3号)\nWhy: Sets 2 norms with 1 limits, e.g. 第二条 15分钟内.\n"
            "Guangdong · in force from 2026-07-01 · for: everything\nPage: https://r.example/instrument/i1?version=e1\n"
            "Source: https://example.com/a\n\nFound by program and not legal advice; check the text before you act.",
        ),
    ],
)
def test_a_single_message_in_both_languages(language: str, expected: str) -> None:
    (message,) = compose([text(1)], Frame(language, NOW, 30_000, site="https://r.example", single=True))
    assert message.body == expected


@pytest.mark.parametrize(
    ("language", "name", "other"), [("zh", "告警响应时限", "Alert"), ("en", "Alert response times", "告警响")]
)
def test_gaps_have_the_name_of_the_messages_language(language: str, name: str, other: str) -> None:
    sentence = "May fill the gap “Alert response times”: 第三条 speaks of 告警 and sets 30分钟内"
    event = text(1)
    event = replace(event, subject=replace(event.subject, sentences=(sentence,)))
    frame = Frame(language, NOW, 30_000, single=True, gaps={"Alert response times": "告警响应时限"})
    (message,) = compose([event], frame)
    assert name in message.body and other not in message.body


def test_a_digest_puts_action_first_and_counts(world: World) -> None:
    events = [text(1, NEWS), text(2), text(3, TO_KNOW), text(4)]
    (message,) = compose(events, Frame("en", NOW, 30_000))
    assert message.title == "Guiji 2026-06-02: 2 action required, 1 to know, 1 news"
    assert (
        message.body.index("Action required (2)") < message.body.index("To know (1)") < message.body.index("News (1)")
    )
    assert sorted(message.events) == sorted(event.key for event in events)


def test_the_day_is_the_one_in_china() -> None:
    for now, day in (("2026-06-01T15:59:00Z", "2026-06-01"), ("2026-06-01T16:00:00Z", "2026-06-02")):
        assert f" {day}：" in compose([text(1)], Frame("zh", now, 30_000))[0].title


@pytest.mark.parametrize("limit", [600, 1945, 30_000])
@pytest.mark.parametrize("count", [1, 3, MOST_NAMED, 3 * MOST_NAMED])
def test_messages_keep_to_the_limit_and_every_event_is_in_one(limit: int, count: int) -> None:
    events = [text(n) for n in range(count)]
    messages = compose(events, Frame("zh", NOW, limit))
    assert sorted(key for m in messages for key in m.events) == sorted(event.key for event in events)
    assert all(len((m.title + m.body).encode()) + 2 <= limit for m in messages)
    assert ("另有" in messages[-1].body) is (count > MOST_NAMED)


def test_a_flood_of_single_messages_becomes_a_digest() -> None:
    assert len(compose([text(n) for n in range(3)], Frame("zh", NOW, 30_000, single=True))) == 3
    assert len(compose([text(n) for n in range(40)], Frame("zh", NOW, 30_000, single=True))) == 1


def test_a_hostile_title_stays_one_line_of_plain_text() -> None:
    hostile = "通知\r\nBcc: all@example.com\x1b[31m\u202e反\u2066"
    (message,) = compose([text(1, title=hostile)], Frame("zh", NOW, 30_000, single=True))
    assert not any(mark in message.title + message.body for mark in "\r\x1b\u202e\u2066")
    assert "\n" not in message.title
    (digest,) = compose([TroubleEvent("trouble:1:0", hostile, "broken", hostile, NOW, "new")], Frame("en", NOW, 9_000))
    assert digest.body.count("\n") == 4


# Profiles ------------------------------------------------------------------------------------------------------------


def test_the_examples_are_sound() -> None:
    recipients = read_profiles(profile_files([EXAMPLES]))
    assert {r.id for r in recipients} == {"head_office", "compliance_desk", "workshop", "maintainers"}
    assert {r.language for r in recipients} == {"zh", "en"}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ("watches: [{id: w, name: a, name_zh: b, topics: [batteries]}]", "no batteries; known are"),
        ("watches: [{id: w, name: a, name_zh: b, provinces: ['580000']}]", "no place has the code 580000"),
        ("watches: [{id: w, name: a, name_zh: b, activities: [dancing]}]", "no dancing; known are"),
        ("watches: [{id: w, name: a, name_zh: b, topic: [x]}]", "topic"),
        ("watches: [{id: v, name: a, name_zh: b}]", "no watch w in this file; it has v"),
    ],
)
def test_a_slip_in_a_profile_is_no_silence(tmp_path: Path, given: str, fault: str) -> None:
    file = tmp_path / "team.yml"
    file.write_text(f"{given}\nrecipients: [{{id: desk, watches: [w], channels: [mail]}}]\n", encoding="utf-8")
    with pytest.raises(WatchError, match=r"team\.yml") as caught:
        read_profiles([file])
    assert fault in str(caught.value)


def test_one_recipient_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("recipients: [{id: ops, role: maintainer, channels: [m]}]\n", encoding="utf-8")
    with pytest.raises(WatchError, match="ops stands twice"):
        read_profiles(profile_files([tmp_path]))


def test_an_address_in_a_profile_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("recipients: [{id: ops, role: maintainer, channels: ['json://host/token']}]\n", encoding="utf-8")
    with pytest.raises(WatchError):
        read_profiles([file])


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_prints_what_it_would_send(world: World) -> None:
    arguments = ["notify", "--dry-run", "--profile", str(EXAMPLES), "--data", str(world.folder.root)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "compliance_desk" in result.output


def test_the_command_without_a_profile_says_where_it_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUIJI_WATCH", raising=False)
    result = CliRunner().invoke(main, ["notify", "--data", str(world.folder.root)])
    assert result.exit_code == 4
    assert "GUIJI_WATCH" in result.output


def test_pauses_end_at_a_day() -> None:
    assert ledger.pause_after(1, NOW) == later(minutes=5)
    assert ledger.pause_after(500, NOW) == later(hours=24)
    assert deliver.STAGE == "notify"
