"""Messages as services receive them, refusals that hide behind HTTP 200, and addresses that never leave their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from receivers import MailReceiver, WebReceiver, mail_receiver, redirected, web_receiver

from rules_db.notify.channels import Channel, ChannelError, open_channel, read_channels

SECRET = "abcdef0123456789abcdef0123456789abcd"  # noqa: S105 - made up
TITLE = "规迹 2026-06-11：1 项需采取行动"
BODY = "== 需采取行动（1）==\n\n1. 示例省实施细则（示〔2026〕3号）\n原文：https://example.com/a?b=1&c=2_d"
CALLS = '<at user_id="all"></at> <!channel> <@u1> [a](https://evil.example)'
Took = Callable[[Any], str]
CHATS: dict[str, tuple[str, str, Took]] = {
    "wecombot": (f"wecombot://{SECRET}", "qyapi.weixin.qq.com", lambda got: got["text"]["content"]),
    "dingtalk": (f"dingtalk://{SECRET}", "oapi.dingtalk.com", lambda got: got["text"]["content"]),
    "feishu": (f"feishu://{SECRET}", "open.feishu.cn", lambda got: got["content"]["text"]),
    "slack": (
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#rules",
        "hooks.slack.com",
        lambda got: f"{got['attachments'][0]['title']}\n{got['attachments'][0]['text']}",
    ),
}


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with web_receiver() as receiver, redirected(receiver):
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as receiver:
        yield receiver


def mailto(receiver: MailReceiver) -> str:
    return f"mailto://127.0.0.1:{receiver.port}/?from=guiji@example.com&to=desk@example.com&name=Guiji"


def test_a_mail_is_what_was_written(mail: MailReceiver) -> None:
    assert Channel("desk", mailto(mail)).send(TITLE, BODY).error == ""
    (got,) = mail.got
    assert (got["subject"], got["to"]) == (TITLE, "desk@example.com")
    assert got.get_content_type() == "text/plain"
    assert got.get_content().strip().replace("\r\n", "\n") == BODY


def test_a_mail_that_is_refused_is_told_without_the_address(mail: MailReceiver) -> None:
    mail.refuse = True
    error = Channel("desk", mailto(mail)).send(TITLE, BODY).error
    assert error
    assert "example.com" not in error


@pytest.mark.parametrize("service", CHATS)
def test_a_chat_message_is_what_was_written(web: WebReceiver, service: str) -> None:
    address, host, text = CHATS[service]
    assert Channel("chat", address).send(TITLE, BODY).error == ""
    ((meant_for, _path, got),) = web.got
    assert meant_for == host
    seen = text(got).replace("\r\n", "\n")
    assert seen.startswith(TITLE)
    assert "示例省实施细则（示〔2026〕3号）" in seen
    assert "example.com/a?b=1" in seen


def test_a_webhook_gets_plain_json(web: WebReceiver) -> None:
    assert Channel("hook", f"json://127.0.0.1:{web.port}/hook").send(TITLE, BODY).error == ""
    ((_host, path, got),) = web.got
    assert (path, got["title"], got["message"]) == ("/hook", TITLE, BODY)


@pytest.mark.parametrize("service", CHATS)
def test_a_hostile_title_calls_nobody(web: WebReceiver, service: str) -> None:
    address, _host, text = CHATS[service]
    Channel("chat", address).send(f"规迹 {CALLS}", CALLS)
    assert "<" not in text(web.got[0][2])


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}),
        ("feishu", {"code": 19001, "msg": "param invalid"}),
    ],
)
def test_a_refusal_behind_http_200_is_a_failure(web: WebReceiver, service: str, answer: dict[str, Any]) -> None:
    web.answers = [(200, answer)]
    code = next(value for value in answer.values() if isinstance(value, int))
    assert Channel("chat", CHATS[service][0]).send(TITLE, BODY).error == f"refused by the service with code {code}"
    assert Channel("chat", CHATS[service][0]).send(TITLE, BODY).error == ""


@pytest.mark.parametrize("service", CHATS)
def test_a_service_that_is_down_is_told_with_its_status(web: WebReceiver, service: str) -> None:
    web.answers = [(503, {})]
    assert Channel("chat", CHATS[service][0]).send(TITLE, BODY).error == "refused with HTTP status 503"


def test_nobody_listening_is_told_in_words() -> None:
    assert Channel("hook", "json://127.0.0.1:9/").send(TITLE, BODY).error == "the service could not be reached"


def test_no_error_and_no_log_holds_a_secret(web: WebReceiver, capfd: pytest.CaptureFixture[str]) -> None:
    for service in ("wecombot", "dingtalk", "feishu"):
        web.answers = [(500, {"errmsg": SECRET})]
        assert SECRET not in Channel("chat", CHATS[service][0]).send(TITLE, BODY).error
    with pytest.raises(ChannelError) as caught:
        Channel("chat", f"nosuchservice://{SECRET}")
    assert SECRET not in str(caught.value)
    out, err = capfd.readouterr()
    assert SECRET not in out + err


def test_limits_follow_the_service(web: WebReceiver) -> None:
    assert Channel("chat", CHATS["wecombot"][0]).limit < 2048
    assert Channel("hook", f"json://127.0.0.1:{web.port}/").limit > 20_000


def test_several_targets_in_one_address_are_refused() -> None:
    with pytest.raises(ChannelError, match="2 targets; give each a channel of its own"):
        Channel("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#one/#two")


def test_addresses_come_from_variables_and_a_private_file(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    file = tmp_path / "channels.yml"
    file.write_text("desk-mail: mailto://a\nchat: json://b\n", encoding="utf-8")
    file.chmod(0o600)
    found = read_channels({"GUIJI_CHANNELS": str(file), "GUIJI_CHANNEL_CHAT": "json://c"}, data)
    assert found == {"desk_mail": "mailto://a", "chat": "json://c"}
    file.chmod(0o640)
    with pytest.raises(ChannelError, match="chmod 600"):
        read_channels({"GUIJI_CHANNELS": str(file)}, data)
    inside = data / "channels.yml"
    inside.write_text("chat: json://b\n", encoding="utf-8")
    inside.chmod(0o600)
    with pytest.raises(ChannelError, match="must not lie in the data folder"):
        read_channels({"GUIJI_CHANNELS": str(inside)}, data)


def test_a_broken_file_of_addresses_is_not_quoted(tmp_path: Path) -> None:
    file = tmp_path / "channels.yml"
    file.write_text(f"chat: [json://{SECRET}\n", encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(ChannelError) as caught:
        read_channels({"GUIJI_CHANNELS": str(file)}, tmp_path / "data")
    assert SECRET not in str(caught.value)


def test_a_channel_without_address_says_what_to_set() -> None:
    with pytest.raises(ChannelError, match="GUIJI_CHANNEL_DESK_MAIL"):
        open_channel("desk-mail", {})
